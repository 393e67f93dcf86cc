"""Slow work is done beside, one thing after another."""

import threading

from core.broadcast.serial_worker import SerialWorker
from tests.fakes import until


def test_tasks_are_done_in_order_and_one_that_fails_is_told() -> None:
    done: list[int] = []
    errors: list[Exception] = []
    worker = SerialWorker(errors.append)

    def bad() -> None:
        raise RuntimeError("it is gone")

    for task in (lambda: done.append(1), bad, lambda: done.append(2)):
        worker.do(task)
    until(lambda: len(done) == 2)
    assert done == [1, 2]
    assert [str(error) for error in errors] == ["it is gone"]


def test_what_has_not_begun_is_forgotten_at_the_end() -> None:
    begun, go, done = threading.Event(), threading.Event(), []
    worker = SerialWorker(lambda error: None)

    def slow() -> None:
        begun.set()
        go.wait(60)

    worker.do(slow)
    worker.do(lambda: done.append(1))
    begun.wait(60)
    threading.Timer(0.05, go.set).start()
    worker.join(30)
    assert not done
    assert not [thread for thread in threading.enumerate() if thread.name == "worker"]
