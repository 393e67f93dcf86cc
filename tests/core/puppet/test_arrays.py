"""Arrays and tensors give the same numbers: who is seen live moves as those trained on do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from core.portrait.face_crop import FaceCrop
from core.puppet.batch_painting import as_tensors
from core.puppet.curve import COLUMNS, interpolate
from core.puppet.displacement import Points, grid_nodes, invert_field, sample_field, smoothstep
from core.puppet.expression import load_expressions
from core.puppet.eyelid_warp import eye_coordinates, warp_eyes
from core.puppet.motion import Motion, backward_warp, moved_landmarks, undo_expression, undo_pose
from core.puppet.noise import hash_uniform, value_noise
from core.puppet.paint import eye_masks, mouth_mask
from core.puppet.performance import SWAY_PERIODS, Performance, SpeechTrack
from core.puppet.portrait_layers import cut_layers
from core.puppet.rig import LIP_SEAL, Rig, build_rig
from core.video import FPS
from tests.core.puppet.faces import STILL, Drawn, joined
from tests.core.puppet.voices import speech

AN_HOUR = 3600 * FPS
SEEDS = np.array([7, 2**62 - 11])
PIXEL = 0.004
NEAR = 1e-5


@pytest.fixture(params=[1, 2])
def people(ann_rig: Rig, bob_rig: Rig, request: pytest.FixtureRequest) -> Rig:
    """One person, or two."""
    return ann_rig if request.param == 1 else joined(ann_rig, bob_rig)


def _motion(people: Rig) -> Motion:
    """Everything at once, for each of the people something else."""
    random, count = np.random.default_rng(3), len(people.box)

    def some(*shape: int, low: float, high: float) -> Points:
        return random.uniform(low, high, (count, *shape)).astype(np.float32)

    return Motion(
        expression=some(LIP_SEAL + 1, low=0.0, high=0.3),
        turn=some(3, low=-0.2, high=0.2),
        shift=some(3, low=-0.05, high=0.05),
        chest=some(3, low=-0.02, high=0.02),
        breath=some(low=0.0, high=0.02),
        blink=some(2, low=0.0, high=0.6),
        gaze=some(2, low=-0.3, high=0.3),
        tongue=some(low=0.0, high=1.0),
    )


def _places(people: Rig, reach: float = 1.1) -> Points:
    """Random places (n, 30, 40, 2) in the window and a little beyond it."""
    shape = (len(people.box), 30, 40, 2)
    return np.random.default_rng(4).uniform(-reach, reach, shape).astype(np.float32)


def _by_the_eyes(people: Rig) -> Points:
    """Places (n, 2, 61, 61, 2) in a square around each eye."""
    half = np.linalg.norm(people.eyes.across, axis=-1)[..., None, None, None]
    return np.asarray(people.eyes.middle[:, :, None, None] + 1.3 * grid_nodes(61, 61) * half)


def _parts(part: Any) -> Iterator[Any]:
    """All that is in nested named tuples."""
    if isinstance(part, tuple):
        for field in part:
            yield from _parts(field)
    else:
        yield part


def _both_agree(function: Callable[..., Any], *given: Any, atol: float = NEAR) -> Any:
    """Return what a function makes of arrays; of the same as tensors it must make the same."""
    found, expected = function(*given), function(*map(as_tensors, given))
    for array, tensor in zip(_parts(found), _parts(expected), strict=True):
        assert isinstance(array, np.ndarray)
        assert isinstance(tensor, Tensor)
        assert array.dtype == tensor.numpy().dtype
        np.testing.assert_allclose(array, tensor, rtol=0, atol=atol)
    return found


@pytest.mark.parametrize("size", [(9, 17), (64, 64), (96, 96)])
def test_a_field_is_sampled_alike_within_and_beyond_its_edge(size: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    field = random.standard_normal((2, 2, *size), np.float32)
    at = random.uniform(-1.2, 1.2, (2, 40, 50, 2)).astype(np.float32)
    # Neighbours differ by up to 8, and places are rounded at 4e-6 of their distance.
    _both_agree(sample_field, field, at, atol=6e-5)


def test_a_field_is_turned_round_alike() -> None:
    x, y = np.moveaxis(grid_nodes(65, 65), -1, 0)
    waves = np.stack([np.sin(3 * y + x), np.cos(3 * x - y)]) * (1 - x * x) * (1 - y * y)
    back = _both_agree(invert_field, np.stack([0.08 * waves, -0.03 * waves]))
    assert abs(back).max() > 0.07


def test_the_way_back_is_the_same(people: Rig) -> None:
    led = _both_agree(backward_warp, people, _motion(people))
    for field in led:
        assert abs(field).max() > 0.005


def test_landmarks_go_the_same_way(people: Rig) -> None:
    there = _both_agree(moved_landmarks, people, _motion(people))
    assert abs(there - people.landmarks).max() > 0.02


def test_places_are_led_back_to_the_same_photo(people: Rig) -> None:
    led, at = backward_warp(people, _motion(people)), _places(people)
    posed = _both_agree(undo_pose, led, at)
    for field in (led.upper, led.lower):
        come_from = _both_agree(undo_expression, people, field, posed)
        assert abs(come_from - at).max() > 0.02


def test_eyes_are_alike(people: Rig) -> None:
    motion, at = _motion(people), _by_the_eyes(people)
    seen = _both_agree(eye_coordinates, people.eyes, at)
    looked, moment = partial(warp_eyes, pixel=PIXEL), (motion.blink, motion.gaze)
    shown = _both_agree(looked, people.eyes, seen, *moment)
    assert shown.lid_alpha.min() < 0.1
    assert shown.unseen_skin.max() > 0.3
    shares = _both_agree(eye_masks, people, seen.u, seen.v)
    assert 0.1 < shares.mean() < 0.9


def test_the_mouths_region_is_alike(people: Rig) -> None:
    share = _both_agree(mouth_mask, people, _places(people, 0.4))
    assert 0.05 < share.mean() < 0.5


def test_curves_and_steps_are_alike() -> None:
    random = np.random.default_rng(1)
    columns = random.standard_normal((2, 3, COLUMNS), np.float32)
    u = random.uniform(-2, 2, (2, 3, 500)).astype(np.float32)
    _both_agree(partial(interpolate, span=1.5), columns, u)
    _both_agree(partial(smoothstep, low=0.9, high=-0.4), u)


def test_random_numbers_are_the_same_to_the_last_bit() -> None:
    random = np.random.default_rng(2)
    seed, slot = random.integers(-(2**63), 2**63 - 1, (2, 10_000))
    channel = random.integers(0, 200, 10_000)
    drawn = _both_agree(hash_uniform, seed, channel, slot, atol=0.0)
    assert 0.49 < drawn.mean() < 0.51


@pytest.mark.parametrize("frame", [0, AN_HOUR])
def test_wandering_is_alike_even_after_an_hour(frame: int) -> None:
    time = (frame + np.arange(200)) / FPS
    curves = _both_agree(value_noise, SEEDS, np.array(SWAY_PERIODS), time)
    assert curves.shape == (2, len(SWAY_PERIODS), 200)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("frame", [0, AN_HOUR])
def test_a_performance_is_alike_even_after_an_hour(frame: int, count: int) -> None:
    def performed(seeds: Any, *heard: Any) -> Any:
        performance = Performance(seeds)
        state = performance.initial_state()._replace(frame=frame)
        motion, after = performance(SpeechTrack(*heard), state)
        assert after.frame == frame + 200
        return motion, *after[1:]

    motion, *_ = _both_agree(performed, SEEDS[:count], *speech(200, count))
    for field, still in zip(motion, STILL, strict=True):
        assert field.shape == (count, 200, *still.shape[1:])
        assert field.std() > 1e-3


def test_a_portrait_is_in_single_floats(ann: Drawn, bob: Drawn) -> None:
    for drawn in (ann, bob):
        window, table = FaceCrop.around(drawn.landmarks), load_expressions()
        rig = build_rig(window.to_units(drawn.landmarks), table)
        portrait = cut_layers(*drawn, window, 120, table)
        for part in _parts((rig, portrait)):
            assert isinstance(part, np.ndarray)
            assert part.dtype == np.float32


def test_what_is_worked_out_at_each_frame_is_in_single_floats(people: Rig) -> None:
    motion, seen = _motion(people), eye_coordinates(people.eyes, _by_the_eyes(people))
    led, count = backward_warp(people, motion), len(people.box)
    performance = Performance(SEEDS[:count])
    found = (
        led, moved_landmarks(people, motion), undo_pose(led, _places(people)), seen,
        warp_eyes(people.eyes, seen, motion.blink, motion.gaze, PIXEL),
        tuple(performance(speech(3, count), performance.initial_state())[0]),
    )  # fmt: skip
    assert {part.dtype for part in _parts(found)} == {np.dtype(np.float32)}


def test_a_frame_takes_no_torch() -> None:
    code = """
import sys
import numpy as np
from core.puppet.motion import Motion
from core.puppet.performance import Performance
from tests.core.puppet.faces import draw, opened
from tests.core.puppet.voices import speech

performance = Performance(np.array([7]))
motion, _ = performance(speech(1, 1), performance.initial_state())
with opened(draw()) as renderer:
    renderer.render(Motion(*(field[:, 0] for field in motion)))
sys.exit("torch" in sys.modules)
"""
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, timeout=60).returncode == 0
