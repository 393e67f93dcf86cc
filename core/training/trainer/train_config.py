"""Configuration of one call of the trainer."""

from dataclasses import dataclass
from pathlib import Path

import torch

SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class TrainConfig:
    """One call of the trainer; a training may take many."""

    stage: str
    output_dir: Path
    """Folder for checkpoint, log and sample images."""
    minutes: float
    """Time budget of this call."""
    total_minutes: float | None = None
    """Time budget of all calls, at whose end the schedule ends; None: this call is the last."""
    preset: str = "lite"
    resume_from: Path | None = None
    """Folder of the training to resume, or of the stage before."""
    device: str = "cpu"
    seed: int = 0
    batch_size: int = 8
    """On each device."""
    bf16: bool = False
    """Whether matrix products are computed in bfloat16 (autocast)."""
    compile: bool = False
    compact_checkpoint: bool = False
    """Whether checkpoints are small, to travel, instead of exact; see `compact_optimizer`."""
    checkpoint_every: float = 60.0
    """Seconds between two checkpoints."""
    sample_every: float = 180.0
    """Seconds between two sample images and validations."""
    log_every: float = 20.0
    """Seconds between two lines of the log."""

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.batch_size < 1:
            raise ValueError(
                f"{self.minutes} minutes, batch size {self.batch_size}; expected more than 0"
            )

    @property
    def torch_device(self) -> torch.device:
        """Where networks and batches live."""
        return torch.device(self.device)

    def schedule_end(self, spent: float) -> float:
        """Return the seconds at which the schedule ends, for a call that begins at `spent`."""
        end = spent + self.minutes * SECONDS_PER_MINUTE
        return (
            end if self.total_minutes is None else max(end, self.total_minutes * SECONDS_PER_MINUTE)
        )
