"""Setup for Windows: what is signed, what makensis is told, and that it compiles where it can."""

import shutil
import sys
from pathlib import Path
from runpy import run_path

import pytest
from PySide6.QtWidgets import QApplication

from core.process.child import ROOT

BUILD = run_path(str(ROOT / "packaging" / "windows" / "build.py"))
FREEZE = run_path(str(ROOT / "packaging" / "freeze.py"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "_internal").mkdir(parents=True)
    for name in ("understudy.exe", "understudy-cli.exe", "_internal/a.dll", "_internal/b.pyd"):
        (folder / name).write_bytes(b"MZ")
    (folder / "_internal" / "face.safetensors").touch()
    return folder


def test_every_program_and_library_is_signed_and_nothing_else(tree: Path, tmp_path: Path) -> None:
    signer = tmp_path / "signer.py"
    noted = tmp_path / "signed.txt"
    signer.write_text(
        f"import sys\nwith open({str(noted)!r}, 'a') as file:\n    file.write(sys.argv[-1] + '\\n')"
    )
    python, script = Path(sys.executable).as_posix(), signer.as_posix()
    BUILD["sign"](tree, f"{python} {script}")
    names = {Path(line).name for line in noted.read_text().splitlines()}
    assert names == {"understudy.exe", "understudy-cli.exe", "a.dll", "b.pyd"}


def test_setup_and_uninstaller_are_signed_where_there_is_a_certificate(tree: Path) -> None:
    plain = BUILD["command"](BUILD["parser"]().parse_args(["--tree", str(tree)]))
    assert not [word for word in plain if "SIGN" in word]
    given = BUILD["parser"]().parse_args(["--tree", str(tree), "--sign", "signtool sign"])
    assert "-DSIGN=signtool sign" in BUILD["command"](given)


def test_a_camera_driver_is_not_offered_without_its_licence(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        BUILD["main"](["--tree", str(tree), "--camera", "camera.dll"])
    assert "--camera-licence" in capsys.readouterr().err


def test_a_folder_without_the_program_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert BUILD["main"](["--tree", str(tmp_path)]) == 1
    assert "holds no understudy.exe" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("makensis"), reason="makensis is not here")
@pytest.mark.parametrize("camera", [False, True])
def test_the_script_compiles_without_a_warning(
    qapp: QApplication, tree: Path, tmp_path: Path, camera: bool
) -> None:
    icons, licences, out = tmp_path / "icons", tmp_path / "licences.txt", tmp_path / "TrySetup.exe"
    run_path(str(ROOT / "packaging" / "icons.py"))["write"](icons)
    licences.write_text("numpy: BSD\n")
    words = ["--tree", tree, "--icon", icons / "understudy.ico", "--licences", licences]
    words += ["--out", out, "--version", "1.2.3"]
    if camera:
        words += ["--camera", tree / "_internal" / "a.dll", "--camera-licence", licences]
    assert BUILD["main"](list(map(str, words))) == 0
    assert out.read_bytes()[:2] == b"MZ"


def test_windows_is_told_the_version_in_four_numbers() -> None:
    text = FREEZE["windows_version"]("1.2.3")
    assert "filevers=(1, 2, 3, 0)" in text
    assert '"ProductVersion", "1.2.3"' in text
