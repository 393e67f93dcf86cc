"""Streaming inference of the speech encoder in numpy, one frame at a time, without torch.

Computes what `encoder_torch` does. Whoever changes one of the two changes the other; the tests
compare them.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.audio import Samples
from core.checkpoint import BadCheckpoint, load
from core.perception.speech.config import (
    EARLY_LATENCY_FRAMES,
    FRAME_SAMPLES,
    LATENCY_FRAMES,
    WEIGHTS,
    ConvSpec,
    SpeechConfig,
)
from core.perception.speech.mel_constants import (
    ATTACK,
    DYNAMIC_RANGE,
    HOP_SAMPLES,
    HOPS_PER_FRAME,
    INITIAL_NOISE,
    LEVEL_DECAY,
    LOG_UNIT,
    MIN_SPEECH_SNR,
    NOISE_RISE,
    OVERSHOOT,
    POWER_FLOOR,
    PREEMPHASIS,
    RELATIVE_MIN,
    SNR_MAX,
    SNR_MIN,
    hann_window,
    mel_filterbank,
)
from core.perception.speech.visemes import VISEMES
from core.sentence import said

Array: TypeAlias = NDArray[np.float32]

LAYER_NORM_EPS = 1e-5
"""torch's default."""


@dataclass(frozen=True)
class SpeechFrame:
    """The encoder's output for one video frame."""

    visemes: Array
    """Share of each mouth shape, (15,); sums to 1."""
    opening: float
    """Distance of the lips as a share of fully open."""
    voicing: float
    """How much of the frame is voiced."""
    features: Array
    """Last hidden layer, (feature_width,)."""


class NumpySpeechEncoder:
    """Streaming encoder of one voice: the output for a frame comes LATENCY_FRAMES after it went in.

    One thread makes and steps it.

    Raises:
        BadCheckpoint: see `core.checkpoint.load`; or weights and config do not fit.
    """

    def __init__(self, path: Path = WEIGHTS) -> None:
        config, weights = _load_weights(path)
        self._mel = _LogMel(config)
        self._levels = _LevelTracker(config)
        self._network = _Network(config, weights)
        self._frames_in = 0

    def step(self, samples: Samples) -> SpeechFrame | None:
        """Encode FRAME_SAMPLES; return the frame that began LATENCY_FRAMES + 1 ago, if any."""
        frame = self._network.step(self._levels.step(self._hear(samples)))
        return frame if self._frames_in > LATENCY_FRAMES else None

    def step_early(self, samples: Samples) -> SpeechFrame | None:
        """Encode FRAME_SAMPLES; return the frame that began EARLY_LATENCY_FRAMES + 1 ago, if any.

        Its future context is simulated where it is not there yet (An et al. 2022, CUSIDE): the last
        spectrum goes on. What comes next is encoded as if nobody had asked.
        """
        mel = self._hear(samples)
        heard, levels = self._levels.step(mel), self._levels.state
        held = self._levels.step(np.broadcast_to(mel[-1], mel.shape))
        self._levels.state = levels
        frame = self._network.step(heard, held)
        return frame if self._frames_in > EARLY_LATENCY_FRAMES else None

    def _hear(self, samples: Samples) -> Array:
        """Return the spectra of FRAME_SAMPLES."""
        assert len(samples) == FRAME_SAMPLES
        self._frames_in += 1
        return self._mel.step(samples)


class _LogMel:
    """Log-mel spectra, hop 10 ms, window 32 ms."""

    def __init__(self, config: SpeechConfig) -> None:
        size = config.window_size
        self._window, self._filterbank = hann_window(size), mel_filterbank(config.mel_bands, size)
        self._samples = np.zeros(size - HOP_SAMPLES + 1 + FRAME_SAMPLES, np.float32)
        self._emphasised = np.zeros(len(self._samples) - 1, np.float32)
        windows = sliding_window_view(self._emphasised, size)
        self._frames = windows[::HOP_SAMPLES]  # (HOPS_PER_FRAME, size)

    def step(self, samples: Samples) -> Array:
        """Turn (FRAME_SAMPLES,) into (HOPS_PER_FRAME, bands)."""
        self._samples[:-FRAME_SAMPLES] = self._samples[FRAME_SAMPLES:]
        self._samples[-FRAME_SAMPLES:] = samples
        np.subtract(self._samples[1:], PREEMPHASIS * self._samples[:-1], out=self._emphasised)
        spectrum = np.fft.rfft(self._frames * self._window)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        return np.asarray(np.log(power @ self._filterbank + POWER_FLOOR))


