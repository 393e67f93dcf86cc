"""The generator on whole clips: causal, conditions that count, checkpoints that hold it whole."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.model.attention import block_starts
from core.model.generator.dit_block import store_weights_column_major
from core.model.generator.flow_transformer import Conditions, Context, Generator
from core.model.generator.generator_config import GENERATOR_PRESETS, AudioConfig, GeneratorConfig
from core.tensors import fill, load, save
from tests.core.model.small import SMALL, audio, conditions, generator, latents, sampled
from tests.draws import uniform

SIZES = (1, 2, 1, 3)
COUNT = sum(SIZES)
TIME = torch.tensor([0.9, 0.4, 0.4, 0.7, 0.2, 0.2, 0.2], dtype=torch.float64).expand(2, -1)


@pytest.fixture(scope="module")
def network() -> Generator:
    return generator()


@pytest.mark.parametrize("clean", [True, False])
def test_no_block_depends_on_a_later_one(network: Generator, clean: bool) -> None:
    x, given, past = _inputs()
    inputs = (x, given.audio, past.latents)
    for tensor in inputs:
        tensor.requires_grad_()
    y = network(x, TIME, given, block_starts(SIZES), past if clean else None)
    block = slice(1, 3)
    gradients = torch.autograd.grad(y[:, block].square().sum(), inputs, allow_unused=True)
    to_latents, to_audio, to_past = gradients
    assert to_latents[:, 3:].abs().max() == 0
    assert to_audio[:, 3:].abs().max() == 0
    assert to_latents[:, block].abs().amin((0, 2, 3, 4)).min() > 0
    assert to_audio[:, 0].abs().max() > 0
    if clean:
        assert to_latents[:, 0].abs().max() == 0, "the past is known by its clean latents only"
        assert to_past[:, 1:].abs().max() == 0, "nobody may see the solution"
        assert to_past[:, 0].abs().max() > 0
    else:
        assert to_latents[:, 0].abs().max() > 0


def test_history_hides_what_lies_before_it_from_a_single_layer() -> None:
    config = GeneratorConfig(**{**vars(SMALL), "layers": 1})
    network = Generator(config).double()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    x, given, _ = _inputs()
    x.requires_grad_()
    y = network(x, TIME, given, block_starts(SIZES), history=2)
    (gradient,) = torch.autograd.grad(y[:, 4:].square().sum(), x)
    assert gradient[:, :2].abs().max() == 0
    assert gradient[:, 2:].abs().amin((0, 2, 3, 4)).min() > 0


def test_the_order_of_references_does_not_matter_but_they_do(network: Generator) -> None:
    x, given, _ = _inputs()
    y = _velocity(network, x, given)
    turned = given._replace(
        references=given.references.flip(1), has_reference=given.has_reference.flip(1)
    )
    torch.testing.assert_close(_velocity(network, x, turned), y)
    assert _differ(_velocity(network, x, given._replace(references=latents(2))), y)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_absent_references_are_as_if_not_there(network: Generator, count: int) -> None:
    x, given, _ = _inputs()
    three = latents(3)
    masked = given._replace(references=three, has_reference=torch.arange(3).expand(2, -1) < count)
    fewer = given._replace(
        references=three[:, :count], has_reference=torch.ones(2, count, dtype=torch.bool)
    )
    torch.testing.assert_close(_velocity(network, x, masked), _velocity(network, x, fewer))


def test_each_clip_of_a_batch_has_its_own_count_of_references(network: Generator) -> None:
    x, given, _ = _inputs()
    mixed = given._replace(has_reference=torch.tensor([[True, False], [False, False]]))
    alone = [
        _velocity(network, x[i : i + 1], Conditions(*(part[i : i + 1] for part in mixed)), i)
        for i in range(2)
    ]
    torch.testing.assert_close(_velocity(network, x, mixed), torch.cat(alone))


def test_null_embeddings_stand_in_for_what_is_dropped(network: Generator) -> None:
    x, given, _ = _inputs()
    nothing = given._replace(
        has_audio=torch.zeros(2, dtype=torch.bool),
        has_reference=torch.zeros(2, 2, dtype=torch.bool),
    )
    y = _velocity(network, x, nothing)
    other = nothing._replace(audio=audio(COUNT), references=latents(2))
    assert torch.equal(_velocity(network, x, other), y)
    null = network.null_reference[:, None, None].expand(2, 1, -1, SMALL.grid, SMALL.grid)
    said = given._replace(
        audio=network.null_audio.expand(2, COUNT, -1),
        references=null,
        has_reference=torch.ones(2, 1, dtype=torch.bool),
    )
    torch.testing.assert_close(_velocity(network, x, said), y)


@pytest.mark.parametrize("part", ["audio", "is_first", "has_audio", "has_reference"])
def test_every_condition_counts(network: Generator, part: str) -> None:
    x, given, _ = _inputs()
    other = {
        "audio": audio(COUNT),
        "is_first": ~given.is_first,
        "has_audio": ~given.has_audio,
        "has_reference": torch.tensor([True, False]).expand(2, -1),
    }[part]
    assert _differ(
        _velocity(network, x, given._replace(**{part: other})), _velocity(network, x, given)
    )


def test_the_timestep_counts_for_latents_and_for_context(network: Generator) -> None:
    x, given, past = _inputs()
    starts = block_starts(SIZES)
    y = network(x, TIME, given, starts, past)
    assert _differ(network(x, TIME / 2, given, starts, past), y)
    later = past._replace(timestep=past.timestep + 0.5)
    assert _differ(network(x, TIME, given, starts, later)[:, 1:], y[:, 1:])


def test_corruption_reaches_the_past_alone(network: Generator) -> None:
    x, given, past = _inputs()
    starts = block_starts(SIZES)
    for context in (None, past):
        y = network(x, TIME, given, starts, context)
        noisy = network(x, TIME, given, starts, context, corruption=0.3)
        torch.testing.assert_close(noisy[:, 0], y[:, 0])
        assert _differ(noisy[:, 1:], y[:, 1:])


def test_mixed_precision_trains() -> None:
    network = generator().float().train()
    x, given, past = _inputs()
    given, past = Conditions(*map(_single, given)), Context(*map(_single, past))
    with torch.autocast("cpu", torch.bfloat16):
        y = network(_single(x), _single(TIME), given, block_starts(SIZES), past)
    y.square().mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.layers.parameters())


def test_a_fresh_generator_predicts_zero() -> None:
    x, given, _ = _inputs()
    assert _velocity(Generator(SMALL).double(), x, given).abs().max() == 0


def test_a_file_holds_a_generator_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "generator.safetensors"
    network = generator().float()
    save(path, network.state_dict(), SMALL, {"data": "none"})
    checkpoint = load(path, GeneratorConfig)
    again = fill(Generator(checkpoint.config), checkpoint, path)
    assert checkpoint.config == SMALL
    for name, tensor in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor), name
    x, given, _ = _inputs()
    given, x = Conditions(*map(_single, given)), _single(x)
    assert torch.equal(_velocity(again, x, given), _velocity(network, x, given))


def test_weights_stored_column_major_are_the_same_weights(tmp_path: Path) -> None:
    path = tmp_path / "generator.safetensors"
    network, plain = generator(), generator()
    store_weights_column_major(network)
    assert network.input_proj.weight.stride() != plain.input_proj.weight.stride()
    save(path, network.state_dict(), SMALL, {})
    for name, tensor in load(path, GeneratorConfig).weights.items():
        assert torch.equal(tensor, plain.state_dict()[name])
    x, given, _ = _inputs()
    torch.testing.assert_close(_velocity(network, x, given), _velocity(plain, x, given))


@pytest.mark.parametrize(
    ("preset", "least", "most"), [("paper", 0.6e9, 1.1e9), ("lite", 9e6, 12e6)]
)
def test_presets_have_the_size_they_should(preset: str, least: float, most: float) -> None:
    with torch.device("meta"):
        network = Generator(GENERATOR_PRESETS[preset])
    assert least < sum(parameter.numel() for parameter in network.parameters()) < most


@pytest.mark.parametrize(
    "change",
    [{"width": 34}, {"heads": 4}, {"rotary_period": 16}, {"window": 20}],
)
def test_a_config_that_cannot_work_says_so(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        GeneratorConfig(**{**vars(SMALL), **change})


def test_an_audio_config_needs_some_past() -> None:
    with pytest.raises(ValueError, match="past 0"):
        AudioConfig(past_frames=0)


def _inputs() -> tuple[Tensor, Conditions, Context]:
    torch.manual_seed(1)
    time = torch.zeros(2, COUNT, dtype=torch.float64)
    return latents(COUNT), conditions(COUNT), Context(latents(COUNT), time)


def _single(x: Tensor) -> Tensor:
    return x.float() if x.is_floating_point() else x


def _velocity(network: Generator, x: Tensor, given: Conditions, row: int = 0) -> Tensor:
    velocity: Tensor = network(x, TIME[: len(x)].to(x.dtype), given, block_starts(SIZES))
    return velocity


def _differ(a: Tensor, b: Tensor) -> bool:
    return bool((a - b).abs().amax((1, 2, 3, 4)).min() > 1e-4)


def test_noise_that_parts_lips_has_a_temperature_of_its_own() -> None:
    config = replace(SMALL, lip_directions=3)
    network = Generator(config).double()
    size = config.latent_channels * config.tokens_per_latent
    basis = torch.linalg.qr(uniform(size, 3).double()).Q.T
    network.lip_basis.copy_(basis)
    noise = uniform(2, 4, config.latent_channels, config.grid, config.grid).double()
    scaled = network.scale_noise(noise, sampled(temperature=0.8, lip_temperature=0.25))
    before, after = noise.flatten(2), scaled.flatten(2)
    torch.testing.assert_close(after @ basis.T, 0.25 * before @ basis.T)
    rest = torch.eye(size).double() - basis.T @ basis
    torch.testing.assert_close(after @ rest, 0.8 * before @ rest)
    assert network.scale_noise(noise, sampled()) is noise


@pytest.mark.parametrize("directions", [0, 3])
def test_unknown_directions_leave_one_temperature(directions: int) -> None:
    network = Generator(replace(SMALL, lip_directions=directions))
    noise = uniform(2, 4, SMALL.latent_channels, SMALL.grid, SMALL.grid).float()
    scaled = network.scale_noise(noise, sampled(temperature=0.8, lip_temperature=0.25))
    torch.testing.assert_close(scaled, 0.8 * noise)
    assert ("lip_basis" in network.state_dict()) == (directions > 0)
