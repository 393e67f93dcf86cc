"""Train the speech encoder on synthetic mixtures: truncated backpropagation through time (TBPTT).

The data are made first, by `core.training.speech.dataset`, whose voices
`core.training.speech.voices` names with the Debian packages they come in. Mixtures are heard a few
seconds at a time with the recurrent state carried on, as in live use.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
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
from core.training.trainer.optimization import OptimizationConfig, ema_weights
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import TrainingState, load_training

BATCH_SIZE = 24
"""Mixtures per batch."""
BPTT_FRAMES = 100
"""Frames through which gradients flow; then a step is taken and the state is detached."""
VOCAL_TRACT_RATIOS = (0.84, 1.19)
"""Range of vocal tract lengths (VTLP augmentation)."""
OPTIMIZATION = OptimizationConfig(
    learning_rate=2e-3,
    schedule="cosine",
    final_rate_ratio=0.015,
    warmup_steps=100,
    betas=(0.9, 0.999),
    weight_decay=0.02,
    ema_decay=0.998,
)
LOSS_WEIGHTS = {"shape": 0.5, "opening": 2.5, "motion": 2.0, "voicing": 0.3}
"""Weights of the loss terms."""


class MixtureWindow(NamedTuple):
    """A batch of mixtures, and the window of them that is trained on next."""

    samples: Tensor
    """Whole mixtures, (batch, samples)."""
    targets: TargetBatch
    """Of whole mixtures."""
    start: int
    """First frame of the window; at 0 the recurrent state is reset."""


class MixtureWindows:
    """Mixtures window by window, in order, on the training device; a `BatchSource`."""

    def __init__(self, mixtures: MixtureSampler, device: str) -> None:
        self._mixtures, self._device = mixtures, device
        self._window: MixtureWindow | None = None

    def next_batch(
        self,
        batch_size: int,
        frames: int,
        size: int | None = None,  # noqa: ARG002
    ) -> MixtureWindow:
        """Return the next window of the mixtures, or the first one of new mixtures."""
        last = self._window
        if last is None or last.start + frames >= last.targets.opening.shape[1]:
            samples, targets = self._mixtures.sample(batch_size)
            on_device = TargetBatch(*(column.to(self._device) for column in targets))
            self._window = MixtureWindow(samples.to(self._device), on_device, 0)
        else:
            self._window = last._replace(start=last.start + frames)
        return self._window

    def validation_batch(self, batch_size: int, frames: int) -> None:
        """There is none: see `core.training.speech.encoder_evaluation`."""


class SpeechBatch(NamedTuple):
    """A window of spectra, the state before it, and what the encoder should say."""

    mel: Tensor
    state: SpeechState
    targets: TargetBatch
    """Aligned with the encoder's output, the time before the mixture left out."""


