"""Damage as strangers do it, drawn from a seed: the same number always gives the same input."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

ODD_NUMBERS = [0, -1, 1, 2**31, 2**63, -(2**63), 10**400, 1e308, float("nan"), float("inf"), 0.5]
ODD_TEXTS = ["", "\x00", "\ud800", "../x", "CON", "<img src=x>", "ⓜ", "a" * 5000, "%s{0}"]
ODD_BYTES = [
    b"\x00" * 8,
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\x80\x00\x00\x00",
    b"\r\n",
    b"PK\x03\x04",
]
MOST_CHANGES = 6


def damaged(seeds: Sequence[bytes], number: int, seed: int = 0) -> bytes:
    """Return one of `seeds` with one to `MOST_CHANGES` changes of its bytes."""
    draw = random.Random(f"{seed}/{number}")
    data = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, MOST_CHANGES)):
        draw.choice(CHANGES)(data, draw)
    return bytes(data)


def damaged_json(seeds: Sequence[bytes], number: int, seed: int = 0) -> bytes:
    """Return JSON whose values, names or depth were changed; every third time its bytes instead."""
    draw = random.Random(f"{seed}/{number}")
    if number % 3 == 0:
        return damaged(seeds, number, seed)
    whole = json.loads(draw.choice(seeds))
    for _ in range(draw.randint(1, MOST_CHANGES)):
        whole = _changed(whole, draw)
    return json.dumps(whole).encode("utf-8", "surrogatepass")


def _flip(data: bytearray, draw: random.Random) -> None:
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def _overwrite(data: bytearray, draw: random.Random) -> None:
    at, odd = draw.randrange(len(data) + 1), draw.choice(ODD_BYTES)
    data[at : at + len(odd)] = odd


def _overwrite_head(data: bytearray, draw: random.Random) -> None:
    """Headers say most, so they are hit most."""
    at = draw.randrange(min(len(data), 64) + 1)
    data[at : at + 1] = bytes([draw.randrange(256)])


def _insert(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(data) + 1)
    data[at:at] = draw.choice(ODD_BYTES)


def _cut(data: bytearray, draw: random.Random) -> None:
    del data[draw.randrange(len(data) + 1) :]


def _drop(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(data) + 1)
    del data[at : at + draw.randint(1, 64)]


def _repeat(data: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(data) + 1)
    data[at:at] = data[at : at + draw.randint(1, 256)]


CHANGES: list[Callable[[bytearray, random.Random], None]] = [
    _flip,
    _overwrite,
    _overwrite_head,
    _insert,
    _cut,
    _drop,
    _repeat,
]


def _odd(draw: random.Random) -> Any:
    kinds = (ODD_NUMBERS, ODD_TEXTS, [None, True, [], {}, [[]] * 3, _deep(draw.randint(50, 900))])
    return draw.choice(draw.choice(kinds))


def _deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def _changed(value: Any, draw: random.Random) -> Any:
    """Return `value` with something in it replaced, renamed, removed or added."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        name, deed = draw.choice(sorted(value)), draw.random()
        rest = {key: item for key, item in value.items() if key != name}
        if deed < 0.1:
            return rest
        if deed < 0.2:
            return {**value, str(draw.choice(ODD_TEXTS)): _odd(draw)}
        return {**rest, name: _changed(value[name], draw)}
    if isinstance(value, list) and value and draw.random() < 0.7:
        at = draw.randrange(len(value))
        return [*value[:at], _changed(value[at], draw), *value[at + 1 :]]
    return _odd(draw)
