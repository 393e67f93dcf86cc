"""From what is heard to what the portrait does."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from core.perception import visemes
from core.puppet.motion import Motion, landmarks
from core.puppet.performance import SHAPES, VISEMES, Heard, Performance, Style
from core.puppet.rig import MOVES, SEAL, Rig
from core.puppet.topology import LOWER_INNER, UPPER_INNER
from core.video import FPS

SEEDS = torch.tensor([7, 11, 12])
TWO_MINUTES = 120 * FPS


def _speech(frames: int, people: int = 3) -> Heard:
    """Syllables that come and go at random."""
    random = torch.Generator().manual_seed(4)
    shares = torch.rand(people, frames, 15, generator=random) ** 4
    opening = torch.rand(people, frames, generator=random)
    voicing = (torch.rand(people, frames, generator=random) > 0.3).float()
    return Heard(shares / shares.sum(2, keepdim=True), opening, voicing)


def _said(name: str, frames: int = 1, people: int = 1, loud: float = 1.0) -> Heard:
    """One mouth shape held, open as far as its description says."""
    share = torch.zeros(people, frames, 15)
    share[..., VISEMES.index(name)] = 1
    opening = visemes.VISEMES[visemes.INDEX[name]].opening * loud
    voicing = 0.0 if name == "sil" else 1.0
    return Heard(
        share, torch.full((people, frames), opening), torch.full((people, frames), voicing)
    )


def _joined(*heard: Heard) -> Heard:
    return Heard(*(torch.cat(fields, 1) for fields in zip(*heard, strict=True)))


def _perform(heard: Heard, seeds: Tensor = SEEDS, style: Style | None = None) -> Motion:
    performance = Performance(seeds, style)
    motion, _ = performance(heard, performance.initial_state())
    return motion


def _opening(rig: Rig, motion: Motion) -> Tensor:
    """(frames,) how far the lips are apart, in face heights."""
    points = landmarks(rig, Motion(*(field[0] for field in motion)))
    gap = (points[:, LOWER_INNER] - points[:, UPPER_INNER]) @ rig.axes[0, 1]
    return gap.amax(1) / rig.height


def _closures(lids: Tensor) -> list[int]:
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
    return all(torch.allclose(a, b, rtol=0, atol=1e-6) for a, b in zip(one, other, strict=True))


def test_it_names_mouth_shapes_as_the_ear_does() -> None:
    assert VISEMES == visemes.NAMES
    assert set(SHAPES) == set(VISEMES)
    assert {move for shape in SHAPES.values() for move in shape} <= set(MOVES)


@pytest.mark.parametrize("cuts", [[1] * 60, [1, 58, 1], [20, 20, 20], [59, 1]])
def test_any_cut_of_the_sound_gives_the_same_motion(cuts: list[int]) -> None:
    heard = _speech(60)
    performance = Performance(SEEDS)
    state, pieces = performance.initial_state(), []
    for piece in zip(*(torch.split(field, cuts, 1) for field in heard), strict=True):
        motion, state = performance(Heard(*piece), state)
        pieces.append(motion)
    joined = Motion(*(torch.cat(fields, 1) for fields in zip(*pieces, strict=True)))
    assert _same(joined, _perform(heard))
    assert int(state.frame) == 60


def test_what_comes_later_cannot_change_the_past() -> None:
    heard, now = _speech(60), 40
    other = Heard(*(field.clone() for field in heard))
    for field in other:
        field[:, now:] = field[:, now:].flip(-1)
    before, after = (
        [field[:, part] for field in _perform(h)]
        for h, part in ((heard, slice(now)), (other, slice(now)))
    )
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert not _same(_perform(heard), _perform(other))


def test_the_same_seed_gives_the_same_performance_and_another_does_not() -> None:
    heard = _speech(100)
    assert _same(_perform(heard), _perform(heard))
    for field in ("turn", "shift", "blink", "gaze", "breath"):
        one, other, third = getattr(_perform(heard), field)
        assert (one - other).abs().max() > 1e-3
        assert (other - third).abs().max() > 1e-3


def test_each_of_a_group_performs_as_they_would_alone() -> None:
    heard = _speech(50)
    together = _perform(heard)
    for i in range(len(SEEDS)):
        alone = _perform(Heard(*(field[i : i + 1] for field in heard)), SEEDS[i : i + 1])
        assert _same(alone, Motion(*(field[i : i + 1] for field in together)))


def test_in_silence_the_lips_stay_closed_and_the_head_lives(ann_rig: Rig, bob_rig: Rig) -> None:
    motion = _perform(_said("sil", TWO_MINUTES), SEEDS[:1])
    for rig in (ann_rig, bob_rig):
        assert _opening(rig, motion).max() < 4e-3
    for ten_seconds in torch.split(motion.turn[0], 10 * FPS):
        assert (ten_seconds.amax(0) - ten_seconds.amin(0))[0] > 0.02
    assert motion.turn.abs().max() < 0.2
    assert motion.turn.diff(dim=1).abs().max() < 0.02
    assert motion.tongue.abs().max() == 0


def test_breath_goes_on_at_a_resting_rate() -> None:
    breath = _perform(_said("sil", TWO_MINUTES, 3)).breath
    assert breath.isfinite().all()
    for chest in breath:
        low, high = chest.min(), chest.max()
        assert 0 <= low < 0.002
        assert 0.01 < high < 0.03
        risen = (chest > (low + high) / 2).int()
        assert 20 <= int((risen.diff() > 0).sum()) <= 40


def test_eyes_blink_as_often_and_as_long_as_people_do() -> None:
    motion = _perform(_said("sil", TWO_MINUTES, 3))
    assert torch.equal(motion.blink[..., 0], motion.blink[..., 1])
    for lids in motion.blink[..., 0]:
        closures = _closures(lids)
        assert 20 <= len(closures) <= 60
        assert max(closures) <= 0.4 * FPS
        assert lids.max() > 0.9
        assert (lids < 0.1).float().mean() > 0.8


def test_eyes_look_at_the_camera_most_of_the_time_whatever_the_head_does() -> None:
    motion = _perform(_said("sil", TWO_MINUTES, 3), style=Style(head=3))
    assert motion.turn.abs().amax() > 0.15
    aside = (motion.gaze + motion.turn[..., :2] * torch.tensor([0.85, 0.5])).abs().amax(-1)
    assert 0.6 < (aside < 0.04).float().mean() < 0.95
    assert aside.max() > 0.1


@pytest.mark.parametrize("around", ["aa", "ou", "ih"])
def test_p_b_and_m_close_the_lips(ann_rig: Rig, bob_rig: Rig, around: str) -> None:
    heard = _joined(_said(around, 10), _said("PP", 3), _said(around, 10))
    motion = _perform(heard, SEEDS[:1])
    assert motion.moves[0, 10:13, SEAL].min() == 1
    for rig in (ann_rig, bob_rig):
        opening = _opening(rig, motion)
        assert opening[10:13].max() < 6e-3
        assert opening[:10].min() > 2 * opening[10:13].max()
        assert opening[13:].min() > 2 * opening[10:13].max()


def test_an_open_vowel_opens_more_than_a_closed_one(ann_rig: Rig) -> None:
    def opening(name: str) -> float:
        return float(_opening(ann_rig, _perform(_said(name), SEEDS[:1])))

    for order in (("sil", "ih", "E", "aa"), ("sil", "ou", "oh")):
        openings = [opening(name) for name in order]
        assert all(b > a + 0.01 for a, b in pairwise(openings))
    assert 0.06 < opening("aa") < 0.2
    assert opening("aa") > 1.4 * opening("ou")


def test_rounded_vowels_narrow_the_mouth_and_spread_ones_widen_it(ann_rig: Rig) -> None:
    def width(name: str) -> float:
        motion = _perform(_said(name), SEEDS[:1])
        points = landmarks(ann_rig, Motion(*(field[0] for field in motion)))
        return float((points[0, 291] - points[0, 61]).norm() / ann_rig.height)

    assert width("ou") < width("sil") - 0.03
    assert width("ih") > width("sil") + 0.01


def test_a_louder_vowel_opens_more(ann_rig: Rig) -> None:
    soft, loud = (_perform(_said("aa", loud=level), SEEDS[:1]) for level in (0.4, 1.0))
    assert _opening(ann_rig, loud) > 1.5 * _opening(ann_rig, soft)


def test_speech_stirs_the_head_and_the_brows() -> None:
    calm, lively = _perform(_said("sil", 500, 3)), _perform(_speech(500))
    assert lively.turn.std() > 1.2 * calm.turn.std()
    brows = MOVES.index("browInnerUp")
    assert lively.moves[..., brows].mean() > calm.moves[..., brows].mean() + 0.02


def test_a_stressed_syllable_makes_the_head_nod() -> None:
    quiet = _said("sil", 50)
    stressed = _joined(_said("sil", 10), _said("aa", 6), _said("sil", 34))
    nod = _perform(stressed, SEEDS[:1]).turn[0, :, 1] - _perform(quiet, SEEDS[:1]).turn[0, :, 1]
    assert nod[:10].abs().max() == 0
    assert nod[10:25].max() > 0.01
    assert nod[-1].abs() < 0.5 * nod[10:25].max()


def test_the_tongue_comes_to_the_teeth_for_those_sounds_that_need_it() -> None:
    tongue = {name: float(_perform(_said(name), SEEDS[:1]).tongue) for name in VISEMES}
    assert tongue["TH"] == 1
    assert tongue["nn"] > tongue["SS"] > 0
    assert tongue["aa"] == tongue["PP"] == 0


def test_a_style_says_how_lively_it_is() -> None:
    heard, plain = _said("aa", 200), _perform(_said("aa", 200), SEEDS[:1])
    frozen = _perform(heard, SEEDS[:1], Style(head=0))
    assert frozen.turn.abs().max() == 0
    assert plain.turn.abs().max() > 0.01
    small = _perform(heard, SEEDS[:1], Style(mouth=0.5))
    jaw = MOVES.index("jawOpen")
    torch.testing.assert_close(small.moves[..., jaw], 0.5 * plain.moves[..., jaw])
    staring = _perform(_said("sil", 500), SEEDS[:1], Style(blinks=0.05))
    restless = _perform(_said("sil", 500), SEEDS[:1], Style(blinks=2.0))
    assert len(_closures(staring.blink[0, :, 0])) <= 1
    assert len(_closures(restless.blink[0, :, 0])) > 9


def test_an_hour_later_it_still_moves_smoothly() -> None:
    performance = Performance(SEEDS)
    state = performance.initial_state()._replace(frame=torch.tensor(3600 * FPS))
    motion, _ = performance(_said("sil", 500, 3), state)
    assert motion.turn.diff(dim=1).abs().max() < 0.02
    assert motion.turn.std() > 0.005
    assert all(field.isfinite().all() for field in motion)
