"""Train the speech encoder: python -m core.training.speech --data FOLDER --minutes N --out FILE.

The data are made first, by `core.training.speech_cache`, whose voices `core.training.speech_voices`
names with the Debian packages they come in. Nothing else is needed. The training streams: scenes
are heard a few seconds at a time with the state carried on, as in live use.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from core.checkpoint import BadCheckpoint
from core.perception.hearing import LAG, SpeechConfig
from core.perception.pitch import HIGHEST, LOWEST, PER_FRAME
from core.perception.speech import Speech, SpeechEncoder, SpeechState
from core.record import from_json, to_json
from core.tensors import save
from core.training.trainer import sharded_checkpoint as pieces
from core.training.speech_cache import files, read
from core.training.speech_scenes import Line, Stage, Wanted, line
from core.training.speech_voices import HELD_OUT

BATCH = 24
"""Scenes at a time."""
PIECE = 100
"""Frames heard before a step is taken."""
RATE, LAST_RATE, WARM_UP = 2e-3, 3e-5, 100
"""Learning rate at its peak and at the end; steps up to the peak."""
AVERAGE = 0.998
"""Decay of the running mean of the weights, which is what is shipped."""
REPORT_EVERY = 40
"""Steps between two lines of the log."""
SAVE_EVERY = 120.0
"""Seconds between two checkpoints."""
WEIGHTS = {"shape": 0.5, "opening": 2.5, "motion": 2.0, "voicing": 0.3}
"""What each part of the loss counts."""


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Train the speech encoder.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the synthetic speech")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from OUT's .resume folder")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    out, resume = arguments.out, arguments.out if arguments.resume else None
    minutes, device, seed = arguments.minutes, arguments.device, arguments.seed
    train_speech(arguments.data, out, minutes, resume, device, seed)


def train_speech(
    data: Path, out: Path, minutes: float, resume: Path | None, device: str, seed: int
) -> None:
    """Train an encoder into the file `out`, or go on from the file of another run.

    Raises:
        BadCheckpoint: there is no such run.
        ValueError: there is no synthetic speech in the folder `data`.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(SpeechConfig(), out, device)
    if resume:
        trainer.resume(resume)
    # A run that goes on must not hear the same scenes again.
    trainer.run(Stage(train_lines(data), seed + trainer.step), minutes)


def train_lines(folder: Path) -> list[list[Line]]:
    """Return what may be trained on, per voice: the first file of each is kept for tests."""
    voices: dict[str, list[Line]] = {}
    for path in files(folder):
        name, index = path.stem.rsplit("-", 1)
        if name not in HELD_OUT and int(index) > 0:
            voices.setdefault(name, []).extend(line(said) for said in read(path))
    return list(voices.values())


@dataclass(frozen=True)
class Run:
    """How far a run has come."""

    config: SpeechConfig
    step: int
    spent: float
    """Seconds."""