class SpeechStage:
    """Viseme, mouth opening and voicing losses of a speech encoder; a `TrainingStage`.

    Batches must come in order: the state after one is that before the next.
    """

    def __init__(self, encoder: SpeechEncoder) -> None:
        self.network = encoder
        self._mel: Tensor = torch.empty(0)
        self._state: SpeechState | None = None

    def clip_length(self, progress: float) -> int:  # noqa: ARG002
        """See `TrainingStage`."""
        return BPTT_FRAMES

    def clip_size(self, progress: float) -> None:
        """See `TrainingStage`: always the usual."""

    def count_frames(self, window: MixtureWindow) -> int:
        """See `TrainingStage`."""
        return len(window.samples) * BPTT_FRAMES

    @torch.no_grad()
    def micro_batches(
        self,
        window: MixtureWindow,
        random: np.random.Generator,  # noqa: ARG002
    ) -> Sequence[SpeechBatch]:
        """See `TrainingStage`."""
        if window.start == 0:
            self._state = self.network.initial_state(len(window.samples))
            mel, _ = self.network.mel(window.samples, self._state.mel)
            ratio = torch.empty(len(mel)).uniform_(*VOCAL_TRACT_RATIOS).to(mel)
            self._mel = perturb_vocal_tract(mel, ratio)
        assert self._state is not None
        start, end = window.start, window.start + BPTT_FRAMES
        mel = self._mel[:, start * HOPS_PER_FRAME : end * HOPS_PER_FRAME]
        # The output is LATENCY_FRAMES late; what it says of earlier time is left out.
        first = max(0, start - LATENCY_FRAMES)
        targets = TargetBatch(*(part[:, first : end - LATENCY_FRAMES] for part in window.targets))
        return [SpeechBatch(mel, self._state, targets)]

    def losses(self, micro_batch: SpeechBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`; the state after the batch is kept for the next."""
        speech, state = self.network.forward_mel(micro_batch.mel, micro_batch.state)
        self._state = _detach(state)
        count = micro_batch.targets.opening.shape[1]
        aligned = SpeechFrames(*(column[:, -count:] for column in speech))
        losses = speech_losses(aligned, micro_batch.targets)
        return {name: LOSS_WEIGHTS[name] * value for name, value in losses.items()}

    def sample_images(self, ema: nn.Module, window: MixtureWindow) -> Sequence[Tensor]:  # noqa: ARG002
        """None: speech is not seen."""
        return []

    def metrics(self, ema: nn.Module, window: MixtureWindow) -> Mapping[str, float]:  # noqa: ARG002
        """None: see `core.training.speech.encoder_evaluation`."""
        return {}

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {}


def train_speech(
    config: TrainConfig,
    open_mixtures: Callable[[int], MixtureSampler],
    network_config: SpeechConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TrainingLoop[MixtureWindow, SpeechBatch]:
    """Run one call of the trainer; `open_mixtures` is given a seed.

    Raises:
        BadCheckpoint: what is to be resumed is damaged or of another stage.
    """
    tensors, state = load_training(config.resume_from) if config.resume_from else ({}, None)
    if state is None:
        shape = to_json(network_config or SpeechConfig())
        state = TrainingState("speech", network_config=shape)
    torch.manual_seed(config.seed)
    encoder = SpeechEncoder(_speech_config(state)).to(config.torch_device)
    loop = TrainingLoop(SpeechStage(encoder), OPTIMIZATION, config, state, clock)
    if state.steps:
        loop.load_state(tensors)
    # A run that goes on must not hear the same mixtures again.
    mixtures = open_mixtures(config.seed + state.steps)
    loop.run(MixtureWindows(mixtures, config.device))
    return loop


def export_speech(folder: Path, out: Path, about: Mapping[str, str]) -> None:
    """Write the encoder of a training, its EMA weights in half precision, as one file.

    Raises:
        BadCheckpoint: there is no such training.
    """
    tensors, state = load_training(folder)
    weights = {name: tensor.half() for name, tensor in ema_weights(tensors).items()}
    minutes = f"{state.seconds / SECONDS_PER_MINUTE:.1f}"
    out.parent.mkdir(parents=True, exist_ok=True)
    described = {**about, "minutes": minutes, "steps": str(state.steps)}
    save(out, weights, _speech_config(state), described)


def open_training_mixtures(folder: Path, seed: int) -> MixtureSampler:
    """Open a folder of synthetic speech; see `training_utterances`.

    Raises:
        ValueError: there is none in it.
    """
    return MixtureSampler(training_utterances(folder), seed)


def training_utterances(folder: Path) -> list[list[LevelledUtterance]]:
    """Return the training utterances per voice; the first file of each is held out."""
    voices: dict[str, list[LevelledUtterance]] = {}
    for path in dataset_files(folder):
        name, index = path.stem.rsplit("-", 1)
        if name not in HELD_OUT and int(index) > 0:
            voices.setdefault(name, []).extend(
                level_utterance(utterance) for utterance in read_utterances(path)
            )
    return list(voices.values())


def _speech_config(state: TrainingState) -> SpeechConfig:
    if state.stage != "speech":
        raise BadCheckpoint(f"this is a training of {state.stage}, expected one of speech")
    return from_json(SpeechConfig, state.network_config, lenient=True)


def perturb_vocal_tract(mel: Tensor, ratio: Tensor) -> Tensor:
    """Vocal tract length perturbation: warp the bands of (batch, spectra, bands) by (batch,)."""
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
    """Return the loss terms; frames of closures weigh five times.

    The squared error keeps the mean opening right, which the absolute error alone pulls down
    where the network is unsure; the absolute error keeps closures crisp.
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
    """Detach the state: no gradient goes further back."""
    return state._replace(
        fine=state.fine.detach(),
        middle=state.middle.detach(),
        coarse=state.coarse.detach(),
        context=state.context.detach(),
        gru=state.gru.detach(),
    )
