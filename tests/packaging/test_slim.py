"""The frozen folder becomes smaller: stubs, ICU's tables, libraries that nobody links."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest

from core.process.child import ROOT

SLIM = run_path(str(ROOT / "packaging" / "linux" / "slim.py"))

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not (shutil.which("as") and shutil.which("ld")),
    reason="binutils of Linux are not here",
)

LIBRARY = """.text
.globl asked
.type asked, @function
asked: mov $7, %eax
 ret
.globl unasked
.type unasked, @function
unasked: mov $8, %eax
 ret
.section .note.GNU-stack,"",@progbits
"""
USER = """.text
.globl answer
.type answer, @function
answer: sub $8, %rsp
 call asked@PLT
 add $8, %rsp
 ret
.section .note.GNU-stack,"",@progbits
"""


def build(source: str, library: Path, *links: Path) -> Path:
    library.parent.mkdir(exist_ok=True)
    code, built = library.with_suffix(".s"), library.with_suffix(".o")
    code.write_text(source)
    subprocess.run(["as", code, "-o", built], check=True)
    words: list[str | Path] = ["-shared", "-soname", library.name, "-rpath", "$ORIGIN"]
    subprocess.run(["ld", *words, built, *links, "-o", library], check=True)
    code.unlink()
    built.unlink()
    return library


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A library, and one that asks it for something."""
    library = build(LIBRARY, tmp_path / "a.libs" / "libopenblas-1.so.3")
    return library, build(USER, tmp_path / "a.libs" / "libuser-1.so", library)


def test_a_stub_gives_what_is_asked_for_and_nothing_comes_of_it(pair: tuple[Path, Path]) -> None:
    library, user = pair
    assert {symbol.name for symbol in SLIM["exported"](library)} == {"asked", "unasked"}
    SLIM["replace_by_stub"](library, [user], SLIM["NOTHING"])
    assert not library.exists()  # its users know it by another name
    stub = library.with_name("libnolapack-1.so.3")
    assert {symbol.name for symbol in SLIM["exported"](stub)} == {"asked"}
    assert SLIM["needed"](user) == {stub.name} == {SLIM["soname"](stub)}
    assert ctypes.CDLL(str(user)).answer() == 0


def test_a_stub_whose_numbers_are_wanted_ends_the_program(pair: tuple[Path, Path]) -> None:
    library, user = pair
    SLIM["replace_by_stub"](library, [user], SLIM["ABORT"])
    code = f"import ctypes; ctypes.CDLL({str(user)!r}).answer()"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -6


def test_what_nobody_links_goes_and_links_to_it_as_well(tmp_path: Path) -> None:
    used = build(LIBRARY, tmp_path / "a.libs" / "libused-1.so")
    spare = build(USER, tmp_path / "a.libs" / "libspare-1.so", used)
    build(USER, tmp_path / "b" / "module.so", used)
    (tmp_path / "libspare-1.so").symlink_to(spare)
    SLIM["remove_unlinked"](tmp_path)
    left = {path.name for path in tmp_path.rglob("*") if not path.is_dir() or path.is_symlink()}
    assert left == {"libused-1.so", "module.so"}


def test_icu_keeps_what_belongs_to_no_language_and_the_window_s() -> None:
    head = (32).to_bytes(2, "little") + bytes(30)
    tables = [
        (f"icudt73l/{name}".encode(), name.encode() * 9)
        for name in (
            "coll/de.res",
            "coll/fr.res",
            "coll/ucadata.icu",
            "de_AT.res",
            "en.res",
            "ja.res",
            "nfc.nrm",
            "root.res",
            "unames.icu",
            "windows-874.cnv",
        )
    ]
    whole = head + SLIM["_table_of_contents"](tables)
    less = SLIM["shrunk_archive"](whole)
    kept = [pair for pair in tables if SLIM["ICU_KEPT"].match(pair[0].decode().partition("/")[2])]
    assert [name.decode().partition("/")[2] for name, _ in kept] == [
        "coll/de.res",
        "coll/ucadata.icu",
        "de_AT.res",
        "en.res",
        "nfc.nrm",
        "root.res",
    ]
    assert less == head + SLIM["_table_of_contents"](kept)
    assert SLIM["shrunk_archive"](less) == less
