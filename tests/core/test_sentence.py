"""A sentence reads as English text, and what it is made of goes wherever it goes."""

import ast
import copy
import json
import pickle
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from core.process.child import ROOT
from core.sentence import (
    Sentence,
    first_line,
    joined,
    packed,
    parted,
    said,
    system_words,
    unpacked,
)

GONE = said("the voice {0!r} is gone", "xx", remedy="choose another")

SILENT = (
    "core/benchmark", "core/cli.py", "core/cli_options.py", "core/model", "core/training",
    "core/perception/speech/phonemes.py", "core/web/server.py",
)  # fmt: skip
"""What only the command line says, and what says nothing to people."""

SPEAKING = {"BadProfile", "Check", "Finding", "Hint", "PhotoVerdict", "SourcePlugin", "StorePlugin"}
"""What is made of words that people read; errors are found by being raised."""


@dataclass(frozen=True)
class Told:
    words: str


def parts(text: str) -> tuple[object, ...]:
    assert isinstance(text, Sentence)
    return str.__str__(text), text.template, text.values, text.remedy


def test_it_reads_as_plain_english() -> None:
    assert GONE == "the voice 'xx' is gone; choose another"
    assert (GONE.template, GONE.values, GONE.remedy) == (
        "the voice {0} is gone",
        ("'xx'",),
        "choose another",
    )
    assert said("{0:.1f} of {1} s {{so}}", 0.25, 3) == "0.2 of 3 s {so}"
    assert json.dumps(GONE) == f'"{GONE}"'


def test_after_a_colon_the_remedy_follows_as_it_is() -> None:
    lost = said("{0} is off:", "it", remedy=said("run {0}", "make light"))
    assert lost == "it is off: run make light"
    assert parted(lost) == ("it is off", "run make light")


def test_an_error_raised_with_one_says_it() -> None:
    assert parts(str(ValueError(GONE))) == parts(GONE)
    assert first_line(ValueError(GONE)) is GONE
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(ValueError()) == "ValueError()"


def test_what_wraps_an_error_holds_what_it_is_made_of() -> None:
    outer = said("no sound ({0})", ValueError(GONE), remedy="start again")
    assert outer == "no sound (the voice 'xx' is gone; choose another); start again"
    assert parts(outer.values[0]) == parts(GONE)
    assert said("no sound: {0}", KeyError("a")).values == ("'a'",)
    assert said("no sound: {0}", OSError()).values == ("OSError()",)


@pytest.mark.parametrize(
    ("text", "statement", "remedy"),
    [
        (GONE, "the voice 'xx' is gone", "choose another"),
        (said("no: {0}", GONE), "no: the voice 'xx' is gone", "choose another"),
        (said("no: {0}", GONE, remedy="stop"), f"no: {GONE}", "stop"),
        (said("no"), "no", ""),
        ("a stranger's; words", "a stranger's; words", ""),
    ],
)
def test_what_is_wrong_and_what_helps_are_told_apart(
    text: str, statement: str, remedy: str
) -> None:
    assert parted(text) == (statement, remedy)


def test_several_are_joined_but_for_the_empty_ones() -> None:
    both = joined((said("Stop."), "", GONE))
    assert both == f"Stop. {GONE}"
    assert isinstance(both, Sentence)
    assert both.values == ("Stop.", GONE)


def test_it_survives_copies_pickles_and_json() -> None:
    reason = said("because {0}", GONE)
    deep = said("no: {0}", reason)
    copies: tuple[Any, ...] = (
        copy.deepcopy(deep),
        pickle.loads(pickle.dumps(deep)),
        asdict(Told(deep))["words"],
        json.loads(json.dumps(packed(deep)), object_hook=unpacked),
    )
    for other in copies:
        assert parts(other) == parts(deep)
        assert parts(other.values[0]) == parts(reason)
        assert parts(other.values[0].values[0]) == parts(GONE)


def test_what_holds_sentences_is_packed_as_well() -> None:
    head = {"failed": GONE, "hints": ("plain", GONE), "count": 1, "none": None}
    again = json.loads(json.dumps(packed(head)), object_hook=unpacked)
    assert again == {"failed": GONE, "hints": ["plain", GONE], "count": 1, "none": None}
    assert parts(again["hints"][1]) == parts(GONE)


def test_the_usual_words_of_the_system_are_known() -> None:
    assert isinstance(system_words(PermissionError(13, "Permission denied")), Sentence)
    assert system_words(OSError(5, "Odd")) == "Odd"
    assert system_words(OSError("own words")) == "own words"


def unsaid(path: Path) -> Iterator[str]:
    """Yield the words for people in a module that were not made by `said`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        spoken = isinstance(node, ast.Raise) or (
            isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in SPEAKING
        )
        for text in literals(node) if spoken else ():
            if " " in text and any(word.isalpha() for word in text.split()):
                yield f"{path.name}: {text}"


def literals(node: ast.AST) -> Iterator[str]:
    """Yield the texts below `node`, but for those that `said` is given."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "said":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


def speaking() -> list[Path]:
    """Return the modules whose words people may read."""
    found = [path for place in ("core", "plugins") for path in (ROOT / place).rglob("*.py")]
    found += (ROOT / "app/desktop/keys").glob("*.py")
    return [path for path in found if not path.relative_to(ROOT).as_posix().startswith(SILENT)]


def test_whatever_people_read_is_made_as_a_sentence() -> None:
    assert [words for path in speaking() for words in unsaid(path)] == []


def test_templates_and_remedies_are_literals_with_all_their_values() -> None:
    for path in speaking():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "said":
                template, *values = node.args
                where = f"{path.name}:{node.lineno}"
                assert isinstance(template, ast.Constant), where
                marks = {mark for _, mark, _, _ in Formatter().parse(str(template.value))}
                assert marks - {None} == {str(place) for place in range(len(values))}, where
                assert not any(isinstance(k.value, ast.JoinedStr) for k in node.keywords), where
