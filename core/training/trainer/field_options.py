"""Options of the command line for all fields of a dataclass, named and explained as these are."""

import argparse
import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from core.training.trainer.clip_batch import LengthPhase, SizePhase

R = TypeVar("R")
PHASES = (LengthPhase, SizePhase)


def add_field_options(parser: argparse.ArgumentParser, record: Any, title: str) -> None:
    """Add an option for each field of a dataclass, and of the dataclasses in it.

    A field shares an option that the parser has already. What is not given, `chosen_fields` leaves.
    """
    known = {action.dest for action in parser._actions}
    group = parser.add_argument_group(title)
    for owner, name in _plain_fields(record):
        if name not in known:
            kind = get_type_hints(type(owner))[name]
            words = f"{field_docs(type(owner)).get(name, '')} [{_written(getattr(owner, name))}]"
            _add_option(group, name, kind, words.strip().replace("%", "%%"))


def chosen_fields(arguments: argparse.Namespace, record: R) -> R:
    """Return a dataclass with the values that were given."""
    chosen = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if is_dataclass(value):
            chosen[field.name] = chosen_fields(arguments, value)
        elif (given := getattr(arguments, field.name, None)) is not None:
            chosen[field.name] = given
    return replace(record, **chosen)  # type: ignore[type-var]


def field_docs(cls: type[Any]) -> Mapping[str, str]:
    """Return the docstrings of a dataclass's fields, in one line each."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    docs = {}
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr):
            name, doc = field.target, after.value
            if isinstance(name, ast.Name) and isinstance(doc, ast.Constant):
                docs[name.id] = " ".join(str(doc.value).split())
    return docs


def read_phases(
    kind: type[LengthPhase] | type[SizePhase], text: str
) -> tuple[LengthPhase | SizePhase, ...]:
    """Read the phases of a curriculum, as in "0:33,0.3:65".

    Raises:
        argparse.ArgumentTypeError: it is none, or does not begin at 0.
    """
    example = "0:0.5,0.5:1" if kind is SizePhase else "0:33,0.3:65"
    number = get_type_hints(kind)[kind._fields[1]]
    try:
        pairs = [part.split(":") for part in text.split(",")]
        phases = sorted(kind(float(start), number(value)) for start, value in pairs)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {example!r}: {error}") from error
    if phases[0].start != 0 or any(phase[1] <= 0 for phase in phases):
        raise argparse.ArgumentTypeError(
            f"{text!r}; expected a phase from progress 0 on and values above 0, as in {example!r}"
        )
    return tuple(phases)


def _plain_fields(record: Any) -> Iterator[tuple[Any, str]]:
    """Give the names of all fields that are no dataclasses, and the dataclass that has each."""
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            yield from _plain_fields(value)
        else:
            yield record, field.name


def _add_option(group: Any, name: str, kind: Any, words: str) -> None:
    option = f"--{name.replace('_', '-')}"
    if kind is bool:
        group.add_argument(option, action=argparse.BooleanOptionalAction, help=words)
    elif get_origin(kind) is Literal:
        group.add_argument(option, choices=get_args(kind), help=words)
    else:
        group.add_argument(option, type=_reader(kind), metavar=_metavar(kind), help=words)


def _reader(kind: Any) -> Callable[[str], Any]:
    inner = get_args(kind)
    if not inner:
        return kind  # type: ignore[no-any-return]
    return partial(read_phases if inner[0] in PHASES else _read_numbers, inner[0])


def _read_numbers(number: type[Any], text: str) -> tuple[Any, ...]:
    try:
        return tuple(map(number, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from error


def _metavar(kind: Any) -> str:
    inner = get_args(kind)
    if not inner:
        return str(kind.__name__).upper()
    if inner[0] in PHASES:
        return f"START:{inner[0]._fields[1].upper()},..."
    return f"{inner[0].__name__.upper()},..."


def _written(value: Any) -> str:
    """Write a value as its option would be given."""
    if not isinstance(value, tuple):
        return str(value)
    separator = ":" if type(value) in PHASES else ","
    return separator.join(map(_written, value))
