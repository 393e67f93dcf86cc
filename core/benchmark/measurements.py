"""A benchmark's measurements, as a table for people and as JSON for programs."""

import json
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version

import psutil

from core.optional_torch import has_torch


@dataclass(frozen=True)
class Measurement:
    """One value with its unit; `ratio` compares it with `ratio_of`, measured beside it."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    ratio_of: str = ""

    def __str__(self) -> str:
        beside = f"   {self.ratio:7.2f} x {self.ratio_of}" if self.ratio is not None else ""
        return f"  {self.name:<44} {self.value:10.2f} {self.unit:<9}{beside}"


@dataclass(frozen=True)
class Section:
    """Measurements that belong together."""

    title: str
    rows: tuple[Measurement, ...]


@dataclass(frozen=True)
class Report:
    """A whole run."""

    machine: dict[str, str]
    sections: tuple[Section, ...]

    def table(self) -> str:
        """Format everything as lines of text."""
        lines = [f"{name}: {value}" for name, value in self.machine.items()]
        for section in self.sections:
            lines += ["", section.title, *map(str, section.rows)]
        return "\n".join(lines)

    def json(self) -> str:
        """Encode everything as JSON."""
        return json.dumps(asdict(self), indent=2)


def machine() -> dict[str, str]:
    """Describe the machine and what runs on it."""
    return {
        "processor": f"{_processor()}, {psutil.cpu_count()} logical cores",
        "busy before the run": f"{psutil.cpu_percent(interval=1.0):.0f} %",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": platform.platform(),
        "Python": platform.python_version(),
        "torch": version("torch") if has_torch() else "not installed",
        "understudy": version("understudy"),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [
                line.split(":", 1)[1].strip() for line in file if line.startswith("model name")
            ]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()
