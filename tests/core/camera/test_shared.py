"""Pictures go through shared memory whole or not at all."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from core.camera.shared import BEGUN, SIZE, SLOTS, WHOLE, Slots
from core.process.memory import Memory, seen
from core.video import VideoFormat

FORMAT = VideoFormat(64, 48)

ENOUGH = 100
"""Pictures read while others are written."""


@pytest.fixture
def pair() -> Iterator[tuple[Slots, Slots]]:
    memory = Memory(SIZE)
    other = seen(memory.address, SIZE)
    writer, reader = Slots(memory.map), Slots(other)
    yield writer, reader
    writer.close()
    reader.close()
    other.close()
    memory.close()


def picture(value: int) -> np.ndarray:
    return np.full((48, 64, 3), value, np.uint8)


def test_the_newest_picture_is_read(pair: tuple[Slots, Slots]) -> None:
    writer, reader = pair
    assert reader.read(FORMAT) is None
    for value in range(1, 10):
        assert writer.write(picture(value)) == value
        assert reader.newest == value
        got = reader.read(FORMAT)
        assert got is not None
        number, copy = got
        assert number == value
        np.testing.assert_array_equal(copy, picture(value))


def test_a_half_written_picture_is_never_shown(pair: tuple[Slots, Slots]) -> None:
    writer, reader = pair
    writer.write(picture(1))
    writer._header[BEGUN + 1 % SLOTS] = 1 + SLOTS
    assert reader.read(FORMAT) is None


def test_numbers_and_picture_keep_their_order_on_any_processor() -> None:
    """What the other side may have seen by then is looked at at each barrier."""
    memory, seen_so_far = bytearray(SIZE), list[tuple[int, int, int]]()
    slots = Slots(memory, lambda: seen_so_far.append(state()))  # type: ignore[arg-type]

    def state() -> tuple[int, int, int]:
        place = 1 % SLOTS
        number = slots._header[BEGUN + place], slots._header[WHOLE + place]
        return int(number[0]), int(number[1]), int(slots._slot(1, (1,))[0])

    slots.write(picture(9))
    assert seen_so_far == [(1, 0, 0), (1, 0, 9)]
    seen_so_far.clear()
    assert slots.read(FORMAT)
    assert len(seen_so_far) == 2


def test_a_picture_that_is_overwritten_while_it_is_read_is_not_shown(
    pair: tuple[Slots, Slots],
) -> None:
    writer, other = pair
    writer.write(picture(1))
    passed: list[int] = []

    def overwrite() -> None:
        """Between reading and looking again, the writer has come round to the same slot."""
        passed.append(len(passed))
        if len(passed) == 2:
            for value in range(2, 2 + SLOTS):
                writer.write(picture(value))

    reader = Slots(other._memory, overwrite)
    got = reader.read(FORMAT)
    reader.close()
    assert got is not None
    assert got[0] == 1 + SLOTS
    assert (got[1] == 1 + SLOTS).all()


def test_at_full_speed_pictures_stay_whole(pair: tuple[Slots, Slots]) -> None:
    writer, reader = pair
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            writer.write(picture((writer.newest + 1) % 251))

    thread = threading.Thread(target=write)
    thread.start()
    seen_numbers = set[int]()
    try:
        while len(seen_numbers) < ENOUGH:
            if got := reader.read(FORMAT):
                number, copy = got
                assert copy.min() == copy.max() == number % 251
                seen_numbers.add(number)
    finally:
        stop.set()
        thread.join()


def test_the_pulse_crosses_too(pair: tuple[Slots, Slots]) -> None:
    writer, reader = pair
    for beats in range(3):
        assert writer.pulse == beats
        reader.beat()
