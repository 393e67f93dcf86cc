"""How many frames a second the studio makes, and where its time goes."""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from core.puppet.arrays import mapped
from core.training.studio.bank import to_device
from core.training.studio.clips import Studio, dressed, scene_of, shot
from core.training.studio.truth import marks, truth


def pace(studio: Studio, rounds: int = 5) -> dict[str, float]:
    """Return seconds for a batch as "whole", and for its parts alone; the first round is left out.

    Parts: script (drawing on the CPU), dress (textures), shoot (frames), pose (references),
    truth (flow), marks (masks).
    """
    device, config, bank = studio.bank.backgrounds.device, studio.config, studio.bank
    take = to_device(studio.script.draw(), device)
    sitters = mapped(bank.sitters, lambda x: x[take.identity])
    scene = scene_of(bank.backgrounds, take, sitters.photo.shape[-1])
    portrait, still = dressed(sitters, scene, bank.interior, take)
    _, seen = shot(portrait, still, take.motion, take.views, config.size)
    _, posed = shot(portrait, still, take.poses, take.pose_views, config.size)
    parts: dict[str, Callable[[], object]] = {
        "whole": studio.draw,
        "script": studio.script.draw,
        "dress": lambda: dressed(sitters, scene, bank.interior, take),
        "shoot": lambda: shot(portrait, still, take.motion, take.views, config.size),
        "pose": lambda: shot(portrait, still, take.poses, take.pose_views, config.size),
        "truth": lambda: truth(seen, posed, config.field),
        "marks": lambda: marks(seen, config.field),
    }
    return {name: _timed(part, rounds, bank.backgrounds) for name, part in parts.items()}


def _timed(part: Callable[[], object], rounds: int, on: Tensor) -> float:
    """Return the median time; work that a device still does is waited for."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        with torch.no_grad():
            part()
        if on.is_cuda:
            torch.cuda.synchronize(on.device)
        times.append(time.perf_counter() - begun)
    return sorted(times[1:])[rounds // 2]
