"""One page that tells how a run goes: curves of every figure, and pictures of people held out."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from core.atomic_file import atomic_write
from core.training.recipe.plan import PLAN

PAGE = "progress.html"
NUMBER = re.compile(r"([A-Za-z_][\w/]*) +(-?\d+(?:\.\d+)?(?:e-?\d+)?)(?![\w.%])")
MINUTES = re.compile(r"^\s*(\d+(?:\.\d+)?) min")
WIDTH, HEIGHT = 320, 120
PICTURES = 2
"""The last so many pictures of each stage are shown."""


class Curve(NamedTuple):
    """One figure over the minutes of a stage."""

    name: str
    points: Sequence[tuple[float, float]]


def write_page(folder: Path) -> Path:
    """Write the page of a run's folder; its pictures lie beside it."""
    parts = [part for name in PLAN for part in _stage(folder, name)]
    body = "\n".join(parts) or "<p>Nothing was trained yet.</p>"
    path = folder / PAGE
    with atomic_write(path) as part_file:
        part_file.write_text(
            "<!doctype html><meta charset=utf-8><title>Training</title>"
            "<style>body{font:14px sans-serif;margin:2em}figure{display:inline-block;margin:8px}"
            "img{max-width:100%;image-rendering:pixelated}</style>\n" + body,
            encoding="utf-8",
        )
    return path


def read_curves(lines: Sequence[str]) -> Sequence[Curve]:
    """Return the curves of a log: figures named alike, over the minutes of the line before."""
    curves: dict[str, list[tuple[float, float]]] = {}
    minutes = 0.0
    for line in lines:
        if found := MINUTES.search(line):
            minutes = float(found.group(1))
        for name, value in NUMBER.findall(line):
            curves.setdefault(name, []).append((minutes, float(value)))
    return [Curve(name, points) for name, points in curves.items() if len(points) > 1]


def _stage(folder: Path, name: str) -> Iterator[str]:
    log = folder / name / "progress.txt"
    if not log.exists():
        return
    lines = log.read_text(encoding="utf-8").splitlines()
    yield f"<h2>{html.escape(name)}</h2><pre>{html.escape(chr(10).join(lines[-3:]))}</pre>"
    yield from map(_drawn, read_curves(lines))
    pictures: Mapping[str, Path] = {p.name: p for p in (folder / name / "pictures").glob("*.png")}
    for picture in sorted(pictures)[-PICTURES:]:
        yield f'<p><img src="{html.escape(name)}/pictures/{html.escape(picture)}"></p>'


def _drawn(curve: Curve) -> str:
    x, y = zip(*curve.points, strict=True)
    low, high = min(y), max(y)
    across, up = (x[-1] - x[0]) or 1.0, (high - low) or 1.0
    path = " ".join(
        f"{(a - x[0]) / across * WIDTH:.1f},{HEIGHT - (b - low) / up * HEIGHT:.1f}"
        for a, b in curve.points
    )
    return (
        f"<figure><figcaption>{html.escape(curve.name)}: {y[0]:g} to {y[-1]:g}</figcaption>"
        f'<svg width="{WIDTH}" height="{HEIGHT}"><polyline points="{path}" fill="none" '
        'stroke="#36c" stroke-width="1.5"/></svg></figure>'
    )
