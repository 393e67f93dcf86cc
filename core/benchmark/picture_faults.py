"""Where a puppet's picture fails first, as contact sheets and as numbers.

For any folder of photos and a sound: the sides of the frame, a blink frame by frame, the mouth in
all visemes, crowns of turned heads, the edge before a green background. One look at each tells.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.audio import EndOfAudio, Samples
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.benchmark.picture_metrics import (
    PictureFaults,
    lid_steps,
    old_background,
    psnr,
    seam,
    specks,
)
from core.cli import voice
from core.clock import SwiftClock
from core.look import AS_PHOTO, Background
from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    INNER_CORNERS,
    LEFT_CORNER,
    LIP_CENTRES,
    RIGHT_CORNER,
    RIGHT_EYE_CORNERS,
)
from core.perception.speech.config import FRAME_SAMPLES
from core.perception.speech.encoder_numpy import NumpySpeechEncoder
from core.perception.speech.visemes import SILENCE, VISEMES
from core.pixels import scaled
from core.portrait.analysis import PortraitAnalysis, analyse
from core.portrait.face_crop import face_height
from core.portrait.load import BadPhoto
from core.portrait.placement import PhotoPlacement, outline, place_photo
from core.profile import Profile
from core.progress import Bar
from core.puppet.motion import Motion, moved_landmarks, neutral_motion
from core.puppet.performance import Performance, SpeechTrack
from core.puppet.renderer import Renderer
from core.puppet.rig import LIP_SEAL
from core.puppet.speech_tracker import as_track
from core.stream import SEED
from core.video import Picture, VideoFormat

FORMAT = VideoFormat(1280, 720)

PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff")

SECONDS = 8.0
"""Of sound that is performed."""

GREEN = (0, 177, 64)

BLINK_FRAMES = 10
"""Frames of a blink that are shown."""

TURNS = ((0.0, 0.0), (-0.1, 0.0), (0.1, 0.0), (0.0, -0.07), (0.0, 0.09))
"""Yaw and pitch of the heads whose crowns are shown; a little more than a performance has."""

NEARLY_SHUT = (0.02, 0.10)
"""Openings that are shown besides the visemes."""

GAPS = (0.002, 0.014)
"""Gap of the inner lips, face heights, at which specks are looked for: up to some 4 pixels."""

SEAM_HEIGHT = 0.06
"""Of the strip along the lips' seam in which specks are looked for, face heights."""


