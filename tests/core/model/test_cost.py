import pytest
import torch
from torch import nn

from core.model.cost import (
    count_bytes_moved,
    count_multiply_adds,
    count_parameters,
    decoding_cost,
    encoding_cost,
)
from core.model.rotary import grid_rotation
from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.reference_attention import ReferenceAttentionBlock
from core.model.vae.vae_config import VAE_PRESETS, ReferenceAttentionConfig
from tests.core.model.small_vae import PLAIN, SMALL

GIGA, MEGA = 1e9, 1e6


def test_a_convolution_costs_its_kernel_at_each_place() -> None:
    layer = nn.Conv2d(3, 5, 3, padding=1)
    counted = count_multiply_adds(lambda: layer(torch.zeros(2, 3, 6, 7)))
    assert counted["Conv2d"] == 2 * 6 * 7 * 3 * 5 * 9


def test_a_block_of_reference_attention_costs_its_products_and_attention() -> None:
    width, tokens, others = 16, 6, 10
    block = ReferenceAttentionBlock(ReferenceAttentionConfig(width=width, heads=2, blocks=1))
    here, there = (grid_rotation(n // 2, 2, 8, torch.device("cpu")) for n in (tokens, others))
    key_values = block.key_values(torch.zeros(1, others, width), there)
    counted = count_multiply_adds(lambda: block(torch.zeros(1, 1, tokens, width), key_values, here))
    products = (4 + 2 + 4) * tokens * width**2  # own q k v o; q o to the references; MLP
    assert counted["ReferenceAttentionBlock"] == products + 2 * width * tokens * (tokens + others)


@pytest.mark.parametrize("references", [0, 2])
def test_a_cost_is_the_sum_of_its_parts(references: int) -> None:
    for config in (SMALL, PLAIN):
        cost = dict(decoding_cost(config, references))
        assert cost.pop("all") == pytest.approx(sum(cost.values()))


@pytest.mark.parametrize("name", ["paper", "lite"])
def test_presets_compress_768_times(name: str) -> None:
    config = VAE_PRESETS[name]
    assert (config.latent_channels, config.spatial_stride, config.frames_per_latent) == (64, 64, 4)
    assert config.compression_ratio == 768


def test_the_paper_preset_keeps_its_budget() -> None:
    config = VAE_PRESETS["paper"]
    cost = decoding_cost(config, references=3)
    assert config.head_upsampling == 4
    assert cost["d2"] + cost["head"] <= 45 * GIGA


def test_the_lite_preset_keeps_its_budget() -> None:
    config = VAE_PRESETS["lite"]
    assert config.head_upsampling == 2
    assert decoding_cost(config, references=3)["all"] <= 1.25 * GIGA
    assert encoding_cost(config)["all"] <= 1 * GIGA
    with torch.device("meta"):
        assert count_parameters(CausalVideoVae(config)) <= 8.5 * MEGA


def test_bytes_are_those_that_operators_read_and_write() -> None:
    a, b = torch.zeros(3, 4), torch.zeros(4, 5)
    assert count_bytes_moved(lambda: a @ b) == 4 * (12 + 20 + 15)
    assert count_bytes_moved(lambda: a.t().view(4, 3)) == 0
    assert count_bytes_moved(lambda: a.t().add(1)) == 4 * (12 + 12)
