from itertools import pairwise

import torch

from core.model.rotary import grid_rotation
from core.model.vae.reference_attention import CrossAttention, ReferenceAttention
from core.model.vae.vae_config import ReferenceAttentionConfig
from tests.core.model.small_vae import noise, randomised

CONFIG = ReferenceAttentionConfig(width=16, heads=2, blocks=2, patch_size=2)


def reference_attention() -> ReferenceAttention:
    return randomised(ReferenceAttention(6, 5, CONFIG))


def test_any_number_of_references_is_attended_to_and_each_matters() -> None:
    d_ref, x, features = reference_attention(), noise(1, 2, 4, 4, 6), noise(1, 3, 4, 4, 5, seed=1)
    seen = [d_ref(x, d_ref.key_values(features[:, :count])) for count in range(4)]
    for fewer, more in pairwise(seen):
        assert fewer.shape == x.shape
        assert (fewer - more).abs().max() > 1e-3


def test_the_order_of_references_does_not_matter() -> None:
    d_ref, x, features = reference_attention(), noise(1, 2, 4, 4, 6), noise(1, 3, 4, 4, 5, seed=1)
    turned = features[:, [2, 0, 1]]
    assert torch.allclose(d_ref(x, d_ref.key_values(features)), d_ref(x, d_ref.key_values(turned)))


def test_keys_and_values_of_a_reference_do_not_depend_on_the_others() -> None:
    d_ref, features = reference_attention(), noise(1, 3, 4, 4, 5)
    together = d_ref.key_values(features)
    for i in range(3):
        alone = d_ref.key_values(features[:, i : i + 1])
        for block, one in zip(together, alone, strict=True):
            assert torch.allclose(block.keys[:, :, 4 * i : 4 * i + 4], one.keys)
            assert torch.allclose(block.values[:, :, 4 * i : 4 * i + 4], one.values)


def test_cached_keys_and_values_are_what_attention_computes() -> None:
    attention = randomised(CrossAttention(16, 2))
    x, features = noise(1, 4, 16), noise(1, 8, 16, seed=1)
    here, there = (grid_rotation(n, 2, 8, x.device) for n in (2, 4))
    cached = attention(x, attention.key_values(features, there), here)
    query, key = attention.query(x, here), attention.key(features, there)
    value = attention.value(features).view(1, 8, 2, 8).transpose(1, 2)
    share = (query @ key.mT / 8**0.5).softmax(-1)
    assert torch.allclose(cached, attention.out((share @ value).transpose(1, 2).flatten(2)))


def test_frames_attend_each_by_itself() -> None:
    d_ref, x = reference_attention(), noise(2, 3, 4, 4, 6)
    key_values = d_ref.key_values(noise(2, 2, 4, 4, 5, seed=1))
    alone = torch.cat([d_ref(x[:, i : i + 1], key_values) for i in range(3)], 1)
    assert torch.allclose(alone, d_ref(x, key_values))


def test_reference_attention_is_an_identity_before_training() -> None:
    d_ref, x = ReferenceAttention(6, 5, CONFIG), noise(1, 2, 4, 4, 6).float()
    assert torch.equal(d_ref(x, d_ref.key_values(noise(1, 1, 4, 4, 5).float())), x)


def test_attention_tells_places_apart_by_their_distance() -> None:
    rotation = grid_rotation(4, 4, 8, torch.device("cpu"))
    attention = randomised(CrossAttention(8, 1))
    same = noise(1, 1, 8).expand(1, 16, 8)
    query, key = attention.query(same, rotation), attention.key(same, rotation)
    likeness = (query @ key.mT)[0, 0].view(4, 4, 4, 4)  # (row, column, row, column)
    assert torch.allclose(likeness[0, 0, 1, 2], likeness[2, 1, 3, 3])
    assert (likeness[0, 0, 1, 2] - likeness[0, 0, 2, 1]).abs() > 1e-3
