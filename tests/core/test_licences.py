"""What the program stands on is named, with versions and licences, wherever that is known."""

from pathlib import Path

import pytest

from core import licences
from core.licences import LINE, collected, needed


def test_everything_that_is_needed_is_named_with_its_licence() -> None:
    found = collected()
    for words in ("PySide6_Essentials 6.", "LGPL", "numpy", "GPL-3.0-or-later", "torch"):
        assert words in found
    assert "pytest" not in found
    assert "ICT-FaceKit" in found


def test_the_texts_of_the_licences_follow_each_once() -> None:
    _, *texts = collected().split(f"{LINE}\n\n")
    assert len(texts) > 20
    assert any("Permission is hereby granted" in text for text in texts)
    told = [text.rpartition(LINE)[0].rpartition("\n\n")[0] for text in texts[:-1]]
    assert len(set(told)) == len(told)


def test_an_edition_without_a_package_is_without_what_only_that_needs() -> None:
    names = {found.name for found in needed("understudy", without={"torch"})}
    assert not names & {"torch", "sympy", "networkx"}
    assert {"numpy", "av", "safetensors"} <= names
    assert "torch" not in collected(without={"torch"}).partition(LINE)[0]


def test_a_frozen_program_shows_what_was_collected_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "licences.txt"
    file.write_text("numpy 2: BSD\n", encoding="utf-8")
    monkeypatch.setattr(licences, "COLLECTED", file)
    assert licences.licences() == "numpy 2: BSD\n"


def test_a_package_nobody_noted_needs_nothing_and_has_no_version() -> None:
    assert needed("no-such-package") == []
    assert licences.version("no-such-package") == "?"
