"""Sound queues: what is kept, what is lost, and when it was heard."""

import threading
import time

import numpy as np
import pytest

from core.audio import EndOfAudio, PacedSource, SampleRing, Samples, Sound
from core.clock import Clock, WallClock
from tests.fakes import HandClock


def ramp(start: int, count: int) -> Samples:
    return np.arange(start, start + count, dtype=np.float32)


def read(ring: SampleRing, count: int) -> Sound:
    sound = ring.read(count, timeout=0)
    assert sound is not None
    return sound


class TestSampleRing:
    def test_what_is_pushed_is_read_in_pieces_of_any_size(self) -> None:
        ring, got = SampleRing(100, HandClock()), list[float]()
        for at in range(0, 1000, 40):
            ring.push(ramp(at, 40), heard=0)
            got += read(ring, 25).samples.tolist() + read(ring, 15).samples.tolist()
        assert got == list(range(1000))
        assert ring.dropped == 0

    def test_stamps_name_the_first_sample_and_when_it_was_heard(self) -> None:
        ring = SampleRing(1000, HandClock())
        ring.push(ramp(0, 160), heard=5.01)
        assert read(ring, 80).heard == pytest.approx(5.0)
        second = read(ring, 80)
        assert second.start == 80
        assert second.heard == pytest.approx(5.005)

    def test_old_sound_falls_out_and_the_stamps_stay_right(self) -> None:
        ring = SampleRing(100, HandClock())
        for at in range(0, 250, 50):
            ring.push(ramp(at, 50), heard=(at + 50) / 16_000)
        sound = read(ring, 10)
        assert sound.samples[0] == sound.start == 150
        assert sound.heard == pytest.approx(150 / 16_000)
        assert ring.dropped == 150

    def test_a_piece_larger_than_the_ring_keeps_its_end(self) -> None:
        ring = SampleRing(100, HandClock())
        ring.push(ramp(0, 250), heard=250 / 16_000)
        sound = read(ring, 100)
        assert (sound.start, sound.samples[0], sound.samples[-1]) == (150, 150, 249)
        assert ring.dropped == 150

    def test_a_late_reader_can_catch_up(self) -> None:
        ring = SampleRing(100, HandClock())
        ring.push(ramp(0, 80), heard=0)
        ring.keep(30)
        ring.keep(30)
        assert (read(ring, 10).start, ring.dropped) == (50, 50)

    def test_too_little_sound_is_none_after_the_timeout(self) -> None:
        clock = HandClock()
        ring = SampleRing(100, clock)
        ring.push(ramp(0, 9), heard=0)
        assert ring.read(10, timeout=0.1) is None
        assert clock.time == pytest.approx(0.1)

    def test_more_than_the_ring_holds_is_refused(self) -> None:
        with pytest.raises(ValueError, match="101 samples"):
            SampleRing(100, HandClock()).read(101, 0)

    def test_after_the_end_what_is_left_is_read_and_filled_up(self) -> None:
        ring = SampleRing(100, HandClock())
        ring.push(ramp(1, 15), heard=0)
        ring.end()
        assert read(ring, 10).samples.tolist() == ramp(1, 10).tolist()
        assert read(ring, 10).samples.tolist() == [11, 12, 13, 14, 15, 0, 0, 0, 0, 0]
        with pytest.raises(EndOfAudio):
            ring.read(10, 0)

    def test_an_error_comes_after_what_is_left(self) -> None:
        ring = SampleRing(100, HandClock())
        ring.push(ramp(0, 10), heard=0)
        ring.end(OSError("unplugged"))
        read(ring, 10)
        for _ in range(2):
            with pytest.raises(OSError, match="unplugged"):
                ring.read(10, 0)

    def test_another_rate_counts_its_own_samples(self) -> None:
        ring = SampleRing(48_000, HandClock(), rate=48_000)
        ring.push(ramp(0, 480), heard=1.0)
        assert read(ring, 480).heard == pytest.approx(0.99)

    def test_closing_wakes_the_reader(self) -> None:
        ring, seen = SampleRing(100, WallClock()), list[str]()

        def wait() -> None:
            try:
                ring.read(10, timeout=60)
            except EndOfAudio:
                seen.append("end")

        reader = threading.Thread(target=wait)
        reader.start()
        ring.close()
        ring.close()
        reader.join(30)
        assert seen == ["end"]

    def test_a_writer_and_a_reader_at_full_speed_never_mix_old_and_new(self) -> None:
        ring, stop = SampleRing(4096, WallClock()), threading.Event()

        def write() -> None:
            at = 0
            while not stop.is_set():
                ring.push(ramp(at, 160), heard=at / 16_000)
                at = (at + 160) % 8_000_000  # float32 counts exactly up to 16 million
                time.sleep(1e-5)  # many times faster than sound, yet the reader gets its turn

        writer = threading.Thread(target=write)
        writer.start()
        reads = 0
        try:
            while reads < 200 or not ring.dropped:
                reads += 1
                sound = ring.read(640, 30)
                assert sound is not None
                assert set(np.diff(sound.samples).tolist()) <= {1.0, -7_999_999.0}
                assert sound.start % 8_000_000 == sound.samples[0]
        finally:
            stop.set()
            writer.join()


