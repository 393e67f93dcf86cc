"""One live voice, heard without torch: what `core.perception.speech` computes, frame by frame.

Whoever changes one of the two changes the other; the tests compare them.
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
from core.perception.hearing import FRAME, LAG, WEIGHTS, Convolution, SpeechConfig
from core.perception.pitch import (
    ANY_NOISE,
    ATTACK,
    BURIED,
    CLEAREST,
    DEPTH,
    EMPHASIS,
    FAINTEST,
    FLOOR,
    HEADROOM,
    HOP,
    LEVEL_FALL,
    NOISE_RISE,
    OVERSHOOT,
    PER_FRAME,
    STEP,
    bank,
    window,
)
from core.perception.visemes import VISEMES

Array: TypeAlias = NDArray[np.float32]

ROUNDING = 1e-5
"""Added to the variance in a layer's norm, as torch does."""


@dataclass(frozen=True)
class SpeechFrame:
    """What the mouth does in one video frame."""

    visemes: Array
    """Share of each mouth shape, (15,); sums to 1."""
    opening: float
    """Distance of the lips as a share of fully open."""
    voicing: float
    """How much of the frame is voiced."""
    features: Array
    """What all of this was read from, (features,)."""


class SpeechReader:
    """One voice, live: a frame of sound goes in, the mouth LAG frames before comes out.

    One thread makes and steps it.

    Raises:
        BadCheckpoint: see `core.checkpoint.load`; or weights and config do not fit.
    """

    def __init__(self, path: Path = WEIGHTS) -> None:
        config, weights = _read(path)
        self._spectra = _Spectra(config)
        self._loudness = _Loudness(config)
        self._network = _Network(config, weights)
        self._heard = 0

    def step(self, samples: Samples) -> SpeechFrame | None:
        """Hear FRAME samples; return the frame that began LAG + 1 frames ago, if there was one."""
        assert len(samples) == FRAME
        image, contrast = self._loudness.step(self._spectra.step(samples))
        told = self._network.step(image, contrast)
        self._heard += 1
        return told if self._heard > LAG else None


class _Spectra:
    """Log power in mel bands, every 10 ms, from the last 32 ms."""

    def __init__(self, config: SpeechConfig) -> None:
        size = config.window
        self._window, self._bank = window(size), bank(config.bands, size)
        self._sound = np.zeros(size - HOP + 1 + FRAME, np.float32)
        self._flat = np.zeros(len(self._sound) - 1, np.float32)
        self._pieces = sliding_window_view(self._flat, size)[::HOP]  # (PER_FRAME, size)

    def step(self, samples: Samples) -> Array:
        """Turn (FRAME,) into (PER_FRAME, bands)."""
        self._sound[:-FRAME] = self._sound[FRAME:]
        self._sound[-FRAME:] = samples
        np.subtract(self._sound[1:], EMPHASIS * self._sound[:-1], out=self._flat)
        waves = np.fft.rfft(self._pieces * self._window)
        power = np.square(waves.real) + np.square(waves.imag)
        return np.asarray(np.log(power @ self._bank + FLOOR))


class _Loudness:
    """Noise floor of each band and level of speech; a gain moves both, and is not seen after."""

    def __init__(self, config: SpeechConfig) -> None:
        self._noise = np.full(config.bands, ANY_NOISE, np.float32)
        self._level = math.log(FLOOR)

    def step(self, spectra: Array) -> tuple[Array, float]:
        """Return (PER_FRAME, bands, 2), against level and noise, and how far apart these are."""
        self._noise = np.minimum(spectra.mean(0), self._noise + NOISE_RISE)
        hiss, now = _log_sum(self._noise), _log_sum(spectra) - math.log(PER_FRAME)
        risen = self._level + ATTACK * (now - self._level)
        self._level = max(risen, self._level - LEVEL_FALL, now - OVERSHOOT, hiss + HEADROOM)
        noise = np.maximum(self._noise, self._level - DEPTH)
        loud = np.maximum((spectra - self._level) / STEP, FAINTEST)
        clear = np.clip((spectra - noise) / STEP, BURIED, CLEAREST)
        return np.stack([loud, clear], -1), min((self._level - hiss) / STEP, CLEAREST)


class _Network:
    """Convolutions over time and pitch, one over frames, a recurrent part, the answer."""

    def __init__(self, config: SpeechConfig, weights: Mapping[str, Array]) -> None:
        convolutions = config.convolutions.items()
        self._convolutions = [_Convolve(weights, name, shape) for name, shape in convolutions]
        self._calm = weights["calm.weight"], weights["calm.bias"]
        self._join, self._recent, self._feature, self._answer = (
            _linear(weights, f"{name}.{{}}") for name in ("join", "recent", "feature", "answer")
        )
        self._memory = [_Recur(weights, layer) for layer in range(config.layers)]
        self._past = np.zeros((3, config.width), np.float32)

    def step(self, image: Array, contrast: float) -> SpeechFrame:
        """Hear one frame, (PER_FRAME, bands, 2), and what `_Loudness` says of it."""
        for convolve in self._convolutions:
            image = convolve.step(image)
        y = np.append(image[0].T, np.float32(contrast))  # channels, each with its bands
        y = _silu(self._calmed(self._join(y)))
        self._past[:-1] = self._past[1:]
        self._past[-1] = y
        y = y + _silu(self._recent(self._past.ravel()))
        remembered = y
        for layer in self._memory:
            remembered = layer.step(remembered)
        return self._told(_silu(self._feature(np.concatenate([y, remembered]))))

    def _calmed(self, x: Array) -> Array:
        weight, bias = self._calm
        apart = x - x.mean()
        return np.asarray(apart / np.sqrt(np.square(apart).mean() + ROUNDING) * weight + bias)

    def _told(self, features: Array) -> SpeechFrame:
        answer = self._answer(features)
        shapes = answer[: len(VISEMES)]
        visemes = np.exp(shapes - _log_sum(shapes))
        opening, voicing = _sigmoid(answer[len(VISEMES) :]).tolist()
        return SpeechFrame(visemes, opening, voicing, features)


