"""Options of the stages that are trained on clips, and what they choose."""

import argparse
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.training.avatar.ablations import add_ablation_options
from core.training.avatar.adversarial import AdversarialRecipe
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.stage_optimization import stage_optimization
from core.training.avatar.train_avatar import GENERATOR_STAGES
from core.training.avatar.vae import VaeRecipe
from core.training.likeness.embedding_stage import FaceEmbeddingRecipe
from core.training.trainer.field_options import add_field_options, chosen_fields
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_log import gains_by_bf16

RECIPES: Mapping[str, Any] = {
    "likeness": FaceEmbeddingRecipe(),
    "vae": VaeRecipe(),
    "generator": GeneratorRecipe(),
    "distill": DistillRecipe(),
    "adversarial": AdversarialRecipe(),
}
"""The stages that are trained on clips, in their order."""


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add what all trainings share."""
    add = parser.add_argument
    add("--stock", type=Path, required=True, help="folder of the training data")
    add("--minutes", type=float, help="time budget of this call; optional with --total-steps")
    add("--out", type=Path, required=True, help="folder for checkpoint, log and sample images")
    add("--resume", type=Path, help="folder of the training to resume or to start from")
    add("--device", default="cpu")
    add("--seed", type=int, default=0)


def add_train_options(parser: argparse.ArgumentParser, stage: str) -> None:
    """Add all options of a stage."""
    add_common_options(parser)
    add = parser.add_argument
    add("--clips", help="module:function that opens the stock, if it is none of ours")
    add("--preset", choices=sorted(AVATAR_PRESETS), default="lite")
    add("--perceptual", metavar="FILE", help="face embedding, or module:function; a VAE's loss")
    add("--batch-size", type=int, default=8, help="on each device")
    add("--accumulate", type=int, default=1, help="batches whose gradients make one step")
    if stage in GENERATOR_STAGES:
        add("--latent-cache", type=Path, metavar="FOLDER", help="encode films once, and keep that")
    add("--prefetch", type=int, help="batches drawn in advance; default: 1 on a GPU")
    add("--compile", action=argparse.BooleanOptionalAction, help="default: on a GPU")
    add(
        "--checkpoint-activations",
        action="store_true",
        help="a third more arithmetic for less memory",
    )
    _add_schedule_options(parser)
    add_ablation_options(parser)
    add_field_options(parser, RECIPES[stage], "recipe")
    add_field_options(parser, OptimizationConfig(), "optimisation; [] where no stage differs")


def _add_schedule_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--total-minutes", type=float, help="of all calls, at which the schedule ends")
    add("--total-steps", type=int, help="of all calls, in place of minutes")
    for what, default in (("checkpoint", 60.0), ("sample", 180.0), ("log", 20.0)):
        add(f"--{what}-every", type=float, default=default, metavar="SECONDS")
    add("--compact", action="store_true", help="small checkpoints, to travel, in place of exact")
    rate = "learning rate of a critic, as a share of the others'"
    add("--critic-rate", dest="critic_rate_ratio", type=float, help=rate)


def train_config(arguments: argparse.Namespace) -> TrainConfig:
    """Return the configuration of the call that was chosen."""
    cuda = arguments.device.startswith("cuda")
    return TrainConfig(
        arguments.stage,
        arguments.out,
        arguments.minutes or math.inf,
        arguments.total_minutes,
        arguments.total_steps,
        preset=arguments.preset,
        resume_from=arguments.resume,
        device=arguments.device,
        seed=arguments.seed,
        batch_size=arguments.batch_size,
        accumulate=arguments.accumulate,
        latent_cache=getattr(arguments, "latent_cache", None),
        prefetch=int(cuda) if arguments.prefetch is None else arguments.prefetch,
        bf16=gains_by_bf16(torch.device(arguments.device)),
        compile=cuda if arguments.compile is None else arguments.compile,
        checkpoint_activations=arguments.checkpoint_activations,
        compact_checkpoint=arguments.compact,
        checkpoint_every=arguments.checkpoint_every,
        sample_every=arguments.sample_every,
        log_every=arguments.log_every,
    )


def chosen_optimization(arguments: argparse.Namespace, config: AvatarConfig) -> OptimizationConfig:
    """Return a stage's hyperparameters for an avatar, with what was chosen."""
    return chosen_fields(arguments, stage_optimization(arguments.stage, config))


def chosen_recipe(arguments: argparse.Namespace, config: AvatarConfig) -> Any:
    """Return a stage's recipe, with what was chosen.

    Raises:
        ValueError: a clip's frames make no whole latents.
    """
    span = config.vae.frames_per_latent
    for phase in getattr(arguments, "clip_lengths", None) or ():
        if (phase.frames - 1) % span:
            raise ValueError(f"clips of {phase.frames} frames; expected 1 more than n x {span}")
    return chosen_fields(arguments, RECIPES[arguments.stage])
