"""What the doctor says of voices."""

import pytest

from core.doctor.finding import State
from core.doctor.voices import voices
from core.plugin import VoicePlugin
from core.voice_engine import VoiceEntry
from core.voices.installed import Engine, description


def plugin(name: str, default_for: tuple[str, ...], remedy: str = "") -> VoicePlugin:
    return VoicePlugin(name, name.title(), lambda: 1 / 0, "MIT", (), remedy, (), default_for)  # type: ignore[arg-type, return-value]


MORE = Engine(plugin("more", (), "pip install more"), installed=False)
NATURAL = Engine(plugin("nell", ("en",)), (), (VoiceEntry("a", "A"),))
ROBOT = Engine(plugin("robot", ("*",)), (), (VoiceEntry("a", "A"), VoiceEntry("b", "B")))
BROKEN = Engine(plugin("nell", ("en",)), error="its graph is damaged")


def test_voices_are_told_with_their_licences_and_how_to_get_more() -> None:
    found = voices(lambda: [NATURAL, ROBOT, MORE])
    assert found.state is State.OK
    assert found.sentence == (
        "Nell: one voice (MIT); Robot: 2 voices (MIT); "
        "More is not installed (MIT). To get it: pip install more"
    )


def test_a_broken_voice_or_none_or_only_a_machine_has_a_remedy() -> None:
    broken = voices(lambda: [ROBOT, BROKEN])
    assert broken.state is State.WARNING
    assert broken.sentence.startswith("Nell cannot be used: its graph is damaged (MIT); Robot")
    assert broken.remedy
    robot = voices(lambda: [ROBOT])
    assert (robot.state, bool(robot.remedy)) == (State.WARNING, True)
    none = voices(lambda: [MORE])
    assert none.state is State.FAILED
    assert none.sentence.startswith("no voice can be used; More is not installed")
    assert none.remedy


def test_an_edition_that_takes_in_nothing_says_what_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert description(MORE).endswith("run Understudy from its source, then pip install more")
