"""A list of modules of one type."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from torch import nn

M = TypeVar("M", bound=nn.Module)


class TypedModuleList(nn.ModuleList, Generic[M]):
    """Modules of one kind, in a row."""

    def __iter__(self) -> Iterator[M]:
        return iter(self._modules.values())  # type: ignore[arg-type]
