from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.flow_field import compose
from core.model.vae.vae_config import (
    ReferenceAttentionConfig,
    StageConfig,
    VaeConfig,
    WarpedSkipConfig,
)
from core.record import from_json, to_json
from tests.core.model.small_vae import PLAIN, SMALL, noise, small_vae

CUTS = [(1,), (2,), (3,), (1, 2), (1, 3), (2, 3), (1, 2, 3)]
"""Everywhere between four latents."""
ONE_FLOW = replace(SMALL, skip=WarpedSkipConfig(8, 4, 4))
"""As files say that were written before there was more."""
VAES = pytest.mark.parametrize(
    "config", [SMALL, ONE_FLOW, PLAIN], ids=["skip and shortcuts", "one flow", "plain"]
)


def encoded(vae: CausalVideoVae, frames: Tensor, cuts: Sequence[int] = ()) -> Tensor:
    """Return the latents' mean and log variance from a clip cut before some of its latents."""
    state, found = None, []
    for start, end in pairwise([0, *cuts, 10_000]):
        first = max(0, 4 * start - 3)
        posterior, state = vae.encode(frames[:, first : 4 * end - 3], state)
        found.append(torch.cat(posterior, 2))
    return torch.cat(found, 1)


def decoded(vae: CausalVideoVae, z: Tensor, photos: Tensor, cuts: Sequence[int] = ()) -> Tensor:
    """Return frames from latents that are decoded in several calls."""
    state, found, known = None, [], vae.encode_references(photos)
    for start, end in pairwise([0, *cuts, z.shape[1]]):
        parts, state = vae.decode(z[:, start:end], known, state)
        found.append(compose(parts.composition, photos, (32, 32)))
    return torch.cat(found, 1)


@VAES
@pytest.mark.parametrize("cuts", CUTS)
def test_encoding_cut_anywhere_is_the_whole(config: VaeConfig, cuts: Sequence[int]) -> None:
    vae, frames = small_vae(config), noise(2, 13, 3, 32, 32)
    assert torch.allclose(encoded(vae, frames, cuts), encoded(vae, frames))


@VAES
@pytest.mark.parametrize("cuts", CUTS)
def test_decoding_cut_anywhere_is_the_whole(config: VaeConfig, cuts: Sequence[int]) -> None:
    vae, z, photos = small_vae(config), noise(2, 4, 8, 2, 2), noise(2, 2, 3, 32, 32)
    whole = decoded(vae, z, photos)
    assert whole.shape == (2, 13, 3, 32, 32)
    assert torch.allclose(decoded(vae, z, photos, cuts), whole)


@VAES
def test_no_latent_sees_a_later_frame(config: VaeConfig) -> None:
    vae, frames = small_vae(config), noise(1, 13, 3, 32, 32).requires_grad_()
    z = encoded(vae, frames)
    for latent, last in enumerate((1, 5, 9, 13)):
        (gradient,) = torch.autograd.grad(z[:, latent].square().sum(), frames, retain_graph=True)
        assert gradient[:, last - 1].abs().max() > 0
        assert not gradient[:, last:].any()