class _LevelTracker:
    """Track noise floor and speech level, and normalise by them: the result is gain invariant."""

    def __init__(self, config: SpeechConfig) -> None:
        floor = np.full(config.mel_bands, INITIAL_NOISE, np.float32)
        self.state: tuple[Array, float] = floor, math.log(POWER_FLOOR)
        """Noise floor of each band, and level of speech; replaced whole."""

    def step(self, mel: Array) -> tuple[Array, float]:
        """Return (HOPS_PER_FRAME, bands, 2), relative to level and noise, and the speech SNR."""
        noise_floor, level = self.state
        noise_floor = np.minimum(mel.mean(0), noise_floor + NOISE_RISE)
        noise_level, now = _log_sum_exp(noise_floor), _log_sum_exp(mel) - math.log(HOPS_PER_FRAME)
        risen = level + ATTACK * (now - level)
        level = max(risen, level - LEVEL_DECAY, now - OVERSHOOT, noise_level + MIN_SPEECH_SNR)
        self.state = noise_floor, level
        noise = np.maximum(noise_floor, level - DYNAMIC_RANGE)
        relative = np.maximum((mel - level) / LOG_UNIT, RELATIVE_MIN)
        snr = np.clip((mel - noise) / LOG_UNIT, SNR_MIN, SNR_MAX)
        return np.stack([relative, snr], -1), min((level - noise_level) / LOG_UNIT, SNR_MAX)


class _Network:
    """Causal 2D convolutions, a temporal convolution over three frames, GRU, output head."""

    def __init__(self, config: SpeechConfig, weights: Mapping[str, Array]) -> None:
        convolutions = config.convolutions.items()
        self._convolutions = [_CausalConv2d(weights, name, shape) for name, shape in convolutions]
        self._norm = weights["norm.weight"], weights["norm.bias"]
        self._projection, self._temporal, self._feature, self._output = (
            _linear(weights, f"{name}.{{}}")
            for name in ("projection", "temporal", "feature", "output")
        )
        self._gru = [_GruLayer(weights, layer) for layer in range(config.gru_layers)]
        self._context = np.zeros((2, config.width), np.float32)

    def step(self, *frames: tuple[Array, float]) -> SpeechFrame:
        """Encode `_LevelTracker`'s output for one frame, or for two in a row: return the last.

        Only the first of them is remembered. Together they cost less than two that come alone,
        for all weights are read once.
        """
        parts, snr = zip(*frames, strict=True)
        features = np.concatenate(parts)
        for convolve in self._convolutions:
            features = convolve.step(features)
        flat = features.transpose(0, 2, 1).reshape(len(frames), -1)  # channels, each with its bands
        y = np.concatenate([flat, np.array(snr, np.float32)[:, None]], axis=1)
        y = _silu(self._layer_norm(self._projection(y)))
        y = hidden = y + _silu(self._temporal(self._with_context(y)))
        for layer in self._gru:
            hidden = layer.step(hidden)
        return self._decode(_silu(self._feature(np.concatenate([y[-1], hidden[-1]]))))

    def _with_context(self, y: Array) -> Array:
        """Return frames (n, width) with the two before each, (n, 3 * width)."""
        past = np.concatenate([self._context, y])
        self._context = past[1:3]
        return np.concatenate([past[:-2], past[1:-1], past[2:]], axis=1)

    def _layer_norm(self, x: Array) -> Array:
        weight, bias = self._norm
        centred = x - x.mean(-1, keepdims=True)
        variance = np.square(centred).mean(-1, keepdims=True)
        return np.asarray(centred / np.sqrt(variance + LAYER_NORM_EPS) * weight + bias)

    def _decode(self, features: Array) -> SpeechFrame:
        output = self._output(features)
        logits = output[: len(VISEMES)]
        visemes = np.exp(logits - _log_sum_exp(logits))
        opening, voicing = _sigmoid(output[len(VISEMES) :]).tolist()
        return SpeechFrame(visemes, opening, voicing, features)