class Box(NamedTuple):
    """A part of a frame, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def cut(self, frame: Picture, size: tuple[int, int]) -> Picture:
        """Return this part of the frame at another size; beyond the frame it is black."""
        scale = size[0] / self.width
        matrix = np.array([[scale, 0, -self.x * scale], [0, scale, -self.y * scale]])
        how = cv2.INTER_NEAREST if scale >= 3 else cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return np.asarray(cv2.warpAffine(frame, matrix, size, flags=how), np.uint8)


@dataclass(frozen=True)
class Sitter:
    """One person before the camera, and where things are in their frame."""

    name: str
    analysis: PortraitAnalysis
    placement: PhotoPlacement

    @classmethod
    def of(cls, photo: Path) -> "Sitter":
        """Look at the person in a photo.

        Raises:
            BadPhoto, ValueError: there is no one person in it.
        """
        found = analyse(Profile("photo", photo.stem, (photo.absolute(),), "For a test picture."))
        person, size = outline(found.landmarks, found.matte), found.photo.shape[1::-1]
        return cls(photo.stem, found, place_photo(size, person, FORMAT, None))

    def renderer(self, background: Background = AS_PHOTO) -> Renderer:
        """Open the renderer of this person's frames."""
        return Renderer(*self.analysis, FORMAT, background=background)

    def around(self, landmarks: Sequence[int], width: float, aspect: float) -> Box:
        """Return the box around the middle of landmarks; `width` in face heights."""
        points = self.points[list(landmarks)]
        (x, y), wide = points.mean(0).tolist(), width * self.face
        return Box(x - wide / 2, y - wide / aspect / 2, wide, wide / aspect)

    @property
    def points(self) -> NDArray[np.float32]:
        """Landmarks (478, 2) in the frame."""
        corner = np.array([self.placement.left, self.placement.top], np.float32)
        return self.analysis.landmarks[:, :2] * np.float32(self.placement.scale) + corner

    @property
    def face(self) -> float:
        """Height of the face in the frame, pixels."""
        return face_height(self.analysis.landmarks) * self.placement.scale


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `picture`."""
    parser.add_argument("photos", type=Path, metavar="FOLDER", help="photos, one person each")
    parser.add_argument("--audio", type=Path, metavar="FILE", help="speech to perform")
    parser.add_argument("--text", help="speak this instead (default: the demo's greeting)")
    parser.add_argument("--out", type=Path, default=Path("picture"), help="folder for the sheets")
    parser.set_defaults(mic=False, language=None)


def measure(chosen: argparse.Namespace) -> Report:
    """Make the sheets, and measure.

    Raises:
        ValueError: there is no photo in the folder that can be used.
    """
    track = heard(sound(chosen))
    chosen.out.mkdir(parents=True, exist_ok=True)
    rows, sections = Sheets(chosen.out), list[Section]()
    paths = sorted(p for p in chosen.photos.rglob("*") if p.suffix.lower() in PHOTOS)
    for path in Bar(paths, "Pictures", len(paths), unit=" photos"):
        try:
            sitter = Sitter.of(path)
        except (BadPhoto, ValueError) as error:
            print(f"{path.name}: {error}")
            continue
        faults = examine(sitter, track, rows)
        figures = faults._asdict().items()
        measured = (Measurement(n.replace("_", " "), v, UNITS[n]) for n, v in figures)
        sections.append(Section(sitter.name, tuple(measured)))
    if not sections:
        raise ValueError(f"{chosen.photos}: no photo of a person; choose another folder")
    rows.save()
    return Report(machine() | {"sheets": str(chosen.out)}, tuple(sections))


UNITS = {
    "psnr_at_rest": "dB", "specks": "per mille", "lid_steps": "pixels", "seam": "x",
    "blur_outside": "x", "old_background": "share",
}  # fmt: skip


def sound(chosen: argparse.Namespace) -> Samples:
    """Return the first seconds of what is to be performed."""
    plugin, options = voice(chosen)
    pieces = list[Samples]()
    with closing(plugin.open(options, SwiftClock())) as source:
        try:
            while len(pieces) * FRAME_SAMPLES < SECONDS * 16_000:
                if piece := source.read(FRAME_SAMPLES, 1.0):
                    pieces.append(piece.samples)
        except EndOfAudio:
            pass
    return np.concatenate(pieces)


def heard(samples: Samples) -> SpeechTrack:
    """Return what the puppet hears in (samples,)."""
    encoder = NumpySpeechEncoder()
    starts = range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    frames = (encoder.step(samples[start : start + FRAME_SAMPLES]) for start in starts)
    found = [as_track(frame) for frame in frames if frame]
    return SpeechTrack(*(np.concatenate(parts, axis=1) for parts in zip(*found, strict=True)))


class Sheets:
    """Contact sheets that grow by a row, or a picture, for each person."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, list[Picture]] = {}

    def add(self, name: str, pictures: Sequence[Picture], columns: int = 99) -> None:
        """Add pictures of one size to a sheet, so many in a row."""
        blank = [np.zeros_like(pictures[0])] * (-len(pictures) % min(columns, len(pictures)))
        filled, wide = [*pictures, *blank], min(columns, len(pictures))
        for start in range(0, len(filled), wide):
            self._rows.setdefault(name, []).append(np.hstack(filled[start : start + wide]))

    def save(self) -> None:
        """Write every sheet as PNG."""
        for name, rows in self._rows.items():
            Image.fromarray(np.vstack(rows)).save(self._folder / f"{name}.png")


