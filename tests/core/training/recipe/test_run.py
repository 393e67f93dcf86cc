"""A whole run at toy size, with a renderer of its own; and that it goes on where it was."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.model.avatar import Avatar, load_avatar, save_avatar
from core.training.avatar.distill import DistillRecipe
from core.training.recipe.export_run import EXPORT, export_run
from core.training.recipe.landmark_vae_stage import FLOW
from core.training.recipe.open_run import Run, clip_config, open_rendered, open_stage
from core.training.recipe.plan import PLAN
from core.training.recipe.progress_page import PAGE
from core.training.recipe.run import await_shards, carry_on
from core.training.studio.clip_sampler import photos_alone
from core.training.studio.portrait_stock import (
    PortraitStock,
    build_portrait_stock,
    save_portrait_stock,
)
from core.training.studio.speech_stock import AlignedSpeech, save_speech_stock
from core.training.studio.stock import open_renderer
from core.training.studio.subject_bank import SubjectBank, open_bank
from core.training.trainer.optimization import ema_weights, strip_prefix
from core.training.trainer.training_state import load_training
from tests.core.training.faces.people import corpus
from tests.core.training.recipe.conftest import CONFIG

MINUTES = 0.001
"""Of a whole run: each stage makes a single step."""


def speech_of(scenes: int, frames: int) -> AlignedSpeech:
    random = torch.Generator().manual_seed(0)
    shapes = torch.randint(15, (scenes, frames), generator=random)
    features = torch.randn(scenes, frames, CONFIG.generator.audio.feature_size, generator=random)
    return AlignedSpeech(torch.eye(15)[shapes], shapes / 14, torch.ones(scenes, frames), features)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("run")
    save_portrait_stock(folder / "portraits.safetensors", build_portrait_stock(corpus(2)))
    save_speech_stock(folder / "speech.safetensors", speech_of(4, 140), validation=2)
    return Run(folder, folder / "out", CONFIG, MINUTES, people=2)


def trained(run: Run, stage: str, prefix: str) -> Mapping[str, torch.Tensor]:
    return ema_weights(load_training(run.folder / stage)[0], prefix)


def same_weights(network: torch.nn.Module, wanted: Mapping[str, torch.Tensor]) -> bool:
    """Whether a network that was read from a file, in half precision, has these weights."""
    found = network.state_dict()
    return set(found) == set(wanted) and all(
        torch.equal(found[name], weight.half().float()) for name, weight in wanted.items()
    )


@pytest.mark.timeout(400)
def test_a_run_goes_from_stage_to_stage_and_exports_what_it_learned(run: Run) -> None:
    carry_on(run, 5.0, list(PLAN), shards=2)
    states = {name: run.state(name) for name in PLAN}
    assert all(state and state.steps >= 1 for state in states.values())
    avatar = load_avatar(run.folder / EXPORT)
    student, recipe = avatar.config.generator, PLAN["distill"].recipe
    assert isinstance(recipe, DistillRecipe)
    assert student == recipe.student_config(CONFIG.generator)
    assert replace(avatar.config, generator=CONFIG.generator) == CONFIG
    assert same_weights(avatar.generator, trained(run, "distill", "student."))
    assert same_weights(avatar.vae.decoder, trained(run, "adversarial", "decoder."))
    last = strip_prefix(trained(run, "motion", ""), "vae.encoder.")
    assert same_weights(avatar.vae.encoder, last)
    assert same_weights(avatar.vae.encoder, strip_prefix(trained(run, "joint", ""), "vae.encoder."))
    assert avatar.std.min() > 0
    assert not (avatar.std == 1).all(), "the scale of latents was measured"
    page = (run.folder / PAGE).read_text(encoding="utf-8")
    assert all(f"<h2>{name}</h2>" in page for name in PLAN)
    steps = {name: state.steps for name, state in states.items() if state}
    carry_on(run, 5.0, list(PLAN), shards=2)
    again = {name: state.steps for name in PLAN if (state := run.state(name))}
    assert again == steps, "what is done stays done"


def test_a_longer_run_goes_on_where_it_stood(run: Run) -> None:
    before = run.state("geometry")
    assert before is not None
    longer = Run(run.stock, run.folder, CONFIG, MINUTES, people=2)
    opened = open_stage(longer, "geometry", MINUTES)
    assert opened.loop.state.steps == before.steps
    opened.loop.run(opened.source)
    after = run.state("geometry")
    assert after is not None
    assert after.steps > before.steps


def test_a_renderer_that_goes_on_takes_the_people_who_were_prepared(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = []

    def prepare(stock: PortraitStock, indices: Sequence[int], *others: Any) -> SubjectBank:
        prepared.append(list(indices))
        return open_bank(stock, indices, *others)

    monkeypatch.setattr("core.training.studio.bank_file.open_bank", prepare)
    config = replace(clip_config(CONFIG, 1, 2), references=1)
    first, second = (
        open_renderer(run.stock, config, "cpu", seed, kept=tmp_path / "people", people_seed=7)
        for seed in (7, 8)
    )
    assert len(prepared) == 1
    assert not torch.equal(first.next_batch().landmarks, second.next_batch().landmarks)


@pytest.mark.parametrize("name", ["geometry", "generator"])
def test_a_call_that_goes_on_sees_other_clips_than_those_before(run: Run, name: str) -> None:
    def first_frames() -> torch.Tensor:
        source = open_stage(run, name, MINUTES).source
        return torch.cat([source.next_batch(2, 5).landmarks for _ in range(4)])

    one, again = first_frames(), first_frames()
    assert torch.equal(one, again), "nothing was trained in between"
    opened = open_stage(run, name, MINUTES)
    opened.loop.run(opened.source)
    assert not torch.equal(one, first_frames())


def test_other_trainings_draw_from_the_clips_of_a_run(run: Run, tmp_path: Path) -> None:
    clips = open_rendered(run.folder, "cpu", 0, CONFIG)
    assert clips.people == 2
    assert clips.next_batch(2, 5).frames.shape[:2] == (2, 5)
    with pytest.raises(BadCheckpoint, match="people-training"):
        open_rendered(tmp_path, "cpu", 0, CONFIG)


def begun_with(model: Avatar, run: Run, folder: Path) -> Run:
    """Return a run like `run`, with its clips, that begins with a model."""
    path = folder / "model.safetensors"
    save_avatar(path, model, {})
    begun = replace(run, folder=folder / "out", begin_with=path)
    shutil.copytree(run.shards.path, begun.shards.path)
    return begun


def test_a_run_begins_with_a_model_that_is_there(run: Run, tmp_path: Path) -> None:
    model = Avatar(replace(CONFIG, lip_gain=1.2))  # measured anew when this one is exported
    begun = begun_with(model, run, tmp_path)
    opened = open_stage(begun, "geometry", MINUTES)
    network: Any = opened.loop.stage.network
    shipped = {name: tensor.half().float() for name, tensor in model.vae.state_dict().items()}
    assert all(torch.equal(shipped[name], t) for name, t in network.vae.state_dict().items())
    trained = {name for name, p in network.named_parameters() if p.requires_grad}
    assert trained
    assert all(name.startswith("landmarks.") for name in trained), "the decoder stays as it is"
    opened.loop.run(opened.source)
    for later in ("joint", "decoder"):
        network = open_stage(begun, later, MINUTES).loop.stage.network
        assert all(
            torch.allclose(network.vae.state_dict()[name], tensor, atol=1e-3)
            for name, tensor in shipped.items()
        ), "its pictures are there already"
    network = open_stage(begun, "generator", MINUTES).loop.stage.network
    first = model.generator.state_dict()["input_proj.weight"].half().float()
    assert torch.equal(network.generator.state_dict()["input_proj.weight"], first)


def test_a_model_that_has_not_all_parts_of_the_flow_yet_learns_them(
    run: Run, tmp_path: Path
) -> None:
    skip = CONFIG.vae.skip
    assert skip
    lacking = replace(
        skip,
        carries_flow=False,
        flow_blocks=0,
        placement_channels=0,
        sees_appearance=False,
        scales_flow=False,
        layered=False,
    )
    before = replace(CONFIG, vae=replace(CONFIG.vae, skip=lacking))
    model = Avatar(before)
    begun = begun_with(model, run, tmp_path)
    opened = open_stage(begun, "geometry", MINUTES)
    network: Any = opened.loop.stage.network
    known = network.vae.state_dict()
    assert all(
        torch.equal(known[name], tensor.half().float())
        for name, tensor in model.vae.state_dict().items()
    )
    trained = {name for name, p in network.named_parameters() if p.requires_grad}
    assert {
        "landmarks.encoder.0.weight",
        f"{FLOW}carry.share.conv.weight",
        f"{FLOW}appearance_proj.weight",
    } <= trained


def test_a_model_that_knows_no_opened_photo_learns_it(run: Run, tmp_path: Path) -> None:
    skip = CONFIG.vae.skip
    assert skip
    shape = replace(CONFIG, vae=replace(CONFIG.vae, skip=replace(skip, opened=True)))
    assert clip_config(shape, 4, 5) == replace(clip_config(CONFIG, 4, 5), opened=True)
    assert clip_config(photos_alone(shape), 4, 5) == clip_config(CONFIG, 4, 5)
    model = Avatar(CONFIG)
    begun = replace(begun_with(model, run, tmp_path), config=shape)
    network: Any = open_stage(begun, "geometry", MINUTES).loop.stage.network
    weight = model.vae.state_dict()["decoder.head.conv.conv.weight"]
    assert torch.equal(
        network.vae.state_dict()["decoder.head.conv.conv.weight"], weight.half().float()
    )


def test_a_model_of_another_shape_is_refused(run: Run, tmp_path: Path) -> None:
    other = replace(CONFIG, crop_half_size=2.0)
    begun = begun_with(Avatar(other), run, tmp_path)
    with pytest.raises(BadCheckpoint, match="another shape"):
        open_stage(begun, "geometry", MINUTES)


def test_a_student_goes_on_with_the_teacher_that_it_began_with(run: Run, tmp_path: Path) -> None:
    begun = replace(run, folder=tmp_path / "out")
    begun.folder.mkdir()
    for part in ("generator", "shards"):
        shutil.copytree(run.folder / part, begun.folder / part)
    opened = open_stage(begun, "distill", MINUTES)
    first: Any = opened.loop.stage
    opened.loop.run(opened.source)
    again: Any = open_stage(begun, "distill", MINUTES).loop.stage
    ours, theirs = (stage.avatar.generator.state_dict() for stage in (first, again))
    assert all(torch.equal(ours[name], weight) for name, weight in theirs.items())


@pytest.mark.parametrize("name", ["pictures", "generator", "distill", "adversarial"])
def test_a_stage_whose_predecessor_is_missing_is_refused(
    run: Run, tmp_path: Path, name: str
) -> None:
    with pytest.raises(BadCheckpoint):
        open_stage(Run(run.stock, tmp_path, CONFIG, MINUTES), name, MINUTES)
    assert export_run(Run(run.stock, tmp_path, CONFIG, MINUTES)) is None


def test_a_renderer_that_dies_ends_the_wait(run: Run, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="ended with code 3"):
        await_shards(Run(run.stock, tmp_path, CONFIG, MINUTES), dead, 1)