class _CausalConv2d:
    """A causal 2D convolution with its left context, for up to two frames; channels come last."""

    def __init__(self, weights: Mapping[str, Array], name: str, spec: ConvSpec) -> None:
        kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0).reshape(-1, spec.out_channels)
        self._weight, self._bias = np.ascontiguousarray(kernel), weights[f"{name}.bias"]
        past, padding, bands = spec.left_context, spec.band_padding, spec.in_bands
        self._past, self._inner = past, slice(padding, padding + bands)
        self._steps, self._stride = spec.steps_per_frame, spec.stride[0]
        size = past + 2 * self._steps, bands + 2 * padding, spec.in_channels
        self._window = np.zeros(size, np.float32)
        patches = sliding_window_view(self._window, spec.kernel, (0, 1))
        patches = patches[:: self._stride, :: spec.stride[1]]
        self._patches = patches.transpose(0, 1, 3, 4, 2)  # (steps, bands, *kernel, channels)

    def step(self, x: Array) -> Array:
        """Turn (steps, bands, channels) into fewer steps and bands; remember the first frame."""
        self._window[self._past : self._past + len(x), self._inner] = x
        patches = self._patches[: len(x) // self._stride]
        y = patches.reshape(len(patches) * patches.shape[1], -1) @ self._weight + self._bias
        self._window[: self._past] = self._window[self._steps : self._steps + self._past]
        return np.asarray(np.maximum(y, 0).reshape(*patches.shape[:2], -1))


class _Linear(NamedTuple):
    weight: Array
    """(outputs, inputs)"""
    bias: Array

    def __call__(self, x: Array) -> Array:
        """Turn (inputs,) into (outputs,), or rows of the one into rows of the other."""
        return np.asarray((self.weight @ x.T).T + self.bias)


def _linear(weights: Mapping[str, Array], name: str) -> _Linear:
    return _Linear(weights[name.format("weight")], weights[name.format("bias")])


class _GruLayer:
    """One layer of gated recurrent units."""

    def __init__(self, weights: Mapping[str, Array], layer: int) -> None:
        self._input = _linear(weights, f"gru.{{}}_ih_l{layer}")
        self._recurrent = _linear(weights, f"gru.{{}}_hh_l{layer}")
        self._remember(np.zeros(self._recurrent.weight.shape[1], np.float32))

    def step(self, x: Array) -> Array:
        """Return the hidden states for inputs (n, width), n up to 2; remember the first."""
        first, *simulated = self._input(x).reshape(len(x), 3, -1)
        self._remember(self._next(first))
        return np.stack([self._hidden, *map(self._next, simulated)])

    def _remember(self, hidden: Array) -> None:
        self._hidden, self._gates = hidden, self._recurrent(hidden).reshape(3, -1)

    def _next(self, gates: Array) -> Array:
        """Return the hidden state after the one that is remembered."""
        reset, update = _sigmoid(gates[:2] + self._gates[:2])
        candidate = np.tanh(gates[2] + reset * self._gates[2])
        return np.asarray(candidate + update * (self._hidden - candidate))


def _sigmoid(x: Array) -> Array:
    return np.asarray((1 + np.tanh(x / 2)) / 2)  # exp would overflow


def _silu(x: Array) -> Array:
    return np.asarray(x * _sigmoid(x))


def _log_sum_exp(x: Array) -> float:
    """Return the logarithm of the sum of exponentials."""
    peak = x.max()
    return float(peak + np.log(np.exp(x - peak).sum()))


def _load_weights(path: Path) -> tuple[SpeechConfig, dict[str, Array]]:
    checkpoint = load(path, SpeechConfig)
    weights = {name: array.astype(np.float32) for name, array in checkpoint.weights.items()}
    found = {(n, w.shape) for n, w in weights.items()}
    expected = set(_weight_shapes(checkpoint.config))
    if wrong := ", ".join(sorted({name for name, _ in found ^ expected})):
        raise BadCheckpoint(said("{0}: its weights do not fit its config: {1}", path.name, wrong))
    return checkpoint.config, weights


def _weight_shapes(config: SpeechConfig) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the parameter names of `SpeechEncoder`, and their shapes."""
    width = config.width
    for name, shape in config.convolutions.items():
        yield f"{name}.weight", (shape.out_channels, shape.in_channels, *shape.kernel)
        yield f"{name}.bias", (shape.out_channels,)
    linear = {
        "projection.{}": (width, config.projection_inputs),
        "temporal.{}": (width, 3 * width),
        "feature.{}": (config.feature_width, 2 * width),
        "output.{}": (len(VISEMES) + 2, config.feature_width),
    }
    for layer in range(config.gru_layers):
        linear |= {f"gru.{{}}_{way}_l{layer}": (3 * width, width) for way in ("ih", "hh")}
    for name, size in linear.items():
        yield name.format("weight"), size
        yield name.format("bias"), size[:1]
    yield from (("norm.weight", (width,)), ("norm.bias", (width,)))
