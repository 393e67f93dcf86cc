"""`nn.ModuleList` with the type of its elements, for the type checker."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from torch import nn

M = TypeVar("M", bound=nn.Module)


class TypedModuleList(nn.ModuleList, Generic[M]):
    """An `nn.ModuleList` whose elements are all of one type."""

    def __iter__(self) -> Iterator[M]:
        return iter(self._modules.values())  # type: ignore[arg-type]
