"""Render shards of clips in the background: those held out first, then those to train on.

python -m core.training.recipe.render --stock DIR --out RUN --shards 300 --config JSON
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch

from core.model.avatar import AvatarConfig
from core.record import from_json
from core.training.recipe.open_run import SHARD_CLIPS, SHARD_FRAMES, Run, clip_config
from core.training.recipe.shards import CLIPS_PER_DRAW, render_shards
from core.training.studio.stock import VALIDATION_PEOPLE, open_renderer

BLINKS = 3.0
"""How many times as often as usual people blink in shards: lids that move are rare otherwise."""
VALIDATION_SHARDS = 2
PAUSE = 15.0
"""Seconds between two shards that are renewed: most of the processor is for the training."""


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Render shards of clips.")
    add = parser.add_argument
    add("--stock", type=Path, required=True)
    add("--out", type=Path, required=True, help="folder of the run")
    add("--shards", type=int, required=True, help="kept; from then on the oldest are renewed")
    add("--people", type=int, required=True, help="to train on, at most")
    add("--config", required=True, help="an `AvatarConfig`, in JSON")
    add("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    shape = from_json(AvatarConfig, arguments.config)
    run = Run(arguments.stock, arguments.out, shape, 0.0, seed=arguments.seed)
    config = replace(clip_config(shape, CLIPS_PER_DRAW, SHARD_FRAMES), blinks=BLINKS)
    for validation in (True, False):
        folder = run.validation_shards if validation else run.shards
        count = VALIDATION_SHARDS if validation else arguments.shards
        if validation and len(folder.files()) >= count:
            continue
        people = 3 * VALIDATION_PEOPLE if validation else arguments.people
        seed = run.seed + len(folder.files())  # other clips than before, of the same people
        kept = run.bank("validation" if validation else "training")
        renderer = open_renderer(
            *(run.stock, config, "cpu", seed, people, validation),
            workers=1,
            kept=kept,
            people_seed=run.seed,
        )
        for path in render_shards(folder, renderer, SHARD_CLIPS, count, renew=not validation):
            print(f"{path.parent.name}/{path.name}", flush=True)
            if len(folder.files()) >= count:
                time.sleep(PAUSE)


if __name__ == "__main__":
    main()
