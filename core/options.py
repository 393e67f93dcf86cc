"""Options as frozen dataclasses that say enough about themselves for a form to be drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

HINT = "understudy.hint"


@dataclass(frozen=True)
class Hint:
    """What a form needs beyond a field's type."""

    title: str
    help: str = ""
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    """Returns (value, what people read); asked when the form is drawn, unless that takes `long`."""
    long: bool = False
    """Whether finding the choices takes so long that they are looked for only when somebody is
    about to choose."""
    lines: int = 1
    """For a text: how many lines are shown at once."""
    files: str = ""
    """For a path: the file dialog's filter, as in "Sound (*.wav *.flac)"."""
    local: bool = False
    """Whether the default of a text is another one in another language of the window; where there
    are choices, they are languages."""


def option(default: Any, hint: Hint) -> Any:
    """Declare one field of an options dataclass."""
    return field(default=default, metadata={HINT: hint})


def hints(options: type[Any]) -> dict[str, Hint]:
    """Return every field's hint by name; a field without one is titled after its name."""
    return {
        f.name: f.metadata.get(HINT, Hint(f.name.replace("_", " ").capitalize()))
        for f in fields(options)
    }
