"""Print all evaluation tables of a face finder."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.perception.face.detector import detect
from core.perception.face.finder import FaceFinder
from core.perception.face.landmarks import predict_landmarks, refine_parts, refine_with_flip
from core.perception.face.matting import predict_matte
from core.pixels import resized
from core.portrait.load import BadPhoto, load_photo
from core.training.faces.corpus import Corpus
from core.training.faces.finder_evaluation import (
    empty_table,
    landmark_table,
    matte_table,
    scene_table,
    stability_table,
)

SCENE_COUNT = 300
EMPTY_COUNT = 300


def print_finder_report(finder: FaceFinder, corpus: Corpus, empty: Path | None) -> None:
    """Print all tables; `empty` is a folder of pictures without faces."""
    rng = np.random.default_rng(2026)
    print(landmark_table(finder, corpus, rng), end="\n\n", flush=True)
    print(stability_table(finder, corpus, rng), end="\n\n", flush=True)
    print(scene_table(finder, corpus, rng, SCENE_COUNT), end="\n\n", flush=True)
    print(empty_table(finder, corpus, rng, EMPTY_COUNT), end="\n\n", flush=True)
    if empty:
        print(_false_positive_table(finder, empty), end="\n\n", flush=True)
    print(matte_table(finder, corpus, rng), end="\n\n", flush=True)
    print(speed_table(finder, corpus), flush=True)


def _false_positive_table(finder: FaceFinder, folder: Path) -> str:
    wrong, count = [], 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            picture = load_photo(path)
        except BadPhoto:
            continue
        count += 1
        if found := finder.faces(picture):
            wrong.append(f"  {path.relative_to(folder)}: {found[0].score:.2f}")
    head = f"{folder.name:24} {count:4} {len(wrong):5}"
    return "\n".join([head, *wrong])


def speed_table(finder: FaceFinder, corpus: Corpus, tries: int = 15) -> str:
    """Latency of each stage in milliseconds, on one 1200 x 1600 photo of one person."""
    picture = resized(corpus.held_out[0].picture, 1200, 1600)
    network = finder.network
    detections = detect(network.detector, network.config.detector, picture, 0.15, 24)
    estimate = predict_landmarks(network, picture, [detection.box for detection in detections[:1]])[
        0
    ]
    face = finder.faces(picture)[0]
    parts: dict[str, Callable[[], object]] = {
        "detector": lambda: detect(network.detector, network.config.detector, picture, 0.15, 24),
        "landmarks, first pass": lambda: predict_landmarks(network, picture, [detections[0].box]),
        "landmarks, flip averaged": lambda: refine_with_flip(network, picture, estimate),
        "lips and eyes": lambda: refine_parts(network, picture, estimate.landmarks),
        "all of it: faces()": lambda: finder.faces(picture),
        "matte": lambda: predict_matte(
            network.matte, network.config.matte, picture, face.landmarks
        ),
    }
    lines = [f"{'milliseconds':24} best median"]
    for name, work in parts.items():
        times = sorted(_milliseconds(work) for _ in range(tries))
        lines.append(f"{name:24} {times[0]:4.1f} {times[tries // 2]:6.1f}")
    return "\n".join(lines)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
