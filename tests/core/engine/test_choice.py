"""Which engine is opened, and what it says of itself."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save_file

from core.checkpoint import BadCheckpoint
from core.engine.badge import Badge, BadgeOptions
from core.engine.choice import open_stream
from core.engine.names import AUTO, ENGINES, EngineName
from core.look import Background
from core.model.avatar import Avatar, load_avatar, save_avatar
from core.perception.face.finder import Face
from core.pixels import grey
from core.profile import Profile
from core.stream import AvatarStream
from core.video import Frame, Picture, VideoFormat
from core.watermark.detection import Evidence, search, threshold
from tests.core.neural.small import CONFIG
from tests.core.puppet.faces import SMALL, draw
from tests.fakes import tone


class Finder:
    """Finds the one person that these tests draw."""

    def face(self, picture: Picture) -> Face:
        return Face((0.0, 0.0, 1.0, 1.0), draw().landmarks, 1.0)

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        return draw().matte


@pytest.fixture(autouse=True)
def nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache" / "speed.json"
    monkeypatch.setattr("core.engine.choice.speed_file", lambda: path)
    return path


@pytest.fixture(autouse=True)
def threads_are_as_before() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setattr("core.perception.face.finder.FaceFinder", Finder)
    Image.fromarray(draw().photo).save(tmp_path / "1.png")
    return Profile("ann", "Ann", (tmp_path / "1.png",), "Drawn by a test.")


def test_a_built_in_person_is_live_without_torch() -> None:
    """Importing it would take longer than all else until the first picture."""
    code = """
import sys
import numpy as np
from core.engine.choice import open_stream
from core.video import VideoFormat
from plugins.profiles import built_in

person = built_in.open().profiles()[0][0]
stream, _ = open_stream("puppet", person, VideoFormat(320, 240))
frames = [frame for _ in range(4) for frame in stream.step(np.zeros(stream.hop, np.float32))]
stream.close()
sys.exit(not frames or "torch" in sys.modules)
"""
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, timeout=60).returncode == 0


def _frames(stream: AvatarStream) -> list[int]:
    """Feed five hops; return when each frame that came out was heard."""
    return [frame.sample for frame in _fed(stream)]


def _shown(stream: AvatarStream) -> list[Picture]:
    """Feed five hops; return what is seen then."""
    return [frame.picture for frame in _fed(stream)]


def _fed(stream: AvatarStream) -> list[Frame]:
    sound = tone(5 * stream.hop / 16_000).reshape(5, stream.hop)
    return [frame for piece in sound for frame in stream.step(piece)]


def test_an_unknown_engine_is_refused_with_those_there_are(profile: Profile) -> None:
    with pytest.raises(ValueError, match="there is no engine 'warp'") as refusal:
        open_stream("warp", profile, SMALL)
    for name in ENGINES:
        assert name in str(refusal.value)


def test_what_runs_of_itself_is_named_first() -> None:
    assert next(iter(ENGINES)) == AUTO
    assert set(get_args(EngineName)) == set(ENGINES)
    assert all(title.strip() for title in ENGINES.values())


@pytest.mark.parametrize("name", [AUTO, "puppet"])
def test_a_photo_comes_to_life_and_says_what_it_runs_on(profile: Profile, name: str) -> None:
    stream, note = open_stream(name, profile, SMALL)
    with closing(stream):
        assert _frames(stream) == [0, 640, 1280, 1920]
    assert "puppet" in note
    assert "CPU" in note


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small avatar model where users put theirs."""
    audio = replace(CONFIG.generator.audio, feature_size=128)
    config = replace(CONFIG, generator=replace(CONFIG.generator, audio=audio))
    path = tmp_path / "avatar.safetensors"
    save_avatar(path, Avatar(config), {"recipe": "random"})
    monkeypatch.setattr("core.engine.avatar_models.user_weights", lambda: path)
    monkeypatch.setattr("core.engine.choice.user_weights", lambda: path)
    return path


@pytest.mark.parametrize(("speed", "name"), [(9.0, "neural"), (0.4, "puppet")])
def test_auto_takes_the_neural_engine_if_it_is_quick_enough(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, speed: float, name: str
) -> None:
    assert trained.exists()
    monkeypatch.setattr("core.engine.choice.realtime_factor", lambda _: speed)
    stream, note = open_stream(AUTO, profile, SMALL)
    with closing(stream):
        assert stream.hop == (2560 if name == "neural" else 640)
        assert _frames(stream)[:3] == [0, 640, 1280]
    assert note.startswith(name)
    assert f"{speed}" in note


