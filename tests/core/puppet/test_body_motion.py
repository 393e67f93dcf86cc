"""Who takes part in the head's and the chest's motion."""

import numpy as np

from core.perception.face.topology import LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from core.puppet.body_motion import POSE_NODES, fade_at_photo_edges
from core.puppet.displacement import grid_nodes, sample_field
from core.puppet.rig import Rig


def test_nothing_moves_at_the_photo_s_sides_and_all_further_in(ann_rig: Rig) -> None:
    body, height = ann_rig.body[0], ann_rig.height.item()
    x = grid_nodes(POSE_NODES, POSE_NODES)[..., 0]
    still = fade_at_photo_edges(body, height, -0.5, 0.5)
    assert np.array_equal(still[0], body[0])
    assert abs(still[1:, (x <= -0.5) | (x >= 0.5)]).max() == 0
    inner = abs(x) < 0.5 - 0.4 * height - 0.05
    assert inner.any()
    np.testing.assert_allclose(still[:, inner], body[:, inner], rtol=0, atol=1e-6)


def test_a_photo_wider_than_the_window_changes_nothing(ann_rig: Rig) -> None:
    body, height = ann_rig.body[0], ann_rig.height.item()
    assert np.array_equal(fade_at_photo_edges(body, height, -3.0, 3.0), body)


def test_nose_and_ears_keep_the_depth_they_have_in_the_photo(ann_rig: Rig) -> None:
    marks, height = [NOSE_TIP, RIGHT_CHEEK, LEFT_CHEEK], ann_rig.height.item()
    points = ann_rig.landmarks[:, marks]
    depth = sample_field(ann_rig.body[:, :2], points[:, None, :, :2])[0, 0, 0]
    np.testing.assert_allclose(depth, points[0, :, 2], rtol=0, atol=0.12 * height)
    assert depth[1:].min() - depth[0] > 0.7 * (points[0, 1:, 2].min() - points[0, 0, 2])
