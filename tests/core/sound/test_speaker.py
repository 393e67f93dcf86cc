"""Sound leaves in step with its frames, whatever clocks, frames and devices do."""

import numpy as np
import pytest

from core.audio import SAMPLE_RATE, Sound
from core.sound.player import SoundError
from core.sound.speaker import FIRST, SILENT, TARGET, Speaker
from tests.core.sound.fakes import HandPlayer, Stage
from tests.fakes import HandClock, voiced


def delay(stage: Stage) -> float:
    """Return the seconds from a piece being given to its being heard, without the driver's."""
    return stage.speaker.figures().delay - stage.player.latency


@pytest.mark.parametrize("difference", [200e-6, -200e-6])
@pytest.mark.parametrize(("rate", "hop"), [(48_000, 640), (44_100, 2560)])
def test_half_a_minute_between_two_clocks_has_no_click_and_no_gap(
    difference: float, rate: int, hop: int
) -> None:
    stage = Stage(HandPlayer(rate, difference), hop)
    stage.play(30)
    figures = stage.speaker.figures()
    assert delay(stage) == pytest.approx(TARGET, abs=0.01)
    assert figures.pace == pytest.approx(-difference, abs=2.5e-4)
    assert (figures.underruns, figures.skipped) == (0, 0.0)
    assert stage.bend() < 1.1


def test_a_click_is_heard_when_its_frame_says() -> None:
    clock, player = HandClock(), HandPlayer()
    speaker = Speaker(lambda: player, clock)
    for number in range(100):
        player.run(clock, number * 0.04)
        samples = np.zeros(640, np.float32)
        samples[0] = number == 75
        speaker.play(voiced(Sound(samples, number * 640, clock.time)))
    heard = int(np.argmax(player.heard)) / 48_000
    assert heard - 75 * 0.04 == pytest.approx(TARGET, abs=0.012)


def test_sound_is_never_early_and_comes_back_when_frames_do() -> None:
    """Frames come a quarter of a second later for a while, then as before."""
    stage = Stage(HandPlayer())
    stage.play(5)
    stage.play(5, late=0.25)
    assert delay(stage) == pytest.approx(TARGET, abs=0.01)
    assert stage.speaker.figures().underruns == 1
    stage.play(5)
    assert delay(stage) < TARGET + 0.035
    assert stage.speaker.figures().skipped == pytest.approx(0.25, abs=0.05)
    assert stage.bend() < 1.3


def test_after_a_long_stall_the_oldest_sound_is_skipped_at_once() -> None:
    stage = Stage(HandPlayer())
    stage.play(2)
    stage.player.run(stage.clock, 4.0)
    for _ in range(50):
        stage.give()
    stage.play(1, jitter=0.0)
    assert stage.speaker.figures().skipped > 1.5
    assert delay(stage) < 0.1
    assert stage.bend() < 1.3


def test_lost_sound_leaves_no_step() -> None:
    stage = Stage(HandPlayer(), hertz=200.0)
    stage.play(1, jitter=0.0)
    stage.at += 1640 - 640
    stage.play(1, late=-1000 / SAMPLE_RATE, jitter=0.0)
    assert stage.bend() < 40  # a slope turned round; a step would be over 1000
    assert stage.speaker.figures().underruns == 0


def test_a_device_that_wakes_late_plays_what_belongs_to_the_picture() -> None:
    player = HandPlayer()
    player.asleep = True
    stage = Stage(player)
    stage.play(2)
    player.asleep = False
    stage.play(2)
    assert delay(stage) < TARGET + 0.035
    assert stage.bend() < 1.3


def test_a_device_that_pulls_no_more_is_a_loss() -> None:
    stage = Stage(HandPlayer())
    stage.play(FIRST + 0.5)
    stage.player.asleep = True
    stage.play(SILENT - 0.2)
    with pytest.raises(SoundError, match="ears takes no more sound: it does not ask for any"):
        stage.play(0.4)


def test_when_we_stand_still_ourselves_the_device_is_not_blamed() -> None:
    stage = Stage(HandPlayer())
    stage.play(1)
    stage.clock.time += 60.0
    stage.give()
    stage.give()


def test_a_device_that_never_wakes_is_a_loss() -> None:
    player = HandPlayer()
    player.asleep = True
    stage = Stage(player)
    stage.play(FIRST - 0.2)
    with pytest.raises(SoundError, match="takes no more sound"):
        stage.play(0.4)


def test_a_device_that_is_taken_away_is_a_loss() -> None:
    stage = Stage(HandPlayer())
    stage.play(1)
    stage.player.gone = True
    with pytest.raises(SoundError, match="ears takes no more sound"):
        stage.give()
    stage.speaker.close()
    stage.speaker.close()
    assert stage.player.closed == 1


def test_a_device_that_does_not_start_is_closed() -> None:
    class Stubborn(HandPlayer):
        def start(self, fill: object) -> None:
            raise SoundError("no")

    player = Stubborn()
    with pytest.raises(SoundError, match="no"):
        Speaker(lambda: player, HandClock())
    assert player.closed == 1


def test_the_figures_are_told_in_a_line() -> None:
    stage = Stage(HandPlayer())
    stage.play(2, jitter=0.0)
    line = str(stage.speaker.figures())
    assert line.startswith("ears: ")
    assert line.endswith(" ms behind the picture · 0 dropouts · 0.00 s left out")
