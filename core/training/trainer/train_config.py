"""What is asked of a training."""

from dataclasses import dataclass
from pathlib import Path

import torch

STAGES = ("likeness", "vae", "generator", "distill", "adversarial")
SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class TrainConfig:
    """One call of the trainer; a training may take many."""

    stage: str
    output_dir: Path
    """Folder for checkpoint, progress and pictures."""
    minutes: float
    """Of this call."""
    total_minutes: float | None = None
    """Minutes of all calls together, at whose end the rate has fallen; None: this is the last."""
    preset: str = "lite"
    resume_from: Path | None = None
    """Folder of the training to go on with, or of the stage before."""
    device: str = "cpu"
    seed: int = 0
    batch_size: int = 8
    bf16: bool = False
    """Whether products are computed in bfloat16."""
    compile: bool = False
    compact_checkpoint: bool = False
    """Whether the checkpoint is kept small, to travel, instead of exact; see `light`."""
    checkpoint_every: float = 60.0
    """Seconds between two checkpoints."""
    sample_every: float = 180.0
    """Seconds between two sample pictures."""
    log_every: float = 20.0
    """Seconds between two lines of the table."""

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise ValueError(f"stage {self.stage!r}, expected one of {', '.join(STAGES)}")
        if self.minutes <= 0 or self.batch_size < 1:
            raise ValueError(
                f"{self.minutes} minutes of {self.batch_size} clips, expected more than 0"
            )

    @property
    def torch_device(self) -> torch.device:
        """Where networks and clips live."""
        return torch.device(self.device)

    def schedule_end(self, spent: float) -> float:
        """Return the seconds at which the rate has fallen, for a call that begins at `spent`."""
        end = spent + self.minutes * SECONDS_PER_MINUTE
        return (
            end if self.total_minutes is None else max(end, self.total_minutes * SECONDS_PER_MINUTE)
        )
