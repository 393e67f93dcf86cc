"""Teaching with a film: what must be there first, what is shown, and what is kept of it."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

from app.pages.teaching import Learn, Teaching, TeachingDialog
from core.engine.avatar_models import FINETUNED, user_weights
from core.engine.finetuning import (
    Film,
    FinetuneCancelled,
    FinetuneFailed,
    LearnedPart,
    Progress,
)
from core.sentence import said
from tests.app.find import button, part, press

PARTS = [
    LearnedPart("picture", 20.0, 22.5, True),
    LearnedPart("movement", 0.5, 0.6, False),
]


def write_model(path: Path, **about: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"a": np.zeros(1, np.float32)}, path, about)


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    monkeypatch.setattr(
        "core.engine.avatar_models.platformdirs.user_data_path", lambda *_, **__: data
    )


class Learning:
    """Stands for the process: goes on when it is told to."""

    def __init__(self, result: object = PARTS) -> None:
        self.film: Film | None = None
        self.folder = Path()
        self.go_on, self.told = threading.Event(), threading.Event()
        self._result = result

    def __call__(
        self,
        film: Film,
        folder: Path,
        out: Path,
        tell: Callable[[Progress], None],
        wanted: Callable[[], bool],
    ) -> object:
        self.film, self.folder = film, folder
        (folder / "clip").write_text("somebody")
        tell(Progress(150.0, 0.25))
        self.told.set()
        while not self.go_on.wait(0.01):
            if not wanted():
                raise FinetuneCancelled
        if isinstance(self._result, Exception):
            raise self._result
        write_model(out, **{FINETUNED: "better"})
        return self._result


def opened(qtbot: QtBot, learn: Learn) -> TeachingDialog:
    dialog = TeachingDialog(learn)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def begun(qtbot: QtBot, learn: Learn, film: Path) -> TeachingDialog:
    dialog = opened(qtbot, learn)
    dialog.choose(film)
    button(dialog, "It is me").click()
    dialog.consent.promise.setChecked(True)
    press(dialog, "Start")
    return dialog


def test_nothing_begins_without_film_and_consent(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(qtbot, Learning())
    assert not button(dialog, "Start").isEnabled()
    dialog.choose(tmp_path / "me.mp4")
    assert not button(dialog, "Start").isEnabled()
    button(dialog, "It is me").click()
    assert not button(dialog, "Start").isEnabled()
    dialog.consent.promise.setChecked(True)
    assert button(dialog, "Start").isEnabled()


def test_what_was_learned_is_used_when_somebody_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    learning = Learning()
    dialog = begun(qtbot, learning, tmp_path / "me.mp4")
    qtbot.waitUntil(lambda: "150 s of film" in dialog.message)
    assert part(dialog, QProgressBar).value() == 250
    assert learning.film == Film(tmp_path / "me.mp4", "I am shown, and I want this.", 40)
    learning.go_on.set()
    qtbot.waitUntil(lambda: "22.5 dB now" in dialog.message)
    assert "0.600 now (not better, so it stays as it was)" in dialog.message
    assert not user_weights().exists()
    with qtbot.waitSignal(dialog.taught):
        press(dialog, "Use it")
    assert user_weights().exists()
    assert not learning.folder.exists(), "nothing stays of the film"


def test_a_slow_computer_is_told_of_while_it_learns(qtbot: QtBot, tmp_path: Path) -> None:
    def slow(
        film: Film, folder: Path, out: Path, tell: Callable[[Progress], None], wanted: object
    ) -> object:
        return learning(film, folder, out, lambda one: tell(one._replace(needed=95.2)), wanted)  # type: ignore[arg-type]

    learning = Learning()
    dialog = begun(qtbot, slow, tmp_path / "me.mp4")
    qtbot.waitUntil(lambda: "it needs about 96 min" in dialog.message)
    learning.go_on.set()
    able = Learning()
    quick = begun(qtbot, able, tmp_path / "me.mp4")
    qtbot.waitUntil(lambda: "150 s of film" in quick.message)
    assert "slow" not in quick.message
    able.go_on.set()


def test_no_place_for_a_film_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr("app.pages.teaching.TemporaryFolder", full)
    dialog = begun(qtbot, Learning(), tmp_path / "me.mp4")
    assert "No space left on device" in dialog.message
    assert not dialog.running
    assert button(dialog, "Start").isEnabled()


def test_a_cancelled_lesson_leaves_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    learning = Learning()
    dialog = begun(qtbot, learning, tmp_path / "me.mp4")
    assert learning.told.wait(30)
    dialog.reject()
    assert not dialog.running
    assert not learning.folder.exists()
    assert not user_weights().exists()


def test_a_film_that_cannot_be_learned_from_is_told_and_another_can_be_chosen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    learning = Learning(FinetuneFailed(said("{0} has no sound", "me.mp4")))
    dialog = begun(qtbot, learning, tmp_path / "me.mp4")
    learning.go_on.set()
    qtbot.waitUntil(lambda: dialog.message == "me.mp4 has no sound")
    assert button(dialog, "Start").isEnabled()


def test_it_is_offered_where_it_can_learn_and_forgets(qtbot: QtBot) -> None:
    offered = Teaching(lambda: False)
    qtbot.addWidget(offered)
    assert not offered.able
    write_model(user_weights(), **{FINETUNED: "better"})
    offered.show_possible()
    assert offered.able
    offered.show()
    press(offered, "Forget what it learned")
    assert not user_weights().exists()
    assert not offered.able


@pytest.mark.parametrize("end", [True, False])
def test_one_lesson_at_a_time_and_none_outlives_the_window(
    qtbot: QtBot, tmp_path: Path, end: bool
) -> None:
    learning = Learning()
    offered = Teaching(lambda: True, learning)
    qtbot.addWidget(offered)
    offered.show()
    press(offered, "Teach with a film")
    dialog = offered.dialog
    assert dialog
    press(offered, "Teach with a film")
    assert offered.dialog is dialog
    dialog.choose(tmp_path / "me.mp4")
    button(dialog, "It is me").click()
    dialog.consent.promise.setChecked(True)
    press(dialog, "Start")
    assert offered.running
    assert learning.told.wait(30)
    offered.end(30.0) if end else dialog.close()
    assert not learning.folder.exists()
    assert not offered.running
