"""Metrics of the face finder on held-out people and places, as text tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import (
    Affine,
    Landmarks,
    bounding_box,
    invert_affine,
    transform_landmarks,
)
from core.perception.face.finder import Face, FaceFinder
from core.perception.face.topology import EYES, LEFT_EYE_GAPS, LIP_GAPS, LIPS, RIGHT_EYE_GAPS
from core.pixels import REFLECT, warped
from core.training.faces.corpus import Corpus, LabelledPortrait, align_upright
from core.training.faces.mesh_warp import MeshWarper, draw_change, inner_lip_gap
from core.training.faces.negatives import draw_background, remove_face
from core.training.faces.portrait_sampler import PortraitSampler, replace_background
from core.training.faces.scenes import draw_scene
from core.video import Picture

NAN = float("nan")


@dataclass(frozen=True)
class FaceMatch:
    """A portrait and its detected face; errors in percent of the face's height."""

    portrait: LabelledPortrait
    face: Face | None
    overall: float = NAN
    lips: float = NAN
    eyes: float = NAN
    depth: float = NAN
    mouth_gap: float = NAN
    eye_gap: float = NAN


def match_face(finder: FaceFinder, portrait: LabelledPortrait) -> FaceMatch:
    """Find the portrait's face and compute its landmark errors."""
    found = nearest_face(finder.faces(portrait.picture), portrait.landmarks)
    if found is None:
        return FaceMatch(portrait, None)
    truth, height = portrait.landmarks, face_height(portrait.landmarks)
    apart = np.linalg.norm((found.landmarks - truth)[:, :2], axis=1) / height * 100
    depth = np.abs(found.landmarks[:, 2] - truth[:, 2]).mean() / height * 100
    gaps = (_gap_error(found.landmarks, truth, pairs) / height * 100 for pairs in _GAPS)
    lips, eyes = apart[list(LIPS)].mean(), apart[list(EYES)].mean()
    return FaceMatch(portrait, found, apart.mean(), lips, eyes, float(depth), *gaps)


_GAPS = (LIP_GAPS, (*RIGHT_EYE_GAPS, *LEFT_EYE_GAPS))


def _gap_error(estimate: Landmarks, truth: Landmarks, pairs: Iterable[tuple[int, int]]) -> float:
    upper, lower = zip(*pairs, strict=True)
    gaps = [
        np.linalg.norm(face[list(lower), :2] - face[list(upper), :2], axis=1)
        for face in (estimate, truth)
    ]
    return float(np.abs(gaps[0] - gaps[1]).mean())


def face_height(landmarks: Landmarks) -> float:
    """Return the height of the landmarks' bounding box."""
    return float(np.ptp(landmarks[:, 1]))


def nearest_face(faces: list[Face], truth: Landmarks) -> Face | None:
    """Return the detected face whose centre lies within a third of the true box, if any."""
    box = bounding_box(truth)
    for face in faces:
        other = bounding_box(face.landmarks)
        if np.hypot(box.x - other.x, box.y - other.y) < box.size / 3:
            return face
    return None


def landmark_table(finder: FaceFinder, corpus: Corpus, rng: Generator) -> str:
    """Landmark errors on held-out portraits: all, by subset and by attribute."""
    meetings = [match_face(finder, portrait) for portrait in corpus.held_out]
    warper = MeshWarper(corpus.mean_face)
    changed = [warper(p, draw_change(rng, p.nose_offset), rng) for p in corpus.held_out]
    lines = [f"{'held-out portraits':24}    n found   all  95%  lips  eyes depth mouth-gap eye-gap"]
    lines += [
        _table_line(name, [m for m in meetings if has(m.portrait)]) for name, has in _groups(corpus)
    ]
    lines.append(
        _table_line(
            "other expression, pose", [match_face(finder, portrait) for portrait in changed]
        )
    )
    lines.append(_systematic_offset(meetings))
    return "\n".join(line for line in lines if line)


