"""Export what a run has learned so far: one file, once both VAE and generator were begun."""

from dataclasses import replace
from pathlib import Path

import torch

from core.model.avatar import Avatar, save_avatar
from core.perception.face.networks_torch import load_face_network
from core.training.avatar.resume import load_adversarial_vae
from core.training.avatar.train_avatar import GENERATOR_STAGES
from core.training.metrics.batch_landmarks import BatchLandmarkDetector
from core.training.recipe.landmark_generator import load_landmarks
from core.training.recipe.landmark_vae import LandmarkVae
from core.training.recipe.lip_gain import measure_lip_gain
from core.training.recipe.open_run import Run
from core.training.recipe.plan import PLAN
from core.training.trainer.optimization import ema_weights, strip_prefix
from core.training.trainer.training_state import load_training

EXPORT = "avatar.safetensors"
VAE_STAGES = ("motion", "decoder", "joint", "pictures")
"""Stages whose VAE can be shown, the last one first."""


def export_run(run: Run, about: dict[str, str] | None = None) -> Path | None:
    """Write the avatar of a run's last VAE and generator, or nothing before both were begun."""
    vae = next((name for name in VAE_STAGES if run.state(name)), None)
    if vae is None or run.state("generator") is None:
        return None
    avatar = assemble(run, vae)
    minutes = {name: run.trained_minutes(name) for name in PLAN}
    recipe = ", ".join(f"{name} {spent:.0f} min" for name, spent in minutes.items() if spent)
    steps = ", ".join(f"{name} {s.steps}" for name in PLAN if (s := run.state(name)))
    told = {
        "recipe": f"python -m core.training run: {recipe}; steps: {steps}",
        "minutes": f"{sum(minutes.values()):.1f}",
        **(about or {}),
    }
    path = run.folder / EXPORT
    save_avatar(path, avatar, told)
    return path


def assemble(run: Run, vae_stage: str) -> Avatar:
    """Return the avatar of a run: the VAE of one stage, with the decoder of `adversarial` if there
    is one, and the generator, or its student."""
    name = "distill" if run.state("distill") else "generator"
    tensors, state = load_training(run.folder / name)
    avatar, network = Avatar(state.avatar_config), LandmarkVae(run.config)
    network.load_state_dict(ema_weights(load_training(run.folder / vae_stage)[0]))
    avatar.vae.load_state_dict(network.vae.state_dict())
    if run.state("adversarial"):
        load_adversarial_vae(avatar.vae, load_training(run.folder / "adversarial")[0])
    avatar.generator.load_state_dict(ema_weights(tensors, GENERATOR_STAGES[name]))
    # The scale of latents, and the landmarks that tell those which the generator draws.
    load_landmarks(network.landmarks, avatar, strip_prefix(tensors, "frozen/"))
    if run.config.vae.opened:
        clips = replace(run, device="cpu").clips()
        detector = BatchLandmarkDetector(load_face_network(), torch.device("cpu"))
        gain = measure_lip_gain(avatar.eval(), network, clips, detector)
        avatar.config = replace(avatar.config, lip_gain=round(gain, 3))
    return avatar
