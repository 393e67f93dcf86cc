"""The VAE's stages at toy size: who is trained when, and that it learns."""

import numpy as np
import pytest
import torch

from core.training.recipe import plan
from core.training.recipe.landmark_vae import LandmarkVae, References, coarse_flow
from core.training.recipe.landmark_vae_metrics import decode_clip
from core.training.recipe.landmark_vae_stage import (
    FLOW,
    LandmarkVaeRecipe,
    LandmarkVaeStage,
    Trained,
    landmark_batch,
)
from core.training.recipe.plan import MOTION
from core.training.studio.clip_renderer import ClipTensors
from tests.core.training.recipe.conftest import CONFIG
from tests.draws import filled

ALL: tuple[Trained, ...] = ("geometry", "pictures", "joint", "decoder", "motion")


def network(clip: ClipTensors) -> LandmarkVae:
    torch.manual_seed(0)
    made = LandmarkVae(CONFIG)
    made.landmarks.fit_statistics(clip.landmarks.flatten(0, 1))
    return made


@pytest.mark.parametrize("trained", ALL)
def test_a_stage_trains_its_own_part_and_nothing_else(clip: ClipTensors, trained: Trained) -> None:
    stage = LandmarkVaeStage(filled(network(clip)), LandmarkVaeRecipe(trained))
    batch = landmark_batch(stage.recipe.vae, clip, np.random.default_rng(2))
    assert batch.vae.references.shape[1], "drawn with references"
    torch.autograd.backward(torch.stack(list(stage.losses(batch).values())).sum())
    moved = {name for name, p in stage.network.named_parameters() if p.grad is not None}
    wanted = {name for name, p in stage.network.named_parameters() if p.requires_grad}
    assert moved == wanted
    parts = {name.split(".")[0] + "." + name.split(".")[1] for name in wanted}
    assert ("landmarks.encoder" in parts) == (trained == "geometry")
    assert ("vae.encoder" in parts) == (trained in ("pictures", "joint"))
    assert any("flow_regression" in name for name in wanted), "flow is learned by all"
    assert not any("log_variance" in name for name in wanted)


def test_the_coarse_flow_is_the_decoders_own(clip: ClipTensors) -> None:
    made = filled(network(clip))
    photos = clip.reference_landmarks[:, :2]
    z = made.landmarks.encode(clip.landmarks)
    prepared = made.vae.encode_references(
        clip.references[:, :2], made.landmarks.encode_photos(photos)
    )
    decoded, _ = made.vae.decode(z, prepared)
    flow = coarse_flow(made, z, References(photos, clip.references[:, :2]))
    first = decoded.flow_fields[0]
    assert flow.flow.shape[1] == clip.frames.shape[1], "told for each frame"
    assert torch.allclose(flow.pool_frames(4, first=True).flow, first.flow, atol=1e-5)


def test_flow_learns_how_things_move_and_nothing_else_changes(clip: ClipTensors) -> None:
    made = filled(network(clip))
    before = {name: part.clone() for name, part in made.state_dict().items()}
    stage = LandmarkVaeStage(made, LandmarkVaeRecipe("motion", vae=MOTION))
    trained = [part for part in made.parameters() if part.requires_grad]
    optimizer, random = torch.optim.Adam(trained, 3e-3), np.random.default_rng(0)
    torch.manual_seed(0)
    found = []
    for _ in range(60):
        losses = stage.losses(stage.micro_batches(clip, random)[0])
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        optimizer.step()
        found.append(float(losses["flow_change"].detach()))
    assert np.mean(found[-10:]) < 0.8 * np.mean(found[:10])
    changed = {name for name, part in made.state_dict().items() if not (part == before[name]).all()}
    assert changed
    assert all(name.startswith(FLOW) for name in changed)


def test_without_paint_what_nobody_shows_is_the_opened_photos(clip: ClipTensors) -> None:
    made = filled(network(clip))
    batch = landmark_batch(plan.UNPAINTED, clip, np.random.default_rng(2))
    bias = made.vae.decoder.head.conv.conv.bias
    assert bias is not None
    bias.data += 3.0
    painted, unpainted = (
        made.decode(batch, encoded=False, noise=0.0, paints=paints).frames
        for paints in (True, False)
    )
    assert batch.vae.references.shape[1] > 1
    assert painted.max() > 1.5, "paint is as bright as it likes"
    assert unpainted.max() <= batch.vae.references.max().maximum(clip.plate.max()) + 1e-4


