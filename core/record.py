"""Frozen dataclasses to JSON and back: strictly, or leniently where another version wrote it."""

import json
import logging
import sys
from dataclasses import MISSING, asdict, fields, is_dataclass
from pathlib import Path
from reprlib import Repr
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from core.sentence import said

log = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST = 8 * 1024 * 1024
"""Letters, or bytes, of the longest text that is read."""


class NoJson(ValueError):
    """The text is not JSON from some line on."""

    def __init__(self, name: str, line: int) -> None:
        """name: what was to be made of it."""
        super().__init__(said("{0}: damaged in line {1}", name, line))
        self.line = line


def to_json(record: Any) -> str:
    """Return `record`, a frozen dataclass of plain values, as indented JSON."""
    return json.dumps(asdict(record), indent=2, default=str)


def from_json(cls: type[T], text: str | bytes, lenient: bool = False) -> T:
    """Inverse of `to_json`, of the very same fields.

    With `lenient`, unknown fields are left out, and where a field is missing or cannot be what it
    says, its default takes its place, if it has one. Bytes are in the Unicode that editors write:
    UTF-8, 16 or 32, with or without its mark.

    Raises:
        NoJson: the text is not JSON.
        ValueError: it is too long or deep, or a field is unknown, missing, of a wrong type or of no
            sense.
    """
    if len(text) > LONGEST:
        raise ValueError(said("{0}: longer than {1} letters", cls.__name__, LONGEST))
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoJson(cls.__name__, error.lineno) from error
    except UnicodeDecodeError as error:
        raise ValueError(said("{0}: it holds more than letters", cls.__name__)) from error
    except Exception as error:  # numbers without end, nesting without end
        raise _cannot(cls, error) from error
    try:
        return _read(cls, data, lenient)
    except ValueError:
        raise
    except Exception as error:  # whatever strangers write, and whatever a record makes of it
        raise _cannot(cls, error) from error


def _cannot(cls: type[Any], error: Exception) -> ValueError:
    return ValueError(said("{0} cannot be made of this ({1})", cls.__name__, type(error).__name__))


def completed(cls: type[Any], text: str) -> str:
    """Return what `to_json` of an older version wrote, fields that came later at their defaults.

    Only those can be completed that have one, also in records within; the rest stays as it is, for
    `from_json` to judge.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(_completed(cls, data), default=str)


def _completed(cls: type[Any], data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    hints, known = get_type_hints(cls), dict(data)
    for field in fields(cls):
        if field.name in known:
            hint = hints[field.name]
            for record in get_args(hint) or (hint,):  # a record, or that or None
                if isinstance(record, type) and is_dataclass(record):
                    known[field.name] = _completed(record, known[field.name])
        elif field.default is not MISSING:
            value = field.default
            known[field.name] = asdict(value) if is_dataclass(value) else value  # type: ignore[arg-type]
    return known


def _read(cls: type[T], data: Any, lenient: bool) -> T:
    if not isinstance(data, dict):
        raise ValueError(
            said("{0}: expected a JSON object, found {1}", cls.__name__, type(data).__name__)
        )
    return _build(cls, data, lenient)


def _build(cls: type[T], data: dict[str, Any], lenient: bool) -> T:
    known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    spared = _defaulted(cls) if lenient else set()
    if not lenient and (unknown := sorted(data.keys() - known)):
        raise ValueError(said("{0}: unknown field {1!r}", cls.__name__, unknown[0]))
    if missing := sorted(known - data.keys() - spared):
        raise ValueError(said("{0}: field {1!r} is missing", cls.__name__, missing[0]))
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for name in data.keys() & known:
        try:
            values[name] = _value(hints[name], data[name], f"{cls.__name__}.{name}", lenient)
        except (ValueError, OverflowError, RecursionError) as error:
            if name not in spared:
                raise
            log.warning("%s.%s takes its default: %s", cls.__name__, name, error)
    return cls(**values)


def _defaulted(cls: type[Any]) -> set[str]:
    return {
        field.name
        for field in fields(cls)
        if field.default is not MISSING or field.default_factory is not MISSING
    }


def _value(hint: Any, value: Any, where: str, lenient: bool) -> Any:
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        return _build(hint, value, lenient)
    if get_origin(hint) in (Union, UnionType):
        return _any_of(get_args(hint), value, where, lenient)
    if get_origin(hint) is tuple and isinstance(value, list):
        inner = get_args(hint)
        kinds = inner[:1] * len(value) if inner[1:] == (...,) else inner
        if len(kinds) == len(value):
            pairs = zip(kinds, value, strict=True)
            return tuple(_value(kind, item, where, lenient) for kind, item in pairs)
    if get_origin(hint) is Literal:
        return _one_of(get_args(hint), value, where)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if hint is float and type(value) in (int, float):
        if not abs(value) <= sys.float_info.max:
            raise ValueError(said("{0}: {1} is no number that can be used", where, shown(value)))
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(
        said("{0}: {1} is not of type {2}", where, shown(value), getattr(hint, "__name__", hint))
    )


def _one_of(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value in choices:
        return value
    known = ", ".join(map(str, choices))
    raise ValueError(said("{0}: {1} is not one of {2}", where, shown(value), known))


def _any_of(kinds: tuple[Any, ...], value: Any, where: str, lenient: bool) -> Any:
    if value is None and NoneType in kinds:
        return None
    rest = [kind for kind in kinds if kind is not NoneType]
    if len(rest) == 1:
        return _value(rest[0], value, where, lenient)
    for kind in rest:
        try:
            return _value(kind, value, where, lenient)
        except ValueError:
            continue
    raise ValueError(said("{0}: {1} fits none of {2}", where, shown(value), rest))


def shown(value: Any) -> str:
    """Return a value as it can be quoted, however large or deep it is."""
    return BRIEF.repr(value)


BRIEF = Repr()
BRIEF.maxstring = BRIEF.maxother = BRIEF.maxlong = 80
