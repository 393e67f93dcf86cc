"""Optimise a network: AdamW, learning-rate schedule, gradient clipping, EMA, and their state."""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

from core.training.trainer import distributed
from core.training.trainer.compact_optimizer import compact_state, second_moment
from core.training.trainer.ema import ema_decay_at, update_ema

CRITIC = "critic."
"""Prefix of the parameters of a critic: a network trained beside the others, with a learning rate
and a gradient norm of its own."""
Schedule = Literal["wsd", "cosine"]


@dataclass(frozen=True)
class OptimizationConfig:
    """Hyperparameters of AdamW, of the learning-rate schedule and of the EMA."""

    learning_rate: float = 4e-4
    """At its peak."""
    schedule: Schedule = "wsd"
    """`wsd` (warm-up, stable, decay): constant until `decay_start`; `cosine`: down all the time."""
    decay_start: float = 0.7
    """Progress at which the decay of `wsd` begins."""
    final_rate_ratio: float = 0.01
    """Smallest learning rate of the schedule, as a share of the peak."""
    warmup_steps: int = 200
    """Steps of linear warm-up, also after a resumption."""
    max_grad_norm: float = 1.0
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.01
    """Of matrices and kernels; biases, gains and other vectors have none."""
    ema_decay: float = 0.999
    """A step."""
    ema_interval: int = 1
    """Steps between two updates of the EMA."""
    critic_rate_ratio: float = 1.0
    """Learning rate of a critic, as a share of the others'."""

    def __post_init__(self) -> None:
        if self.schedule not in get_args(Schedule):
            raise ValueError(f"schedule {self.schedule!r}, expected 'wsd' or 'cosine'")

    def learning_rate_at(self, progress: float, step: int) -> float:
        """Return the learning rate at a progress of 0 to 1, `step` steps after the call began."""
        progress = min(1.0, progress)
        if self.schedule == "cosine":
            factor = 0.5 * (1 + math.cos(math.pi * progress))
        else:  # the square root falls fast first, which serves short decays best
            factor = 1 - math.sqrt(max(0.0, progress - self.decay_start) / (1 - self.decay_start))
        warm_up = min(1.0, (step + 1) / self.warmup_steps)
        return self.learning_rate * warm_up * max(factor, self.final_rate_ratio)


