"""The example in docs/plugins.md is complete: written to a file, it is found and ticks."""

import re
import tomllib
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.parts.form import OptionsForm
from core.audio import SAMPLE_RATE, EndOfAudio
from core.plugin import SourcePlugin, VoicePlugin, source_plugins
from core.process.child import ROOT
from core.record import from_json, to_json
from core.voice_engine import Manner
from core.voices.installed import is_installed
from tests.fakes import HandClock

TEXT = (ROOT / "docs" / "plugins.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.fixture
def metronome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SourcePlugin[object]:
    """The example, installed as its own page says into a folder of its own."""
    project = tomllib.loads(block("toml"))
    (tmp_path / "metronome.py").write_text(block("python"))
    about = tmp_path / "understudy_metronome-1.0.dist-info"
    about.mkdir()
    name, version = project["project"]["name"], project["project"]["version"]
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    doors = project["project"]["entry-points"]["understudy.sources"]
    lines = [f"{plugin} = {place}" for plugin, place in doors.items()]
    (about / "entry_points.txt").write_text("\n".join(["[understudy.sources]", *lines]))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("core.plugin.entry_points", entry_points)
    found = source_plugins()
    assert not found.broken
    assert (found.origins["metronome"].package, found.origins["metronome"].version) == (
        "understudy-metronome", "1.0",
    )  # fmt: skip
    return found.plugins["metronome"]


def test_the_example_is_short() -> None:
    assert len(block("python").splitlines()) < 60


def test_the_example_ticks_as_often_as_it_is_told_and_ends(
    metronome: SourcePlugin[object],
) -> None:
    options = from_json(metronome.options, '{"beats": 120, "limit": 3}', lenient=True)
    source = metronome.open(options, HandClock())
    heard = [sound.samples for _ in range(38) if (sound := source.read(640, 1.0))]
    with pytest.raises(EndOfAudio):
        source.read(640, 1.0)
    source.close()
    samples = np.concatenate(heard)[: SAMPLE_RATE * 3 // 2]
    loud = np.abs(samples).reshape(-1, SAMPLE_RATE // 10).max(1) > 0.1
    assert loud.tolist() == [True, False, False, False, False] * 3


def test_the_example_has_a_form_and_is_remembered(
    qtbot: QtBot, metronome: SourcePlugin[object]
) -> None:
    form = OptionsForm(metronome.options())
    qtbot.addWidget(form)
    assert form.value() == metronome.options()
    assert from_json(metronome.options, to_json(form.value())) == metronome.options()


def test_options_that_cannot_be_are_refused_in_a_sentence(
    metronome: SourcePlugin[object],
) -> None:
    with pytest.raises(ValueError, match="at least 1 beat"):
        metronome.options(beats=0)  # type: ignore[call-arg]


def test_the_example_of_a_voice_speaks_and_tells_its_phonemes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spelling.py").write_text(block("py"))
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin = import_module("spelling").plugin
    assert isinstance(plugin, VoicePlugin)
    assert is_installed(plugin)
    engine = plugin.open()
    assert [entry.name for entry in engine.voices()] == ["low", "high"]
    with pytest.raises(ValueError, match="choose low or high"):
        engine.use(Manner(voice="nobody"))
    rate = engine.use(Manner("en", "high"))
    (spoken,) = engine.speak("Hi mum")
    assert len(spoken.samples) == pytest.approx(0.6 * rate)
    assert spoken.marks
    assert [mark.symbol for mark in spoken.marks] == list("hi mum")
    assert spoken.marks[-1].end == pytest.approx(0.6)