def test_latents_of_the_encoder_and_of_landmarks_are_exchanged(clip: ClipTensors) -> None:
    made = filled(network(clip))
    stage = LandmarkVaeStage(made, LandmarkVaeRecipe("joint"))
    batch = landmark_batch(stage.recipe.vae, clip, np.random.default_rng(2))
    mixed = made.decode(batch, encoded=True, noise=0.0).frames
    own = made.vae(clip.frames, batch.vae.references, batch.vae.matting).frames
    by_landmarks = made.decode(batch, encoded=False, noise=0.0).frames
    # Latents are sampled by the VAE itself, and almost exact.
    assert (mixed[0] - own[0]).abs().mean() < (mixed[0] - by_landmarks[0]).abs().mean()
    assert not torch.allclose(mixed[1], own[1], atol=1e-3)


def test_the_encoder_is_taught_what_its_latents_show_of_the_landmarks(clip: ClipTensors) -> None:
    made = filled(network(clip))
    batch = landmark_batch(LandmarkVaeRecipe("joint").vae, clip, np.random.default_rng(2))
    before = made.decode(batch, encoded=True, noise=0.0).latent_error
    last = made.landmarks.decoder[-1]
    assert isinstance(last, torch.nn.Linear)
    last.bias.data += 3.0
    assert made.decode(batch, encoded=True, noise=0.0).latent_error > before + 1


def test_new_latents_of_landmarks_come_to_lie_where_the_encoders_do(clip: ClipTensors) -> None:
    made = filled(network(clip))
    stage = LandmarkVaeStage(made, LandmarkVaeRecipe("landmarks", latent_weight=1.0))
    optimizer, random = (
        torch.optim.Adam(made.landmarks.parameters(), 3e-3),
        np.random.default_rng(0),
    )
    found = []
    for _ in range(40):
        losses = stage.losses(stage.micro_batches(clip, random)[0])
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        optimizer.step()
        found.append(float(losses["latent"].detach()))
    assert found[-1] < 0.5 * found[0]


def test_geometry_is_learned_without_a_picture(clip: ClipTensors) -> None:
    stage = LandmarkVaeStage(network(clip), LandmarkVaeRecipe("geometry"))
    parameters = [p for p in stage.network.parameters() if p.requires_grad]
    optimizer, random = torch.optim.Adam(parameters, 3e-3), np.random.default_rng(0)
    before = stage.metrics(stage.network, clip)
    for _ in range(160):
        loss = torch.stack(list(stage.losses(stage.micro_batches(clip, random)[0]).values())).sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    after = stage.metrics(stage.network, clip)
    assert after["flow_3ref"] < 0.7 * before["still_3ref"]
    assert after["reading"] < 0.7 * before["reading"]
    assert not stage.sample_images(stage.network, clip)


def test_pictures_and_figures_of_the_later_stages(clip: ClipTensors) -> None:
    stage = LandmarkVaeStage(network(clip), LandmarkVaeRecipe("pictures"))
    rows = stage.sample_images(stage.network, clip)
    assert [tuple(row.shape) for row in rows] == [(4, 3, 32, 32)] * 4
    metrics = stage.metrics(stage.network, clip)
    assert {"psnr_photo", "psnr_0ref", "psnr_3ref", "psnr_mouth", "psnr_encoder"} <= set(metrics)
    assert decode_clip(stage.network, clip, 0, encoded=False).shape == clip.frames.shape


def test_the_latents_scale_is_measured(clip: ClipTensors) -> None:
    class Again:
        people = 2

        def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> ClipTensors:
            return clip

        def validation_batch(self, batch_size: int, frames: int) -> None:
            return None

    made = network(clip)
    made.fit_latent_scale(Again(), 4, 2)
    z = made.landmarks.encode(clip.landmarks)
    assert torch.allclose(made.latent_mean[:, 0, 0], z.mean((0, 1, 3, 4)), atol=1e-5)
    assert torch.allclose(
        made.latent_std[:, 0, 0], torch.cat([z, z]).transpose(0, 2).flatten(1).std(1), rtol=1e-3
    )
