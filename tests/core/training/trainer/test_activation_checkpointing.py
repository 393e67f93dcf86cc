"""What is computed again gives the same gradients, and less has to be remembered."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from core.training.trainer.activation_checkpointing import checkpoint_activations
from tests.core.model.small import generator
from tests.core.model.small_vae import noise, small_vae
from tests.core.training.trainer.test_distributed import loss


def reconstruct(vae: nn.Module) -> Tensor:
    return vae(noise(1, 9, 3, 32, 32), noise(1, 2, 3, 32, 32, seed=1)).frames.square().mean()  # type: ignore[no-any-return]


def denoise(network: nn.Module) -> Tensor:
    return loss(network, torch.Generator().manual_seed(0), slice(None))  # type: ignore[arg-type]


def learned(network: nn.Module, run: Callable[[nn.Module], Tensor]) -> tuple[int, list[Tensor]]:
    """Return the bytes that the forward pass remembered, and all gradients."""
    remembered: dict[int, int] = {}

    def remember(tensor: Tensor) -> Tensor:
        remembered[tensor.data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    network.requires_grad_(True)
    torch.manual_seed(0)
    with torch.autograd.graph.saved_tensors_hooks(remember, lambda tensor: tensor):
        result = run(network)
    torch.autograd.backward(result)
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    return sum(remembered.values()), gradients


@pytest.mark.parametrize(("make", "run"), [(small_vae, reconstruct), (generator, denoise)])
def test_gradients_are_the_same_and_memory_is_not(
    make: Callable[[], nn.Module], run: Callable[[nn.Module], Tensor]
) -> None:
    forgetful = make()
    checkpoint_activations(forgetful)
    bytes_all, gradients = learned(make(), run)
    bytes_few, again = learned(forgetful, run)
    assert bytes_few < 0.7 * bytes_all
    assert len(again) == len(gradients) > 0
    for one, other in zip(gradients, again, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-9, atol=1e-12)


def test_where_no_gradient_is_wanted_nothing_changes() -> None:
    plain, forgetful = small_vae(), small_vae()
    checkpoint_activations(forgetful)
    with torch.no_grad():
        torch.manual_seed(0)
        one = reconstruct(plain)
        torch.manual_seed(0)
        assert torch.equal(reconstruct(forgetful), one)
    assert forgetful.state_dict().keys() == plain.state_dict().keys()
