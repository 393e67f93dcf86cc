"""What the characters wear: a knitted sweater with a fine chain, a hoodie."""

from dataclasses import dataclass

import numpy as np

from core.training.characters.canvas import Canvas, Colour, Gradient, Mask
from core.training.characters.curves import both_sides, ellipse, moved, points, ribbon, smooth
from core.training.characters.locks import sheet


@dataclass(frozen=True)
class Cloth:
    """Colours of a garment, and of what is bright on it."""

    base: Colour
    light: Colour
    shade: Colour
    deep: Colour
    trim: Colour
    trim_light: Colour


@dataclass(frozen=True)
class Build:
    """Lengths in face heights."""

    shoulders: float
    """half their width"""
    neck: float
    """half its width"""
    top: float
    """how low the collar begins"""


def draw_body(canvas: Canvas, cloth: Cloth, build: Build, dip: float) -> Mask:
    """Draw shoulders and chest, with soft folds; the collar's front lies `dip` lower."""
    half, top = build.shoulders, build.top
    arm = points("0,112 -112,110 -109,75 -100,40 -86,21 -62,12", half, top)
    neck = points("-130,2 -91,80 0,100") * [build.neck, dip]
    line = smooth(np.concatenate([arm, moved(neck, 0, top)]))
    tones = (cloth.light, cloth.base, cloth.shade)
    light = Gradient((-0.7, build.top), (0.8, build.top + 0.75), tones)
    body = canvas.grow(canvas.mask(both_sides(line)), light)
    for side, strength in ((-half, 0.5), (half, 0.75)):
        for text, widths, soft, tone, share in (
            ("70,40 74,55 78,85", (0.0, 0.03, 0.06), 0.015, cloth.deep, 1.0),
            ("97,38 108,62 112,95", (0.05, 0.10, 0.12), 0.05, cloth.shade, 1.0),
            ("56,22 62,40 70,52", (0.0, 0.05, 0.0), 0.02, cloth.shade, 0.9),
            ("66,19 80,26 90,40", (0.0, 0.05, 0.0), 0.02, cloth.light, 0.7),
        ):
            fold = ribbon(points(text, side, top), widths)
            canvas.touch(fold, tone, strength * share, soft, body)
    for text in ("-50,42 -28,50 -5,51", "48,38 28,46 8,47", "42,52 22,60 2,61"):
        fold = ribbon(points(text, 1, top), (0.0, 0.03, 0.0))
        canvas.touch(fold, cloth.shade, 0.45, 0.014, body)
    return body


@dataclass(frozen=True)
class Sweater:
    """A ribbed sweater with a round collar, and a chain above it."""

    cloth: Cloth
    build: Build

    def draw_behind(self, canvas: Canvas) -> None:
        """Draw what is seen behind the neck: the inside of the collar."""
        top = self.build.top
        back = canvas.mask(ellipse(0, top + 0.02, self.build.neck * 1.28, 0.095))
        tones = (self.cloth.shade, self.cloth.deep)
        canvas.grow(back, Gradient((0, top - 0.06), (0, top + 0.06), tones))

    def draw(self, canvas: Canvas, skin: Mask) -> None:
        """Draw what is seen before the neck, the mask `skin`."""
        self._draw_chain(canvas, skin)
        body = draw_body(canvas, self.cloth, self.build, 0.21)
        self._draw_knit(canvas, body)
        self._draw_collar(canvas, body)

    def _draw_chain(self, canvas: Canvas, skin: Mask) -> None:
        line = points("-105,-6 -60,6 0,10.5 60,6 105,-6", self.build.neck, self.build.top)
        canvas.touch(ribbon(moved(line, 0.003, 0.008), (0.006,)), "#7a4a38", 0.5, 0.004, skin)
        canvas.touch(ribbon(line, (0.0065,)), self.cloth.trim, 1, 0.001, skin)
        canvas.touch(
            ribbon(moved(line, -0.001, -0.001), (0.0025,)), self.cloth.trim_light, 1, 0.001, skin
        )

    def _draw_knit(self, canvas: Canvas, body: Mask) -> None:
        top, rows = self.build.top, []
        for x in np.arange(-1.4, 1.4, 0.034):
            sag = top + 0.10 * np.cos(x * 1.4)
            line = [[x * 0.8, sag - 0.15], [x * 0.94, top + 0.35], [x, top + 1.0]]
            rows.append(ribbon(line, (0.004, 0.006, 0.008)))
        canvas.paint(canvas.mask(*rows, soft=0.003).within(body), self.cloth.shade, 0.45)
        lit = canvas.mask(*(moved(row, -0.011, 0) for row in rows), soft=0.004).within(body)
        canvas.paint(lit, self.cloth.light, 0.35)

    def _draw_collar(self, canvas: Canvas, body: Mask) -> None:
        cloth, neck, top = self.cloth, self.build.neck, self.build.top
        upper = points("-114,-2.5 -102,5 -55,13.5 0,16.5", neck, top)
        lower = points("-132,1.5 -128,12 -74,22.5 0,26", neck, top)
        both = sheet(both_sides(upper), both_sides(lower))
        canvas.touch(moved(both.outline, 0.006, 0.022), cloth.deep, 0.7, 0.014, body)
        width = neck * 1.4
        tones = (cloth.light, cloth.base, cloth.shade)
        band = canvas.grow(canvas.mask(both.outline), Gradient((-width, 0), (width, 0), tones))
        for one, other in zip(both.one[1:-1], both.other[1:-1], strict=True):
            rib = np.stack([one, (one + other) / 2, other])
            canvas.touch(ribbon(rib, (0.004, 0.007, 0.004)), cloth.deep, 0.42, 0.0015, band)
            lit = ribbon(moved(rib, -0.008, 0), (0.002, 0.005, 0.002))
            canvas.touch(lit, cloth.light, 0.6, 0.0015, band)
        canvas.touch(ribbon(moved(both.one, 0, 0.006), (0.010,)), cloth.light, 0.7, 0.003, band)
        canvas.touch(ribbon(moved(both.other, 0, -0.006), (0.012,)), cloth.shade, 0.8, 0.005, band)