class Trainer:
    """A network, its optimiser, the mean of its weights, and the files they are kept in."""

    def __init__(self, config: SpeechConfig, out: Path, device: str) -> None:
        self.encoder = SpeechEncoder(config).to(device)
        self.average = {n: p.detach().clone() for n, p in self.encoder.named_parameters()}
        self.optimizer = torch.optim.AdamW(self.encoder.parameters(), RATE, weight_decay=0.02)
        self.step, self.spent = 0, 0.0
        self._out, self._device = out, device

    def run(self, stage: Stage, minutes: float, batch: int = BATCH) -> None:
        """Train for `minutes`, at least one batch; the learning rate falls towards the end."""
        begun, saved, before = time.monotonic(), time.monotonic(), self.spent
        total, sums, count = before + 60 * minutes, dict.fromkeys(WEIGHTS, 0.0), 0
        while self.spent < total:
            for parts in self._scene(*stage.draw(batch), self.spent / total):
                sums = {name: sums[name] + float(parts[name].detach()) for name in sums}
                count += 1
            self.spent = before + time.monotonic() - begun
            if count >= REPORT_EVERY:
                row = "  ".join(f"{name} {value / count:.4f}" for name, value in sums.items())
                print(f"{self.spent / 60:6.1f} min  step {self.step:6d}  {row}", flush=True)
                sums, count = dict.fromkeys(WEIGHTS, 0.0), 0
            if time.monotonic() - saved > SAVE_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()

    def _scene(self, sound: Tensor, wanted: Wanted, progress: float) -> Iterator[dict[str, Tensor]]:
        """Hear a batch of scenes from start to end; yield the losses of each step."""
        wanted = Wanted(*(column.to(self._device) for column in wanted))
        state = self.encoder.initial_state(len(sound))
        mel, _ = self.encoder.mel(sound.to(self._device), state.mel)
        mel = warp(mel, torch.empty(len(mel)).uniform_(0.84, 1.19).to(mel))
        for start in range(0, wanted.opening.shape[1], PIECE):
            piece = mel[:, start * PER_FRAME : (start + PIECE) * PER_FRAME]
            speech, state = self.encoder.read(piece, state)
            # The answers are LAG frames late; those about the time before the scene do not count.
            first, end = max(0, start - LAG), start + PIECE - LAG
            late = Speech(*(column[:, first - end :] for column in speech))
            parts = loss(late, Wanted(*(column[:, first:end] for column in wanted)))
            self._learn(parts, progress)
            state = _cut(state)
            yield parts

    def _learn(self, parts: Mapping[str, Tensor], progress: float) -> None:
        rate = LAST_RATE + (RATE - LAST_RATE) * (1 + torch.tensor(progress * torch.pi).cos()) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = float(rate) * min(1.0, (self.step + 1) / WARM_UP)
        self.optimizer.zero_grad()
        total = torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum()
        torch.autograd.backward(total)
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        decay = min(AVERAGE, self.step / (self.step + 10))
        for name, parameter in self.encoder.named_parameters():
            self.average[name].lerp_(parameter.detach(), 1 - decay)

    def save(self) -> None:
        """Write the mean weights as what others load, and all that is needed to go on."""
        about = {"recipe": "core.training.speech", "step": str(self.step), "spent": str(self.spent)}
        half = {name: tensor.half() for name, tensor in self.average.items()}
        save(self._out, half, self.encoder.config, about)
        kept = {f"average.{name}": tensor for name, tensor in self.average.items()}
        for name, parameter in self.encoder.named_parameters():
            moments = self.optimizer.state[parameter]
            kept |= {f"weights.{name}": parameter}
            kept |= {f"{key}.{name}": moments[key] for key in ("exp_avg", "exp_avg_sq", "step")}
        run = Run(self.encoder.config, self.step, self.spent)
        pieces.write_checkpoint(_resumable(self._out), kept, to_json(run))

    def resume(self, out: Path) -> None:
        """Go on from where the run that wrote `out` ended.

        Raises:
            BadCheckpoint: there is no such run.
        """
        weights, about = pieces.read_checkpoint(_resumable(out))
        run = from_json(Run, about)
        if run.config != self.encoder.config:
            raise BadCheckpoint(f"{out.name} is an encoder of another shape: {run.config}")
        self.step, self.spent = run.step, run.spent
        for name, parameter in self.encoder.named_parameters():
            parameter.data.copy_(weights[f"weights.{name}"])
            self.average[name].copy_(weights[f"average.{name}"])
            moments = {
                key: weights[f"{key}.{name}"].to(self._device) for key in ("exp_avg", "exp_avg_sq")
            }
            self.optimizer.state[parameter] = {"step": weights[f"step.{name}"], **moments}


def _resumable(out: Path) -> Path:
    """Return the folder of what is needed to go on, in pieces."""
    return out.with_suffix(".resume")


def warp(mel: Tensor, ratio: Tensor) -> Tensor:
    """Stretch the pitch axis of (batch, spectra, bands) by (batch,): a longer or shorter throat."""
    bands = mel.shape[2]
    low, high = (torch.log10(1 + torch.tensor(f) / 700) for f in (LOWEST, HIGHEST))
    heights = torch.linspace(float(low), float(high), bands + 2)[1:-1].to(mel)
    hertz = (10**heights - 1) * ratio[:, None]  # (batch, bands), in units of 700 Hz
    place = (torch.log10(1 + hertz) - low) / (high - low) * (bands + 1) - 1
    place = place.clamp(0, bands - 1.001)
    below = place.long()[:, None].expand(mel.shape)
    share = (place - place.floor())[:, None]
    return mel.gather(2, below) * (1 - share) + mel.gather(2, below + 1) * share


def loss(speech: Speech, wanted: Wanted) -> dict[str, Tensor]:
    """Return what is wrong with each answer; a missed closure counts five times.

    The square keeps the mean opening right, which the absolute error alone pulls down where the
    network is unsure; the absolute error keeps closures crisp.
    """
    weight = 1 + 4 * wanted.closed
    error = (speech.opening - wanted.opening).abs()
    shape = -(wanted.visemes * (speech.visemes + 1e-6).log()).sum(2)
    motion = (speech.opening.diff(dim=1) - wanted.opening.diff(dim=1)).abs()
    voicing = speech.voicing.clamp(1e-5, 1 - 1e-5)
    return {
        "shape": (weight * shape).mean(),
        "opening": (weight * (error + 2 * error.square())).mean(),
        "motion": motion.mean(),
        "voicing": functional.binary_cross_entropy(voicing, wanted.voicing),
    }


def _cut(state: SpeechState) -> SpeechState:
    """Forget how the state came about, so that no gradient goes further back."""
    return state._replace(
        fine=state.fine.detach(),
        middle=state.middle.detach(),
        coarse=state.coarse.detach(),
        recent=state.recent.detach(),
        memory=state.memory.detach(),
    )


if __name__ == "__main__":
    main()
