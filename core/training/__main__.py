"""Train an avatar model, stage after stage, some minutes at a time.

python -m core.training perception --stock DIR --minutes 9 --out perception [--device cuda]
python -m core.training vae --stock DIR --minutes 9 --out vae [--perceptual perception]
python -m core.training generator --stock DIR --minutes 9 --out drawing --resume vae
python -m core.training export --resume drawing --out avatar.safetensors --data WORDS

A generator's first call resumes the VAE's training. What `perception` learns to see serves the
VAE as a perceptual loss, and the judge as measure of likeness. Clips come from the studio, or
from any function `open_clips(stock, device, seed, shape)` that gives `Clips` as of
`core.training.avatar.stage`.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from core.model.avatar import AVATARS, AvatarConfig
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.learner import Learning
from core.training.avatar.loop import read_state
from core.training.avatar.plan import STAGES, Plan
from core.training.avatar.run import export, train
from core.training.avatar.stage import Clips
from core.training.avatar.vae import VaeRecipe
from core.training.named import named
from core.training.perception.looks import open_looks
from core.training.perception.run import export_perception, train_perception
from core.training.perception.stage import PerceptionRecipe

STUDIO = "core.training.avatar.studio:open_clips"
Opener = Callable[[Path, str, int, AvatarConfig], Clips]


def main(words: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Train an avatar model.")
    parts = parser.add_subparsers(dest="stage", required=True)
    for stage in STAGES:
        _training(parts.add_parser(stage))
    _exporting(parts.add_parser("export"))
    arguments = parser.parse_args(words)
    if arguments.stage == "export":
        about = {name: getattr(arguments, name) for name in ("data", "recipe", "quality")}
        perception = read_state(arguments.resume).stage == "perception"
        (export_perception if perception else export)(arguments.resume, arguments.out, about)
    else:
        _train(arguments)


def opener(name: str) -> Opener:
    """Return the function that opens clips, by `module:function`.

    Raises:
        ValueError: there is no such function.
    """
    found: Opener = named(name)
    return found


def _train(arguments: argparse.Namespace) -> None:
    plan = _plan(arguments)
    state = read_state(plan.resume) if plan.resume else None
    seed = plan.seed + (state.steps if state else 0)  # nobody shall see the same clips again
    shape = state.avatar if state else AVATARS[plan.preset]
    clips = opener(arguments.clips)(arguments.stock, plan.device, seed, shape)
    learning = Learning(rate=arguments.rate, schedule=arguments.schedule)
    if plan.stage == "perception":
        train_perception(plan, clips, learning, PerceptionRecipe())
        return
    looks = open_looks(arguments.perceptual, plan.device) if arguments.perceptual else None
    recipe = VaeRecipe() if plan.stage == "vae" else GeneratorRecipe(lips=arguments.lips)
    train(plan, clips, learning, recipe, perceptual=looks)


def _plan(arguments: argparse.Namespace) -> Plan:
    plan = Plan(arguments.stage, arguments.out, arguments.minutes, arguments.total)
    return replace(
        plan,
        preset=arguments.preset,
        resume=arguments.resume,
        device=arguments.device,
        seed=arguments.seed,
        batch=arguments.batch,
        half=arguments.device.startswith("cuda"),
        compiled=arguments.compile,
        light=arguments.light,
    )


def _training(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--stock", type=Path, required=True, help="folder that clips are made from")
    add("--clips", default=STUDIO, help="module:function that opens it")
    add("--minutes", type=float, required=True, help="of this call")
    add("--total", type=float, help="minutes of all calls, when the rate has fallen")
    add("--out", type=Path, required=True, help="folder of checkpoint, progress and pictures")
    add("--resume", type=Path, help="folder to go on from")
    add("--preset", choices=sorted(AVATARS), default="lite")
    add("--device", default="cpu")
    add("--batch", type=int, default=8)
    add("--seed", type=int, default=0)
    add("--rate", type=float, default=Learning.rate)
    add("--schedule", choices=("wsd", "cosine"), default="wsd")
    add("--lips", type=float, default=GeneratorRecipe.lips, help="weight of lips, generator only")
    add("--perceptual", metavar="FILE", help="perception network, or module:function; vae only")
    add("--compile", action="store_true")
    add("--light", action="store_true", help="a small checkpoint, to travel, in place of an exact")


def _exporting(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--resume",
        type=Path,
        required=True,
        help="folder of a generator's or a perception training",
    )
    add("--out", type=Path, required=True, help="the file")
    for name in ("data", "recipe", "quality"):
        add(f"--{name}", default="not told", help="in words, for the model card")


if __name__ == "__main__":
    main()
