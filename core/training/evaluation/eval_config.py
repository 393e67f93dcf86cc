"""How much is judged."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EvaluationConfig:
    """Numbers of clips, and of frames in them."""

    people: int | None = None
    """Held-out people who are prepared; None: all."""
    reconstruction_clips: int = 48
    """Clips whose frames are rebuilt."""
    reconstruction_frames: int = 25
    speech_clips: int = 32
    """Clips that are performed."""
    speech_frames: int = 129
    """Of each of these, the first included, which is not judged."""
    retrieval_window: int = 128
    """Frames by which a sound is to be found among others."""
    silent_frames: int = 129
    """Frames of a clip in which nobody speaks."""
    references: tuple[int, ...] = (0, 1, 2, 3)
    """With how many the model performs."""
    drift_seconds: float = 60.0
    """Seconds."""
    drift_probes: int = 13
    """At which drift is looked at."""

    def __post_init__(self) -> None:
        for name in ("reconstruction_frames", "speech_frames", "silent_frames"):
            if getattr(self, name) % 4 != 1:
                raise ValueError(f"{name} {getattr(self, name)}, expected one more than fours")

    @property
    def retrieval_candidates(self) -> int:
        """Among how many sounds each is to be found."""
        return self.speech_clips * ((self.speech_frames - 1) // self.retrieval_window)


QUICK = EvaluationConfig(
    people=8,
    reconstruction_clips=4,
    reconstruction_frames=9,
    speech_clips=4,
    speech_frames=97,
    retrieval_window=12,
    silent_frames=33,
    references=(1,),
    drift_seconds=16.0,
    drift_probes=4,
)
"""Two to three minutes on two cores."""
