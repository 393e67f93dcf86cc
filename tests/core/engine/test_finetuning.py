"""Fine-tuning from outside: what the process is told, what it tells, and when it is ended."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.engine import avatar_models
from core.engine.avatar_models import (
    FINETUNED,
    adopt,
    forget,
    is_finetuned,
    model_to_finetune,
    user_weights,
)
from core.engine.finetuning import (
    Film,
    FinetuneCancelled,
    FinetuneFailed,
    LearnedPart,
    Progress,
    can_finetune,
    finetune,
)
from core.process.child import Child, ChildLost

PROGRAM = """
import sys, time
from core.process.child import claim
from core.sentence import said
pipe = claim()
head = pipe.receive().head
assert head["film"].endswith("me.mp4") and head["minutes"] == 7.0, head
pipe.send({{"seconds": 90.0}})
pipe.send({{"share": 0.5}})
{rest}
"""
DONE = 'pipe.send({"parts": [{"part": "p", "before": 1.0, "after": 2.0, "better": True}]})'


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data, path = tmp_path / "data", tmp_path / "shipped.safetensors"
    monkeypatch.setattr(
        "core.engine.avatar_models.platformdirs.user_data_path", lambda *_, **__: data
    )
    monkeypatch.setattr(avatar_models, "SHIPPED_WEIGHTS", path)
    write_model(path)
    return path


def write_model(path: Path, **about: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"a": np.zeros(len(about) + 1, np.float32)}, path, about)
    return path


def learn(
    tmp_path: Path, rest: str, wanted: threading.Event | None = None
) -> tuple[list[LearnedPart], list[Progress]]:
    told = list[Progress]()

    def tell(progress: Progress) -> None:
        told.append(progress)
        if wanted and progress.share:
            wanted.clear()

    def start() -> Child:
        return Child([sys.executable, "-c", PROGRAM.format(rest=rest)], "learning")

    film, out = Film(tmp_path / "me.mp4", "mine", 7.0), tmp_path / "out.safetensors"
    still = wanted.is_set if wanted else lambda: True
    return finetune(film, tmp_path, out, tell, still, start), told


def test_it_tells_how_far_it_has_come_and_what_became_of_it(tmp_path: Path) -> None:
    parts, told = learn(tmp_path, DONE)
    assert parts == [LearnedPart("p", 1.0, 2.0, True)]
    assert told == [Progress(90.0, 0.0), Progress(90.0, 0.5)]


def test_why_nothing_was_learned_is_told_as_it_was_said(tmp_path: Path) -> None:
    with pytest.raises(FinetuneFailed, match=r"a\.mp4 has no sound") as caught:
        learn(tmp_path, 'pipe.send({"failed": said("{0} has no sound", "a.mp4")})')
    assert getattr(str(caught.value), "template", "") == "{0} has no sound"


def test_a_process_that_ends_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChildLost):
        learn(tmp_path, "raise SystemExit(3)")


def test_nobody_waits_for_what_is_not_wanted(tmp_path: Path) -> None:
    wanted = threading.Event()
    wanted.set()
    with pytest.raises(FinetuneCancelled):
        learn(tmp_path, "time.sleep(600)", wanted)


def test_it_starts_from_what_was_not_fine_tuned(shipped: Path) -> None:
    assert model_to_finetune() == shipped
    assert can_finetune()
    write_model(user_weights(), **{FINETUNED: "yes"})
    assert model_to_finetune() == shipped
    write_model(user_weights())
    assert model_to_finetune() == user_weights()
    user_weights().unlink()
    shipped.unlink()
    assert not can_finetune()


def test_a_model_of_ones_own_is_set_aside_and_comes_back(tmp_path: Path) -> None:
    own = write_model(user_weights(), recipe="by hand").read_bytes()
    learned = write_model(tmp_path / "learned.safetensors", **{FINETUNED: "yes"})
    adopt(learned)
    assert is_finetuned(user_weights())
    assert model_to_finetune() not in (None, user_weights())
    adopt(learned)
    forget()
    assert user_weights().read_bytes() == own
    forget()
    assert user_weights().read_bytes() == own, "what was not fine-tuned stays"


def test_what_was_learned_is_forgotten(tmp_path: Path) -> None:
    adopt(write_model(tmp_path / "learned.safetensors", **{FINETUNED: "yes"}))
    forget()
    assert not user_weights().exists()
    assert [path.name for path in user_weights().parent.iterdir()] == []