@dataclass(frozen=True)
class Hoodie:
    """A hooded sweater over a light shirt."""

    cloth: Cloth
    build: Build
    shirt: Cloth

    def draw_behind(self, canvas: Canvas) -> None:
        """Draw what is seen behind the neck: the hood, lying down."""
        top, neck, cloth = self.build.top, self.build.neck, self.cloth
        outer = points("-190,8 -182,-8 -130,-17 -60,-20.5 0,-21.5", neck, top)
        hood = canvas.mask(smooth(both_sides(outer)))
        canvas.grow(
            hood,
            Gradient((-neck * 2, top), (neck * 2, top), (cloth.light, cloth.base, cloth.shade)),
        )
        inner = points("-150,10 -140,-6 -100,-11 -50,-13 0,-14", neck, top)
        canvas.touch(smooth(both_sides(inner)), cloth.deep, 0.9, 0.010, hood)

    def draw(self, canvas: Canvas, skin: Mask) -> None:
        """Draw what is seen before the neck."""
        self._draw_shirt(canvas, skin)
        body = draw_body(canvas, self.cloth, self.build, 0.36)
        for side in (1, -1):
            self._draw_lapel(canvas, side, body)
        for side in (-1, 1):
            self._draw_string(canvas, side)

    def _draw_shirt(self, canvas: Canvas, skin: Mask) -> None:
        neck, top, shirt = self.build.neck, self.build.top, self.shirt
        edge = both_sides(points("-130,-6 -110,-2 -60,10 0,14", neck, top))
        canvas.touch(ribbon(edge, (0.05,)), self.cloth.deep, 0.35, 0.014, skin)
        outline = np.concatenate([smooth(edge), points("120,50 -120,50", neck, top)])
        tones = Gradient((-0.2, top), (0.2, top + 0.4), (shirt.light, shirt.base))
        cloth = canvas.grow(canvas.mask(outline), tones)
        hem = both_sides(points("-112,0 -60,12.5 0,16.5", neck, top))
        canvas.touch(ribbon(hem, (0.006,)), shirt.shade, 0.8, 0.002, cloth)

    def _draw_lapel(self, canvas: Canvas, side: int, body: Mask) -> None:
        cloth, neck, top = self.cloth, self.build.neck, self.build.top
        inner = points("-104,-13 -112,-2 -86,12 -36,26 2,34", -side * neck, top)
        outer = points("-118,-17 -186,-7 -178,14 -96,34 2,43", -side * neck, top)
        both = sheet(inner, outer)
        canvas.touch(moved(both.outline, 0.01, 0.03), cloth.deep, 0.75, 0.02, body)
        tones = (cloth.light, cloth.base) if side < 0 else (cloth.base, cloth.shade)
        start, end = (side * neck * 2, top), (side * neck * 0.6, top + 0.1)
        hood = canvas.grow(canvas.mask(both.outline), Gradient(start, end, tones))
        roll = ribbon(both.one, (0.05, 0.07, 0.06, 0.03))
        canvas.touch(roll, cloth.deep, 0.65, 0.018, hood)
        crest = ribbon(both.strand(0.62), (0.0, 0.05, 0.04, 0.0))
        canvas.touch(crest, cloth.light, 0.5, 0.018, hood)
        canvas.touch(ribbon(both.strand(0.22)[6:], (0.004,)), cloth.deep, 0.6, 0.001, hood)

    def _draw_string(self, canvas: Canvas, side: int) -> None:
        cloth, top, x = self.cloth, self.build.top, side * self.build.neck * 0.34
        line = points("100,31 112,40 101,50 113,60", x, top)
        canvas.touch(ribbon(moved(line, 0.010, 0.010), (0.016,)), cloth.deep, 0.6, 0.008)
        canvas.touch(ellipse(x, top + 0.305, 0.014, 0.014), cloth.deep)
        canvas.touch(ribbon(line, (0.016,)), cloth.trim)
        canvas.touch(ribbon(moved(line, -0.003, 0), (0.005,)), cloth.trim_light, 0.8, 0.002)
        canvas.touch(ribbon(points("112,56 113,61", x, top), (0.018,)), cloth.trim_light)
