"""What is asked of a training."""

from dataclasses import dataclass
from pathlib import Path

import torch

STAGES = ("perception", "vae", "generator", "distill", "adversarial")
SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """One call of the trainer; a training may take many."""

    stage: str
    out: Path
    """Folder for checkpoint, progress and pictures."""
    minutes: float
    """Of this call."""
    total: float | None = None
    """Minutes of all calls together, at whose end the rate has fallen; None: this is the last."""
    preset: str = "lite"
    resume: Path | None = None
    """Folder of the training to go on with, or of the stage before."""
    device: str = "cpu"
    seed: int = 0
    batch: int = 8
    half: bool = False
    """Whether products are computed in bfloat16."""
    compiled: bool = False
    light: bool = False
    """Whether the checkpoint is kept small, to travel, instead of exact; see `light`."""
    keep_every: float = 60.0
    """Seconds between two checkpoints."""
    show_every: float = 180.0
    """Seconds between two sample pictures."""
    report_every: float = 20.0
    """Seconds between two lines of the table."""

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise ValueError(f"stage {self.stage!r}, expected one of {', '.join(STAGES)}")
        if self.minutes <= 0 or self.batch < 1:
            raise ValueError(f"{self.minutes} minutes of {self.batch} clips, expected more than 0")

    @property
    def place(self) -> torch.device:
        """Where networks and clips live."""
        return torch.device(self.device)

    def limit(self, spent: float) -> float:
        """Return the seconds at which the rate has fallen, for a call that begins at `spent`."""
        end = spent + self.minutes * SECONDS
        return end if self.total is None else max(end, self.total * SECONDS)
