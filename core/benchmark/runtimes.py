"""Inference runtimes side by side: the decoder and a generator step in each that is installed.

ONNX Runtime wants onnxruntime, onnx and onnxscript, OpenVINO openvino, onnx and onnxscript; torch's
compiler wants a C++ compiler, and a minute. What is not there is left out. Weights are drawn at
random.
"""

import argparse
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.utils._pytree import tree_flatten, tree_unflatten

from core.benchmark.interleaved_timing import Workload, time_interleaved
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.engine.cpu_tuning import tune_malloc
from core.model.attention import KeyValues
from core.model.avatar import AVATAR_PRESETS, Avatar, prepare_for_inference
from core.model.rotary import Rotation, apply_rotary

CALLS = 3
"""In a turn of the timing."""
TOLERANCE = 0.05
"""Largest difference of any output between runtimes."""

Run = Callable[[], list[NDArray[np.float32]]]


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `runtimes`."""
    parser.add_argument("--rounds", type=int, default=15, help="turns of each runtime")
    parser.add_argument("--compile", action="store_true", help="torch.compile as well")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    libraries = ("onnxruntime", "openvino", "onnxscript")
    found = {name: version(name) for name in libraries if find_spec(name)}
    about = machine() | found | {"threads": str(torch.get_num_threads())}
    tune_malloc()
    with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        sections = [
            Section(title, tuple(_compare_runtimes(pair, chosen, Path(folder))))
            for title, pair in _steps()
        ]
    return Report(about, tuple(sections))


class TensorStep(nn.Module):
    """Part of an avatar's inference as a function of tensors alone, as exporters want it."""

    def __init__(self, avatar: Avatar, work: Callable[..., Any], *given: Any) -> None:
        """`work` gets the avatar and what is given; of its tensors the empty ones are fixed."""
        super().__init__()
        self._avatar, self._work = avatar, work
        self._leaves, self._shape = tree_flatten(given)
        self._moving = [
            n for n, leaf in enumerate(self._leaves) if isinstance(leaf, Tensor) and leaf.numel()
        ]
        self.inputs = tuple(self._leaves[n].clone().contiguous() for n in self._moving)

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Run on other tensors in place of those that were given."""
        leaves = list(self._leaves)
        for place, tensor in zip(self._moving, tensors, strict=True):
            leaves[place] = tensor
        done = tree_flatten(self._work(self._avatar, *tree_unflatten(leaves, self._shape)))[0]
        return tuple(leaf for leaf in done if isinstance(leaf, Tensor) and leaf.numel())


class StepPair(NamedTuple):
    """The same step as it is trained, and as the engine fits it."""

    trained: TensorStep
    fitted: TensorStep


def _steps() -> Iterator[tuple[str, StepPair]]:
    """Each step's title, and the step itself."""
    torch.manual_seed(0)
    pair = [Avatar(AVATAR_PRESETS["lite"]).eval().requires_grad_(False)]
    pair.append(Avatar(AVATAR_PRESETS["lite"]).eval().requires_grad_(False))
    for parameter in pair[0].parameters():  # what is zero yet might be left out
        if not parameter.any():
            nn.init.normal_(parameter, std=0.02)
    pair[1].load_state_dict(pair[0].state_dict())
    pair[1] = prepare_for_inference(pair[1], torch.device("cpu"))
    yield "Decoding a block of 4 frames", StepPair(*map(_decoding, pair))
    yield "One step of the generator", StepPair(*map(_drawing, pair))


def _decoding(avatar: Avatar) -> TensorStep:
    torch.manual_seed(1)
    config = avatar.config.vae
    side = config.size // config.spatial_stride
    known = avatar.vae.encode_references(torch.rand(1, 1, 3, config.size, config.size) * 2 - 1)
    latents = torch.randn(1, 1, config.latent_channels, side, side)
    state = None
    for _ in range(2):
        _, state = avatar.vae.decode(latents, known, state)

    def work(avatar: Avatar, latents: Tensor, state: Any) -> Any:
        decoded, state = avatar.vae.decode(latents, known, state)
        return decoded.composition, state

    return TensorStep(avatar, work, latents, state)


