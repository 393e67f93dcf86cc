"""What the program stands on is named, with versions and licences, wherever that is known."""

from pathlib import Path

import pytest

from core import licences
from core.licences import LINE, collected, needed


@pytest.fixture(scope="module")
def whole() -> str:
    return collected()


def test_everything_that_is_needed_is_named_with_its_licence(whole: str) -> None:
    for words in ("PySide6_Essentials 6.", "LGPL", "numpy", "GPL-3.0-or-later", "torch"):
        assert words in whole
    assert "pytest" not in whole
    assert "ICT-FaceKit" in whole


def test_the_texts_of_the_licences_follow_each_once(whole: str) -> None:
    _, *texts = whole.split(f"{LINE}\n\n")
    assert len(texts) > 20
    assert any("Permission is hereby granted" in text for text in texts)
    told = [text.rpartition(LINE)[0].rpartition("\n\n")[0] for text in texts[:-1]]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    "package",
    ["c2pa-python", "cryptography", "websockets", "hibari-tts", "onnxruntime", "espeakng-loader"],
)
def test_whatever_came_in_lately_is_named(package: str, whole: str) -> None:
    lines = whole.partition(LINE)[0].splitlines()
    (line,) = (line for line in lines if line.startswith(f"{package} "))
    assert not line.endswith("see its own files")


def test_whole_texts_are_there_of_every_licence_that_asks_for_it(whole: str) -> None:
    texts = " ".join(whole.split())
    for words in (
        "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007",
        "GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007",
        "GNU LESSER GENERAL PUBLIC LICENSE Version 2.1, February 1999",
        "Apache License Version 2.0, January 2004",
        "onnxruntime: ThirdPartyNotices.txt",
        "# Model card",
    ):
        assert words in texts


def test_no_code_is_taken_for_a_licence(whole: str) -> None:
    names = [text.partition(f"\n{LINE}")[0] for text in whole.split(f"{LINE}\n")[1::2]]
    assert names
    assert [name for name in names if name.endswith((".py", ".pyc"))] == []


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
