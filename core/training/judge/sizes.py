"""How much is judged."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Numbers of clips, and of frames in them."""

    people: int | None = None
    """Held-out people who are prepared; None: all."""
    pictures: int = 48
    """Clips whose frames are rebuilt."""
    picture_frames: int = 25
    clips: int = 32
    """Clips that are performed."""
    frames: int = 129
    """Of each of these, the first included, which is not judged."""
    window: int = 128
    """Frames by which a sound is to be found among others."""
    silent: int = 129
    """Frames of a clip in which nobody speaks."""
    references: tuple[int, ...] = (0, 1, 2, 3)
    """With how many the model performs."""
    drift: float = 60.0
    """Seconds."""
    points: int = 13
    """At which drift is looked at."""

    def __post_init__(self) -> None:
        for name in ("picture_frames", "frames", "silent"):
            if getattr(self, name) % 4 != 1:
                raise ValueError(f"{name} {getattr(self, name)}, expected one more than fours")

    @property
    def retrieved(self) -> int:
        """Among how many sounds each is to be found."""
        return self.clips * ((self.frames - 1) // self.window)


QUICK = Sizes(
    people=8,
    pictures=4,
    picture_frames=9,
    clips=4,
    frames=97,
    window=12,
    silent=33,
    references=(1,),
    drift=16.0,
    points=4,
)
"""Two to three minutes on two cores."""
