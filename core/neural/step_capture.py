"""Step capture: `y, state = step(*inputs, state)` as a CUDA graph or a TorchScript trace."""

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
"""Eager runs before a CUDA graph's capture: libraries choose their algorithms in the first ones."""


class CapturedStep(Generic[S]):
    """Captures a step at its first run, then replays it: a CUDA graph, or TorchScript on a CPU.

    `network` owns the weights that the step uses, where the trace must not make them constants.
    Inputs and states must keep their shapes, and whatever is no tensor its value. The results are
    overwritten by the next run.

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
    """A step traced by torch.jit: the tensor operations without Python, a quarter of its time.

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
            for position, tensor in zip(self._tensor_positions, tensors, strict=True):
                leaves[position] = tensor
            arguments, before = tree_unflatten(leaves, shape)
            result, after = step(*arguments, before)
            _check_constants(before, after)
            outputs, self._shape = tree_flatten((result, after))
            self._constants = [_TENSOR if isinstance(leaf, Tensor) else leaf for leaf in outputs]
            return tuple(leaf for leaf in outputs if isinstance(leaf, Tensor))

        examples = tuple(leaves[n].clone() for n in self._tensor_positions)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # shapes become constants, and shall
            self._trace = torch.jit.trace(_StepModule(flat, network), examples, check_trace=False)  # type: ignore[no-untyped-call]

    def run(self, inputs: tuple[Tensor, ...], state: Any) -> tuple[Any, Any]:
        """Run the trace on these inputs, from this state."""
        leaves = tree_flatten((inputs, state))[0]
        tensors = iter(self._trace(*(leaves[n] for n in self._tensor_positions)))
        outputs = [next(tensors) if leaf is _TENSOR else leaf for leaf in self._constants]
        return tree_unflatten(outputs, self._shape)  # type: ignore[no-any-return]


class _StepModule(nn.Module):
    """A function as a module that owns its network: traced weights are named, not copied."""

    def __init__(self, step: Callable[..., tuple[Tensor, ...]], network: nn.Module | None) -> None:
        super().__init__()
        self.network, self._step = network, step

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        return self._step(*tensors)


class _CudaGraph:
    """A captured CUDA graph with static buffers for inputs, state and results.

    It has a CUDA stream of its own: torch keeps one cuBLAS workspace a stream. Graphs captured on
    the same one would overwrite each other's when they run at once, and lose it when one ends.
    """

    def __init__(
        self, step: Callable[..., tuple[Any, Any]], inputs: tuple[Tensor, ...], state: Any
    ) -> None:
        self._inputs = [tensor.clone() for tensor in inputs]
        leaves, self._shape = tree_flatten(state)
        self._state = [_clone(leaf) for leaf in leaves]
        initial = [_clone(leaf) for leaf in leaves]
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            for _ in range(WARM_UP_RUNS):
                step(*self._inputs, self._state_tree())
                self._load_state(initial)
        torch.cuda.current_stream().wait_stream(self._stream)
        self._graph = torch.cuda.CUDAGraph()
        # Another thread may be live meanwhile, and want memory: only this one must not.
        with torch.cuda.graph(self._graph, stream=self._stream, capture_error_mode="thread_local"):
            self._result, after = step(*self._inputs, self._state_tree())
            _check_constants(state, after)
            self._load_state(tree_flatten(after)[0])
        self._load_state(initial)

    def run(self, inputs: tuple[Tensor, ...], state: Any) -> tuple[Any, Any]:
        """Replay the step on these inputs, from this state."""
        for buffer, value in zip(self._inputs, inputs, strict=True):
            buffer.copy_(value)
        self._load_state(tree_flatten(state)[0])
        self._graph.replay()
        return self._result, self._state_tree()

    def _state_tree(self) -> Any:
        return tree_unflatten(self._state, self._shape)

    def _load_state(self, values: list[Any]) -> None:
        """Copy values into the graph's state buffers."""
        for buffer, value in zip(self._state, values, strict=True):
            if isinstance(buffer, Tensor) and buffer.data_ptr() != value.data_ptr():
                buffer.copy_(value)


def _check_constants(before: Any, after: Any) -> None:
    for old, new in zip(tree_flatten(before)[0], tree_flatten(after)[0], strict=True):
        if not isinstance(old, Tensor) and old != new:
            raise TypeError(
                said("a state goes from {0!r} to {1!r}; make it a tensor, or it stays", old, new)
            )


def _clone(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, Tensor) else leaf