class _Convolve:
    """A convolution that remembers its past; channels come last."""

    def __init__(self, weights: Mapping[str, Array], name: str, shape: Convolution) -> None:
        kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0).reshape(-1, shape.outputs)
        self._weight, self._bias = np.ascontiguousarray(kernel), weights[f"{name}.bias"]
        self._past, self._inner = shape.past, slice(shape.margin, shape.margin + shape.bands)
        size = shape.past + shape.steps, shape.bands + 2 * shape.margin, shape.inputs
        self._heard = np.zeros(size, np.float32)
        seen = sliding_window_view(self._heard, shape.kernel, (0, 1))
        seen = seen[:: shape.stride[0], :: shape.stride[1]]
        self._seen = seen.transpose(0, 1, 3, 4, 2)  # (steps, bands, *kernel, inputs)

    def step(self, x: Array) -> Array:
        """Turn a frame (steps, bands, inputs) into one with fewer steps and bands."""
        self._heard[: self._past] = self._heard[-self._past :]
        self._heard[self._past :, self._inner] = x
        patches = self._seen.reshape(*self._seen.shape[:2], -1)
        return np.asarray(np.maximum(patches @ self._weight + self._bias, 0))


class _Linear(NamedTuple):
    weight: Array
    """(outputs, inputs)"""
    bias: Array

    def __call__(self, x: Array) -> Array:
        return np.asarray(self.weight @ x + self.bias)


def _linear(weights: Mapping[str, Array], name: str) -> _Linear:
    return _Linear(weights[name.format("weight")], weights[name.format("bias")])


class _Recur:
    """One layer of gated recurrent units."""

    def __init__(self, weights: Mapping[str, Array], layer: int) -> None:
        self._input = _linear(weights, f"memory.{{}}_ih_l{layer}")
        self._hidden = _linear(weights, f"memory.{{}}_hh_l{layer}")
        self._memory = np.zeros(self._hidden.weight.shape[1], np.float32)

    def step(self, x: Array) -> Array:
        """Turn (width,) into what is remembered of it and of all before, (width,)."""
        seen, known = self._input(x).reshape(3, -1), self._hidden(self._memory).reshape(3, -1)
        reset, keep = _sigmoid(seen[:2] + known[:2])
        new = np.tanh(seen[2] + reset * known[2])
        self._memory = np.asarray(new + keep * (self._memory - new))
        return self._memory


def _sigmoid(x: Array) -> Array:
    return np.asarray((1 + np.tanh(x / 2)) / 2)  # exp would overflow


def _silu(x: Array) -> Array:
    return np.asarray(x * _sigmoid(x))


def _log_sum(x: Array) -> float:
    """Return the logarithm of the sum of exponentials."""
    most = x.max()
    return float(most + np.log(np.exp(x - most).sum()))


def _read(path: Path) -> tuple[SpeechConfig, dict[str, Array]]:
    checkpoint = load(path, SpeechConfig)
    weights = {name: array.astype(np.float32) for name, array in checkpoint.weights.items()}
    found, expected = {(n, w.shape) for n, w in weights.items()}, set(_shapes(checkpoint.config))
    if wrong := ", ".join(sorted({name for name, _ in found ^ expected})):
        raise BadCheckpoint(f"{path.name}: its weights do not fit its config: {wrong}")
    return checkpoint.config, weights


def _shapes(config: SpeechConfig) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield what `SpeechEncoder` calls its weights, and their shapes."""
    width = config.width
    for name, shape in config.convolutions.items():
        yield f"{name}.weight", (shape.outputs, shape.inputs, *shape.kernel)
        yield f"{name}.bias", (shape.outputs,)
    linear = {
        "join.{}": (width, config.joined),
        "recent.{}": (width, 3 * width),
        "feature.{}": (config.features, 2 * width),
        "answer.{}": (len(VISEMES) + 2, config.features),
    }
    for layer in range(config.layers):
        linear |= {f"memory.{{}}_{way}_l{layer}": (3 * width, width) for way in ("ih", "hh")}
    for name, size in linear.items():
        yield name.format("weight"), size
        yield name.format("bias"), size[:1]
    yield from (("calm.weight", (width,)), ("calm.bias", (width,)))
