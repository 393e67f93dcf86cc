"""A network while it learns: steps, rate by time, running mean of the weights, what to keep."""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from core.training.avatar import ranks
from core.training.avatar.light import second_moment, squeezed

RIVAL = "rival."
"""How the names of weights begin that learn beside the others, at a rate and norm of their own."""


@dataclass(frozen=True)
class Learning:
    """How a network learns."""

    rate: float = 4e-4
    """At its peak."""
    schedule: str = "wsd"
    """`wsd`: steady until `decay_from`, then down; `cosine`: down all the time."""
    decay_from: float = 0.7
    """Share of the time."""
    last: float = 0.01
    """Rate at the end, as a share of the peak."""
    warm_up: int = 200
    """Steps in which the rate rises, also after a resumption."""
    clip: float = 1.0
    """Largest norm of a step's gradient."""
    decay: float = 0.01
    """Of weights that are matrices."""
    memory: float = 0.999
    """Of the running mean of the weights, a step."""
    rival: float = 1.0
    """Rate of a rival, as a share of the others'."""

    def __post_init__(self) -> None:
        if self.schedule not in ("wsd", "cosine"):
            raise ValueError(f"schedule {self.schedule!r}, expected 'wsd' or 'cosine'")

    def rate_at(self, share: float, steps: int) -> float:
        """Return the rate after a share of the time, `steps` steps after the call began."""
        share = min(1.0, share)
        if self.schedule == "cosine":
            fall = 0.5 * (1 + math.cos(math.pi * share))
        else:  # the square root falls fast first, which serves short decays best
            fall = 1 - math.sqrt(max(0.0, share - self.decay_from) / (1 - self.decay_from))
        return self.rate * min(1.0, (steps + 1) / self.warm_up) * max(fall, self.last)


class Learner:
    """Teaches `network`; `mean`, the running mean of its weights, is what is kept in the end."""

    def __init__(self, network: nn.Module, learning: Learning) -> None:
        self.network, self.learning = network, learning
        self.mean = copy.deepcopy(network).requires_grad_(False).eval()
        for module in (self.network, self.mean):
            ranks.shard(module)
        self._parameters = dict(network.named_parameters())
        self._sides = _sides(self._parameters, learning)
        groups = [group for side in self._sides for group in _groups(side, learning.decay)]
        self._adam = torch.optim.AdamW(groups, lr=learning.rate, betas=(0.9, 0.99), fused=True)
        self.steps = 0
        self._since = 0

    def add(self, loss: Tensor) -> None:
        """Follow a loss back; gradients of all that is added count together in the next step."""
        loss.backward()  # type: ignore[no-untyped-call]

    def step(self, share: float) -> float:
        """Learn from what was added, after a share of the time; return the gradient's norm.

        A gradient that is no number teaches nothing: weights stay as they are. Nor does anything
        change in a network that no loss was about.
        """
        norms = [_clipped(side.parameters, self.learning.clip) for side in self._sides]
        if all(map(math.isfinite, norms)):
            for group in self._adam.param_groups:
                group["lr"] = group["share"] * self.learning.rate_at(share, self._since)
            self._adam.step()
        self._adam.zero_grad(set_to_none=True)
        self.steps += 1
        self._since += 1
        self._follow()
        return norms[0]

    @torch.no_grad()
    def _follow(self) -> None:
        """Bring the mean up to date; at first it follows fast."""
        memory = min(self.learning.memory, (1 + self.steps) / (10 + self.steps))
        kept, new = (dict(module.state_dict()) for module in (self.mean, self.network))
        names = [name for name, tensor in kept.items() if tensor.is_floating_point()]
        pairs = (ranks.by_kind([state[name] for name in names]) for state in (kept, new))
        for ours, theirs in zip(*pairs, strict=True):
            torch._foreach_lerp_(ours, theirs, 1 - memory)

    def tensors(self, light: bool = False) -> Iterator[tuple[str, Tensor]]:
        """Give everything needed to go on; see `core.training.avatar.light`.

        Several processes ask for it together; each gets all of it.
        """
        for name, tensor in self.mean.state_dict().items():
            full = ranks.whole(tensor)
            yield f"mean/{name}", full.half() if light and full.is_floating_point() else full
        if not light:
            for name, tensor in self.network.state_dict().items():
                yield f"weights/{name}", ranks.whole(tensor)
        for name, parameter in self._parameters.items():
            known: Mapping[str, Tensor] = self._adam.state.get(parameter, {})
            state = {key: ranks.whole(tensor) for key, tensor in known.items()}
            for key, tensor in (squeezed(state) if light else state).items():
                yield f"adam/{key}/{name}", tensor

    def go_on(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Continue from what `tensors` gave.

        Raises:
            RuntimeError: they are those of another network.
        """
        mean = under(tensors, "mean/")
        ranks.put(self.mean, mean)
        ranks.put(self.network, under(tensors, "weights/") or mean)
        for name, parameter in self._parameters.items():
            state = {
                key: tensors[f"adam/{key}/{name}"]
                for key in ("step", "exp_avg", "exp_avg_sq", "rows", "columns")
                if f"adam/{key}/{name}" in tensors
            }
            if state:
                self._adam.state[parameter] = _moments(state, parameter)
        self.steps = steps


class _Side(NamedTuple):
    """Parameters that are clipped together, and their rate as a share."""

    parameters: list[nn.Parameter]
    rate: float


def _sides(parameters: Mapping[str, nn.Parameter], learning: Learning) -> list[_Side]:
    rivals = [p for name, p in parameters.items() if name.startswith(RIVAL)]
    ours = [p for name, p in parameters.items() if not name.startswith(RIVAL)]
    return [_Side(ours, 1.0), *([_Side(rivals, learning.rival)] if rivals else [])]


def _groups(side: _Side, decay: float) -> list[dict[str, Any]]:
    matrices = [p for p in side.parameters if p.ndim > 1]
    others = [p for p in side.parameters if p.ndim <= 1]
    return [
        {"params": alike, "weight_decay": weight, "share": side.rate}
        for kind, weight in ((matrices, decay), (others, 0.0))
        for alike in ranks.by_kind(kind)
    ]


def _clipped(parameters: Sequence[nn.Parameter], most: float) -> float:
    """Shorten a gradient that is longer than `most`; return the norm it had."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    ranks.average(gradients)
    norm = ranks.norm_of(gradients)
    if most < norm < math.inf:
        for alike in ranks.by_kind(gradients):
            torch._foreach_mul_(alike, most / norm)
    return norm


def under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with the prefix, without it."""
    return {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}


def _moments(state: Mapping[str, Tensor], parameter: nn.Parameter) -> dict[str, Tensor]:
    """Return the optimiser's state as it lies beside the parameter."""
    first = state.get("exp_avg", torch.zeros(parameter.shape))
    full = {"exp_avg": first, "exp_avg_sq": second_moment(state).view(parameter.shape)}
    moments = {
        # In the parameter's memory format.
        key: torch.empty_like(parameter).copy_(ranks.alike(tensor, parameter))
        for key, tensor in full.items()
    }
    return {"step": state["step"].to(parameter.device), **moments}
