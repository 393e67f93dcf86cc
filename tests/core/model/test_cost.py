import pytest
import torch
from torch import nn

from core.model.cost import decoding, encoding, multiply_adds, parameters
from core.model.guidance import GuidanceBlock
from core.model.plane import plane_rotation
from core.model.vae import CausalVideoVae
from core.model.vae_config import VAE_PRESETS, GuidanceConfig
from tests.core.model.small_vae import PLAIN, SMALL

GIGA, MEGA = 1e9, 1e6


def test_a_convolution_costs_its_kernel_at_each_place() -> None:
    layer = nn.Conv2d(3, 5, 3, padding=1)
    counted = multiply_adds(lambda: layer(torch.zeros(2, 3, 6, 7)))
    assert counted["Conv2d"] == 2 * 6 * 7 * 3 * 5 * 9


def test_a_block_of_guidance_costs_its_products_and_attention() -> None:
    width, tokens, others = 16, 6, 10
    block = GuidanceBlock(GuidanceConfig(width=width, heads=2, blocks=1))
    here, there = (plane_rotation(n // 2, 2, 8, torch.device("cpu")) for n in (tokens, others))
    offered = block.offer(torch.zeros(1, others, width), there)
    counted = multiply_adds(lambda: block(torch.zeros(1, 1, tokens, width), offered, here))
    products = (4 + 2 + 4) * tokens * width**2  # own q k v o; q o to the references; inner, outer
    assert counted["GuidanceBlock"] == products + 2 * width * tokens * (tokens + others)


@pytest.mark.parametrize("references", [0, 2])
def test_a_cost_is_the_sum_of_its_parts(references: int) -> None:
    for config in (SMALL, PLAIN):
        cost = dict(decoding(config, references))
        assert cost.pop("all") == pytest.approx(sum(cost.values()))


@pytest.mark.parametrize("name", ["paper", "lite"])
def test_presets_compress_768_times(name: str) -> None:
    config = VAE_PRESETS[name]
    assert (config.channels, config.space, config.time) == (64, 64, 4)
    assert config.ratio == 768


def test_the_paper_preset_keeps_its_budget() -> None:
    config = VAE_PRESETS["paper"]
    cost = decoding(config, references=3)
    assert config.finish == 4
    assert cost["d2"] + cost["head"] <= 45 * GIGA


def test_the_lite_preset_keeps_its_budget() -> None:
    config = VAE_PRESETS["lite"]
    assert config.finish == 2
    assert decoding(config, references=3)["all"] <= 1.25 * GIGA
    assert encoding(config)["all"] <= 1 * GIGA
    with torch.device("meta"):
        assert parameters(CausalVideoVae(config)) <= 8.5 * MEGA
