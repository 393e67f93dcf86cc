"""Tables of metrics: as text for people, as JSON for programs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

GAP = "  "

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """Name, unit and format of one metric."""

    name: str
    unit: str
    digits: int = 2
    target: str = ""
    """What a shipped model should reach, in words; nothing is computed from it."""


@dataclass(frozen=True)
class TableRow:
    """The values of one method; None or NaN where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Metric(Generic[T]):
    """A column, and how its value follows from what was measured of a method."""

    column: Column
    value: Callable[[T], float | None]


def metric_row(name: str, metrics: Sequence[Metric[T]], measured: T) -> TableRow:
    """Compute a method's values of all metrics."""
    return TableRow(name, tuple(metric.value(measured) for metric in metrics))


@dataclass(frozen=True)
class Table:
    """One metric a column, one method a row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    note: str = ""

    def __post_init__(self) -> None:
        for line in self.rows:
            if len(line.values) != len(self.columns):
                raise ValueError(
                    f"{line.name}: {len(line.values)} figures for {len(self.columns)} columns"
                )

    def text(self) -> str:
        """Format the table with aligned columns."""
        head = ["", *(column.name for column in self.columns)]
        units = ["", *(column.unit for column in self.columns)]
        targets = ["target", *(column.target for column in self.columns)]
        rows = [
            [
                line.name,
                *(_formatted(v, c.digits) for v, c in zip(line.values, self.columns, strict=True)),
            ]
            for line in self.rows
        ]
        used = [head, units, *rows, *([targets] if any(targets[1:]) else [])]
        widths = [max(len(row[index]) for row in used) for index in range(len(head))]
        lines = [self.title, *(_aligned(row, widths) for row in used)]
        return "\n".join([*lines, *([self.note] if self.note else [])])


@dataclass(frozen=True)
class EvaluationReport:
    """All tables of an evaluation."""

    about: dict[str, str]
    tables: tuple[Table, ...]

    def text(self) -> str:
        """Format all tables."""
        lines = [f"{name}: {value}" for name, value in self.about.items()]
        return "\n\n".join(["\n".join(lines), *(table.text() for table in self.tables)])

    def json(self) -> str:
        """Return JSON, with null for NaN."""
        return json.dumps(_without_nan(asdict(self)), indent=2)


def _formatted(value: float | None, digits: int) -> str:
    return "-" if value is None or value != value else f"{value:.{digits}f}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if index == 0 else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return GAP.join([first, *others]).rstrip()


def _without_nan(part: object) -> object:
    if isinstance(part, dict):
        return {key: _without_nan(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_without_nan(value) for value in part]
    return None if isinstance(part, float) and part != part else part
