"""How much an evaluation measures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EvaluationConfig:
    """Numbers of clips and of their frames."""

    people: int | None = None
    """People of the validation set who are prepared; None: all."""
    reconstruction_clips: int = 48
    """Clips for the reconstruction metrics."""
    reconstruction_frames: int = 25
    speech_clips: int = 32
    """Clips with speech, for the lip metrics."""
    speech_frames: int = 129
    """Of each of these, the first included, which is not measured."""
    retrieval_window: int = 128
    """Frames of a window in retrieval of the matching sound."""
    silent_frames: int = 129
    """Frames of the clip without speech."""
    references: tuple[int, ...] = (0, 1, 2, 3)
    """Numbers of reference photos to condition the model on."""
    drift_seconds: float = 60.0
    """Seconds."""
    drift_probes: int = 13
    """Probes along the long rollout."""

    def __post_init__(self) -> None:
        for name in ("reconstruction_frames", "speech_frames", "silent_frames"):
            if getattr(self, name) % 4 != 1:
                raise ValueError(f"{name} {getattr(self, name)}, expected one more than fours")

    @property
    def retrieval_candidates(self) -> int:
        """Number of windows among which each has to retrieve its own sound."""
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
