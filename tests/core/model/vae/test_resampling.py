from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.vae.decoder import PixelHead
from core.model.vae.resampling import (
    SpatialDownsample,
    SpatialUpsample,
    TemporalDownsample,
    TemporalUpsample,
    channels_to_space,
    channels_to_time,
    match_channels,
    space_to_channels,
    time_to_channels,
)
from core.model.vae.stages import downsampling_stages, upsampling_stages
from core.model.vae.vae_config import VAE_PRESETS
from tests.core.model.small_vae import faded, noise, randomised


def shortcuts_alone(network: nn.Module) -> None:
    """Zero all weights: nothing but the shortcuts is left."""
    for parameter in network.parameters():
        nn.init.zeros_(parameter)


def pictures(x: Tensor) -> Tensor:
    """Return (batch, time, h, w, c) as (batch * time, c, h, w)."""
    return x.flatten(0, 1).permute(0, 3, 1, 2)


def test_folding_space_and_back_changes_nothing() -> None:
    x = noise(2, 3, 4, 6, 5)
    assert space_to_channels(x, 2).shape == (2, 3, 2, 3, 20)
    assert torch.equal(channels_to_space(space_to_channels(x, 2), 2), x)
    shuffled = functional.pixel_unshuffle(pictures(x), 2)
    assert torch.equal(pictures(space_to_channels(x, 2)), shuffled)


def test_folding_time_and_back_changes_nothing() -> None:
    x = noise(2, 6, 2, 2, 3)
    assert time_to_channels(x, 3).shape == (2, 2, 2, 2, 9)
    assert torch.equal(channels_to_time(time_to_channels(x, 3), 3), x)


@pytest.mark.parametrize(("channels", "width"), [(4, 12), (12, 4), (4, 4), (4, 6), (6, 4)])
def test_matching_channels_keeps_their_mean(channels: int, width: int) -> None:
    x = noise(1, 2, 3, 3, channels)
    y = match_channels(x, width)
    assert y.shape[-1] == width
    assert torch.allclose(y.mean(-1), x.mean(-1))


def test_averaging_undoes_repeating() -> None:
    x = noise(1, 2, 3, 3, 4)
    assert torch.allclose(match_channels(match_channels(x, 12), 4), x)


def test_shortcuts_alone_average_on_the_way_down_and_repeat_on_the_way_up() -> None:
    down, up = (
        SpatialDownsample(4, 4, 2, 3, True).double(),
        SpatialUpsample(4, 4, 2, 3, True).double(),
    )
    shortcuts_alone(down)
    shortcuts_alone(up)
    x = noise(1, 2, 4, 4, 4)
    assert torch.allclose(pictures(down(x)), functional.avg_pool2d(pictures(x), 2))
    nearest = functional.interpolate(pictures(x), scale_factor=2.0, mode="nearest")
    assert torch.allclose(pictures(up(x)), nearest)


def test_without_shortcut_nothing_but_the_convolution_is_left() -> None:
    down, up = SpatialDownsample(3, 8, 2, 3, False).double(), TemporalUpsample(3, 2, False).double()
    shortcuts_alone(down)
    shortcuts_alone(up)
    assert not down(noise(1, 2, 4, 4, 3)).any()
    assert not up(noise(1, 2, 4, 4, 3), None)[0].any()


def test_a_clips_first_frame_is_not_resampled_in_time() -> None:
    down, up = TemporalDownsample(3, 2, True).double(), TemporalUpsample(3, 2, True).double()
    shortcuts_alone(down)
    shortcuts_alone(up)
    x = noise(1, 5, 2, 2, 3)
    coarse, _ = down(x, None)
    assert coarse.shape[1] == 3
    assert torch.allclose(coarse[:, 0], x[:, 0])
    assert torch.allclose(coarse[:, 1], x[:, 1:3].mean(1))
    fine, _ = up(coarse, None)
    assert fine.shape == x.shape
    assert torch.allclose(fine[:, 0], x[:, 0])
    assert torch.allclose(fine[:, 3], coarse[:, 2])


@pytest.mark.parametrize(
    "layer", [TemporalDownsample(3, 2, True), TemporalUpsample(3, 2, True)], ids=["down", "up"]
)
def test_temporal_resampling_cut_anywhere_is_the_whole(
    layer: TemporalDownsample | TemporalUpsample,
) -> None:
    step = randomised(layer)
    x = noise(2, 7, 2, 2, 3)
    whole, _ = step(x, None)
    for cut in (1, 3, 5):
        first, past = step(x[:, :cut], None)
        second, _ = step(x[:, cut:], past)
        assert torch.allclose(torch.cat([first, second], 1), whole)


def test_temporal_downsampling_does_not_see_the_future() -> None:
    x = noise(1, 7, 2, 2, 3).requires_grad_()
    y, _ = randomised(TemporalDownsample(3, 2, True))(x, None)
    (gradient,) = torch.autograd.grad(y[:, 1].square().sum(), x)
    assert gradient[:, :3].abs().amin() > 0
    assert not gradient[:, 3:].any()


def test_temporal_upsampling_does_not_see_the_future() -> None:
    x = noise(1, 4, 2, 2, 3).requires_grad_()
    y, _ = randomised(TemporalUpsample(3, 2, True))(x, None)
    (gradient,) = torch.autograd.grad(y[:, 4].square().sum(), x)
    assert gradient[:, 1:3].abs().amin() > 0
    assert not gradient[:, 3:].any()


def test_temporal_downsampling_refuses_frames_that_make_no_pairs() -> None:
    with pytest.raises(ValueError, match="5 frames, expected a multiple of 2"):
        TemporalDownsample(3, 2, True)(torch.zeros(1, 4, 2, 2, 3), None)


def test_shortcuts_alone_carry_a_film_to_the_latent_and_back() -> None:
    config = VAE_PRESETS["lite"]
    bare = [replace(s, depth=0) for s in (*config.e1, *config.e2, *config.d1, *config.d2)]
    half = len(config.e1) + len(config.e2)
    encoder = downsampling_stages(3, tuple(bare[:half]), True)
    decoder = upsampling_stages(config.latent_channels, tuple(bare[half:]), True)
    shortcuts_alone(encoder)
    shortcuts_alone(decoder)
    film = faded(256, 256).float().movedim(0, -1).expand(1, 5, -1, -1, -1)
    with torch.no_grad():
        latents = match_channels(encoder(film, None)[0][-1], config.latent_channels)
        levels, _ = decoder(latents, None)
    head = PixelHead(config.d2[-1].width, config.head_upsampling, mask=False, shortcut=True)
    shortcuts_alone(head)
    with torch.no_grad():
        back = head(levels[-1])[0].movedim(2, -1)
    assert latents.shape == (1, 2, 4, 4, 64)
    assert back.shape == film.shape
    for colour in range(3):
        pair = torch.stack([film[..., colour].flatten(), back[..., colour].flatten()])
        assert torch.corrcoef(pair)[0, 1] > 0.9
