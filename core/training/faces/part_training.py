"""Training state of one part of the face network: optimizer, schedule, EMA, checkpoint."""

import copy
import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from core.training.faces.targets import Batch
from core.training.faces.tasks import PartTask

WARMUP_STEPS = 100
"""Steps of linear learning-rate warmup."""
EMA_DECAY = 0.999
"""EMA decay per step."""
EMA_EVERY = 4
"""Steps between EMA updates."""


class PartTraining:
    """Trains `part` on its task for `budget` seconds; `ema` is what ships."""

    def __init__(self, task: PartTask, part: nn.Module, budget: float) -> None:
        self.task, self.part, self.budget = task, part, budget
        self.ema = copy.deepcopy(part).requires_grad_(False)
        weights = [p for p in part.parameters() if p.ndim > 1]
        others = [p for p in part.parameters() if p.ndim <= 1]
        self._parameters = [*weights, *others]
        self._optimizer = torch.optim.AdamW(
            [{"params": weights, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}],
            fused=True,
        )
        self.steps, self.seconds = 0, 0.0

    @property
    def done(self) -> bool:
        return self.seconds >= self.budget

    def step(self, batch: Batch, device: str) -> float:
        """Do one optimizer step; return the loss."""
        self._set_learning_rate()
        self.part.train()
        batch = Batch(batch.pictures.to(device), tuple(t.to(device) for t in batch.targets))
        loss = self.task.loss(self.part, batch)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters, 2.0)
        self._optimizer.step()
        self.steps += 1
        self._update_ema()
        return float(loss.detach())

    def _set_learning_rate(self) -> None:
        fall = 0.5 * (1 + math.cos(math.pi * min(1.0, self.seconds / self.budget)))
        rise = min(1.0, (self.steps + 1) / WARMUP_STEPS)
        for group in self._optimizer.param_groups:
            group["lr"] = self.task.learning_rate * rise * max(fall, 0.01)

    def _update_ema(self) -> None:
        if self.steps % EMA_EVERY:
            return
        decay = min(EMA_DECAY**EMA_EVERY, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            mean, new = self.ema.state_dict(), self.part.state_dict()
            floats = [name for name, tensor in mean.items() if tensor.is_floating_point()]
            torch._foreach_lerp_([mean[n] for n in floats], [new[n] for n in floats], 1 - decay)
            for name in mean.keys() - floats:
                mean[name].copy_(new[name])

    def state_tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Yield the state to resume from, under names that begin with the task's."""
        name = self.task.name
        for kind, module in (("part", self.part), ("ema", self.ema)):
            for key, tensor in module.state_dict().items():
                yield f"{name}/{kind}/{key}", tensor
        if self.done:
            return
        for index, parameter in enumerate(self._parameters):
            for key, tensor in self._optimizer.state.get(parameter, {}).items():
                yield f"{name}/optimizer/{index}/{key}", tensor

    def resume(self, tensors: Mapping[str, Tensor], seconds: float, steps: int) -> None:
        """Resume from what `state_tensors` gave."""
        name = self.task.name
        for kind, module in (("part", self.part), ("ema", self.ema)):
            prefix = f"{name}/{kind}/"
            own = {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}
            module.load_state_dict(own)
        for index, parameter in enumerate(self._parameters):
            prefix = f"{name}/optimizer/{index}/"
            state = {k.removeprefix(prefix): t for k, t in tensors.items() if k.startswith(prefix)}
            if state:
                self._optimizer.state[parameter] = {
                    key: tensor.to(parameter.device) if key != "step" else tensor
                    for key, tensor in state.items()
                }
        self.seconds, self.steps = seconds, steps
