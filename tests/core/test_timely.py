import threading

import pytest

from core.timely import Late, timely


def test_what_a_call_returns_or_raises_is_its_own() -> None:
    assert timely(lambda: threading.current_thread().name, 10, "aside") == "aside"
    assert timely(lambda: None, 10, "aside") is None
    with pytest.raises(ZeroDivisionError):
        timely(lambda: 1 / 0, 10, "aside")


def test_a_call_that_ends_its_thread_ends_no_other() -> None:
    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        timely(leave, 10, "aside")


def test_a_call_that_hangs_is_left_behind() -> None:
    end = threading.Event()
    with pytest.raises(Late, match="aside"):
        timely(end.wait, 0.01, "aside")
    end.set()
