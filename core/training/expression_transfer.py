"""Expression transfer: carry blendshapes of the ICT-FaceKit model over to the 478 landmarks.

    python -m core.training.expression_transfer --corpus DIR [--out FILE]

The corpus' mean face is found by generalised Procrustes analysis, the ICT-FaceKit model (MIT
licence, (c) 2020 USC Institute for Creative Technologies) is fitted to it, and each landmark takes
over the displacement of the model's surface beside it. What ships is a table of 57 displacements
of 478 points.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    LANDMARK_COUNT,
    LIP_CENTRES,
    LOWER_LIP,
    UPPER_LIP,
)
from core.puppet.expression import ExpressionConfig
from core.puppet.procrustes import Points, Similarity, fit_similarity
from core.tensors import save

FRONTAL = 0.06
"""Largest nose offset of a portrait that counts as seen from the front."""

DEPTH_TRUST = 0.35
"""Weight of a landmark's depth, which the corpus only estimates, against its position."""

JAW_FOLLOWS = -0.75
"""Centimetres by which a vertex drops at full jawOpen from which on it belongs to the lower lip."""

FITTED_EXPRESSIONS = (
    "jawOpen", "mouthSmile_L", "mouthSmile_R", "mouthFunnel",
    "browInnerUp_L", "browInnerUp_R", "eyeBlink_L", "eyeBlink_R",
)  # fmt: skip
"""Expressions that are fitted with the identity: the mean face may wear them."""

MIRRORED = {
    "jawLeft": "jawRight",
    "jawRight": "jawLeft",
    "mouthLeft": "mouthRight",
    "mouthRight": "mouthLeft",
}
SIDES = {"L": "R", "R": "L"}

NOTICE = (
    "Expression movements derived from ICT-FaceKit light, MIT licence, "
    "(c) 2020 USC Institute for Creative Technologies"
)


def mean_face(portraits: Path) -> tuple[Points, NDArray[np.int64]]:
    """Return the symmetric mean of frontal faces (478, 3), x right, y up, z forward, and for each
    landmark the number of its mirror image. The face is 1 high from forehead to chin."""
    data = np.load(portraits)
    faces = data["landmarks"][np.abs(data["nose_offset"]) < FRONTAL].astype(np.float64)
    faces = faces * [1, -1, -1]
    mean, even = faces[0] - faces[0].mean(0), np.ones(LANDMARK_COUNT)
    for _ in range(5):
        mean = np.median([fit_similarity(face, mean, even)(face) for face in faces], axis=0)
        mean -= mean.mean(0)
        mean /= mean[FOREHEAD, 1] - mean[CHIN, 1]
    mirrored = mean * [-1, 1, 1]
    for _ in range(10):
        partner = cKDTree(mean).query(mirrored)[1]
        mirrored = fit_similarity(mirrored, mean[partner], even)(mirrored)
    if not np.array_equal(partner[partner], np.arange(LANDMARK_COUNT)):
        raise ValueError("the mean face is not symmetric enough to pair its landmarks")
    return align_symmetry((mean + mirrored[partner]) / 2, partner), partner


def align_symmetry(face: Points, partner: NDArray[np.int64]) -> Points:
    """Turn a symmetric face (478, 3) so that its plane of symmetry is x = 0."""
    across = (face[partner] - face)[face[:, 0] < face[partner, 0]].sum(0)
    x = across / np.linalg.norm(across)
    z = np.cross(x, [0, 1, 0])
    z /= np.linalg.norm(z)
    turned = (face - face.mean(0)) @ np.stack([x, np.cross(z, x), z]).T
    return np.asarray(turned / (turned[FOREHEAD, 1] - turned[CHIN, 1]))


def fit_identity(model: Any, mean: Points) -> tuple[Points, Similarity]:
    """Fit the model's identity to `mean` by regularised least squares.

    Returns the fitted vertices, and the similarity from the model's space to the mean face's.
    """
    vertex, landmark, weight = _correspondences(model)
    names = [str(name) for name in model["expression_names"]]
    worn = model["expression_deltas"][[names.index(name) for name in FITTED_EXPRESSIONS]]
    basis = np.concatenate([model["identity_deltas"], worn]).astype(np.float64)
    stiffness = np.diag(
        np.r_[
            np.full(len(basis) - len(FITTED_EXPRESSIONS), 0.35),
            np.full(len(FITTED_EXPRESSIONS), 0.15),
        ]
    )
    trust = weight[:, None] * [1, 1, DEPTH_TRUST]
    coefficients = np.zeros(len(basis))
    for _ in range(15):
        shape = model["neutral"][vertex] + np.tensordot(coefficients, basis[:, vertex], 1)
        way = fit_similarity(shape, mean[landmark], weight)
        a = (way.scale * basis[:, vertex] @ way.rotation.T * trust).reshape(len(basis), -1).T
        r = ((mean[landmark] - way(model["neutral"][vertex].astype(np.float64))) * trust).ravel()
        coefficients = np.linalg.solve(a.T @ a + 0.002 * stiffness, a.T @ r)
    return way(model["neutral"] + np.tensordot(coefficients, basis, 1)), way


