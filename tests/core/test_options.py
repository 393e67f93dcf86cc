"""Options say enough about themselves for a form."""

from dataclasses import dataclass

import pytest

from core.options import Hint, hints, option


@dataclass(frozen=True)
class Options:
    rate: float = option(1.0, Hint("Speaking rate", low=0.5, high=2.0))
    keep_open: bool = True


def test_every_field_has_a_hint() -> None:
    found = hints(Options)
    assert found["rate"] == Hint("Speaking rate", low=0.5, high=2.0)
    assert found["keep_open"].title == "Keep open"


def test_options_are_plain_frozen_values() -> None:
    assert Options().rate == 1.0
    with pytest.raises(AttributeError):
        Options().rate = 2.0  # type: ignore[misc]
