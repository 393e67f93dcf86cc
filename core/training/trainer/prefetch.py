"""Prefetching: the next batches are drawn while the device still computes with this one."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, NamedTuple, TypeVar

from core.training.trainer.stage import BatchSource

Batch = TypeVar("Batch")


class _BatchShape(NamedTuple):
    batch_size: int
    frames: int
    size: int | None


class PrefetchingSource(Generic[Batch]):
    """Keeps `depth` batches of the shape last asked for in advance; a `BatchSource`.

    The source is called by one thread, `pool`'s only one. While one shape is asked for, the same
    batches come as without; those drawn in advance when another is asked for are dropped.
    """

    def __init__(self, source: BatchSource[Batch], depth: int, pool: ThreadPoolExecutor) -> None:
        self._source, self._depth, self._pool = source, depth, pool
        self._shape: _BatchShape | None = None
        self._drawn: deque[Future[Batch]] = deque()

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> Batch:
        """See `BatchSource`; raises what the source raised."""
        shape = _BatchShape(batch_size, frames, size)
        if shape != self._shape:
            self.cancel()
            self._shape = shape
        while len(self._drawn) <= self._depth:
            self._drawn.append(self._pool.submit(self._source.next_batch, *shape))
        return self._drawn.popleft().result()

    def validation_batch(self, batch_size: int, frames: int) -> Batch | None:
        """See `BatchSource`."""
        return self._pool.submit(self._source.validation_batch, batch_size, frames).result()

    def cancel(self) -> None:
        """Drop what was drawn in advance."""
        while self._drawn:
            self._drawn.pop().cancel()


@contextmanager
def prefetching(source: BatchSource[Batch], depth: int) -> Iterator[BatchSource[Batch]]:
    """Give the source with so many batches drawn in advance; 0: itself. Ends its thread."""
    if not depth:
        yield source
        return
    with ThreadPoolExecutor(1, "prefetch") as pool:
        ahead = PrefetchingSource(source, depth, pool)
        try:
            yield ahead
        finally:
            ahead.cancel()
