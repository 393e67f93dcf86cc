"""From what is heard to what the portrait does."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from core.perception.face.topology import LOWER_INNER, UPPER_INNER
from core.perception.speech import visemes
from core.puppet.motion import Motion, moved_landmarks
from core.puppet.performance import VISEME_SHAPES, VISEMES, Performance, SpeechTrack, Style
from core.puppet.rig import BLEND_SHAPES, LIP_SEAL, Rig
from core.video import FPS
from tests.core.puppet.voices import speech

SEEDS = np.array([7, 11, 12])
TWO_MINUTES = 120 * FPS

CHEEK, LOWER_LID = 50, 145
"""Landmarks of the subject's right: the cheek's apple, the middle of the lower lid."""

Plane = NDArray[np.float32]


def _said(name: str, frames: int = 1, people: int = 1, loud: float = 1.0) -> SpeechTrack:
    """One mouth shape held, open as far as its description says."""
    share = np.zeros((people, frames, 15), np.float32)
    share[..., VISEMES.index(name)] = 1
    opening = visemes.VISEMES[visemes.INDEX[name]].opening * loud
    voicing = 0.0 if name == "sil" else 1.0
    held = (np.full((people, frames), value, np.float32) for value in (opening, voicing))
    return SpeechTrack(share, *held)


def _joined(*heard: SpeechTrack) -> SpeechTrack:
    return SpeechTrack(*(np.concat(fields, 1) for fields in zip(*heard, strict=True)))


def _perform(
    heard: SpeechTrack, seeds: NDArray[np.int64] = SEEDS, style: Style | None = None
) -> Motion:
    performance = Performance(seeds, style)
    motion, _ = performance(heard, performance.initial_state())
    return motion


def _opening(rig: Rig, motion: Motion) -> Plane:
    """(frames,) how far the lips are apart, in face heights."""
    points = moved_landmarks(rig, Motion(*(field[0] for field in motion)))
    apart = points[:, list(LOWER_INNER)] - points[:, list(UPPER_INNER)]
    return np.asarray((apart @ rig.axes[0, 1]).max(1) / rig.height)


def _closures(lids: Plane) -> list[int]:
    """How many frames each closing of a lid (frames,) lasts."""
    lengths, shut = [], 0
    for closed in [*(lids > 0.5).tolist(), False]:
        if closed:
            shut += 1
        elif shut:
            lengths.append(shut)
            shut = 0
    return lengths


def _same(one: Motion, other: Motion) -> bool:
    return all(np.allclose(a, b, rtol=0, atol=1e-6) for a, b in zip(one, other, strict=True))


def test_it_names_mouth_shapes_as_the_ear_does() -> None:
    assert VISEMES == visemes.NAMES
    assert set(VISEME_SHAPES) == set(VISEMES)
    assert {move for shape in VISEME_SHAPES.values() for move in shape} <= set(BLEND_SHAPES)


@pytest.mark.parametrize("cuts", [range(1, 60), [1, 59], [20, 40], [59]])
def test_any_cut_of_the_sound_gives_the_same_motion(cuts: Sequence[int]) -> None:
    heard = speech(60)
    performance = Performance(SEEDS)
    state, pieces = performance.initial_state(), []
    for piece in zip(*(np.split(field, cuts, 1) for field in heard), strict=True):
        motion, state = performance(SpeechTrack(*piece), state)
        pieces.append(motion)
    joined = Motion(*(np.concat(fields, 1) for fields in zip(*pieces, strict=True)))
    assert _same(joined, _perform(heard))
    assert state.frame == 60


def test_what_comes_later_cannot_change_the_past() -> None:
    heard, now = speech(60), 40
    other = SpeechTrack(*(field.copy() for field in heard))
    for field in other:
        field[:, now:] = np.flip(field[:, now:], -1)
    before, after = (
        [field[:, part] for field in _perform(h)]
        for h, part in ((heard, slice(now)), (other, slice(now)))
    )
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert not _same(_perform(heard), _perform(other))


def test_the_same_seed_gives_the_same_performance_and_another_does_not() -> None:
    heard = speech(100)
    assert _same(_perform(heard), _perform(heard))
    for field in ("turn", "shift", "chest", "blink", "gaze", "breath"):
        one, other, third = getattr(_perform(heard), field)
        assert abs(one - other).max() > 1e-3
        assert abs(other - third).max() > 1e-3


def test_each_of_a_group_performs_as_they_would_alone() -> None:
    heard = speech(50)
    together = _perform(heard)
    for i in range(len(SEEDS)):
        alone = _perform(SpeechTrack(*(field[i : i + 1] for field in heard)), SEEDS[i : i + 1])
        assert _same(alone, Motion(*(field[i : i + 1] for field in together)))


def test_in_silence_the_lips_stay_closed_and_the_head_lives(ann_rig: Rig, bob_rig: Rig) -> None:
    motion = _perform(_said("sil", TWO_MINUTES), SEEDS[:1])
    for rig in (ann_rig, bob_rig):
        assert _opening(rig, motion).max() < 4e-3
    for ten_seconds in np.split(motion.turn[0], 12):
        assert np.ptp(ten_seconds[:, 0]) > 0.02
    assert abs(motion.turn).max() < 0.2
    assert abs(np.diff(motion.turn, axis=1)).max() < 0.02
    assert abs(motion.tongue).max() == 0


def test_breath_goes_on_at_a_resting_rate() -> None:
    breath = _perform(_said("sil", TWO_MINUTES, 3)).breath
    assert np.isfinite(breath).all()
    for chest in breath:
        low, high = chest.min(), chest.max()
        assert 0 <= low < 0.002
        assert 0.01 < high < 0.03
        risen = (chest > (low + high) / 2).astype(int)
        assert 20 <= (np.diff(risen) > 0).sum() <= 40


def test_eyes_blink_as_often_and_as_long_as_people_do() -> None:
    motion = _perform(_said("sil", TWO_MINUTES, 3))
    assert np.array_equal(motion.blink[..., 0], motion.blink[..., 1])
    for lids in motion.blink[..., 0]:
        closures = _closures(lids)
        assert 20 <= len(closures) <= 60
        assert max(closures) <= 0.4 * FPS
        assert lids.max() > 0.9
        assert (lids < 0.1).mean() > 0.8


def test_eyes_look_at_the_camera_most_of_the_time_whatever_the_head_does() -> None:
    motion = _perform(_said("sil", TWO_MINUTES, 3), style=Style(head=3))
    assert abs(motion.turn).max() > 0.15
    aside = abs(motion.gaze + motion.turn[..., :2] * np.array([0.85, 0.5])).max(-1)
    assert 0.6 < (aside < 0.04).mean() < 0.95
    assert aside.max() > 0.1


@pytest.mark.parametrize("around", ["aa", "ou", "ih"])
def test_p_b_and_m_close_the_lips(ann_rig: Rig, bob_rig: Rig, around: str) -> None:
    heard = _joined(_said(around, 10), _said("PP", 3), _said(around, 10))
    motion = _perform(heard, SEEDS[:1])
    assert motion.expression[0, 10:13, LIP_SEAL].min() == 1
    for rig in (ann_rig, bob_rig):
        opening = _opening(rig, motion)
        assert opening[10:13].max() < 6e-3
        assert opening[:10].min() > 2 * opening[10:13].max()
        assert opening[13:].min() > 2 * opening[10:13].max()


def test_an_open_vowel_opens_more_than_a_closed_one(ann_rig: Rig) -> None:
    def opening(name: str) -> float:
        return _opening(ann_rig, _perform(_said(name), SEEDS[:1])).item()

    for order in (("sil", "ih", "E", "aa"), ("sil", "ou", "oh")):
        openings = [opening(name) for name in order]
        assert all(b > a + 0.01 for a, b in pairwise(openings))
    assert 0.06 < opening("aa") < 0.2
    assert opening("aa") > 1.4 * opening("ou")


def test_rounded_vowels_narrow_the_mouth_and_spread_ones_widen_it(ann_rig: Rig) -> None:
    def width(name: str) -> float:
        motion = _perform(_said(name), SEEDS[:1])
        points = moved_landmarks(ann_rig, Motion(*(field[0] for field in motion)))
        return float(np.linalg.norm(points[0, 291] - points[0, 61]) / ann_rig.height.item())

    assert width("ou") < width("oh") - 0.01 < width("sil") - 0.06
    assert width("CH") < width("sil") - 0.03 > width("RR")
    assert width("ih") > width("sil") + 0.01


def test_a_louder_vowel_opens_more(ann_rig: Rig) -> None:
    soft, loud = (_perform(_said("aa", loud=level), SEEDS[:1]) for level in (0.4, 1.0))
    assert _opening(ann_rig, loud) > 1.5 * _opening(ann_rig, soft)


def test_speech_stirs_the_head_and_the_brows() -> None:
    calm, lively = _perform(_said("sil", 500, 3)), _perform(speech(500))
    assert lively.turn.std() > 1.2 * calm.turn.std()
    brows = BLEND_SHAPES.index("browInnerUp")
    assert lively.expression[..., brows].mean() > calm.expression[..., brows].mean() + 0.02


def test_a_stressed_syllable_makes_the_head_nod() -> None:
    quiet = _said("sil", 50)
    stressed = _joined(_said("sil", 10), _said("aa", 6), _said("sil", 34))
    nod = _perform(stressed, SEEDS[:1]).turn[0, :, 1] - _perform(quiet, SEEDS[:1]).turn[0, :, 1]
    assert abs(nod[:10]).max() == 0
    assert nod[10:25].max() > 0.01
    assert abs(nod[-1]) < 0.5 * nod[10:25].max()


def test_shoulders_follow_the_head_a_little_and_later() -> None:
    motion = _perform(_said("sil", TWO_MINUTES, 3))
    assert abs(np.diff(motion.chest, axis=1)).max() < 0.1 * abs(motion.chest).max()
    for head, chest in zip(motion.shift[..., 0], motion.chest[..., 0], strict=True):
        assert 0.1 < chest.std() / head.std() < 0.8
        shared = [np.corrcoef(head[: len(head) - lag], chest[lag:])[0, 1] for lag in range(40)]
        assert max(shared) > 0.7
        assert 6 <= int(np.argmax(shared)) <= 25


def test_spread_vowels_lift_cheeks_and_lower_lids_a_moment_later(ann_rig: Rig) -> None:
    motion = _perform(_joined(_said("sil", 10), _said("ih", 30), _said("sil", 30)), SEEDS[:1])
    calm = _perform(_said("sil", 70), SEEDS[:1])
    cheeks = BLEND_SHAPES.index("cheekSquint")
    lifted = (motion.expression - calm.expression)[0, :, cheeks]
    assert lifted[:10].max() < 1e-6
    assert 0 < lifted[10] < 0.5 * lifted[35]
    assert abs(lifted[-1]) < 0.05 * lifted[35]
    shapes = (motion.expression - calm.expression)[0, 35]
    points = np.tensordot(shapes, ann_rig.landmark_deltas[0], 1)[[CHEEK, LOWER_LID]]
    assert (points @ ann_rig.axes[0, 1] < -0.006 * ann_rig.height.item()).all()


def test_the_tongue_comes_to_the_teeth_for_those_sounds_that_need_it() -> None:
    tongue = {name: _perform(_said(name), SEEDS[:1]).tongue.item() for name in VISEMES}
    assert tongue["TH"] == 1
    assert tongue["nn"] > tongue["SS"] > 0
    assert tongue["aa"] == tongue["PP"] == 0


def test_a_style_says_how_lively_it_is() -> None:
    heard, plain = _said("aa", 200), _perform(_said("aa", 200), SEEDS[:1])
    frozen = _perform(heard, SEEDS[:1], Style(head=0))
    assert abs(frozen.turn).max() == 0
    assert abs(plain.turn).max() > 0.01
    small, jaw = _perform(heard, SEEDS[:1], Style(mouth=0.5)), BLEND_SHAPES.index("jawOpen")
    half = 0.5 * plain.expression[..., jaw]
    np.testing.assert_allclose(small.expression[..., jaw], half, rtol=0, atol=1e-6)
    staring = _perform(_said("sil", 500), SEEDS[:1], Style(blinks=0.05))
    restless = _perform(_said("sil", 500), SEEDS[:1], Style(blinks=2.0))
    assert len(_closures(staring.blink[0, :, 0])) <= 1
    assert len(_closures(restless.blink[0, :, 0])) > 9


def test_an_hour_later_it_still_moves_smoothly() -> None:
    performance = Performance(SEEDS)
    state = performance.initial_state()._replace(frame=3600 * FPS)
    motion, _ = performance(_said("sil", 500, 3), state)
    assert abs(np.diff(motion.turn, axis=1)).max() < 0.02
    assert motion.turn.std() > 0.005
    assert all(np.isfinite(field).all() for field in motion)
