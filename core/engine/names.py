"""The engines' names, for those who choose one without opening it."""

from typing import Literal, TypeAlias, get_args

from core.sentence import said

EngineName: TypeAlias = Literal["auto", "neural", "pipeline", "puppet", "testcard"]

AUTO: EngineName = "auto"
NEURAL: EngineName = "neural"

ENGINES: dict[str, str] = {
    AUTO: said("Automatic (recommended)"),
    NEURAL: said("Neural (experimental): a trained avatar model draws the face"),
    "pipeline": said("Neural, each step in a process of its own: for several graphics cards"),
    "puppet": said("Puppet: moves the photo itself, on any CPU"),
    "testcard": said("Test card: a bar that rises with the voice"),
}
"""Title of each `EngineName`, the preferred one first."""


def parse_engine(text: str) -> EngineName:
    """Return the engine called `text`.

    Raises:
        ValueError: there is none; names those there are.
    """
    names: tuple[EngineName, ...] = get_args(EngineName)
    for name in names:
        if name == text:
            return name
    raise ValueError(
        said("there is no engine {0!r}", text, remedy=said("choose one of: {0}", ", ".join(names)))
    )
