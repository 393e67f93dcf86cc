"""Train the speech encoder: python -m core.training.speech.encoder_training --data FOLDER --minutes N --out FILE.

The data are made first, by `core.training.speech.dataset`, whose voices `core.training.speech.voices`
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
from core.perception.speech.config import LATENCY_FRAMES, SpeechConfig
from core.perception.speech.encoder_torch import SpeechEncoder, SpeechFrames, SpeechState
from core.perception.speech.mel_constants import HOPS_PER_FRAME, MAX_HZ, MIN_HZ
from core.record import from_json, to_json
from core.tensors import save
from core.training.speech.dataset import dataset_files, read_utterances
from core.training.speech.mixtures import (
    LevelledUtterance,
    MixtureSampler,
    TargetBatch,
    level_utterance,
)
from core.training.speech.voices import HELD_OUT
from core.training.trainer import sharded_checkpoint

BATCH_SIZE = 24
"""Scenes at a time."""
BPTT_FRAMES = 100
"""Frames heard before a step is taken."""
LEARNING_RATE, FINAL_LEARNING_RATE, WARMUP_STEPS = 2e-3, 3e-5, 100
"""Learning rate at its peak and at the end; steps up to the peak."""
EMA_DECAY = 0.998
"""Decay of the running mean of the weights, which is what is shipped."""
LOG_EVERY = 40
"""Steps between two lines of the log."""
CHECKPOINT_EVERY = 120.0
"""Seconds between two checkpoints."""
LOSS_WEIGHTS = {"shape": 0.5, "opening": 2.5, "motion": 2.0, "voicing": 0.3}
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
    trainer = EncoderTraining(SpeechConfig(), out, device)
    if resume:
        trainer.resume(resume)
    # A run that goes on must not hear the same scenes again.
    trainer.run(MixtureSampler(training_utterances(data), seed + trainer.step), minutes)


def training_utterances(folder: Path) -> list[list[LevelledUtterance]]:
    """Return what may be trained on, per voice: the first file of each is kept for tests."""
    voices: dict[str, list[LevelledUtterance]] = {}
    for path in dataset_files(folder):
        name, index = path.stem.rsplit("-", 1)
        if name not in HELD_OUT and int(index) > 0:
            voices.setdefault(name, []).extend(
                level_utterance(said) for said in read_utterances(path)
            )
    return list(voices.values())


@dataclass(frozen=True)
class SpeechTrainingState:
    """How far a run has come."""

    config: SpeechConfig
    step: int
    seconds: float
    """Seconds."""


class EncoderTraining:
    """A network, its optimiser, the mean of its weights, and the files they are kept in."""

    def __init__(self, config: SpeechConfig, out: Path, device: str) -> None:
        self.encoder = SpeechEncoder(config).to(device)
        self.ema = {n: p.detach().clone() for n, p in self.encoder.named_parameters()}
        self.optimizer = torch.optim.AdamW(
            self.encoder.parameters(), LEARNING_RATE, weight_decay=0.02
        )
        self.step, self.seconds = 0, 0.0
        self._out, self._device = out, device

    def run(self, mixtures: MixtureSampler, minutes: float, batch_size: int = BATCH_SIZE) -> None:
        """Train for `minutes`, at least one batch; the learning rate falls towards the end."""
        begun, saved, before = time.monotonic(), time.monotonic(), self.seconds
        total, sums, count = before + 60 * minutes, dict.fromkeys(LOSS_WEIGHTS, 0.0), 0
        while self.seconds < total:
            for parts in self._train_on(*mixtures.sample(batch_size), self.seconds / total):
                sums = {name: sums[name] + float(parts[name].detach()) for name in sums}
                count += 1
            self.seconds = before + time.monotonic() - begun
            if count >= LOG_EVERY:
                row = "  ".join(f"{name} {value / count:.4f}" for name, value in sums.items())
                print(f"{self.seconds / 60:6.1f} min  step {self.step:6d}  {row}", flush=True)
                sums, count = dict.fromkeys(LOSS_WEIGHTS, 0.0), 0
            if time.monotonic() - saved > CHECKPOINT_EVERY:
                self.save()
                saved = time.monotonic()
        self.save()

    def _train_on(
        self, samples: Tensor, targets: TargetBatch, progress: float
    ) -> Iterator[dict[str, Tensor]]:
        """Hear a batch of scenes from start to end; yield the losses of each step."""
        targets = TargetBatch(*(column.to(self._device) for column in targets))
        state = self.encoder.initial_state(len(samples))
        mel, _ = self.encoder.mel(samples.to(self._device), state.mel)
        mel = perturb_vocal_tract(mel, torch.empty(len(mel)).uniform_(0.84, 1.19).to(mel))
        for start in range(0, targets.opening.shape[1], BPTT_FRAMES):
            piece = mel[:, start * HOPS_PER_FRAME : (start + BPTT_FRAMES) * HOPS_PER_FRAME]
            speech, state = self.encoder.forward_mel(piece, state)
            # The answers are LAG frames late; those about the time before the scene do not count.
            first, end = max(0, start - LATENCY_FRAMES), start + BPTT_FRAMES - LATENCY_FRAMES
            aligned = SpeechFrames(*(column[:, first - end :] for column in speech))
            losses = speech_losses(
                aligned, TargetBatch(*(column[:, first:end] for column in targets))
            )
            self._update(losses, progress)
            state = _detach(state)
            yield losses

    def _update(self, losses: Mapping[str, Tensor], progress: float) -> None:
        learning_rate = (
            FINAL_LEARNING_RATE
            + (LEARNING_RATE - FINAL_LEARNING_RATE)
            * (1 + torch.tensor(progress * torch.pi).cos())
            / 2
        )
        for group in self.optimizer.param_groups:
            group["lr"] = float(learning_rate) * min(1.0, (self.step + 1) / WARMUP_STEPS)
        self.optimizer.zero_grad()
        total = torch.stack([LOSS_WEIGHTS[name] * value for name, value in losses.items()]).sum()
        torch.autograd.backward(total)
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        decay = min(EMA_DECAY, self.step / (self.step + 10))
        for name, parameter in self.encoder.named_parameters():
            self.ema[name].lerp_(parameter.detach(), 1 - decay)

    def save(self) -> None:
        """Write the mean weights as what others load, and all that is needed to go on."""
        about = {
            "recipe": "core.training.speech.encoder_training",
            "step": str(self.step),
            "spent": str(self.seconds),
        }
        half = {name: tensor.half() for name, tensor in self.ema.items()}
        save(self._out, half, self.encoder.config, about)
        kept = {f"ema.{name}": tensor for name, tensor in self.ema.items()}
        for name, parameter in self.encoder.named_parameters():
            moments = self.optimizer.state[parameter]
            kept |= {f"weights.{name}": parameter}
            kept |= {f"{key}.{name}": moments[key] for key in ("exp_avg", "exp_avg_sq", "step")}
        run = SpeechTrainingState(self.encoder.config, self.step, self.seconds)
        sharded_checkpoint.write_checkpoint(_resume_folder(self._out), kept, to_json(run))

    def resume(self, out: Path) -> None:
        """Go on from where the run that wrote `out` ended.

        Raises:
            BadCheckpoint: there is no such run.
        """
        weights, about = sharded_checkpoint.read_checkpoint(_resume_folder(out))
        run = from_json(SpeechTrainingState, about)
        if run.config != self.encoder.config:
            raise BadCheckpoint(f"{out.name} is an encoder of another shape: {run.config}")
        self.step, self.seconds = run.step, run.seconds
        for name, parameter in self.encoder.named_parameters():
            parameter.data.copy_(weights[f"weights.{name}"])
            self.ema[name].copy_(weights[f"ema.{name}"])
            moments = {
                key: weights[f"{key}.{name}"].to(self._device) for key in ("exp_avg", "exp_avg_sq")
            }
            self.optimizer.state[parameter] = {"step": weights[f"step.{name}"], **moments}


def _resume_folder(out: Path) -> Path:
    """Return the folder of what is needed to go on, as a sharded checkpoint."""
    return out.with_suffix(".resume")


def perturb_vocal_tract(mel: Tensor, ratio: Tensor) -> Tensor:
    """Stretch the pitch axis of (batch, spectra, bands) by (batch,): a longer or shorter throat."""
    bands = mel.shape[2]
    low, high = (torch.log10(1 + torch.tensor(f) / 700) for f in (MIN_HZ, MAX_HZ))
    heights = torch.linspace(float(low), float(high), bands + 2)[1:-1].to(mel)
    hertz = (10**heights - 1) * ratio[:, None]  # (batch, bands), in units of 700 Hz
    place = (torch.log10(1 + hertz) - low) / (high - low) * (bands + 1) - 1
    place = place.clamp(0, bands - 1.001)
    below = place.long()[:, None].expand(mel.shape)
    share = (place - place.floor())[:, None]
    return mel.gather(2, below) * (1 - share) + mel.gather(2, below + 1) * share


def speech_losses(speech: SpeechFrames, targets: TargetBatch) -> dict[str, Tensor]:
    """Return what is wrong with each answer; a missed closure counts five times.

    The square keeps the mean opening right, which the absolute error alone pulls down where the
    network is unsure; the absolute error keeps closures crisp.
    """
    weight = 1 + 4 * targets.closures
    error = (speech.opening - targets.opening).abs()
    shape = -(targets.visemes * (speech.visemes + 1e-6).log()).sum(2)
    motion = (speech.opening.diff(dim=1) - targets.opening.diff(dim=1)).abs()
    voicing = speech.voicing.clamp(1e-5, 1 - 1e-5)
    return {
        "shape": (weight * shape).mean(),
        "opening": (weight * (error + 2 * error.square())).mean(),
        "motion": motion.mean(),
        "voicing": functional.binary_cross_entropy(voicing, targets.voicing),
    }


def _detach(state: SpeechState) -> SpeechState:
    """Forget how the state came about, so that no gradient goes further back."""
    return state._replace(
        fine=state.fine.detach(),
        middle=state.middle.detach(),
        coarse=state.coarse.detach(),
        context=state.context.detach(),
        gru=state.gru.detach(),
    )


if __name__ == "__main__":
    main()
