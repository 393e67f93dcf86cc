"""Render shards of clips in the background: those held out first, then those to train on.

python -m core.training.recipe.render --stock DIR --out RUN --shards 300 --people 400 --size 128
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from core.model.avatar import AVATAR_PRESETS
from core.training.recipe.open_run import SHARD_CLIPS, SHARD_FRAMES, Run, clip_config
from core.training.recipe.shards import CLIPS_PER_DRAW, render_shards
from core.training.studio.stock import VALIDATION_PEOPLE, open_renderer

VALIDATION_SHARDS = 2


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Render shards of clips.")
    add = parser.add_argument
    add("--stock", type=Path, required=True)
    add("--out", type=Path, required=True, help="folder of the run")
    add("--shards", type=int, required=True, help="kept; from then on the oldest are renewed")
    add("--people", type=int, required=True, help="to train on, at most")
    add("--size", type=int, required=True, help="of the frames, in pixels")
    add("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    preset = next(p for p in AVATAR_PRESETS.values() if p.vae.size == arguments.size)
    run = Run(arguments.stock, arguments.out, preset, 0.0, seed=arguments.seed)
    config = replace(clip_config(preset, CLIPS_PER_DRAW, SHARD_FRAMES))
    for validation in (True, False):
        folder = run.validation_shards if validation else run.shards
        count = VALIDATION_SHARDS if validation else arguments.shards
        if validation and len(folder.files()) >= count:
            continue
        people = 3 * VALIDATION_PEOPLE if validation else arguments.people
        seed = run.seed + len(folder.files())
        renderer = open_renderer(run.stock, config, "cpu", seed, people, validation, workers=1)
        for path in render_shards(folder, renderer, SHARD_CLIPS, count, renew=not validation):
            print(f"{path.parent.name}/{path.name}", flush=True)


if __name__ == "__main__":
    main()