def _table_line(name: str, meetings: list[FaceMatch]) -> str:
    if not meetings:
        return ""
    found = [m for m in meetings if m.face]
    keys = ("lips", "eyes", "depth", "mouth_gap", "eye_gap")
    means = [float(np.mean([getattr(m, key) for m in found])) for key in keys]
    errors = [m.overall for m in found]
    return (
        f"{name:24} {len(meetings):4} {len(found) / len(meetings):5.1%} {np.mean(errors):5.2f}"
        f"{np.percentile(errors, 95):5.2f} {means[0]:5.2f} {means[1]:5.2f} {means[2]:5.2f}"
        f" {means[3]:9.2f} {means[4]:7.2f}"
    )


def _systematic_offset(meetings: list[FaceMatch]) -> str:
    """Bias: the mean offset of each landmark over all faces, in percent."""
    apart = [
        (align_upright(m.face.landmarks) - align_upright(m.portrait.landmarks))[:, :2]
        for m in meetings
        if m.face
    ]
    mean = np.linalg.norm(np.mean(apart, axis=0), axis=1) * 100
    lips, eyes = mean[list(LIPS)].mean(), mean[list(EYES)].mean()
    return f"systematic offset: all {mean.mean():.2f}, lips {lips:.2f}, eyes {eyes:.2f}"


def _groups(corpus: Corpus) -> list[tuple[str, Callable[[LabelledPortrait], bool]]]:
    tones = np.percentile([skin_lightness(p) for p in corpus.held_out], [33, 67])
    sets = sorted({p.subset for p in corpus.held_out})
    groups: list[tuple[str, Callable[[LabelledPortrait], bool]]] = [("all", lambda _: True)]
    groups += [(f"set {name}", partial(_in_subset, name)) for name in sets]
    return [
        *groups,
        ("darker third of skins", lambda p: skin_lightness(p) < tones[0]),
        ("lighter third of skins", lambda p: skin_lightness(p) > tones[1]),
        ("women (faker)", lambda p: p.name.startswith("female")),
        ("men (faker)", lambda p: p.name.startswith("male")),
        ("turned (nose off > 0.12)", lambda p: abs(p.nose_offset) > 0.12),
        ("mouth open", lambda p: _mouth_gap(p) > 0.02),
        ("mouth closed", lambda p: _mouth_gap(p) <= 0.02),
    ]


def _in_subset(name: str, portrait: LabelledPortrait) -> bool:
    return portrait.subset == name


def skin_lightness(portrait: LabelledPortrait) -> float:
    """Return the median brightness, 0..255, of cheeks and forehead."""
    x, y = np.round(portrait.landmarks[[50, 101, 118, 280, 330, 347, 9, 151], :2]).astype(int).T
    limit = portrait.picture.shape[0] - 1
    return float(np.median(portrait.picture[y.clip(0, limit), x.clip(0, limit)].mean(axis=1)))


def _mouth_gap(portrait: LabelledPortrait) -> float:
    return inner_lip_gap(portrait.landmarks) / face_height(portrait.landmarks)


def held_out_corpus(corpus: Corpus) -> Corpus:
    """Return a corpus of held-out portraits and backgrounds only."""
    places = corpus.held_out_backgrounds or corpus.backgrounds
    return replace(corpus, train=corpus.held_out, backgrounds=places)


def scene_table(finder: FaceFinder, corpus: Corpus, rng: Generator, count: int) -> str:
    """Detection rate and landmark error in composite scenes by face size, and false positives."""
    sampler = PortraitSampler(held_out_corpus(corpus), pool_size=80)
    limits = (0, 24, 40, 64, 96, 1000)
    seen: list[list[float | None]] = [[] for _ in limits[1:]]
    wrong = 0
    for _ in range(count):
        scene = draw_scene(sampler, rng, 448, 576)
        found = finder.faces(scene.picture)
        wrong += sum(
            all(nearest_face([f], t.landmarks) is None for t in scene.faces) for f in found
        )
        for truth in (face for face in scene.faces if face.certain):
            face = nearest_face(found, truth.landmarks)
            error = None if face is None else _landmark_error(face.landmarks, truth.landmarks)
            seen[int(np.digitize(truth.box.size, limits)) - 1].append(error)
    lines = [f"{'composed scenes':24}    n found   all"]
    for low, high, errors in zip(limits, limits[1:], seen, strict=False):
        good = [e for e in errors if e is not None]
        if errors:
            mean = np.mean(good) if good else NAN
            lines.append(
                f"faces of {low}-{high} px".ljust(25) + f"{len(errors):4} "
                f"{len(good) / len(errors):5.1%} {mean:5.2f}"
            )
    lines.append(f"faces found where there is none: {wrong} in {count} scenes")
    return "\n".join(lines)


