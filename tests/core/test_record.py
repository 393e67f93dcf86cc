"""Frozen dataclasses to JSON and back."""

import contextlib
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from core.record import completed, from_json, to_json


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
    maybe: Inner | None = None


@dataclass(frozen=True)
class Level:
    of: int = 5

    def __post_init__(self) -> None:
        if self.of > 11:
            raise ValueError(f"{self.of} is too loud")


@dataclass(frozen=True)
class Knob:
    on: bool = False
    level: Level = Level()


FULL = Outer("n", 4, False, Inner(1.5, "l"), (Inner(), Inner(2.0)), (2, "b"), Path("a/b"), "x")


def test_what_is_written_is_read() -> None:
    assert from_json(Outer, to_json(FULL)) == FULL


def test_a_whole_number_does_for_a_float() -> None:
    assert from_json(Inner, '{"x": 2, "label": null}') == Inner(2.0)


def test_leniently_missing_fields_take_their_defaults() -> None:
    assert from_json(Outer, '{"name": "n", "inner": {"x": 1}}', lenient=True) == Outer(
        "n", inner=Inner(1.0)
    )


def test_what_an_older_version_wrote_is_completed_and_nothing_else_is_changed() -> None:
    older = completed(Outer, '{"name": "n", "inner": {"x": 1}}')
    assert from_json(Outer, older) == Outer("n", inner=Inner(1.0))
    within = completed(Outer, '{"name": "n", "maybe": {"x": 1}}')
    assert from_json(Outer, within) == Outer("n", maybe=Inner(1.0))
    for wrong in ('{"inner": {"x": 1}}', '{"name": "n", "new": 1}', '{"name": 3}', "no JSON", "[]"):
        with pytest.raises(ValueError, match=r".+"):
            from_json(Outer, completed(Outer, wrong))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Inner: damaged in line 1"),
        ('{"x": 1,\n"label"', "Inner: damaged in line 2"),
        ('{"x": ' + "9" * 5000 + "}", r"Inner cannot be made of this \(ValueError\)$"),
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


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_bytes_are_read_in_the_unicode_that_editors_write(kind: str) -> None:
    text = '{"x": 1, "label": "Zoë 🎨"}'
    assert from_json(Inner, text.encode(kind)) == Inner(1.0, "Zoë 🎨")


def test_bytes_that_are_no_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="Inner: it holds more than letters"):
        from_json(Inner, b'{"x": "\xfc"}')


WRONG = [
    '"either": 0.5',
    '"pair": [1]',
    '"pair": ["a", 1]',
    '"many": [3]',
    '"count": 1.5',
    '"inner": 3',
]


@pytest.mark.parametrize("change", WRONG)
def test_the_inside_is_checked_too(change: str) -> None:
    with pytest.raises(ValueError, match="Outer"):
        from_json(Outer, to_json(FULL)[:-2] + f", {change}}}")


@pytest.mark.parametrize("change", WRONG)
def test_leniently_what_cannot_be_is_the_default_and_the_rest_is_kept(change: str) -> None:
    text = f'{{"name": "n", "on": false, {change}}}'
    assert from_json(Outer, text, lenient=True) == Outer("n", on=False)


def test_leniently_what_is_unknown_is_left_out_inside_too() -> None:
    text = '{"name": "n", "colour": "red", "count": 4, "inner": {"x": 1, "y": 2}}'
    assert from_json(Outer, text, lenient=True) == Outer("n", 4, inner=Inner(1.0))


def test_leniently_what_a_record_refuses_is_the_default() -> None:
    text = '{"on": true, "level": {"of": 12}}'
    assert from_json(Knob, text, lenient=True) == Knob(True)
    with pytest.raises(ValueError, match="12 is too loud"):
        from_json(Knob, text)


def test_leniently_a_field_without_default_may_not_be_wrong() -> None:
    with pytest.raises(ValueError, match=r"Outer.name: 3 is not of type str"):
        from_json(Outer, '{"name": 3}', lenient=True)


def test_leniently_a_field_without_default_may_not_be_missing() -> None:
    with pytest.raises(ValueError, match="'name' is missing"):
        from_json(Outer, "{}", lenient=True)


@dataclass(frozen=True)
class Chosen:
    side: Literal["left", "right"] = "left"


def test_one_of_several_words_is_read_and_any_other_refused() -> None:
    assert from_json(Chosen, to_json(Chosen("right"))) == Chosen("right")
    with pytest.raises(ValueError, match=r"Chosen\.side: 'up' is not one of left, right"):
        from_json(Chosen, '{"side": "up"}')
    assert from_json(Chosen, '{"side": "up"}', lenient=True) == Chosen()


@dataclass(frozen=True)
class Measured:
    share: float = 0.5
    count: int = 1
    name: str = "n"


@pytest.mark.parametrize(
    "text",
    [
        '{"share": 1%s, "count": 1, "name": ""}' % ("0" * 400),
        '{"share": 1%s, "count": 1, "name": ""}' % ("0" * 9000),
        '{"share": NaN, "count": 1, "name": ""}',
        '{"share": -Infinity, "count": 1, "name": ""}',
        '{"share": %s, "count": 1, "name": ""}' % ("[" * 2000 + "]" * 2000),
        '{"share": %s, "count": 1, "name": ""}' % ("[" * 100_000 + "]" * 100_000),
        "[" * 100_000,
        '{"share": 0, "count": 1, "name": 0}',
        '"%s"' % ("x" * 9_000_000),
    ],
    ids=str.__len__,
)
def test_numbers_and_depths_without_end_are_refused_in_short(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        from_json(Measured, text)
    assert len(str(caught.value)) < 500


def test_leniently_a_number_of_no_sense_is_the_default() -> None:
    text = '{"share": 1%s, "count": 7, "name": "Ann"}' % ("0" * 400)
    assert from_json(Measured, text, lenient=True) == Measured(0.5, 7, "Ann")


def test_whatever_is_written_it_is_read_or_refused() -> None:
    draw = random.Random(5)
    seed = bytearray(to_json(Measured()).encode())
    for _ in range(500):
        data = bytearray(seed)
        for _ in range(draw.randint(1, 9)):
            data[draw.randrange(len(data))] = draw.choice(b'{}[]",:0123456789eE-.nulltrue\\')
        with contextlib.suppress(ValueError):
            assert isinstance(from_json(Measured, data.decode(), lenient=True), Measured)