@VAES
def test_no_frame_sees_a_later_latent(config: VaeConfig) -> None:
    vae, z = small_vae(config), noise(1, 4, 8, 2, 2).requires_grad_()
    frames = decoded(vae, z, noise(1, 2, 3, 32, 32))
    for frame in range(13):
        (gradient,) = torch.autograd.grad(frames[:, frame].sum(), z, retain_graph=True)
        own = -(-frame // 4)
        assert gradient[:, own].abs().max() > 0
        assert not gradient[:, own + 1 :].any()


def test_any_number_of_references_is_decoded_and_each_matters() -> None:
    vae, z, photos = small_vae(), noise(1, 2, 8, 2, 2), noise(1, 3, 3, 32, 32)
    seen = [decoded(vae, z, photos[:, :count]) for count in range(4)]
    for fewer, more in pairwise(seen):
        assert fewer.shape == (1, 5, 3, 32, 32)
        assert (fewer - more).abs().max() > 1e-3


def test_the_order_of_references_does_not_matter() -> None:
    vae, z, photos = small_vae(), noise(1, 2, 8, 2, 2), noise(1, 3, 3, 32, 32)
    assert torch.allclose(decoded(vae, z, photos), decoded(vae, z, photos[:, [2, 0, 1]]))


@VAES
def test_clips_of_a_batch_do_not_mix(config: VaeConfig) -> None:
    vae, frames, photos = small_vae(config), noise(2, 5, 3, 32, 32), noise(2, 2, 3, 32, 32)
    z = encoded(vae, frames)
    assert torch.allclose(encoded(vae, frames[1:]), z[1:])
    alone = decoded(vae, z[1:, :, :8], photos[1:])
    assert torch.allclose(alone, decoded(vae, z[:, :, :8], photos)[1:])


def test_a_photo_is_a_video_of_one_frame() -> None:
    vae, frames, photos = small_vae(), noise(1, 5, 3, 32, 32), noise(1, 1, 3, 32, 32)
    first = encoded(vae, frames[:, :1])
    assert first.shape == (1, 1, 16, 2, 2)
    assert torch.allclose(first, encoded(vae, frames)[:, :1])
    z = noise(1, 2, 8, 2, 2)
    alone = decoded(vae, z[:, :1], photos)
    assert alone.shape == (1, 1, 3, 32, 32)
    assert torch.allclose(alone, decoded(vae, z, photos)[:, :1])


def test_before_training_the_reference_shows_through() -> None:
    vae = CausalVideoVae(SMALL)
    photos = noise(1, 1, 3, 32, 32).float()
    parts, _ = vae.decode(noise(1, 2, 8, 2, 2).float(), vae.encode_references(photos))
    assert torch.allclose(parts.composition.weight, torch.ones(1, 5, 1, 16, 16))
    assert torch.allclose(parts.composition.mask, torch.tensor(1.0).sigmoid())


def test_a_step_of_training_reaches_every_weight() -> None:
    vae = small_vae()
    out = vae(noise(2, 5, 3, 32, 32), noise(2, 2, 3, 32, 32))
    assert out.frames.shape == (2, 5, 3, 32, 32)
    assert [tuple(field.flow.shape[1:]) for field in out.decoded.flow_fields] == [
        (2, 2, 2, 4, 4),
        (3, 2, 2, 8, 8),
        (5, 2, 2, 16, 16),
    ]
    (out.frames.square().mean() + out.posterior.kl_divergence()).backward()
    idle = [name for name, p in vae.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


def test_the_kl_divergence_of_a_standard_gaussian_is_zero() -> None:
    posterior, _ = small_vae().encode(noise(1, 1, 3, 32, 32))
    zeros = torch.zeros_like(posterior.mean)
    assert posterior.kl_divergence() > 0
    assert type(posterior)(zeros, zeros).kl_divergence() == 0


def test_latents_that_are_given_replace_those_that_the_encoder_finds() -> None:
    vae, photos = small_vae(ONE_FLOW), noise(1, 2, 3, 32, 32)
    own = vae.encode(photos.transpose(0, 1))[0].mean.transpose(0, 1)
    found, given = vae.encode_references(photos), vae.encode_references(photos, own)
    assert found.skip is not None
    assert given.skip is not None
    assert torch.allclose(found.skip.motion, given.skip.motion)
    others = vae.encode_references(photos, own.flip(1)).skip
    assert others is not None
    assert torch.allclose(others.motion, found.skip.motion.flip(1))


def test_frames_that_make_no_whole_latents_are_refused() -> None:
    vae = small_vae()
    with pytest.raises(ValueError, match="4 frames, expected 1 more than a multiple of 4"):
        vae.encode(noise(1, 4, 3, 32, 32))
    _, state = vae.encode(noise(1, 1, 3, 32, 32))
    with pytest.raises(ValueError, match="5 frames, expected 0 more than a multiple of 4"):
        vae.encode(noise(1, 5, 3, 32, 32), state)
    with pytest.raises(ValueError, match="40x32 pixels, expected multiples of 16"):
        vae.encode_references(noise(1, 1, 3, 32, 40))


def test_frames_of_another_size_and_shape_work() -> None:
    vae, frames = small_vae(), noise(1, 5, 3, 48, 64)
    out = vae(frames, noise(1, 1, 3, 48, 64))
    assert out.posterior.mean.shape == (1, 2, 8, 3, 4)
    assert out.frames.shape == frames.shape


def test_half_the_bits_give_nearly_the_same() -> None:
    vae = small_vae().float()
    z, photos = noise(1, 2, 8, 2, 2).float(), noise(1, 2, 3, 32, 32).float()
    exact = decoded(vae, z, photos)
    with torch.autocast("cpu", torch.bfloat16):
        rough = decoded(vae, z, photos)
    assert rough.dtype == torch.float32
    assert (rough - exact).abs().mean() < 0.1 * exact.std()


def test_a_shape_survives_its_file() -> None:
    assert from_json(VaeConfig, to_json(SMALL)) == SMALL
    assert from_json(VaeConfig, to_json(PLAIN)) == PLAIN


def test_shapes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="opened photo without layers"):
        WarpedSkipConfig(opened=True)
    with pytest.raises(ValueError, match="expected the same"):
        replace(SMALL, head_upsampling=4)
    with pytest.raises(ValueError, match="E1 and D2 alone"):
        replace(SMALL, e1=SMALL.e1[:2], e2=(StageConfig(16, spatial_factor=4, temporal_factor=2),))
    with pytest.raises(ValueError, match="same mid level"):
        replace(SMALL, e1=(*SMALL.e1, *SMALL.e2), e2=(StageConfig(12),))
    with pytest.raises(ValueError, match="width 20 for 3 heads"):
        ReferenceAttentionConfig(width=20, heads=3, blocks=1)


def test_a_decoder_without_skip_paints_all() -> None:
    vae, photos = small_vae(PLAIN), noise(1, 2, 3, 32, 32)
    parts, _ = vae.decode(noise(1, 2, 8, 2, 2), vae.encode_references(photos))
    assert not parts.flow_fields
    assert torch.equal(compose(parts.composition, photos, (32, 32)), parts.composition.residual)


def test_decoding_is_one_graph_and_gives_the_same() -> None:
    vae, photos, z = small_vae(), noise(1, 1, 3, 32, 32), noise(1, 2, 8, 2, 2)
    graph = torch.compile(vae.decode, backend="eager", fullgraph=True)
    with torch.no_grad():
        known = vae.encode_references(photos)
        _, state = vae.decode(z[:, :1], known)
        plain, _ = vae.decode(z[:, 1:], known, state)
        caught, _ = graph(z[:, 1:], known, state)
    for mine, theirs in zip(plain.composition, caught.composition, strict=True):
        assert torch.allclose(mine, theirs)