def examine(sitter: Sitter, track: SpeechTrack, sheets: Sheets) -> PictureFaults:
    """Show one person on every sheet, and measure."""
    with closing(sitter.renderer()) as renderer:
        moments = list(performed(track))
        rest = renderer.render(still())
        sheets.add("sides", [captioned(scaled(rest, 0.5), sitter.name)])
        steps = show_blink(sitter, renderer, sheets)
        show_mouths(sitter, renderer, sheets)
        show_crowns(sitter, renderer, sheets)
        spread = np.linspace(0, len(moments) - 1, 12).astype(int)
        frames = [scaled(renderer.render(moments[i]), 0.25) for i in spread]
        sheets.add("film", frames, 6)
        dots = nearly_shut_specks(sitter, renderer, moments, rest)
    width = sitter.analysis.photo.shape[1]
    jump, blur = seam(rest, sitter.placement, width)
    return PictureFaults(
        rest_psnr(sitter, rest), dots, steps, jump, blur, show_green(sitter, sheets)
    )


def still(**changes: NDArray[np.float32]) -> Motion:
    """Return the motion of a person at rest, as a performance has it: lips sealed."""
    calm = neutral_motion(1, LIP_SEAL + 1)
    calm.expression[:, LIP_SEAL] = 1.0
    return calm._replace(**changes)


def performed(track: SpeechTrack) -> Iterator[Motion]:
    """Yield the performance of a track, a frame each."""
    performance = Performance(np.array([SEED]))
    motion, _ = performance(track, performance.initial_state())
    for i in range(motion.breath.shape[1]):
        yield Motion(*(field[:, i] for field in motion))


def spoken(viseme: int, opening: float) -> Motion:
    """Return the motion of a mouth that holds one viseme, the head still."""
    shares = np.eye(len(VISEMES), dtype=np.float32)[None, viseme : viseme + 1]
    speech = SpeechTrack(shares, np.full((1, 1), opening, np.float32), np.ones((1, 1), np.float32))
    performance = Performance(np.array([SEED]))
    motion, _ = performance(speech, performance.initial_state())
    return still(expression=motion.expression[:, 0], tongue=motion.tongue[:, 0])


def show_blink(sitter: Sitter, renderer: Renderer, sheets: Sheets) -> float:
    """Show a blink frame by frame, one eye at 4x; return the largest step of the lid's edge."""
    box = sitter.around(RIGHT_EYE_CORNERS, 0.42, 1.6)
    shown, worst = [], 0.0
    inner = sitter.around(RIGHT_EYE_CORNERS, 0.22, 1.6)
    for shut in blink_curve():
        frame = renderer.render(still(blink=np.full((1, 2), shut, np.float32)))
        shown.append(box.cut(frame, (256, 160)))
        if shut > 0.5:
            size = (round(inner.width), round(inner.height))
            worst = max(worst, lid_steps(inner.cut(frame, size)))
    sheets.add("blinks", shown)
    return worst


def blink_curve() -> list[float]:
    """Return how far a performance's lids are shut, frame by frame, around its first blink."""
    silent = SpeechTrack(
        np.zeros((1, 100, len(VISEMES)), np.float32), *2 * [np.zeros((1, 100), np.float32)]
    )
    lids = [float(motion.blink[0, 0]) for motion in performed(silent)]
    top = int(np.argmax(lids))
    return lids[max(0, top - 3) : max(0, top - 3) + BLINK_FRAMES]


def show_mouths(sitter: Sitter, renderer: Renderer, sheets: Sheets) -> None:
    """Show the mouth in every viseme at 3x, and at small openings."""
    box = sitter.around((RIGHT_CORNER, LEFT_CORNER), 0.62, 1.5)
    small = np.linspace(*NEARLY_SHUT, 3)
    moments = {viseme.name: spoken(n, viseme.opening) for n, viseme in enumerate(VISEMES)}
    moments |= {f"{opening:.2f}": spoken(SILENCE, float(opening)) for opening in small}
    frames = ((name, renderer.render(moment)) for name, moment in moments.items())
    shown = [captioned(box.cut(frame, (240, 160)), name) for name, frame in frames]
    sheets.add("mouths", shown, 9)


