"""Rate, latency and losses, from stamps and a clock that is handed in."""

import pytest

from core.live.figures import WINDOW, Gauge


def test_rate_and_latency_come_from_the_stamps() -> None:
    gauge = Gauge()
    for i in range(101):
        gauge.sent(now=i / 25, latency=0.100 if i % 10 else 0.200)
    figures = gauge.figures(4.0, frames_dropped=3, samples_dropped=8_000)
    assert figures.rate == pytest.approx(25)
    assert figures.latency_p50 == pytest.approx(0.1)
    assert figures.latency_p95 == pytest.approx(0.2)
    assert figures.frames == 101
    assert figures.frames_dropped == 3
    assert figures.sound_dropped == pytest.approx(0.5)


def test_only_the_last_ten_seconds_count() -> None:
    gauge = Gauge()
    for i in range(WINDOW):
        gauge.sent(i / 25, latency=9)
    for i in range(WINDOW, 2 * WINDOW):
        gauge.sent(i / 25, latency=0.05)
    figures = gauge.figures(2 * WINDOW / 25, 0, 0)
    assert figures.latency_p95 == pytest.approx(0.05)
    assert figures.frames == 2 * WINDOW


def test_a_stall_shows_in_the_rate() -> None:
    gauge = Gauge()
    for i in range(26):
        gauge.sent(i / 25, latency=0.1)
    assert gauge.figures(1.1, 0, 0).rate == pytest.approx(25)
    assert gauge.figures(10.0, 0, 0).rate == pytest.approx(2.5)


def test_before_anything_is_sent_there_are_losses_but_no_rate() -> None:
    gauge = Gauge()
    gauge.repeat()
    figures = gauge.figures(1.0, 2, 16_000)
    assert (figures.rate, figures.frames, figures.repeated) == (0, 0, 1)
    assert (figures.frames_dropped, figures.sound_dropped) == (2, 1.0)
    assert "dropped 2 frames and 1.00 s" in str(figures)
