"""Inference speed of the neural engine: by part, latency, memory and multiply-adds.

Weights are drawn at random: speed does not depend on them.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.benchmark.live_chain import size
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.benchmark.pipelined_stream import PipelinedStream
from core.benchmark.synthetic_speech import synthetic_speech
from core.engine.cpu_tuning import tune_malloc
from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.avatar import AVATAR_PRESETS, Avatar, AvatarConfig, prepack, prepare_for_inference
from core.model.cost import (
    count_bytes_moved,
    count_multiply_adds,
    count_parameters,
    decoding_cost,
)
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import Sampling
from core.model.generator.kv_cache import cache_policy
from core.model.generator.rollout import Rollout
from core.model.generator.sampling_options import add_sampling_options, chosen_sampling
from core.neural.audio_conditioning import as_batch
from core.neural.compositor import Compositor
from core.neural.inference import StreamingInference
from core.neural.neural_stream import NeuralStream
from core.neural.opened_photo import EyeRegions
from core.neural.references import ReferenceFrames
from core.perception.speech.encoder_torch import SpeechState, load_speech_encoder
from core.video import FPS, HD, VideoFormat

PARTS = {
    "encode_audio": "audio encoder",
    "sample": "all steps",
    "decode": "decoder",
    "compose": "composing, to the host",
}
WARM_UP_BLOCKS = 3
"""Blocks beyond a full KV cache that are not measured."""

COPIED = 2**28
"""Bytes."""

Seconds = NDArray[np.float64]


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `model`."""
    parser.add_argument("--preset", choices=AVATAR_PRESETS, default="lite")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--blocks", type=int, default=40, help="how many are measured")
    add_sampling_options(parser)
    parser.add_argument("--references", type=int, choices=(1, 2, 3), default=1)
    parser.add_argument("--size", type=size, default=(HD.width, HD.height), metavar="WxH")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    config = AVATAR_PRESETS[chosen.preset]
    sampling = chosen_sampling(chosen, config.generator.sampling)
    device = torch.device(chosen.device)
    torch.manual_seed(0)
    tune_malloc()
    avatar = prepack(
        prepare_for_inference(Avatar(config).eval().requires_grad_(False), device), sampling
    )
    encoder = SpeechAudioEncoder(load_speech_encoder().to(device))
    references = _noise_references(config, chosen.references, chosen.size)
    weight = avatar.generator.velocity_proj.weight
    inference = StreamingInference(
        avatar,
        encoder,
        references.references.to(device, weight.dtype),
        sampling,
        references.eyes,
    )
    fill = _cache_fill_blocks(config, sampling)
    runs, moved = _measure_parts(inference, Compositor(references, device), fill, chosen.blocks)
    stream = NeuralStream(avatar, encoder, references, VideoFormat(*chosen.size), sampling)
    runs |= {"pipelined": _measure_pipelined(stream, fill, chosen.blocks)}
    about = machine() | {
        "GPU": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
        "model": f"{chosen.preset} on {device}, {weight.dtype}, {torch.get_num_threads()} threads",
        "drawing": str(sampling),
        "picture": f"{chosen.size[0]}x{chosen.size[1]}, {chosen.references} references",
    }
    sections = (
        Section("Speed at the longest cache", tuple(_speed(runs, config, sampling))),
        Section("Cost", tuple(_cost(config, sampling, chosen))),
        Section(
            "Beside this machine's best rates",
            tuple(_shares(runs, moved, _block_cost(config, sampling, chosen), device)),
        ),
    )
    return Report(about, sections)


