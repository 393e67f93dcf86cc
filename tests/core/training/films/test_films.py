"""From a folder of films to clips to train on."""

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import resource_tracker
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.testing import assert_close

from core.audio import SAMPLE_RATE, Samples
from core.perception.face.alignment import Landmarks
from core.perception.face.finder import FaceFinder
from core.perception.speech.encoder_torch import SpeechEncoder, load_speech_encoder
from core.training.__main__ import ClipOpener
from core.training.films.face_tracking import face_segments, track_face
from core.training.films.film_clips import open_clips, usual_length
from core.training.films.parallel import prepare_in_processes
from core.training.films.preprocess import Preparation, Tools, encode_speech, prepare
from core.training.films.segment_files import read_films, read_licences, read_segment_pictures
from core.training.films.video_reader import UnusableFilm, read_frames, read_sound
from tests.core.neural.small import CONFIG
from tests.core.training.films.making import STEP, PatchFinder, film, picture

STILL = (160, 110)
OPENER: ClipOpener = open_clips
PORTRAIT = Path(__file__).parents[4] / "plugins" / "cast" / "leo" / "1.jpg"


@pytest.fixture(scope="module")
def encoder() -> SpeechEncoder:
    return load_speech_encoder()


def preparation(folder: Path, out: Path, licence: str | None = "ours, agreed") -> Preparation:
    return Preparation(folder, out, CONFIG, licence)


def tools(encoder: SpeechEncoder) -> Tools:
    return Tools(PatchFinder(), encoder)


def noise(count: int) -> Samples:
    return np.random.default_rng(0).normal(0, 0.1, count * STEP).astype(np.float32)


def test_pictures_come_at_an_even_pace_and_sound_with_them(tmp_path: Path) -> None:
    click = np.zeros(30 * STEP, np.float32)
    click[20 * STEP : 20 * STEP + 400] = 0.9
    film(tmp_path / "a.mp4", 30, lambda i: STILL if i >= 20 else None, click)
    shown = list(read_frames(tmp_path / "a.mp4"))
    assert len(shown) == 30
    red = [int(one[110, 160, 0]) - int(one[110, 160, 1]) > 80 for one in shown]
    assert red.index(True) == 20
    heard = read_sound(tmp_path / "a.mp4")
    assert abs(int(np.abs(heard).argmax()) - 20 * STEP) < 0.03 * SAMPLE_RATE


