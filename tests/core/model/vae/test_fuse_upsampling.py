from dataclasses import replace

import pytest
import torch

from core.model.vae.fuse_upsampling import FusedUpsample, fuse_upsampling
from core.model.vae.vae_config import VaeConfig
from tests.core.model.small_vae import PLAIN, SMALL, noise, small_vae


@pytest.mark.parametrize(
    "config", [SMALL, replace(SMALL, skip=None), PLAIN], ids=["skip", "no skip", "no shortcuts"]
)
def test_fused_upsampling_gives_the_same_pictures(config: VaeConfig) -> None:
    vae, photos, z = small_vae(config), noise(1, 2, 3, 32, 32), noise(1, 3, 8, 2, 2)
    with torch.no_grad():
        references = vae.encode_references(photos)
        plain, _ = vae.decode(z, references)
        fuse_upsampling(vae.decoder)
        first, state = vae.decode(z[:, :1], references)
        others, _ = vae.decode(z[:, 1:], references, state)
    for whole, *parts in zip(plain.composition, first.composition, others.composition, strict=True):
        assert torch.allclose(torch.cat(parts, 1), whole)


def test_fusing_twice_changes_nothing_more() -> None:
    vae = small_vae()
    fuse_upsampling(vae.decoder)
    kept = [parameter.clone() for parameter in vae.decoder.parameters()]
    fuse_upsampling(vae.decoder)
    pairs = zip(kept, vae.decoder.parameters(), strict=True)
    assert all(torch.equal(before, after) for before, after in pairs)


def test_only_upsampling_is_fused() -> None:
    vae = small_vae()
    before = {name: parameter.clone() for name, parameter in vae.named_parameters()}
    fuse_upsampling(vae.decoder)
    changed = {name for name, p in vae.named_parameters() if not torch.equal(p, before[name])}
    ups = {name for name in before if ".conv.conv." in name and "decoder" in name}
    assert changed <= ups
    assert "decoder.head.conv.conv.weight" in changed
    assert "decoder.d2.stages.1.temporal.conv.conv.weight" in changed


def test_temporal_and_spatial_upsampling_are_fused_where_space_is_pointwise() -> None:
    vae = small_vae()
    fuse_upsampling(vae.decoder)
    found = [isinstance(stage.temporal, FusedUpsample) for stage in vae.decoder.d2.stages]
    assert found == [False, False, True]  # the second one looks at neighbours
