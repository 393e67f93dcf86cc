import pytest
import torch
from torch.nn import functional

from core.model.vae.layers import CausalConvolution, CausalResidualBlock, SpatialConvolution
from tests.core.model.small_vae import noise, randomised


def test_a_spatial_convolution_treats_each_frame_alone() -> None:
    layer = randomised(SpatialConvolution(3, 4, 3))
    x = noise(2, 3, 5, 6, 3)
    alone = functional.conv2d(x[1, 2].movedim(-1, 0), layer.conv.weight, layer.conv.bias, padding=1)
    assert torch.allclose(layer(x)[1, 2].movedim(-1, 0), alone)


def test_a_causal_convolution_is_one_over_time_with_the_first_frame_before_it() -> None:
    layer = randomised(CausalConvolution(3, 4, 3))
    x = noise(2, 5, 2, 2, 3)
    rows = x.permute(0, 2, 3, 4, 1).reshape(8, 3, 5)  # (batch * height * width, channels, time)
    before = torch.cat([rows[..., :1], rows[..., :1], rows], -1)
    expected = functional.conv1d(before, layer.conv.weight[..., 0], layer.conv.bias).view(
        2, 2, 2, 4, 5
    )
    assert torch.allclose(layer(x, None)[0], expected.permute(0, 4, 1, 2, 3))


@pytest.mark.parametrize("memory", [1, 2, 3])
@pytest.mark.parametrize("time", [1, 2, 5])
def test_the_residual_of_a_causal_convolution_is_added(memory: int, time: int) -> None:
    layer = randomised(CausalConvolution(3, 4, memory))
    x, past, beside = (
        noise(2, time, 2, 2, 3),
        noise(2, memory - 1, 2, 2, 3),
        noise(2, time, 2, 2, 4),
    )
    turned = beside.transpose(2, 3).contiguous().transpose(2, 3)  # another order in memory
    for known in (past, None):
        alone, after = layer(x, known)
        both, also_after = layer(x, known, turned)
        assert torch.allclose(both, alone + beside)
        assert torch.equal(also_after, after)
    assert torch.equal(turned, beside)


def test_a_block_cut_anywhere_is_the_whole() -> None:
    block = randomised(CausalResidualBlock(4, 3))
    x = noise(2, 6, 3, 3, 4)
    whole, _ = block(x, None)
    for cut in range(1, 6):
        first, past = block(x[:, :cut], None)
        second, _ = block(x[:, cut:], past)
        assert torch.allclose(torch.cat([first, second], 1), whole)


def test_a_block_does_not_see_the_future() -> None:
    block = randomised(CausalResidualBlock(4, 3))
    x = noise(2, 6, 3, 3, 4).requires_grad_()
    y, _ = block(x, None)
    (gradient,) = torch.autograd.grad(y[:, 2].square().sum(), x)
    assert gradient[:, :3].abs().amin() > 0
    assert not gradient[:, 3:].any()


def test_a_block_is_an_identity_before_training() -> None:
    x = noise(1, 3, 4, 4, 5).float()
    assert torch.equal(CausalResidualBlock(5, 3)(x, None)[0], x)


def test_a_block_with_a_temporal_kernel_of_one_has_no_past() -> None:
    _, past = randomised(CausalResidualBlock(4, 1))(noise(1, 3, 2, 2, 4), None)
    assert past.shape[1] == 0


def test_a_depthwise_block_mixes_channels_over_time_alone() -> None:
    block = randomised(CausalResidualBlock(4, 3, depthwise=True))
    x = noise(1, 2, 3, 3, 4).requires_grad_()
    (gradient,) = torch.autograd.grad(block.spatial(x)[..., 0].sum(), x)
    assert gradient[..., 0].all()
    assert not gradient[..., 1:].any()
    (gradient,) = torch.autograd.grad(block(x, None)[0][..., 0].sum(), x)
    assert gradient[..., 1:].all()
