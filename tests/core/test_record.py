"""Frozen dataclasses to JSON and back."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.record import from_json, to_json


@dataclass(frozen=True)
class Inner:
    x: float = 0.5
    label: str | None = None


@dataclass(frozen=True)
class Outer:
    name: str
    count: int = 3
    on: bool = True
    inner: Inner = Inner()
    many: tuple[Inner, ...] = ()
    pair: tuple[int, str] = (1, "a")
    path: Path = Path()
    either: int | str = 0


FULL = Outer("n", 4, False, Inner(1.5, "l"), (Inner(), Inner(2.0)), (2, "b"), Path("a/b"), "x")


def test_what_is_written_is_read() -> None:
    assert from_json(Outer, to_json(FULL)) == FULL


def test_a_whole_number_does_for_a_float() -> None:
    assert from_json(Inner, '{"x": 2, "label": null}') == Inner(2.0)


def test_leniently_missing_fields_take_their_defaults() -> None:
    assert from_json(Outer, '{"name": "n", "inner": {"x": 1}}', lenient=True) == Outer(
        "n", inner=Inner(1.0)
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Expecting value"),
        ("[]", "expected a JSON object, found list"),
        ('{"x": 1}', "field 'label' is missing"),
        ('{"x": 1, "label": null, "y": 2}', "unknown field 'y'"),
        ('{"x": "1", "label": null}', r"Inner.x: '1' is not of type float"),
        ('{"x": true, "label": null}', r"Inner.x: True is not of type float"),
        ('{"x": 1, "label": 3}', r"Inner.label: 3 is not of type str"),
    ],
)
def test_anything_else_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        from_json(Inner, text)


@pytest.mark.parametrize(
    "change",
    [
        '"either": 0.5',
        '"pair": [1]',
        '"pair": ["a", 1]',
        '"many": [3]',
        '"count": 1.5',
        '"inner": 3',
    ],
)
def test_the_inside_is_checked_too(change: str) -> None:
    with pytest.raises(ValueError, match="Outer"):
        from_json(Outer, '{"name": "n", ' + change + "}", lenient=True)


def test_leniently_a_field_without_default_may_not_be_missing() -> None:
    with pytest.raises(ValueError, match="'name' is missing"):
        from_json(Outer, "{}", lenient=True)