def _correspondences(model: Any) -> tuple[NDArray[Any], NDArray[Any], Points]:
    """Return vertex, landmark and weight of corresponding pairs: the 51 inner points of the usual
    68 count fully, others a third; lips only by the former."""
    vertex, landmark = model["landmarks68"][17:], model["ibug68_mediapipe_measured"][17:]
    table, taken = model["mediapipe_vertex"], set(UPPER_LIP) | set(LOWER_LIP) | set(landmark)
    more = [i for i in range(468) if table[i] >= 0 and i not in taken]
    weight = np.r_[np.ones(len(vertex)), np.full(len(more), 0.3)]
    return np.r_[vertex, table[more]], np.r_[landmark, more], weight


def transfer_expressions(model: Any, mean: Points, partner: NDArray[np.int64]) -> Points:
    """Return the displacements (57, 478, 3) of the mean face's landmarks, in face heights."""
    fitted, way = fit_identity(model, mean)
    names = [str(name) for name in model["expression_names"]]
    start, end = dict(zip(model["part_names"], model["part_ranges"], strict=True))["face"]
    deltas = model["expression_deltas"][:, start:end].astype(np.float64)
    surface, near = fitted[start:end], _near_mouth(fitted[start:end], mean)
    dropping = deltas[names.index("jawOpen"), :, 1] < JAW_FOLLOWS
    moves = np.zeros((len(names), LANDMARK_COUNT, 3))
    for i in range(LANDMARK_COUNT):
        allowed = np.ones(len(surface), bool)
        if i in UPPER_LIP:
            allowed = near & ~dropping
        elif i in LOWER_LIP:
            allowed = near & dropping
        vertices, weights = _nearest_vertices(surface, mean[i], allowed)
        moves[:, i] = np.tensordot(deltas[:, vertices], weights, (1, 0))
    moves = way.scale * moves @ way.rotation.T
    mirrored = np.stack([moves[names.index(_mirror(n))][partner] * [-1, 1, 1] for n in names])
    return np.asarray((moves + mirrored) / 2)


def _near_mouth(surface: Points, mean: Points) -> NDArray[np.bool_]:
    away = np.abs(surface - mean[list(LIP_CENTRES)].mean(0))
    wide, tall = away[:, 0] < 0.24, away[:, 1] < 0.16
    return np.asarray(wide & tall & (surface[:, 2] > mean[61, 2] - 0.11))


def _nearest_vertices(
    surface: Points, point: Points, allowed: NDArray[Any]
) -> tuple[NDArray[Any], Points]:
    """Return the three nearest allowed vertices, and their inverse-distance weights."""
    candidates = np.flatnonzero(allowed)
    distance = np.linalg.norm((surface[candidates] - point) * [1, 1, 0.5], axis=1)
    nearest = np.argsort(distance)[:3]
    weights = 1 / (distance[nearest] ** 2 + 1e-5)
    return candidates[nearest], weights / weights.sum()


def _mirror(name: str) -> str:
    return f"{name[:-1]}{SIDES[name[-1]]}" if name[-2:-1] == "_" else MIRRORED.get(name, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("core/weights/expressions.safetensors"))
    arguments = parser.parse_args()
    model = np.load(arguments.corpus / "face_model" / "ict_facekit.npz")
    mean, partner = mean_face(arguments.corpus / "portraits.npz")
    moves = transfer_expressions(model, mean, partner)
    config = ExpressionConfig(tuple(str(name) for name in model["expression_names"]))
    weights = {"mean": torch.tensor(mean).half(), "moves": torch.tensor(moves).half()}
    save(arguments.out, weights, config, {"recipe": __doc__ or "", "notice": NOTICE})


if __name__ == "__main__":
    main()
