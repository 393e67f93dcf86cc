"""Recordings of `y, state = step(*inputs, state)`: made once, then replayed without Python."""

import warnings
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from core.sentence import said

S = TypeVar("S")
_TENSOR = object()

WARM_UP_RUNS = 3
"""Eager runs before the capture, as libraries choose their algorithms in the first ones."""


class CapturedStep(Generic[S]):
    """Runs a step from a recording of the first one: a CUDA graph, or TorchScript on a processor.

    `network` is whose weights the step uses, where some of them can be no constants. Inputs and
    states must keep their shapes, and all that is no tensor its value. What it returns
    is overwritten by the next run.

    Raises:
        TypeError: at the first run, if something in the state that is no tensor changes.
    """

    def __init__(
        self, step: Callable[..., tuple[Any, S]], network: nn.Module | None = None
    ) -> None:
        self._step, self._network = step, network
        self._capture: _CudaGraph | _TorchScriptTrace | None = None

    def __call__(self, *inputs: Tensor, state: S) -> tuple[Any, S]:
        """Return what the step returns for these inputs and this state."""
        if self._capture is None:
            if inputs[0].is_cuda:
                self._capture = _CudaGraph(self._step, inputs, state)
            else:
                self._capture = _TorchScriptTrace(self._step, inputs, state, self._network)
        return self._capture.run(inputs, state)


class _TorchScriptTrace:
    """One step as the list of what it does to tensors: Python, a quarter of its time, is left out.

    torch.jit needs no compiler. It is deprecated in favour of what does; see decision 0020.
    """

    def __init__(
        self,
        step: Callable[..., tuple[Any, Any]],
        inputs: tuple[Tensor, ...],
        state: Any,
        network: nn.Module | None,
    ) -> None:
        leaves, shape = tree_flatten((inputs, state))
        self._tensor_positions = [n for n, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]

        def flat(*tensors: Tensor) -> tuple[Tensor, ...]:
            for place, tensor in zip(self._tensor_positions, tensors, strict=True):
                leaves[place] = tensor
            again, before = tree_unflatten(leaves, shape)
            result, after = step(*again, before)
            _check_constants(before, after)
            found, self._shape = tree_flatten((result, after))
            self._fixed = [_TENSOR if isinstance(leaf, Tensor) else leaf for leaf in found]
            return tuple(leaf for leaf in found if isinstance(leaf, Tensor))

        spent = tuple(leaves[n].clone() for n in self._tensor_positions)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # shapes become constants, and shall
            self._trace = torch.jit.trace(_StepModule(flat, network), spent, check_trace=False)  # type: ignore[no-untyped-call]

    def run(self, inputs: tuple[Tensor, ...], state: Any) -> tuple[Any, Any]:
        """Do what was recorded with these inputs, from this state."""
        leaves = tree_flatten((inputs, state))[0]
        tensors = iter(self._trace(*(leaves[n] for n in self._tensor_positions)))
        found = [next(tensors) if leaf is _TENSOR else leaf for leaf in self._fixed]
        return tree_unflatten(found, self._shape)  # type: ignore[no-any-return]


class _StepModule(nn.Module):
    """A function with the network whose weights it uses: recorded, they are named, not copied."""

    def __init__(self, step: Callable[..., tuple[Tensor, ...]], network: nn.Module | None) -> None:
        super().__init__()
        self.network, self._step = network, step

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        return self._step(*tensors)


class _CudaGraph:
    """One captured step, with memory of its own for inputs, state and results.

    And with a stream of its own: torch keeps one workspace for the products of each stream. Graphs
    captured on the same one would overwrite each other's when they run at once, and lose it when
    one of them ends.
    """

    def __init__(
        self, step: Callable[..., tuple[Any, Any]], inputs: tuple[Tensor, ...], state: Any
    ) -> None:
        self._inputs = [tensor.clone() for tensor in inputs]
        leaves, self._shape = tree_flatten(state)
        self._state = [_clone(leaf) for leaf in leaves]
        kept = [_clone(leaf) for leaf in leaves]
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            for _ in range(WARM_UP_RUNS):
                step(*self._inputs, self._state_tree())
                self._load_state(kept)
        torch.cuda.current_stream().wait_stream(self._stream)
        self._graph = torch.cuda.CUDAGraph()
        # Another thread may be live meanwhile, and want memory: only this one must not.
        with torch.cuda.graph(self._graph, stream=self._stream, capture_error_mode="thread_local"):
            self._result, after = step(*self._inputs, self._state_tree())
            _check_constants(state, after)
            self._load_state(tree_flatten(after)[0])
        self._load_state(kept)

    def run(self, inputs: tuple[Tensor, ...], state: Any) -> tuple[Any, Any]:
        """Replay the step on these inputs, from this state."""
        for own, given in zip(self._inputs, inputs, strict=True):
            own.copy_(given)
        self._load_state(tree_flatten(state)[0])
        self._graph.replay()
        return self._result, self._state_tree()

    def _state_tree(self) -> Any:
        return tree_unflatten(self._state, self._shape)

    def _load_state(self, leaves: list[Any]) -> None:
        """Put other values into the graph's own state."""
        for own, given in zip(self._state, leaves, strict=True):
            if isinstance(own, Tensor) and own.data_ptr() != given.data_ptr():
                own.copy_(given)


def _check_constants(before: Any, after: Any) -> None:
    for old, new in zip(tree_flatten(before)[0], tree_flatten(after)[0], strict=True):
        if not isinstance(old, Tensor) and old != new:
            raise TypeError(
                said("a state goes from {0!r} to {1!r}; make it a tensor, or it stays", old, new)
            )


def _clone(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, Tensor) else leaf