def _landmark_error(found: Landmarks, truth: Landmarks) -> float:
    apart = np.linalg.norm((found - truth)[:, :2], axis=1).mean()
    return float(apart / face_height(truth) * 100)


def empty_table(finder: FaceFinder, corpus: Corpus, rng: Generator, count: int) -> str:
    """False positives on pictures without a face."""
    people = held_out_corpus(corpus)
    lines = [f"{'no face to be found':24}    n wrong"]
    makers: dict[str, Callable[[], Picture]] = {
        "surroundings": lambda: draw_background(people, rng, 480, 640),
        "people without a face": lambda: remove_face(people.sample(rng), rng).picture,
    }
    for name, make in makers.items():
        wrong = sum(bool(finder.faces(make())) for _ in range(count))
        lines.append(f"{name:24} {count:4} {wrong:5}")
    return "\n".join(lines)


def matte_table(finder: FaceFinder, corpus: Corpus, rng: Generator) -> str:
    """IoU and mean absolute error of mattes, on original and on exchanged backgrounds."""
    lines = [f"{'mattes':24}    n   IoU   MAE"]
    for name in ("own background", "exchanged background"):
        scores = []
        for portrait in corpus.held_out:
            height, width = portrait.matte.shape
            if name.startswith("exchanged"):
                behind = draw_background(held_out_corpus(corpus), rng, height, width)
                portrait = replace_background(portrait, behind)
            face = nearest_face(finder.faces(portrait.picture), portrait.landmarks)
            if face:
                scores.append(_matte_scores(finder.matte(portrait.picture, face), portrait.matte))
        means = np.mean(scores, axis=0)
        lines.append(f"{name:24} {len(scores):4} {means[0]:5.3f} {means[1]:5.3f}")
    return "\n".join(lines)


def _matte_scores(found: NDArray[np.float32], truth: NDArray[np.uint8]) -> tuple[float, float]:
    known = truth.astype(np.float32) / 255
    one, other = found > 0.5, known > 0.5
    return float((one & other).sum() / (one | other).sum()), float(np.abs(found - known).mean())


def stability_table(finder: FaceFinder, corpus: Corpus, rng: Generator, tries: int = 6) -> str:
    """Landmark stability under small shifts, scales and rotations of the picture."""
    moves: list[NDArray[Any]] = []
    for portrait in corpus.held_out[::4]:
        seen = []
        for _ in range(tries):
            matrix = _draw_similarity(portrait.picture, rng)
            side = portrait.picture.shape[0]
            face = nearest_face(
                finder.faces(warped(portrait.picture, matrix, side, side, REFLECT)),
                transform_landmarks(matrix, portrait.landmarks),
            )
            if face:
                seen.append(transform_landmarks(invert_affine(matrix), face.landmarks)[:, :2])
        if len(seen) == tries:
            apart = np.linalg.norm(seen - np.mean(seen, axis=0), axis=2).mean(axis=0)
            moves.append(apart / face_height(portrait.landmarks) * 100)
    mean = np.mean(moves, axis=0)
    lips, eyes = mean[list(LIPS)].mean(), mean[list(EYES)].mean()
    return (
        f"{'stability':24}    n   all  lips  eyes\n"
        f"{'shift, scale, turn':24} {len(moves):4} {mean.mean():5.2f} {lips:5.2f} {eyes:5.2f}"
    )


def _draw_similarity(picture: Picture, rng: Generator) -> Affine:
    side, turn = picture.shape[0], rng.normal(0, 0.05)
    scale = float(np.exp(rng.normal(0, 0.05)))
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0]])
    middle = np.array([side / 2, side / 2])
    matrix[:, 2] = middle - matrix[:, :2] @ middle + rng.normal(0, 0.01, 2) * side
    return matrix
