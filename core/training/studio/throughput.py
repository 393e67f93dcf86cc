"""The studio's throughput, and the time of each of its stages."""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from core.puppet.arrays import tree_map
from core.training.studio.clip_renderer import (
    ClipRenderer,
    render_pictures,
    sample_backgrounds,
    textured_portraits,
)
from core.training.studio.ground_truth import ground_truth_flow, part_masks
from core.training.studio.subject_bank import to_device


def stage_seconds(renderer: ClipRenderer, rounds: int = 5) -> dict[str, float]:
    """Return median seconds for a batch ("whole") and for each stage alone, after one warm-up.

    Stages: sample (on the CPU), textures, frames, references, flow, masks.
    """
    device, config, bank = renderer.bank.backgrounds.device, renderer.config, renderer.bank
    spec = to_device(renderer.sampler.sample(), device)
    subjects = tree_map(bank.subjects, lambda x: x[spec.identity])
    backgrounds = sample_backgrounds(bank.backgrounds, spec, subjects.photo.shape[-1])
    portrait, photos = textured_portraits(subjects, backgrounds, spec)
    *_, frame_views = render_pictures(portrait, photos, spec.motion, spec.views, config.size)
    *_, reference_views = render_pictures(
        portrait, photos, spec.reference_motion, spec.reference_views, config.size
    )
    stages: dict[str, Callable[[], object]] = {
        "whole": renderer.next_batch,
        "sample": renderer.sampler.sample,
        "textures": lambda: textured_portraits(subjects, backgrounds, spec),
        "frames": lambda: render_pictures(portrait, photos, spec.motion, spec.views, config.size),
        "references": lambda: render_pictures(
            portrait, photos, spec.reference_motion, spec.reference_views, config.size
        ),
        "flow": lambda: ground_truth_flow(frame_views, reference_views, config.field),
        "masks": lambda: part_masks(frame_views, config.field),
    }
    return {
        name: _median_seconds(stage, rounds, bank.backgrounds) for name, stage in stages.items()
    }


def _median_seconds(stage: Callable[[], object], rounds: int, on: Tensor) -> float:
    """Return the median time, with the device synchronized."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        with torch.no_grad():
            stage()
        if on.is_cuda:
            torch.cuda.synchronize(on.device)
        times.append(time.perf_counter() - begun)
    return sorted(times[1:])[rounds // 2]
