"""Configuration of one call of the trainer."""

import math
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
    """Time budget of this call; infinite if `total_steps` alone ends it."""
    total_minutes: float | None = None
    """Time budget of all calls, at whose end the schedule ends; None: this call is the last."""
    total_steps: int | None = None
    """Steps of all calls, over which the schedule runs in place of time; a call also ends there."""
    preset: str = "lite"
    resume_from: Path | None = None
    """Folder of the training to resume, or of the stage before."""
    licences: tuple[str, ...] = ()
    """Under which the stock may be learned from."""
    device: str = "cpu"
    seed: int = 0
    batch_size: int = 8
    """On each device."""
    accumulate: int = 1
    """Batches whose gradients make one step."""
    latent_cache: Path | None = None
    """Folder for the latents of films, each encoded once; None: clips are encoded at every step."""
    prefetch: int = 0
    """Batches that a thread draws in advance."""
    bf16: bool = False
    """Whether matrix products are computed in bfloat16 (autocast)."""
    compile: bool = False
    checkpoint_activations: bool = False
    """Whether activations are computed again in the backward pass, to save memory."""
    compact_checkpoint: bool = False
    """Whether checkpoints are small, to travel, instead of exact; see `compact_optimizer`."""
    checkpoint_every: float = 60.0
    """Seconds between two checkpoints."""
    sample_every: float = 180.0
    """Seconds between two sample images and validations."""
    log_every: float = 20.0
    """Seconds between two lines of the log."""

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.batch_size < 1 or self.accumulate < 1:
            raise ValueError(
                f"{self.minutes} minutes, batch size {self.batch_size}, {self.accumulate} batches "
                "a step; expected more than 0"
            )
        if math.isinf(self.minutes) and not self.total_steps:
            raise ValueError("neither minutes nor steps end this training; give --minutes")

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

    def is_complete(self, steps: int) -> bool:
        """Return whether all steps of all calls are done; never where time alone counts."""
        return self.total_steps is not None and steps >= self.total_steps