def test_what_is_no_film_is_refused_with_words(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no film")
    with pytest.raises(UnusableFilm, match="no film that can be read"):
        list(read_frames(tmp_path / "a.mp4"))
    (tmp_path / "none").mkdir()
    for folder, why in (("none", "no film in"), ("away", "no file and no folder")):
        with pytest.raises(ValueError, match=why):
            preparation(tmp_path / folder, tmp_path / "out").unfinished()


def test_a_face_is_followed_and_searched_anew_now_and_then_and_after_cuts() -> None:
    finder = PatchFinder()
    shown = [(picture(STILL), index == 10) for index in range(40)]
    found = track_face(shown, finder)
    assert [index for index, one in enumerate(found) if one is None] == [10]
    assert (finder.searched, finder.followed_times) == (3, 37)


def test_takes_are_stretches_with_one_large_face_that_stays_in_sight() -> None:
    def landmarks(x: float, scale: float = 1.0) -> Landmarks:
        shape = PatchFinder().face(picture(STILL)).landmarks
        middle = shape.mean(0)
        return np.asarray((shape - middle) * scale + middle + (x, 0, 0), np.float32)

    seen = [landmarks(0.1 * i) for i in range(30)]
    assert [len(segment.landmarks) for segment in face_segments(seen, 1.25, 0.15)] == [30]
    assert face_segments(seen[:20], 1.25, 0.15) == [], "too short"
    assert face_segments([landmarks(i, 0.5) for i in range(30)], 1.25, 0.15) == [], "too small"
    assert face_segments([landmarks(8 * i) for i in range(30)], 1.25, 0.15) == [], (
        "walks out of the square"
    )
    jump = [*seen, *(np.asarray(one + np.array([90, 0, 0]), np.float32) for one in seen)]
    assert [segment.first for segment in face_segments(jump, 1.25, 0.15)] == [0, 30]
    assert [len(segment.landmarks) for segment in face_segments(seen * 10, 9, 0)] == [251, 49]


def test_a_folder_becomes_clips_like_those_of_the_studio(
    tmp_path: Path, encoder: SpeechEncoder
) -> None:
    folder, out = tmp_path / "films", tmp_path / "out"
    (folder / "ann").mkdir(parents=True)
    film(folder / "ann" / "one.mp4", 70, lambda i: None if 30 <= i < 40 else STILL, noise(70))
    film(folder / "ann" / "two.mp4", 30, lambda i: (150 + i // 10, 112), noise(30))
    film(folder / "silent.mp4", 30, lambda i: STILL)
    made = prepare(preparation(folder, out), tools(encoder))
    assert [(one.name, one.person, one.segments) for one in made] == [
        ("ann_one_mp4", "ann", (30, 30)),
        ("ann_two_mp4", "ann", (30,)),
    ]
    assert prepare(preparation(folder, out), tools(encoder)) == [], "what is done stays done"
    clip = OPENER(out, "cpu", 0, CONFIG).next_batch(3, 9)
    size = CONFIG.vae.size
    assert clip.frames.shape == (3, 9, 3, size, size)
    assert clip.references.shape == (3, 3, 3, size, size)
    assert clip.speech.features.shape == (3, 9, 128)
    assert clip.speech.visemes.shape == (3, 9, 15)
    assert clip.flow.shape == (3, 9, 3, 2, 64, 64)
    assert not clip.flow_valid.any(), "nobody knows where films' pixels come from"
    assert clip.landmarks.abs().max() < 1
    middle = size // 2 - round(0.15 / 1.25 / 2 * size)
    red = clip.frames[0, 0, :, middle, size // 2]
    assert red[0] > 0.5
    assert red[1] < 0
    assert clip.mouth_mask.shape == clip.eye_mask.shape == (3, 9, 1, 64, 64)
    assert 0 < clip.mouth_mask.mean() < 0.5


def test_pictures_of_a_take_are_read_from_anywhere(tmp_path: Path, encoder: SpeechEncoder) -> None:
    (tmp_path / "films").mkdir()
    film(tmp_path / "films" / "a.mp4", 40, lambda i: (130 + 2 * i, 110), noise(40))
    (made,) = prepare(preparation(tmp_path / "films", tmp_path / "out"), tools(encoder))
    path = made.path(tmp_path / "out", 0)
    every = read_segment_pictures(path, 0, 40)
    for first, count in ((0, 1), (5, 3), (39, 1)):
        assert np.array_equal(
            read_segment_pictures(path, first, count), every[first : first + count]
        )


def test_sound_is_heard_in_pieces_as_in_one(encoder: SpeechEncoder) -> None:
    samples = noise(50)
    said = encode_speech(encoder, samples, 50)
    with torch.inference_mode():
        padded = torch.from_numpy(np.concatenate([samples, np.zeros(2 * STEP, np.float32)]))[None]
        whole, _ = encoder(padded, encoder.initial_state(1))
    assert torch.equal(said.features, whole.features[0, 2:])
    assert len(encode_speech(encoder, samples, 80).opening) == 80, "a film may go on without sound"


def test_a_real_face_is_found_and_followed() -> None:
    with Image.open(PORTRAIT) as photo:
        small = np.asarray(photo.convert("RGB").resize((640, 360)))
    finder = FaceFinder()
    first = finder.face(small)
    moved = np.roll(small, 6, axis=1)
    again = finder.track(moved, first)
    assert again is not None
    assert abs(float((again.landmarks - first.landmarks)[:, 0].mean()) - 6) < 1
    assert finder.track(np.full_like(small, 128), first) is None


def test_each_film_has_the_licence_that_lies_nearest_or_is_given(
    tmp_path: Path, encoder: SpeechEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "films", tmp_path / "out"
    (folder / "corpus" / "s1").mkdir(parents=True)
    (folder / "corpus" / "License.md").write_text("\n CC BY 4.0, a corpus of 2006 \nAll of it...")
    for path in (folder / "corpus" / "s1" / "a.mp4", folder / "own.mp4"):
        film(path, 27, lambda i: STILL, noise(27))
    found = prepare(preparation(folder, out, None), tools(encoder))
    assert [(one.person, one.licence) for one in found] == [
        (str(Path("corpus/s1")), "CC BY 4.0, a corpus of 2006")
    ]
    assert "own.mp4 has no licence; write in films/LICENCE.txt" in capsys.readouterr().out
    (own,) = prepare(preparation(folder, out, "mine, I agreed"), tools(encoder))
    assert own.licence == "mine, I agreed"
    assert read_licences(out) == ("CC BY 4.0, a corpus of 2006", "mine, I agreed")


def test_a_path_names_who_is_seen_where_the_corpus_does_so(tmp_path: Path) -> None:
    wanted = replace(preparation(tmp_path, tmp_path / "out"), person=r"^(\d+)_")
    assert wanted.person_in(tmp_path / "1001_DFA_ANG_XX.flv") == "1001"
    assert wanted.person_in(tmp_path / "ann" / "one.mp4") == "ann"
    assert wanted.person_in(tmp_path / "one.mp4") == "one_mp4"


def test_several_machines_share_the_films(tmp_path: Path) -> None:
    films = [tmp_path / f"{index}.mp4" for index in range(7)]
    for path in films:
        path.touch()
    wanted = preparation(tmp_path, tmp_path / "out")
    shares = [wanted.unfinished(part, 3) for part in (1, 2, 3)]
    assert sorted(path for share in shares for path in share) == films
    assert [len(share) for share in shares] == [3, 2, 2]


def open_tools() -> Tools:
    return tools(load_speech_encoder())


@pytest.fixture
def ended_tracker() -> Iterator[None]:
    """Python keeps a process of its own for as long as others were spawned; it is ended here."""
    yield
    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.timeout(330)
@pytest.mark.usefixtures("ended_tracker")
def test_several_processes_prepare_what_one_prepares(
    tmp_path: Path, encoder: SpeechEncoder
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    for index in range(3):
        film(folder / f"{index}.mp4", 27, lambda i: STILL, noise(27))
    (folder / "damaged.mp4").write_text("no film")
    alone = prepare(preparation(folder, tmp_path / "one"), tools(encoder))
    made = prepare_in_processes(preparation(folder, tmp_path / "two"), open_tools, 2)
    assert sorted(one.name for one in made) == [one.name for one in alone]
    one, other = (sorted((tmp_path / name).iterdir()) for name in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in other]
    for path, twin in zip(one, other, strict=True):
        if path.suffix == ".json":
            assert path.read_bytes() == twin.read_bytes()
            continue
        tensors, twins = load_file(path), load_file(twin)
        assert tensors.keys() == twins.keys()
        for name, tensor in tensors.items():  # sums of other numbers of threads differ a little
            assert_close(tensor, twins[name], atol=2e-2, rtol=1e-2)


def test_a_film_that_is_damaged_later_on_is_left_out(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4", 60, lambda i: (100 + i, 110), noise(60))
    whole = bytearray((tmp_path / "a.mp4").read_bytes())
    begin = whole.index(b"mdat") + 4
    for at in range(begin + 2000, len(whole) - 4000):
        whole[at] = 0xFF
    (tmp_path / "a.mp4").write_bytes(whole)
    (tmp_path / "LICENCE").write_text("ours")
    made = prepare(preparation(tmp_path, tmp_path / "out"), tools(load_speech_encoder()))
    assert len(made) <= 1, "however much of it can be read, nothing fails"


def test_short_films_make_short_clips_of_whole_latents(
    tmp_path: Path, encoder: SpeechEncoder
) -> None:
    (tmp_path / "films").mkdir()
    for index in range(4):
        film(tmp_path / "films" / f"{index}.mp4", 31, lambda i: STILL, noise(31))
    prepare(preparation(tmp_path / "films", tmp_path / "out"), tools(encoder))
    clips = OPENER(tmp_path / "out", "cpu", 0, CONFIG)
    assert clips.next_batch(2, 125).frames.shape[1] == 29
    assert clips.next_batch(2, 5).frames.shape[1] == 5
    small, large = clips.next_batch(1, 5, 16), clips.next_batch(1, 5)
    assert small.frames.shape == (1, 5, 3, 16, 16)
    assert small.references.shape == (1, 3, 3, 16, 16)
    assert small.landmarks.shape == large.landmarks.shape


def test_a_few_long_films_do_not_stand_for_all() -> None:
    assert usual_length(np.array([31] * 99 + [251])) == 31
    assert usual_length(np.array([31] * 9 + [251])) == 251


def test_a_folder_without_films_or_for_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="prepare FOLDER"):
        read_films(tmp_path)
