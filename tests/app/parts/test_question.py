"""Questions are asked on another thread, one at a time."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from app.parts.question import Question


def test_the_answer_comes_to_the_window_and_the_next_question_may_follow(qtbot: QtBot) -> None:
    asked: list[int] = []

    def find() -> object:
        asked.append(threading.get_ident())
        return len(asked)

    question, answers = Question(find), list[object]()
    question.answered.connect(answers.append)
    for _ in range(2):
        with qtbot.waitSignal(question.answered):
            question.ask()
    assert answers == [1, 2]
    assert threading.get_ident() not in asked


def test_what_is_asked_meanwhile_is_left_out_and_nobody_hears_after_the_end(qtbot: QtBot) -> None:
    gate, answers, asked = threading.Event(), list[object](), list[bool]()

    def find() -> object:
        asked.append(gate.wait(60))
        return 1

    question = Question(find)
    question.answered.connect(answers.append)
    question.ask()
    question.ask()
    gate.set()
    question.close(30)
    qtbot.wait(50)
    assert (asked, answers) == ([True], [])


def test_a_question_that_fails_is_answered_with_nothing(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    question, answers = Question(lambda: 1 // 0), list[object]()
    question.answered.connect(answers.append)
    question.ask()
    qtbot.waitUntil(lambda: answers == [None])
