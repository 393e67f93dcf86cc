"""A network while it learns: steps, rate by time, running mean of the weights, what to keep."""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from core.training.trainer import distributed
from core.training.trainer.compact_optimizer import compact_state, second_moment

CRITIC = "critic."
"""How the names of weights begin that learn beside the others, at a rate and norm of their own."""


@dataclass(frozen=True)
class OptimizationConfig:
    """How a network learns."""

    learning_rate: float = 4e-4
    """At its peak."""
    schedule: str = "wsd"
    """`wsd`: steady until `decay_from`, then down; `cosine`: down all the time."""
    decay_start: float = 0.7
    """Share of the time."""
    final_rate_ratio: float = 0.01
    """Rate at the end, as a share of the peak."""
    warmup_steps: int = 200
    """Steps in which the rate rises, also after a resumption."""
    max_grad_norm: float = 1.0
    """Largest norm of a step's gradient."""
    weight_decay: float = 0.01
    """Of weights that are matrices."""
    ema_decay: float = 0.999
    """Of the running mean of the weights, a step."""
    critic_rate_ratio: float = 1.0
    """Rate of a rival, as a share of the others'."""

    def __post_init__(self) -> None:
        if self.schedule not in ("wsd", "cosine"):
            raise ValueError(f"schedule {self.schedule!r}, expected 'wsd' or 'cosine'")

    def learning_rate_at(self, progress: float, step: int) -> float:
        """Return the rate after a share of the time, `steps` steps after the call began."""
        progress = min(1.0, progress)
        if self.schedule == "cosine":
            factor = 0.5 * (1 + math.cos(math.pi * progress))
        else:  # the square root falls fast first, which serves short decays best
            factor = 1 - math.sqrt(max(0.0, progress - self.decay_start) / (1 - self.decay_start))
        return (
            self.learning_rate
            * min(1.0, (step + 1) / self.warmup_steps)
            * max(factor, self.final_rate_ratio)
        )


class Optimization:
    """Teaches `network`; `mean`, the running mean of its weights, is what is kept in the end."""

    def __init__(self, network: nn.Module, config: OptimizationConfig) -> None:
        self.network, self.config = network, config
        self.ema = copy.deepcopy(network).requires_grad_(False).eval()
        for module in (self.network, self.ema):
            distributed.shard_layers(module)
        self._parameters = dict(network.named_parameters())
        self._clip_groups = _make_clip_groups(self._parameters, config)
        groups = [
            group
            for side in self._clip_groups
            for group in _adamw_groups(side, config.weight_decay)
        ]
        self._adam = torch.optim.AdamW(
            groups, lr=config.learning_rate, betas=(0.9, 0.99), fused=True
        )
        self.steps = 0
        self._steps_in_call = 0

    def backward(self, loss: Tensor) -> None:
        """Follow a loss back; gradients of all that is added count together in the next step."""
        loss.backward()  # type: ignore[no-untyped-call]

    def step(self, progress: float) -> float:
        """Learn from what was added, after a share of the time; return the gradient's norm.

        A gradient that is no number teaches nothing: weights stay as they are. Nor does anything
        change in a network that no loss was about.
        """
        norms = [
            _clip_grad_norm(side.parameters, self.config.max_grad_norm)
            for side in self._clip_groups
        ]
        if all(map(math.isfinite, norms)):
            for group in self._adam.param_groups:
                group["lr"] = group["share"] * self.config.learning_rate_at(
                    progress, self._steps_in_call
                )
            self._adam.step()
        self._adam.zero_grad(set_to_none=True)
        self.steps += 1
        self._steps_in_call += 1
        self._update_ema()
        return norms[0]

    @torch.no_grad()
    def _update_ema(self) -> None:
        """Bring the mean up to date; at first it follows fast."""
        decay = min(self.config.ema_decay, (1 + self.steps) / (10 + self.steps))
        kept, new = (dict(module.state_dict()) for module in (self.ema, self.network))
        names = [name for name, tensor in kept.items() if tensor.is_floating_point()]
        pairs = (
            distributed.split_sharded([state[name] for name in names]) for state in (kept, new)
        )
        for ours, theirs in zip(*pairs, strict=True):
            torch._foreach_lerp_(ours, theirs, 1 - decay)

    def state_tensors(self, compact: bool = False) -> Iterator[tuple[str, Tensor]]:
        """Give everything needed to go on; see `core.training.trainer.compact_optimizer`.

        Several processes ask for it together; each gets all of it.
        """
        for name, tensor in self.ema.state_dict().items():
            full = distributed.full_tensor(tensor)
            yield f"mean/{name}", full.half() if compact and full.is_floating_point() else full
        if not compact:
            for name, tensor in self.network.state_dict().items():
                yield f"weights/{name}", distributed.full_tensor(tensor)
        for name, parameter in self._parameters.items():
            known: Mapping[str, Tensor] = self._adam.state.get(parameter, {})
            state = {key: distributed.full_tensor(tensor) for key, tensor in known.items()}
            for key, tensor in (compact_state(state) if compact else state).items():
                yield f"adam/{key}/{name}", tensor

    def load_state(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Continue from what `tensors` gave.

        Raises:
            RuntimeError: they are those of another network.
        """
        ema = strip_prefix(tensors, "mean/")
        distributed.load_full_state(self.ema, ema)
        distributed.load_full_state(self.network, strip_prefix(tensors, "weights/") or ema)
        for name, parameter in self._parameters.items():
            state = {
                key: tensors[f"adam/{key}/{name}"]
                for key in ("step", "exp_avg", "exp_avg_sq", "rows", "columns")
                if f"adam/{key}/{name}" in tensors
            }
            if state:
                self._adam.state[parameter] = _restore_moments(state, parameter)
        self.steps = steps


class _ClipGroup(NamedTuple):
    """Parameters that are clipped together, and their rate as a share."""

    parameters: list[nn.Parameter]
    rate_ratio: float


def _make_clip_groups(
    parameters: Mapping[str, nn.Parameter], config: OptimizationConfig
) -> list[_ClipGroup]:
    critic = [p for name, p in parameters.items() if name.startswith(CRITIC)]
    ours = [p for name, p in parameters.items() if not name.startswith(CRITIC)]
    return [
        _ClipGroup(ours, 1.0),
        *([_ClipGroup(critic, config.critic_rate_ratio)] if critic else []),
    ]


def _adamw_groups(group: _ClipGroup, weight_decay: float) -> list[dict[str, Any]]:
    matrices = [p for p in group.parameters if p.ndim > 1]
    others = [p for p in group.parameters if p.ndim <= 1]
    return [
        {"params": alike, "weight_decay": weight, "share": group.rate_ratio}
        for kind, weight in ((matrices, weight_decay), (others, 0.0))
        for alike in distributed.split_sharded(kind)
    ]


def _clip_grad_norm(parameters: Sequence[nn.Parameter], max_norm: float) -> float:
    """Shorten a gradient that is longer than `most`; return the norm it had."""
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


def _restore_moments(state: Mapping[str, Tensor], parameter: nn.Parameter) -> dict[str, Tensor]:
    """Return the optimiser's state as it lies beside the parameter."""
    first = state.get("exp_avg", torch.zeros(parameter.shape))
    full = {"exp_avg": first, "exp_avg_sq": second_moment(state).view(parameter.shape)}
    moments = {
        # In the parameter's memory format.
        key: torch.empty_like(parameter).copy_(distributed.distribute_like(tensor, parameter))
        for key, tensor in full.items()
    }
    return {"step": state["step"].to(parameter.device), **moments}