class TestPacedSource:
    def build(self, total: int, clock: Clock, late: int = 1000) -> PacedSource:
        rest = [ramp(0, total)]

        def pull(count: int) -> Samples:
            head, rest[0] = rest[0][:count], rest[0][count:]
            return head

        return PacedSource(pull, clock, late)

    def test_sound_is_let_out_as_it_would_be_spoken(self) -> None:
        clock = HandClock(now=7.0)
        source = self.build(10_000, clock)
        first, second = source.read(1600, 1), source.read(1600, 1)
        assert first is not None
        assert second is not None
        assert (first.start, first.heard) == (0, 7.0)
        assert second.start == 1600
        assert second.heard == pytest.approx(7.1)
        assert clock.time == pytest.approx(7.2)

    def test_sound_of_the_future_is_not_given(self) -> None:
        clock = HandClock()
        source = self.build(10_000, clock)
        assert source.read(1600, timeout=0.06) is None
        assert source.read(1600, timeout=0.06) is not None
        assert clock.time == pytest.approx(0.1)

    def test_the_last_piece_is_filled_up_and_then_there_is_no_more(self) -> None:
        source = self.build(1000, HandClock())
        source.read(640, 1)
        last = source.read(640, 1)
        assert last is not None
        assert (last.samples[359], last.samples[360]) == (999, 0)
        with pytest.raises(EndOfAudio):
            source.read(640, 1)

    def test_a_late_reader_loses_the_oldest_sound(self) -> None:
        clock = HandClock()
        source = self.build(100_000, clock, late=1600)
        clock.time = 1.0
        sound = source.read(640, 1)
        assert sound is not None
        assert sound.start == sound.samples[0] == source.dropped == 16_000 - 640 - 1600
        assert sound.heard == pytest.approx(sound.start / 16_000)

    def test_a_reader_may_always_be_one_piece_late(self) -> None:
        clock = HandClock()
        source = self.build(100_000, clock, late=10)
        clock.time = 0.3
        assert source.read(2560, 1) is not None
        assert source.dropped == 0

    def test_after_a_long_sleep_of_the_computer_the_sound_has_ended(self) -> None:
        clock = HandClock()
        source = self.build(50_000, clock)
        clock.time = 86_400.0
        with pytest.raises(EndOfAudio):
            source.read(640, 1)
        assert source.dropped == 50_000

    def test_a_closed_source_has_ended_at_once(self) -> None:
        source = self.build(10**6, WallClock())
        source.close()
        source.close()
        with pytest.raises(EndOfAudio):
            source.read(16_000, timeout=60)