@dataclass(frozen=True)
class CachedContext:
    """Satisfies `AttentionPattern`: attends to a full, read-only KV cache and the block's tokens.

    Runtimes without in-place changes would have to copy the cache at each step.
    """

    cache: KeyValues
    rotation: Rotation

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `AttentionPattern.attend`."""
        queries, keys = apply_rotary(queries_keys, self.rotation)
        every_key = torch.cat([self.cache.keys, keys], 2)
        every_value = torch.cat([self.cache.values, values], 2)
        return functional.scaled_dot_product_attention(queries, every_key, every_value)


def _drawing(avatar: Avatar) -> TensorStep:
    torch.manual_seed(1)
    config, generator = avatar.config.generator, avatar.generator
    block, places = config.sampling.block, (1 + config.history) * config.tokens_per_latent
    noise = torch.randn(1, block, config.latent_channels, config.grid, config.grid)
    heard = torch.randn(1, block, config.audio.width)
    memory = torch.randn(2, config.layers, 1, config.heads, places, config.head_width)
    modulation, first = (
        generator.modulate_at(torch.ones(1, 1)),
        torch.zeros(1, block, dtype=torch.bool),
    )
    rotation = generator.rotary.rotation_at(torch.arange(block))

    def work(avatar: Avatar, noise: Tensor, heard: Tensor, memory: Tensor) -> Tensor:
        layers = zip(*memory, strict=True)
        views = [CachedContext(KeyValues(keys, values), rotation) for keys, values in layers]
        return avatar.generator.predict_velocity(noise, modulation, heard, first, views)[0]

    return TensorStep(avatar, work, noise, heard, memory)


def _compare_runtimes(
    pair: StepPair, chosen: argparse.Namespace, folder: Path
) -> Iterator[Measurement]:
    runs = {f"torch, as {name}": _torch(s, s.inputs) for name, s in pair._asdict().items()}
    runs |= dict(_runtimes(pair.fitted, chosen.compile, folder))
    truth = runs["torch, as trained"]()
    for name, run in runs.items():
        difference = max(float(np.abs(a - b).max()) for a, b in zip(run(), truth, strict=True))
        if difference > TOLERANCE:
            raise RuntimeError(f"{name} is off by {difference}: not the same step")
    workloads = tuple(Workload(name, _turn(run)) for name, run in runs.items())
    medians = {
        name: float(np.median(s)) / CALLS
        for name, s in time_interleaved(workloads, chosen.rounds).items()
    }
    for name, seconds in medians.items():
        ratio = seconds / medians["torch, as fitted"]
        yield Measurement(name, 1e3 * seconds, "ms", ratio, "torch, as fitted")


def _turn(run: Run) -> Callable[[], object]:
    return lambda: [run() for _ in range(CALLS)]


def _runtimes(step: TensorStep, compiled: bool, folder: Path) -> Iterator[tuple[str, Run]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exporters tell of shapes that become constants
        trace = torch.jit.trace(step, step.inputs, check_trace=False)  # type: ignore[no-untyped-call]
        yield "torch, as fitted, recorded (ours)", _torch(trace, step.inputs)
        if compiled:
            yield "torch.compile", _torch(torch.compile(step, fullgraph=True), step.inputs)
        if not (find_spec("onnx") and find_spec("onnxscript")):
            return
        path = folder / f"{id(step)}.onnx"
        torch.onnx.export(step, step.inputs, path, dynamo=True, verbose=False)
    if find_spec("onnxruntime"):
        yield "ONNX Runtime", _onnx_runtime(path, step.inputs)
    if find_spec("openvino"):
        yield "OpenVINO", _openvino(path, step.inputs)


def _torch(work: Callable[..., tuple[Tensor, ...]], inputs: tuple[Tensor, ...]) -> Run:
    return lambda: [tensor.numpy() for tensor in work(*inputs)]


def _onnx_runtime(path: Path, inputs: tuple[Tensor, ...]) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    feed = dict(zip(names, (tensor.numpy() for tensor in inputs), strict=True))
    return lambda: list(session.run(None, feed))


def _openvino(path: Path, inputs: tuple[Tensor, ...]) -> Run:
    import openvino

    wanted = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
    }
    request = openvino.Core().compile_model(path, "CPU", wanted).create_infer_request()
    feed = [tensor.numpy() for tensor in inputs]

    def run() -> list[NDArray[np.float32]]:
        request.infer(feed, share_inputs=True)
        return [np.asarray(output.data) for output in request.output_tensors]

    return run
