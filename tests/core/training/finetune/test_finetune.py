"""Fine-tuning to one person: what is held out, what learns, and what is kept."""

import io
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import read_about
from core.model.avatar import Avatar, AvatarConfig, load_avatar, save_avatar
from core.perception.speech.encoder_torch import load_speech_encoder
from core.process.child import Message, Pipe
from core.training.films.film_clips import SegmentFile
from core.training.films.preprocess import Preparation, Tools
from core.training.finetune.finetune import (
    Budget,
    Pace,
    Verdict,
    about_finetuned,
    describe,
    finetune,
)
from core.training.finetune.finetune_process import handle
from core.training.finetune.personal_film import (
    Division,
    PersonalFilm,
    hold_out,
    open_personal_film,
)
from core.training.finetune.teach import Lesson, Listener, teach
from tests.core.neural.small import CONFIG as SMALL
from tests.core.training.films.making import STEP, PatchFinder, film
from tests.draws import filled

AUDIO = replace(SMALL.generator.audio, feature_size=128)
SHORT = Division(held_out=3.0, shortest=5.0)
CONFIG = AvatarConfig(SMALL.vae, replace(SMALL.generator, audio=AUDIO))


def segments(*lengths: int) -> list[SegmentFile]:
    return [SegmentFile(Path(str(n)), pictures, "ann", 24) for n, pictures in enumerate(lengths)]


def preparation(folder: Path, seconds: int) -> Preparation:
    sound = np.random.default_rng(0).normal(0, 0.1, seconds * 25 * STEP).astype(np.float32)
    path = folder / "me.mp4"
    film(path, seconds * 25, lambda n: (150 + n % 7, 110), sound)
    return Preparation(path, folder / "work", CONFIG, "mine, I agreed")


def tools() -> Tools:
    return Tools(PatchFinder(), load_speech_encoder())


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the tests their priority and their threads."""
    monkeypatch.setattr("core.training.finetune.teach.give_way", lambda: None)
    monkeypatch.setattr("core.training.finetune.teach.torch.set_num_threads", lambda _: None)


@pytest.fixture(scope="module")
def personal(tmp_path_factory: pytest.TempPathFactory) -> PersonalFilm:
    return open_personal_film(
        preparation(tmp_path_factory.mktemp("film"), 24), tools(), division=SHORT
    )


def model() -> Avatar:
    made = Avatar(CONFIG)
    filled(made.generator, 1, matrices=0.1, vectors=0.1)
    filled(made.vae, 2, matrices=0.1, vectors=0.1)
    return made


def test_the_last_half_minute_is_held_out() -> None:
    first, last = hold_out(segments(251, 251, 251, 251, 251, 251), 30.0)
    assert [one.path.name for one in first] == ["0", "1", "2"]
    assert [one.path.name for one in last] == ["3", "4", "5"]
    assert [len(part) for part in hold_out(segments(900, 100), 30.0)] == [1, 1]


def test_a_film_that_is_too_short_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"me.mp4 shows a face for \d+ s"):
        open_personal_film(preparation(tmp_path, 6), tools(), division=SHORT)


def test_what_is_learned_from_is_not_what_judges(personal: PersonalFilm) -> None:
    assert personal.seconds >= SHORT.shortest
    assert personal.licence == "mine, I agreed"
    judged = personal.clips.validation_batch(2, 9)
    again = personal.clips.validation_batch(2, 9)
    assert judged is not None
    assert again is not None
    assert torch.equal(judged.frames, again.frames)


def test_a_part_is_kept_only_if_it_is_better(personal: PersonalFilm, tmp_path: Path) -> None:
    tuned, before = model(), model()
    verdicts = finetune(tuned, personal.clips, Budget(tmp_path, 0.02))
    same = {
        part: all(
            torch.equal(a, b)
            for a, b in zip(
                getattr(tuned, part).state_dict().values(),
                getattr(before, part).state_dict().values(),
                strict=True,
            )
        )
        for part in ("vae", "generator")
    }
    assert [verdict.better for verdict in verdicts] == [not same["vae"], not same["generator"]]
    ours, theirs = tuned.vae.encoder.state_dict(), before.vae.encoder.state_dict()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())


def test_a_file_tells_what_became_of_its_parts(tmp_path: Path) -> None:
    verdicts = [Verdict("picture", 20, 22, True), Verdict("movement", 1, 1.5, False)]
    path = tmp_path / "mine.safetensors"
    about = {"recipe": "first", "status": "experimental"}
    save_avatar(path, model(), about)
    told = about_finetuned(read_about(path), verdicts, "mine, I agreed")
    save_avatar(path, model(), told)
    found = read_about(path)
    assert found["fine-tuned"] == describe(verdicts)
    assert "not better, left as it was" in describe(verdicts)
    assert (found["status"], found["fine-tuned on"]) == ("experimental", "mine, I agreed")
    assert load_avatar(path).config == CONFIG


def test_a_lesson_tells_how_far_it_is_and_writes_what_became_better(
    personal: PersonalFilm, tmp_path: Path, unhurried: None
) -> None:
    save_avatar(tmp_path / "model.safetensors", model(), {"recipe": "first"})
    lesson = Lesson(
        tmp_path / "me.mp4", tmp_path / "model.safetensors", tmp_path / "new" / "mine.safetensors",
        tmp_path, "mine", 0.02,
    )  # fmt: skip
    seconds, shares, needed = list[float](), list[float](), list[float]()
    listener = Listener(seconds.append, shares.append, needed.append)
    with suppress(ValueError):  # what became better within a second is chance
        verdicts = teach(lesson, listener, lambda *_: personal)
        assert any(verdict.better for verdict in verdicts)
        assert read_about(lesson.out)["recipe"] == "first"
    assert lesson.out.exists() == ("verdicts" in locals())
    assert seconds == [personal.seconds]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.6 <= shares[-1] <= 1


def test_the_minutes_that_are_needed_follow_from_the_first_steps() -> None:
    needed = list[float]()
    times = iter([0.0, 50.0, 52.0, 54.0, 56.0])  # the first takes long, and counts for nothing
    pace = Pace(needed.append, lambda: next(times))
    for _ in range(4):
        pace.step()
    assert not needed
    for _ in range(3):
        pace.step()
    assert needed == [pytest.approx(150 * 2 / 0.6 / 60)]


def test_the_process_says_what_a_film_lacks(tmp_path: Path, unhurried: None) -> None:
    save_avatar(tmp_path / "model.safetensors", model(), {})
    (tmp_path / "me.mp4").write_bytes(b"no film")
    head = {
        "film": str(tmp_path / "me.mp4"), "model": str(tmp_path / "model.safetensors"),
        "out": str(tmp_path / "out.safetensors"), "work": str(tmp_path), "consent": "mine",
        "minutes": 0.01,
    }  # fmt: skip
    said = io.BytesIO()
    with pytest.raises(ValueError, match=r"me\.mp4 is no film that can be read"):
        handle(Pipe(io.BytesIO(), said), Message(head))
    assert not said.getvalue()