def _noise_references(
    config: AvatarConfig, references: int, frame: tuple[int, int]
) -> ReferenceFrames:
    """Return noise in place of references, the square as high as the frame."""
    rng, (width, height) = np.random.default_rng(0), frame
    references += config.vae.opened
    pictures = [rng.integers(0, 255, (height, height, 3), np.uint8) for _ in range(references)]
    seen = torch.rand(1, references, 3, config.vae.size, config.vae.size) * 2 - 1
    backdrop = np.zeros((height, width, 3), np.uint8)
    frames = ReferenceFrames(seen, tuple(pictures), backdrop, ((width - height) // 2, 0))
    if not config.vae.layered:
        return frames
    mattes = tuple(picture[..., 0] for picture in pictures)
    everywhere = torch.ones(2, config.vae.size, config.vae.size)
    eyes = EyeRegions(everywhere, 0 * everywhere) if config.vae.opened else None
    return frames._replace(mattes=mattes, plate=backdrop, eyes=eyes)


def _cache_fill_blocks(config: AvatarConfig, sampling: Sampling) -> int:
    """Return the number of blocks after which the KV cache is full."""
    generator = config.generator
    return -(-max(generator.window, generator.history) // sampling.block) + WARM_UP_BLOCKS


def _measure_parts(
    inference: StreamingInference[SpeechState], compositor: Compositor, fill: int, blocks: int
) -> tuple[dict[str, Seconds], dict[str, int]]:
    """Time each part of each block, whole blocks, and the first frame, in seconds.

    Also returns the bytes that drawing and decoding one block move.
    """
    hop = inference.conditioner.hop
    sound = synthetic_speech(10.0)
    parts: dict[str, list[float]] = {name: [] for name in PARTS}
    first: list[float] = []
    for _ in range(3):
        began = _synchronized_time(inference.device)
        state = inference.start(seed=1)
        state = _block(inference, compositor, as_batch(sound[:hop], inference.device), state, {})
        first.append(_synchronized_time(inference.device) - began)
    for number in range(fill + blocks):
        at = number * hop % (len(sound) - hop)
        times = parts if number >= fill else {}
        state = _block(
            inference, compositor, as_batch(sound[at : at + hop], inference.device), state, times
        )
    done = {name: np.array(each) for name, each in parts.items()}
    done |= {"whole": sum(done.values(), np.zeros(blocks)), "first": np.array(first[-1:])}
    return done, _bytes_moved(inference, as_batch(sound[:hop], inference.device), state)


def _bytes_moved(
    inference: StreamingInference[SpeechState], sound: Tensor, state: Any
) -> dict[str, int]:
    heard, state = inference.encode_audio(sound, state)
    sampled: list[Any] = []
    drawn = count_bytes_moved(lambda: sampled.extend(inference.sample(heard, state)))
    latents, state = sampled
    return {
        "sample": drawn,
        "decode": count_bytes_moved(lambda: inference.decode(latents, state)),
    }


def _measure_pipelined(stream: NeuralStream[SpeechState], fill: int, blocks: int) -> Seconds:
    """Time blocks while the next one is sampled in parallel, in seconds."""
    sound, times = synthetic_speech(10.0), []
    with closing(PipelinedStream(stream)) as pipelined:
        for number in range(fill + blocks):
            at = number * stream.hop % (len(sound) - stream.hop)
            began = _synchronized_time(stream.device)
            pipelined.step(sound[at : at + stream.hop])
            times.append(_synchronized_time(stream.device) - began)
    return np.array(times[fill:])


def _block(
    inference: StreamingInference[SpeechState],
    compositor: Compositor,
    sound: Tensor,
    state: Any,
    times: dict[str, list[float]],
) -> Any:
    moments = [_synchronized_time(inference.device)]

    def mark() -> None:
        moments.append(_synchronized_time(inference.device))

    heard, state = inference.encode_audio(sound, state)
    mark()
    latents, state = inference.sample(heard, state)
    mark()
    layers, state = inference.decode(latents, state)
    mark()
    compositor.compose(layers)
    mark()
    for name, before, after in zip(PARTS, moments, moments[1:], strict=False):
        if name in times:
            times[name].append(after - before)
    return state


def _synchronized_time(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _speed(
    runs: dict[str, Seconds], config: AvatarConfig, sampling: Sampling
) -> Iterator[Measurement]:
    whole, frames = runs["whole"], sampling.block * config.vae.frames_per_latent
    rate = frames / float(np.median(whole))
    yield Measurement(
        "end to end, sound to frames on the host", rate, "frames/s", rate / FPS, "real time"
    )
    yield Measurement("to the first frame, warm", 1e3 * float(runs["first"][0]), "ms")
    for share in (50, 95, 99):
        slow = 1e3 * float(np.percentile(whole, share))
        yield Measurement(f"a block of {frames} frames, p{share}", slow, "ms")
    for part, name in PARTS.items():
        middle = float(np.median(runs[part]))
        of_all = middle / float(np.median(whole))
        yield Measurement(f"of it: {name}", 1e3 * middle, "ms", of_all, "the whole")
    rate = frames / float(np.median(runs["pipelined"]))
    yield Measurement(
        "end to end, drawn ahead (for files)", rate, "frames/s", rate / FPS, "real time"
    )


def _cost(
    config: AvatarConfig, sampling: Sampling, chosen: argparse.Namespace
) -> Iterator[Measurement]:
    frames = sampling.block * config.vae.frames_per_latent
    yield Measurement(
        "drawing, a frame", _sampling_cost(config, sampling, chosen) / frames / 1e9, "GMAC"
    )
    for part, cost in decoding_cost(config.vae, chosen.references).items():
        name = "decoding, a frame" if part == "all" else f"of it: {part}"
        yield Measurement(name, cost / 1e9, "GMAC")
    with torch.device("meta"):
        avatar = Avatar(config)
    yield Measurement("parameters, VAE", count_parameters(avatar.vae) / 1e6, "million")
    yield Measurement("parameters, generator", count_parameters(avatar.generator) / 1e6, "million")


def _block_cost(
    config: AvatarConfig, sampling: Sampling, chosen: argparse.Namespace
) -> dict[str, float]:
    """Return the multiply-adds of drawing and of decoding one block."""
    frames = sampling.block * config.vae.frames_per_latent
    decoding = decoding_cost(config.vae, chosen.references)["all"]
    return {"sample": _sampling_cost(config, sampling, chosen), "decode": decoding * frames}


def _shares(
    runs: dict[str, Seconds],
    moved: dict[str, int],
    multiply_adds: dict[str, float],
    device: torch.device,
) -> Iterator[Measurement]:
    """Tell for each part how near it comes to the best of arithmetic and of memory."""
    peak, bandwidth = _peak_throughput(device), _peak_bandwidth(device)
    yield Measurement("this machine's best large product", 2 * peak / 1e12, "TFLOP/s")
    yield Measurement("this machine's best large copy", bandwidth / 1e9, "GB/s")
    for part in moved:
        seconds, name = float(np.median(runs[part])), PARTS[part]
        rate, flow = multiply_adds[part] / seconds, moved[part] / seconds
        yield Measurement(f"{name}, arithmetic", 2 * rate / 1e12, "TFLOP/s", rate / peak, "that")
        yield Measurement(f"{name}, memory", flow / 1e9, "GB/s", flow / bandwidth, "that")
    done = sum(multiply_adds.values()) / float(np.median(runs["whole"]))
    yield Measurement("reached, end to end", 2 * done / 1e12, "TFLOP/s", done / peak, "that")
    if device.type == "cuda":
        yield Measurement("memory, at most", torch.cuda.max_memory_allocated(device) / 2**20, "MiB")
    else:
        held = psutil.Process().memory_info().rss
        yield Measurement("memory of the process", held / 2**20, "MiB")


def _sampling_cost(config: AvatarConfig, sampling: Sampling, chosen: argparse.Namespace) -> int:
    """Count the multiply-adds of sampling one block."""
    shape = config.generator
    with torch.device("meta"):
        generator = Generator(shape)
        rollout = Rollout(generator, cache_policy(shape, sampling), sampling)
        latents = torch.empty(1, chosen.references, shape.latent_channels, shape.grid, shape.grid)
        state = rollout.start(latents, torch.ones(1, chosen.references, dtype=torch.bool))
        noise = torch.empty(1, sampling.block, shape.latent_channels, shape.grid, shape.grid)
        heard = torch.empty(1, sampling.block, shape.audio.width)
        _, state = rollout.step(noise, heard, state)
        counts = count_multiply_adds(lambda: rollout.step(noise, heard, state))
    return counts["Global"]


def _peak_throughput(device: torch.device) -> float:
    """Measure peak multiply-adds a second: the best of several large matrix products, in the
    model's precision."""
    side, dtype = (8192, torch.bfloat16) if device.type == "cuda" else (1536, torch.float32)
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    return max(side**3 / _timed(lambda: a @ b, device) for _ in range(5))


def _peak_bandwidth(device: torch.device) -> float:
    """Measure bytes read and written a second: the best of several copies beyond any cache."""
    source = torch.zeros(COPIED, dtype=torch.uint8, device=device)
    target = torch.ones_like(source)
    return max(2 * COPIED / _timed(lambda: target.copy_(source), device) for _ in range(5))


def _timed(work: Callable[[], Any], device: torch.device) -> float:
    began = _synchronized_time(device)
    work()
    return _synchronized_time(device) - began
