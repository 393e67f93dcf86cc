"""One person's mouth."""

import numpy as np

from core.portrait.analysis import PortraitAnalysis
from core.portrait.face_crop import FaceCrop, face_height
from core.puppet.expression import load_expressions
from core.puppet.mouth_interior import texel_positions
from core.puppet.mouth_portrait import (
    SeenMouth,
    lip_masks,
    look_into_mouth,
    paint_mouth,
    seed_of,
)
from core.puppet.own_teeth import seam
from core.puppet.rig import build_rig
from tests.core.puppet.faces import Drawn, draw
from tests.core.puppet.test_own_teeth import SIDE, TOOTH, smiling


def _seen(drawn: Drawn, *donors: Drawn) -> SeenMouth:
    crop = FaceCrop.around(drawn.landmarks)
    others = [PortraitAnalysis(*donor) for donor in donors]
    return look_into_mouth(crop.extract(drawn.photo, SIDE), crop.to_units(drawn.landmarks), others)


def test_another_photo_gives_the_teeth_that_this_one_hides() -> None:
    shut = draw(600, 600, 240)
    assert _seen(shut).teeth is None
    mouth = _seen(shut, draw(300, 300, 120), smiling())
    assert mouth.seen is None
    assert mouth.teeth is not None
    assert mouth.teeth.whole
    rig = build_rig(mouth.landmarks, load_expressions())
    upper = paint_mouth(mouth, rig, 240).upper
    solid = upper[:3, upper[3] > 0.95]
    assert np.abs(solid.max(1) - np.array(TOOTH) / 255).max() < 0.2


def test_teeth_of_this_photo_come_first() -> None:
    mouth = _seen(smiling(), smiling())
    assert mouth.teeth is mouth.seen


def test_teeth_do_not_stick_to_the_lips() -> None:
    drawn = smiling(agape=False)
    mouth = _seen(drawn)
    rig = build_rig(mouth.landmarks, load_expressions())
    height = face_height(mouth.landmarks)
    assert mouth.seen is not None
    rows, columns = np.nonzero(mouth.seen.upper > 0.95)
    x, y = texel_positions()
    there = np.stack([x[rows, columns], y[rows, columns] + seam(rig.lips, height)], -1)
    unit = rig.lips.across / np.linalg.norm(rig.lips.across)
    at = rig.lips.middle + height * (there[:, :1] * unit + there[:, 1:] * rig.lips.down)
    at = at[None].astype(np.float32)
    before = rig.lips.side_masks(at, 2 / SIDE)
    after = lip_masks(rig.lips, height, at, 2 / SIDE, mouth.seen)
    assert (after <= before).all()
    assert after.max() < 0.5


def test_every_face_has_a_number_of_its_own(ann: Drawn, bob: Drawn) -> None:
    assert seed_of(ann.landmarks) == seed_of(ann.landmarks + 5) != seed_of(bob.landmarks)
