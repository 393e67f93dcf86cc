"""What skin tells of the light."""

import numpy as np

from core.portrait.face_crop import FaceCrop
from core.puppet.face_light import FaceLight, face_light
from tests.core.puppet.faces import LIP, SKIN, Drawn


def _light(drawn: Drawn, gain: tuple[float, float] = (1, 1)) -> FaceLight:
    """Return the light on a face whose left and right halves are so many times as bright."""
    crop = FaceCrop.around(drawn.landmarks)
    pixels = crop.extract(drawn.photo, 240).astype(np.float32)
    across = np.linspace(gain[0], gain[1], pixels.shape[1])[:, None]
    return face_light(
        (pixels * across).clip(0, 255).astype(np.uint8), crop.to_units(drawn.landmarks)
    )


def test_the_light_is_the_skins_and_lips_have_their_own_colour(ann: Drawn) -> None:
    light = _light(ann)
    np.testing.assert_allclose(light.colour, np.array(SKIN) / 255, rtol=0, atol=0.06)
    np.testing.assert_allclose(light.lips, np.array(LIP) / 255, rtol=0, atol=0.12)
    assert abs(light.slope) < 0.02


def test_the_brighter_side_is_told(ann: Drawn) -> None:
    assert _light(ann, (0.4, 1.2)).slope > 0.03
    assert _light(ann, (1.2, 0.4)).slope < -0.03