def nearly_shut_specks(
    sitter: Sitter, renderer: Renderer, moments: Sequence[Motion], rest: Picture
) -> float:
    """Return the worst specks along the lips' seam in the frames in which they nearly touch."""
    right, left = sitter.points[list(INNER_CORNERS)]
    width = float(np.linalg.norm(left - right)) / sitter.face
    strip = sitter.around((*INNER_CORNERS, *LIP_CENTRES), 0.9 * width, 0.9 * width / SEAM_HEIGHT)
    size = (round(strip.width), round(strip.height))
    before, worst = strip.cut(rest, size), 0.0
    openings = (spoken(SILENCE, float(opening)) for opening in np.linspace(*NEARLY_SHUT, 9))
    calm = (m._replace(turn=0 * m.turn, shift=0 * m.shift) for m in moments)
    likely = [m for m in (*openings, *calm) if GAPS[0] < lip_gap(renderer, m) < GAPS[1]]
    for moment in likely[:: max(1, len(likely) // 16)]:
        worst = max(worst, specks(before, strip.cut(renderer.render(moment), size)))
    return worst


def lip_gap(renderer: Renderer, moment: Motion) -> float:
    """Return how far the inner lips are apart in their middle, in face heights."""
    rig = renderer.portrait.rig
    upper, lower = moved_landmarks(rig, moment)[0, list(LIP_CENTRES), :2]
    return float(np.linalg.norm(lower - upper) / rig.height[0])


def show_crowns(sitter: Sitter, renderer: Renderer, sheets: Sheets) -> None:
    """Show head and shoulders as the head turns: what it leaves behind is seen there."""
    top = sitter.around((FOREHEAD, CHIN), 2.2, 1.5)
    shown = []
    for yaw, pitch in TURNS:
        turn = np.array([[yaw, pitch, 0.4 * yaw]], np.float32)
        shift = np.array([[0.16 * yaw, 0.05 * pitch, 0]], np.float32)
        shown.append(top.cut(renderer.render(still(turn=turn, shift=shift)), (384, 256)))
    sheets.add("crowns", shown)


def show_green(sitter: Sitter, sheets: Sheets) -> float:
    """Show the person before green; return how much of their old background they bring along."""
    background = Background("colour", "#{:02x}{:02x}{:02x}".format(*GREEN))
    with closing(sitter.renderer(background)) as renderer:
        frame = renderer.render(still())
    box = sitter.around((FOREHEAD, CHIN), 2.6, 1.5)
    parts = [scaled(frame, 0.375), box.cut(frame, (480, 320))]
    height = min(len(part) for part in parts)
    sheets.add("green", [np.hstack([part[:height] for part in parts])])
    return old_background(
        frame, sitter.analysis.photo, sitter.analysis.matte, sitter.placement, GREEN
    )


def rest_psnr(sitter: Sitter, rest: Picture) -> float:
    """Return the PSNR in dB of the face's box of a frame at rest against the photo."""
    low, high = sitter.points[:, :2].min(0), sitter.points[:, :2].max(0)
    x0, y0 = np.maximum(low, 0).astype(int).tolist()
    x1, y1 = np.minimum(high, [FORMAT.width, FORMAT.height]).astype(int).tolist()
    place = sitter.placement
    photo = scaled(sitter.analysis.photo, place.scale)
    part = photo[y0 - place.top : y1 - place.top, x0 - place.left : x1 - place.left]
    return psnr(rest[y0:y1, x0:x1], part)


def captioned(picture: Picture, text: str) -> Picture:
    """Write a few words into the upper left corner."""
    picture = np.ascontiguousarray(picture)
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(picture, text, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, thick)
    return picture