class Optimization:
    """AdamW on `network`, and `ema`, the exponential moving average of its weights."""

    def __init__(self, network: nn.Module, config: OptimizationConfig) -> None:
        self.network, self.config = network, config
        self.ema = copy.deepcopy(network).requires_grad_(False).eval()
        for module in (self.network, self.ema):
            distributed.shard_layers(module)
        self._parameters = dict(network.named_parameters())
        self._clip_groups = _clip_groups(self._parameters, config)
        groups = [g for group in self._clip_groups for g in _adamw_groups(group, config)]
        self._adamw = torch.optim.AdamW(
            groups, lr=config.learning_rate, betas=config.betas, fused=True
        )
        self.steps = 0
        self._steps_in_call = 0

    def backward(self, loss: Tensor) -> None:
        """Backpropagate; gradients accumulate until the next step."""
        loss.backward()  # type: ignore[no-untyped-call]

    def step(self, progress: float) -> float:
        """Clip, update weights and EMA, clear gradients; return the norm before clipping.

        Skips the update when a gradient norm is not finite; parameters without gradients are
        untouched.
        """
        norms = [
            _clip_grad_norm(group.parameters, self.config.max_grad_norm)
            for group in self._clip_groups
        ]
        if all(map(math.isfinite, norms)):
            for group in self._adamw.param_groups:
                learning_rate = self.config.learning_rate_at(progress, self._steps_in_call)
                group["lr"] = group["rate_ratio"] * learning_rate
            self._adamw.step()
        self._adamw.zero_grad(set_to_none=True)
        self.steps += 1
        self._steps_in_call += 1
        if self.steps % self.config.ema_interval == 0:
            decay = self.config.ema_decay**self.config.ema_interval
            update_ema(self.ema, self.network, ema_decay_at(decay, self.steps))
        return norms[0]

    def state_tensors(self, compact: bool = False) -> Iterator[tuple[str, Tensor]]:
        """Give EMA, weights and moments by name; see `core.training.trainer.compact_optimizer`.

        Collective: all processes call it together, and each gets all of it.
        """
        for name, tensor in self.ema.state_dict().items():
            full = distributed.full_tensor(tensor)
            yield f"ema/{name}", full.half() if compact and full.is_floating_point() else full
        if not compact:
            for name, tensor in self.network.state_dict().items():
                yield f"weights/{name}", distributed.full_tensor(tensor)
        for name, parameter in self._parameters.items():
            known: Mapping[str, Tensor] = self._adamw.state.get(parameter, {})
            state = {key: distributed.full_tensor(tensor) for key, tensor in known.items()}
            for key, tensor in (compact_state(state) if compact else state).items():
                yield f"adam/{key}/{name}", tensor

    def load_state(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Resume from what `state_tensors` gave.

        Raises:
            RuntimeError: they are those of another network.
        """
        ema = strip_prefix(tensors, "ema/")
        distributed.load_full_state(self.ema, ema)
        distributed.load_full_state(self.network, strip_prefix(tensors, "weights/") or ema)
        for name, parameter in self._parameters.items():
            state = {
                key: tensors[f"adam/{key}/{name}"]
                for key in ("step", "exp_avg", "exp_avg_sq", "rows", "columns")
                if f"adam/{key}/{name}" in tensors
            }
            if state:
                self._adamw.state[parameter] = _restore_moments(state, parameter)
        self.steps = steps


class _ClipGroup(NamedTuple):
    """Parameters that are clipped together, and their learning rate as a share."""

    parameters: list[nn.Parameter]
    rate_ratio: float


def _clip_groups(
    parameters: Mapping[str, nn.Parameter], config: OptimizationConfig
) -> list[_ClipGroup]:
    critic = [p for name, p in parameters.items() if name.startswith(CRITIC)]
    others = [p for name, p in parameters.items() if not name.startswith(CRITIC)]
    groups = [_ClipGroup(others, 1.0), _ClipGroup(critic, config.critic_rate_ratio)]
    return groups if critic else groups[:1]


def _adamw_groups(group: _ClipGroup, config: OptimizationConfig) -> list[dict[str, Any]]:
    matrices = [p for p in group.parameters if p.ndim > 1]
    vectors = [p for p in group.parameters if p.ndim <= 1]
    return [
        {"params": parameters, "weight_decay": decay, "rate_ratio": group.rate_ratio}
        for kind, decay in ((matrices, config.weight_decay), (vectors, 0.0))
        for parameters in distributed.split_sharded(kind)
    ]


def _clip_grad_norm(parameters: Sequence[nn.Parameter], max_norm: float) -> float:
    """Scale gradients down to a common norm of at most `max_norm`; return the norm they had."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    distributed.all_reduce_mean(gradients)
    norm = distributed.global_norm(gradients)
    if max_norm < norm < math.inf:
        for alike in distributed.split_sharded(gradients):
            torch._foreach_mul_(alike, max_norm / norm)
    return norm


def strip_prefix(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with the prefix, without it."""
    return {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}


def ema_weights(tensors: Mapping[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """Return a checkpoint's EMA weights whose names begin with the prefix, in single precision."""
    weights = strip_prefix(tensors, f"ema/{prefix}")
    return {k: t.float() if t.is_floating_point() else t for k, t in weights.items()}


def _restore_moments(state: Mapping[str, Tensor], parameter: nn.Parameter) -> dict[str, Tensor]:
    """Return AdamW's state of a parameter, on its device, in its memory format and sharding."""
    first = state.get("exp_avg", torch.zeros(parameter.shape))
    full = {"exp_avg": first, "exp_avg_sq": second_moment(state).view(parameter.shape)}
    moments = {
        key: torch.empty_like(parameter).copy_(distributed.distribute_like(tensor, parameter))
        for key, tensor in full.items()
    }
    return {"step": state["step"].to(parameter.device), **moments}
