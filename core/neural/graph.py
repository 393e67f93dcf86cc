"""CUDA graphs for `y, state = step(*inputs, state)`: captured once, then replayed as one launch."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten

S = TypeVar("S")

WARM_UP = 3
"""Eager runs before the capture, as libraries choose their algorithms in the first ones."""


class Replay(Generic[S]):
    """Runs a step: eagerly on a CPU, from a graph on CUDA once it has seen the first one.

    Inputs and states must keep their shapes. What it returns is overwritten by the next run.
    """

    def __init__(self, step: Callable[..., tuple[Any, S]]) -> None:
        self._step = step
        self._graph: _Graph | None = None

    def __call__(self, *inputs: Tensor, state: S) -> tuple[Any, S]:
        """Return what the step returns for these inputs and this state."""
        if not inputs[0].is_cuda:
            return self._step(*inputs, state)
        if self._graph is None:
            self._graph = _Graph(self._step, inputs, state)
        return self._graph.run(inputs, state)


class _Graph:
    """One captured step, with memory of its own for inputs, state and results."""

    def __init__(
        self, step: Callable[..., tuple[Any, Any]], inputs: tuple[Tensor, ...], state: Any
    ) -> None:
        self._inputs = [tensor.clone() for tensor in inputs]
        leaves, self._shape = tree_flatten(state)
        self._state = [_copy(leaf) for leaf in leaves]
        kept = [_copy(leaf) for leaf in leaves]
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                step(*self._inputs, self._whole())
                self._restore(kept)
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._result, after = step(*self._inputs, self._whole())
            self._restore(tree_flatten(after)[0])
        self._restore(kept)

    def run(self, inputs: tuple[Tensor, ...], state: Any) -> tuple[Any, Any]:
        """Replay the step on these inputs, from this state."""
        for own, given in zip(self._inputs, inputs, strict=True):
            own.copy_(given)
        self._restore(tree_flatten(state)[0])
        self._graph.replay()
        return self._result, self._whole()

    def _whole(self) -> Any:
        return tree_unflatten(self._state, self._shape)

    def _restore(self, leaves: list[Any]) -> None:
        """Put other values into the graph's own state."""
        for own, given in zip(self._state, leaves, strict=True):
            if isinstance(own, Tensor) and own.data_ptr() != given.data_ptr():
                own.copy_(given)


def _copy(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, Tensor) else leaf