def test_what_a_machine_can_do_is_measured_once(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[float] = []

    def measure(_: AvatarStream) -> float:
        measured.append(0.4)
        return 0.4

    assert trained.exists()
    monkeypatch.setattr("core.engine.choice.realtime_factor", measure)
    for _ in range(2):
        stream, note = open_stream(AUTO, profile, SMALL)
        stream.close()
        assert "0.4 times real time" in note
    assert len(measured) == 1
    monkeypatch.setattr("core.engine.choice._open_neural_stream", None)
    stream, _ = open_stream(AUTO, profile, SMALL)  # the slow model is not even opened
    stream.close()


def test_an_experimental_model_is_taken_only_where_it_is_chosen(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_avatar(trained, load_avatar(trained), {"status": "experimental"})
    monkeypatch.setattr("core.engine.choice.realtime_factor", lambda _: 9.0)
    stream, note = open_stream(AUTO, profile, SMALL)
    stream.close()
    assert note.startswith("puppet")
    assert "experimental" in note
    stream, note = open_stream("neural", profile, SMALL)
    stream.close()
    assert note.startswith("neural")


@pytest.mark.parametrize(
    "where",
    ["core.neural.inference.StreamingInference.sample", "core.engine.choice.realtime_factor"],
)
def test_auto_takes_the_puppet_where_the_neural_engine_does_not_start(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def lost(*_: object) -> object:
        raise torch.OutOfMemoryError("CUDA out of memory\nand much more")

    assert trained.exists()
    monkeypatch.setattr(where, lost)
    stream, note = open_stream(AUTO, profile, SMALL)
    with closing(stream):
        assert _frames(stream)[:3] == [0, 640, 1280]
    assert note.startswith("puppet")
    assert note.endswith("(the neural one does not start: CUDA out of memory)")


@pytest.mark.parametrize("name", [AUTO, "neural"])
def test_every_engine_stands_before_the_background_that_is_wanted(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert trained.exists()
    monkeypatch.setattr("core.engine.choice.realtime_factor", lambda _: 9.0)
    stream, why = open_stream(name, profile, SMALL, Background("colour", "#00ff00"))
    with closing(stream):
        frames = _shown(stream)
        assert (frames[-1][:8, :8] == (0, 255, 0)).all()
        assert not (frames[-1][90, 160] == (0, 255, 0)).all()  # the face
        assert why.startswith("neural")

        def lost(*_: object) -> object:
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr("core.neural.inference.StreamingInference.sample", lost)
        assert (_shown(stream)[-1][:8, :8] == (0, 255, 0)).all()


def test_a_neural_engine_that_fails_gives_way_to_the_puppet(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, _ = open_stream("neural", profile, SMALL)
    with closing(stream):
        before = _frames(stream)
        assert trained.exists()

        def lost(*_: object) -> object:
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr("core.neural.inference.StreamingInference.sample", lost)
        after = _frames(stream)
    assert [*before, *after] == [640 * n for n in range(len(before) + len(after))]
    assert len(after) >= 18


@pytest.mark.parametrize("name", ["puppet", "neural", "testcard"])
def test_no_engine_forgets_the_mark_and_none_draws_it_twice(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Not where frames are repeated for the rate, nor where another engine takes over."""
    assert trained.exists()
    format, options = replace(SMALL, fps=30), BadgeOptions("top left")
    green = Background("colour", "#00ff00")
    ground = (0, 0, 0) if name == "testcard" else (0, 255, 0)
    once = np.full((format.height, format.width, 3), ground, np.uint8)
    Badge(format, options).apply(once)
    there = (once != ground).any(-1)
    stream, _ = open_stream(name, profile, format, green, print, options)
    with closing(stream):
        frames = _fed(stream)

        def lost(*_: object) -> object:
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr("core.neural.inference.StreamingInference.sample", lost)
        frames += _fed(stream)
    assert there.any()
    assert len(frames) >= 9
    for frame in frames:
        np.testing.assert_array_equal(frame.picture[there], once[there])


@pytest.mark.parametrize("badge", [None, BadgeOptions()])
@pytest.mark.parametrize("name", ["puppet", "neural"])
def test_every_frame_of_every_engine_bears_the_watermark(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, name: str, badge: BadgeOptions
) -> None:
    """With a badge or without one, and where another engine has taken over."""
    assert trained.exists()
    stream, _ = open_stream(name, profile, VideoFormat(640, 360), badge=badge)
    with closing(stream):
        frames = _fed(stream)[:2]

        def lost(*_: object) -> object:
            raise torch.OutOfMemoryError("CUDA out of memory")

        monkeypatch.setattr("core.neural.inference.StreamingInference.sample", lost)
        frames += _fed(stream)[-2:]
    assert len(frames) == 4
    for frame in frames:
        evidence = Evidence()
        evidence.add(grey(frame.picture))
        match = search(evidence)
        assert match.z > threshold()
        assert (match.scale, match.mirrored) == (1.0, False)


@pytest.mark.parametrize("name", [AUTO, "puppet", "neural", "testcard"])
def test_every_engine_comes_at_the_rate_that_is_asked_for(
    trained: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert trained.exists()
    monkeypatch.setattr("core.engine.choice.realtime_factor", lambda _: 9.0)
    stream, _ = open_stream(name, profile, replace(SMALL, fps=30))
    with closing(stream):
        assert stream.format.fps == 30
        samples = _frames(stream)
    assert len(samples) >= 3
    assert samples == pytest.approx([i * 16_000 / 30 for i in range(len(samples))], abs=3)


def test_without_a_trained_model_the_neural_engine_says_where_to_put_one(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in ("choice", "avatar_models"):
        monkeypatch.setattr(
            f"core.engine.{module}.user_weights", lambda: tmp_path / "none.safetensors"
        )
    monkeypatch.setattr(
        "core.engine.avatar_models.SHIPPED_WEIGHTS", tmp_path / "none either.safetensors"
    )
    with pytest.raises(LookupError, match=r"none\.safetensors"):
        open_stream("neural", profile, SMALL)


def truncated(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:1000])


def emptied(model: Path) -> None:
    model.write_bytes(b"")


def of_no_sense(model: Path) -> None:
    model.write_text("x")


def without_heads(model: Path) -> None:
    with safe_open(model, "np") as file:
        about = file.metadata()
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    config = re.sub(r'"heads": \d+', '"heads": 0', about["config"])
    assert config != about["config"]
    save_file(weights, model, {**about, "config": config})


DAMAGES = [truncated, emptied, of_no_sense, without_heads]


@pytest.mark.parametrize("damage", DAMAGES)
def test_auto_takes_the_puppet_for_a_damaged_model_and_says_which(
    trained: Path, profile: Profile, damage: Callable[[Path], None]
) -> None:
    damage(trained)
    stream, note = open_stream(AUTO, profile, SMALL)
    with closing(stream):
        assert _frames(stream)[:3] == [0, 640, 1280]
    assert note.startswith("puppet")
    assert f"your own avatar model {trained} cannot be used" in note
    assert "or remove it" in note
    assert "reinstall" not in note


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_the_neural_engine_is_asked_for_a_damaged_model_is_said(
    trained: Path, profile: Profile, damage: Callable[[Path], None]
) -> None:
    damage(trained)
    with pytest.raises(BadCheckpoint, match=r"your own avatar model .* cannot be used"):
        open_stream("neural", profile, SMALL)


def test_a_damaged_model_of_ones_own_gives_way_to_the_one_that_ships(
    trained: Path, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped.safetensors"
    shipped.write_bytes(trained.read_bytes())
    truncated(trained)
    monkeypatch.setattr("core.engine.avatar_models.SHIPPED_WEIGHTS", shipped)
    monkeypatch.setattr("core.engine.choice.realtime_factor", lambda _: 9.0)
    stream, note = open_stream(AUTO, profile, SMALL)
    stream.close()
    assert note.startswith("neural")


def test_a_photo_that_cannot_be_read_is_said_whatever_the_engine(
    trained: Path, profile: Profile
) -> None:
    assert trained.exists()
    profile.references[0].write_text("no picture")
    with pytest.raises(ValueError, match=r"1\.png is not a picture"):
        open_stream(AUTO, profile, SMALL)


def test_a_test_card_needs_no_picture(tmp_path: Path) -> None:
    nobody = Profile("nobody", "Nobody", (tmp_path / "nowhere.png",), "Nobody is shown.")
    stream, note = open_stream("testcard", nobody, SMALL)
    with closing(stream):
        assert _frames(stream) == [0, 640, 1280, 1920, 2560]
    assert "test card" in note
    assert "Nobody" in note
