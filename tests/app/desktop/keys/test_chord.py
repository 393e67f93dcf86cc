"""Keys are understood alike on every system, or refused in time."""

import pytest

from app.desktop.keys.chord import Chord, chord


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Ctrl+Alt+M", Chord("M", control=True, alt=True)),
        ("Meta+Shift+1", Chord("1", shift=True, meta=True)),
        ("F9", Chord("F9")),
        ("Ctrl+F12", Chord("F12", control=True)),
    ],
)
def test_what_people_chose_is_taken_apart(text: str, keys: Chord) -> None:
    assert chord(text) == keys
    assert keys.number == (int(keys.key[1:]) if keys.key.startswith("F") else 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not one key"),
        ("Ctrl+K, Ctrl+M", "not one key"),
        ("M", "add Ctrl or Alt"),
        ("Shift+M", "add Ctrl or Alt"),
        ("Ctrl+Home", "letter, a digit"),
        ("Ctrl+Ä", "letter, a digit"),
        ("F13", "letter, a digit"),
    ],
)
def test_what_would_not_work_everywhere_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        chord(text)
