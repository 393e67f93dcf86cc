"""Procedural textures and clutter: backgrounds and distractors that are no faces."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.pixels import resized, smooth
from core.training.faces.pen import FILLED, disc, ellipse, fill, stroke, write
from core.video import Picture

Colour = tuple[int, int, int]
Points = NDArray[np.float64]


def draw_texture(rng: Generator, height: int, width: int) -> Picture:
    """Return a picture (height, width, 3) of noise, gradient, stripes, tiles or text."""
    maker = _TEXTURES[rng.integers(len(_TEXTURES))]
    picture = maker(rng, height, width)
    return picture if rng.random() < 0.6 else add_clutter(picture, rng, int(rng.integers(1, 7)))


def draw_colour(rng: Generator) -> Colour:
    """Return a random colour, muted ones more often."""
    grey = rng.uniform(20, 235)
    rgb = np.clip(grey + rng.normal(0, rng.choice([6, 30, 80]), 3), 0, 255)
    return int(rgb[0]), int(rgb[1]), int(rgb[2])


def draw_skin_colour(rng: Generator) -> Colour:
    """Return a random skin tone in usual light."""
    depth = rng.random()
    pale, dark = np.array([242, 206, 182]), np.array([62, 38, 28])
    rgb = np.clip((pale + (dark - pale) * depth) * rng.uniform(0.85, 1.08, 3), 0, 255)
    return int(rgb[0]), int(rgb[1]), int(rgb[2])


def _clouds(rng: Generator, height: int, width: int) -> Picture:
    total = np.zeros((height, width, 3), dtype=np.float32)
    cells, weight = int(rng.integers(2, 5)), 1.0
    persistence = rng.uniform(0.35, 0.9)
    for _ in range(int(rng.integers(1, 6))):
        grid = rng.random((cells + 1, cells + 1, 3), dtype=np.float32) - 0.5
        if rng.random() < 0.5:
            grid[:] = grid[..., :1]
        total += weight * smooth(grid, width, height)
        cells, weight = cells * 2, weight * persistence
    base = np.array(draw_colour(rng), dtype=np.float32)
    return np.asarray(np.clip(base + total * rng.uniform(40, 220), 0, 255), dtype=np.uint8)


def _plain(rng: Generator, height: int, width: int) -> Picture:
    ends = np.array(
        [[draw_colour(rng), draw_colour(rng)], [draw_colour(rng), draw_colour(rng)]],
        dtype=np.float32,
    )
    if rng.random() < 0.5:
        ends[:] = ends[0, 0]
    return resized(ends, width, height).astype(np.uint8)


def _stripes(rng: Generator, height: int, width: int) -> Picture:
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 60)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    if rng.random() < 0.4:
        wave *= np.sin((y * np.cos(angle) - x * np.sin(angle)) * 2 * np.pi / period)
    share = np.clip(wave * rng.uniform(0.5, 8) + 0.5, 0, 1)[..., None]
    one, two = np.array(draw_colour(rng)), np.array(draw_colour(rng))
    return np.asarray(one + (two - one) * share, dtype=np.uint8)


def _tiles(rng: Generator, height: int, width: int) -> Picture:
    rows, columns = int(rng.integers(2, 14)), int(rng.integers(2, 14))
    few = np.array(draw_colour(rng)) + rng.normal(0, rng.uniform(5, 60), (rows, columns, 3))
    down, across = np.arange(height) * rows // height, np.arange(width) * columns // width
    return np.clip(few, 0, 255).astype(np.uint8)[np.ix_(down, across)]


def _page(rng: Generator, height: int, width: int) -> Picture:
    light = rng.random() < 0.7
    paper, ink = ((240, 240, 235), (25, 25, 30)) if light else ((25, 28, 34), (210, 210, 205))
    picture = np.full((height, width, 3), paper, dtype=np.uint8)
    size = rng.uniform(0.25, 1.1)
    for line in range(int(20 * size), height, max(8, int(30 * size))):
        write(picture, draw_letters(rng, 60), (6, line), size, ink, 1)
    return picture


def draw_letters(rng: Generator, length: int) -> str:
    """Return random letters and spaces."""
    return "".join(chr(int(c)) for c in rng.choice([*range(97, 123), 32, 32, 32, 32], length))


_TEXTURES: tuple[Callable[[Generator, int, int], Picture], ...] = (
    _clouds,
    _clouds,
    _plain,
    _plain,
    _stripes,
    _tiles,
    _page,
)


def add_clutter(picture: Picture, rng: Generator, count: int) -> Picture:
    """Return the picture with random clutter: discs, boxes, blobs, lines, letters, hands."""
    canvas = picture.copy()
    side = min(canvas.shape[:2])
    for _ in range(count):
        middle = rng.random(2) * canvas.shape[1::-1]
        draw_clutter(
            canvas, rng, (float(middle[0]), float(middle[1])), side * rng.uniform(0.04, 0.3)
        )
    return canvas


def draw_clutter(canvas: Picture, rng: Generator, middle: tuple[float, float], size: float) -> None:
    """Draw one random object of about `size` pixels into the canvas."""
    drawers = (
        _disc,
        _box,
        _blob,
        _blob,
        _line,
        _letters,
        _hand,
        _symmetric_object,
        _symmetric_object,
    )
    drawers[rng.integers(len(drawers))](canvas, rng, np.array(middle), size)


def _disc(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    axes = (size * rng.uniform(0.3, 1), size * rng.uniform(0.3, 1))
    wide = FILLED if rng.random() < 0.7 else int(rng.integers(1, 5))
    tone = draw_skin_colour(rng) if rng.random() < 0.35 else draw_colour(rng)
    ellipse(canvas, middle, axes, tone, rng.uniform(0, 180), wide)
    if rng.random() < 0.4:
        ellipse(canvas, middle, (axes[0] / 3, axes[1] / 3), draw_colour(rng))


def _box(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * size * rng.uniform(0.1, 1, 2)
    turn = rng.choice([0.0, rng.uniform(0, np.pi / 2)])
    fill(canvas, middle + corners @ rotation(turn), draw_colour(rng))


def _blob(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 14))))
    reach = size * rng.uniform(0.35, 1.0, len(angles))
    points = middle + reach[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    fill(canvas, points, draw_skin_colour(rng) if rng.random() < 0.6 else draw_colour(rng))
    for _ in range(int(rng.integers(0, 5))):
        spot = middle + rng.normal(0, size * 0.3, 2)
        disc(canvas, spot, size * rng.uniform(0.03, 0.15), draw_colour(rng))


def _line(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    points = middle + rng.normal(0, size, (int(rng.integers(2, 5)), 2))
    stroke(canvas, points, draw_colour(rng), int(rng.integers(1, 9)))


def _letters(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    text, scale = draw_letters(rng, int(rng.integers(2, 14))), max(0.3, size / 40)
    at = (int(middle[0] - size), int(middle[1]))
    write(canvas, text, at, scale, draw_colour(rng), int(rng.integers(1, 4)))


def _hand(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    tone, turn = draw_skin_colour(rng), rng.uniform(0, 2 * np.pi)
    shade, wide = [c * 0.75 for c in tone], max(2, int(size * 0.2))
    for finger in range(5):
        root = np.array([(finger - 2) * size * 0.22, -0.25 * size])
        bend = (finger - 2) * 0.18 + rng.normal(0, 0.12)
        tip = root + size * rng.uniform(0.4, 1.0) * np.array([np.sin(bend), -np.cos(bend)])
        ends = middle + np.stack([root, tip]) @ rotation(turn)
        stroke(canvas, ends, shade, wide + 2)
        stroke(canvas, ends, tone, wide)
    ellipse(canvas, middle, (size * 0.55, size * 0.5), tone, float(np.degrees(turn)))


def _symmetric_object(canvas: Picture, rng: Generator, middle: Points, size: float) -> None:
    """Draw something symmetric, as buttons, coins, wheels, cars and beetles are."""
    turn = rotation(rng.normal(0, 0.4))
    outline = _symmetric_outline(rng, int(rng.integers(3, 9)), 1.0)
    parts = [
        (_symmetric_outline(rng, 4, rng.uniform(0.08, 0.3)), draw_colour(rng)) for _ in range(4)
    ]
    fill(canvas, middle + size * outline @ turn, draw_colour(rng))
    if rng.random() < 0.4:
        stroke(canvas, middle + size * outline @ turn, (20, 20, 20), size * 0.04, closed=True)
    for part, tone in parts[: int(rng.integers(0, 5))]:
        aside = np.array([rng.choice([0.0, rng.uniform(0.1, 0.7)]), rng.uniform(-0.7, 0.7)])
        for side in ([1, 1], [-1, 1]):
            fill(canvas, middle + size * ((part + aside) * side) @ turn, tone)


def _symmetric_outline(rng: Generator, corners: int, size: float) -> Points:
    """Return a mirror-symmetric outline about 0, round or with corners."""
    angles = np.sort(rng.uniform(-np.pi / 2, np.pi / 2, corners))
    reach = size * rng.uniform(0.6, 1.0, corners)
    if rng.random() < 0.4:
        angles, reach = np.linspace(-np.pi / 2, np.pi / 2, 16), np.full(16, size)
    half = np.column_stack([np.cos(angles) * rng.uniform(0.5, 1.2), np.sin(angles)])
    half *= reach[:, None]
    return np.concatenate([half, half[::-1] * [-1, 1]])


def rotation(turn: float) -> NDArray[np.float64]:
    """Return the matrix that rotates rows (n, 2) clockwise on the screen by `turn` radians."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, sin], [-sin, cos]])
