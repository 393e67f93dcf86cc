"""Makes a frozen folder smaller: python packaging/linux/slim.py FOLDER. Needs binutils.

Symbols go (`strip`). Libraries that are linked and never called (encoders nobody asks for, FFmpeg
and LAPACK in OpenCV) become stubs of the same name. ICU's tables shrink to the window's languages.
What nobody links any more goes.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from struct import Struct
from tempfile import TemporaryDirectory
from typing import NamedTuple

NOTHING, ABORT = "xor %eax, %eax\n ret", "call abort@PLT"
"""What a stub's functions do. Where a result is numbers, nothing would be a wrong one."""

STUBS = (
    ("av.libs/libx265-*", NOTHING),
    ("av.libs/libSvtAv1Enc-*", NOTHING),
    ("av.libs/libgnutls-*", NOTHING),
    ("opencv_python_headless.libs/libav*-*", NOTHING),
    ("opencv_python_headless.libs/libsw*-*", NOTHING),
    ("opencv_python_headless.libs/libopenblas*", ABORT),
)
"""Libraries that are linked and never called: PyAV's HEVC and AV1 encoders, its TLS (no film is
read from a network); OpenCV's FFmpeg and AVIF, which PyAV and Pillow read, and
its LAPACK, for matrices larger than any of ours."""

ANOTHER_NAME = {b"libopenblas": b"libnolapack"}
"""As long as the old one. threadpoolctl knows OpenBLAS by its name, and asks for its threads."""

ICU = "libicudata.so.*"

ICU_KEPT = re.compile(
    r"(?!unames)[^/]*\.(?:icu|nrm|spp)$|(?:[a-z]+/)?(?:root|pool|res_index|(?:de|en)(?:_[A-Z]{2})?)\.res$"
    r"|(?:keyTypeData|likelySubtags|numberingSystems|plurals|pluralRanges|supplementalData"
    r"|timezoneTypes|windowsZones|zoneinfo64|metaZones|metadata|genderList|dayPeriods|icuver"
    r"|icustd|currencyNumericCodes|grammaticalFeatures|units)\.res$"
    r"|coll/ucadata\.icu$|brkitr/(?:char|word|line|sent)\.brk$"
)
"""Names of the tables that stay: what belongs to no language, and to German and English."""

UINT32, ENTRY = Struct("<I"), Struct("<II")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    slim(Path(arguments[0]))
    return 0


def slim(folder: Path) -> None:
    """Make a frozen program smaller, in place.

    Raises:
        CalledProcessError: one of binutils' programs failed, and has said why.
    """
    inside = folder / "_internal"
    files = list(_programs(inside))
    for pattern, body in STUBS:
        for library in sorted(inside.glob(pattern)):
            replace_by_stub(library, files, body)
    for library in sorted(inside.glob(f"PySide6/Qt/lib/{ICU}")):
        shrink_icu(library)
    remove_unlinked(inside)
    strip(folder)


class Symbol(NamedTuple):
    """Something that a library exports."""

    name: str
    is_function: bool
    size: int
    version: str
    """Empty where the library does not number its interface."""


def exported(library: Path) -> Iterator[Symbol]:
    """Yield what a library gives to others, C++'s own names left out."""
    row = r"^\s*\d+: [0-9a-f]+\s+(\S+) (FUNC|OBJECT)\s+(?:GLOBAL|WEAK)\s+DEFAULT\s+\d+ (\S+)"
    for match in re.finditer(row, _told("readelf", "-W", "--dyn-syms", library), re.MULTILINE):
        name, _, version = match[3].replace("@@", "@").partition("@")
        if not name.startswith(("_Z", "_init", "_fini")):
            yield Symbol(name, match[2] == "FUNC", int(match[1], 0), version)


def wanted(library: Path, files: Iterable[Path]) -> set[str]:
    """Return the names that those of some files which link a library look up somewhere."""
    row = r"^\s*\d+: .* UND (\w+)"
    users = [file for file in files if library.name in needed(file)]
    told = (_told("readelf", "-W", "--dyn-syms", file) for file in users)
    return {match[1] for text in told for match in re.finditer(row, text, re.MULTILINE)}


def replace_by_stub(library: Path, files: Iterable[Path], body: str) -> None:
    """Put a library in its place that exports what some files ask it for, and links no other."""
    names = wanted(library, files)
    symbols = [symbol for symbol in exported(library) if symbol.name in names]
    with TemporaryDirectory() as place:
        source, built, script = (Path(place, name) for name in ("stub.s", "stub.o", "versions"))
        source.write_text("\n".join(_assembly(symbol, body) for symbol in symbols) + NO_STACK)
        script.write_text("".join(_versions(symbols)))
        _told("as", source, "-o", built)
        _link(library, built, *([f"--version-script={script}"] if symbols else []))
    for name, other in ANOTHER_NAME.items():
        if library.name.encode().startswith(name):
            _rename(library, files, name, other)


def _rename(library: Path, files: Iterable[Path], begins: bytes, other: bytes) -> None:
    """Give a library another name of the same length, in whatever links it as well."""
    old = library.name.encode() + b"\0"
    new = other + old.removeprefix(begins)
    for file in (library, *files):
        data = file.read_bytes()
        if old in data:
            file.write_bytes(data.replace(old, new))
    library.rename(library.with_name(new[:-1].decode()))


NO_STACK = '\n.section .note.GNU-stack,"",@progbits\n'
"""That nothing is executed on the stack, which the linker asks about."""


def _assembly(symbol: Symbol, body: str) -> str:
    head = f".globl {symbol.name}\n.type {symbol.name}"
    if symbol.is_function:
        return f".text\n{head}, @function\n{symbol.name}:\n {body}"
    size = f".size {symbol.name}, {symbol.size}"
    return f".data\n.balign 16\n{head}, @object\n{size}\n{symbol.name}:\n .zero {symbol.size}"


def _versions(symbols: Sequence[Symbol]) -> Iterator[str]:
    for version in sorted({symbol.version for symbol in symbols}):
        names = "".join(f" {symbol.name};" for symbol in symbols if symbol.version == version)
        yield f"{version} {{ global:{names} }};\n"


def _link(library: Path, built: Path, *words: str) -> None:
    named = ("-soname", soname(library), *words)
    _told("ld", "-shared", "-z", "noexecstack", *named, built, "-o", library)


def soname(library: Path) -> str:
    """Return the name that others link a library by."""
    found = re.search(r"SONAME.*\[(.+)\]", _told("readelf", "-d", library))
    return found[1] if found else library.name


def needed(file: Path) -> set[str]:
    """Return the names of the libraries that a program or library links."""
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", _told("readelf", "-d", file)))


def remove_unlinked(folder: Path) -> None:
    """Remove the libraries that wheels brought along and nothing links any more."""
    while True:
        files = list(_programs(folder))
        linked = {name for file in files for name in needed(file)}
        spare = [
            file for file in files if file.parent.suffix == ".libs" and file.name not in linked
        ]
        for file in spare:
            file.unlink()
        for link in folder.rglob("*.so*"):
            if link.is_symlink() and not link.exists():
                link.unlink()
        if not spare:
            return


def strip(folder: Path) -> None:
    """Remove symbols that nobody looks up. Libraries out of wheels' `.libs` were patched so that
    `strip` damages them; they are left alone."""
    for file in _programs(folder):
        if file.parent.suffix != ".libs" and file.suffix != "":
            _told("strip", "--strip-unneeded", file)


def _programs(folder: Path) -> Iterator[Path]:
    """Yield every ELF file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def shrink_icu(library: Path) -> None:
    """Leave those of ICU's tables that the window's languages need.

    The library is one object, an archive of ICU's ("CmnD"): a header, the number of tables, pairs
    of places (name, table) counted from that number, names, tables.
    """
    (data,) = (symbol for symbol in exported(library) if re.match(r"icudt\d+_dat$", symbol.name))
    archive = shrunk_archive(_object(library, data))
    with TemporaryDirectory() as place:
        blob, source, built = (Path(place, name) for name in ("icu.dat", "icu.s", "icu.o"))
        blob.write_bytes(archive)
        head = f".section .rodata\n.balign 16\n.globl {data.name}\n.type {data.name}, @object\n"
        body = f'{data.name}:\n.incbin "{blob}"\n.size {data.name}, {len(archive)}\n'
        source.write_text(head + body + NO_STACK)
        _told("as", source, "-o", built)
        _link(library, built)


def _object(library: Path, data: Symbol) -> bytes:
    """Return the bytes of a constant."""
    row = rf"^\s*\d+: ([0-9a-f]+)\s+\S+ OBJECT.* {data.name}(?:@.*)?$"
    found = re.search(row, _told("readelf", "-W", "--dyn-syms", library), re.MULTILINE)
    sections = _told("readelf", "-W", "-S", library)
    assert found
    address = int(found[1], 16)
    for match in re.finditer(r"PROGBITS\s+([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)", sections):
        start, offset, size = (int(word, 16) for word in match.groups())
        if start <= address < start + size:
            begin = offset + address - start
            return library.read_bytes()[begin : begin + data.size]
    raise ValueError(f"{library}: {data.name} lies in no section; use another build of Qt")


def shrunk_archive(archive: bytes) -> bytes:
    """Return an archive of ICU's with the tables in it that `ICU_KEPT` names."""
    head = int.from_bytes(archive[:2], "little")
    (count,) = UINT32.unpack_from(archive, head)
    places = [ENTRY.unpack_from(archive, head + UINT32.size + ENTRY.size * n) for n in range(count)]
    ends = [*(table for _, table in places[1:]), len(archive) - head]
    tables: list[tuple[bytes, bytes]] = []
    for (name_at, table_at), end in zip(places, ends, strict=True):
        name = archive[head + name_at : archive.index(b"\0", head + name_at)]
        if ICU_KEPT.match(name.decode().partition("/")[2]):
            tables.append((name, archive[head + table_at : head + end]))
    return archive[:head] + _table_of_contents(tables)


def _table_of_contents(tables: Sequence[tuple[bytes, bytes]]) -> bytes:
    names = b"".join(name + b"\0" for name, _ in tables)
    name_at = UINT32.size + ENTRY.size * len(tables)
    table_at = _aligned(name_at + len(names))
    entries, body = UINT32.pack(len(tables)), b""
    gap = bytes(table_at - name_at - len(names))
    for name, table in tables:
        entries += ENTRY.pack(name_at, table_at + len(body))
        name_at += len(name) + 1
        body += table + bytes(_aligned(len(table)) - len(table))
    return entries + names + gap + body


def _aligned(size: int) -> int:
    return -(-size // 16) * 16


def _told(program: str, *words: object) -> str:
    command = [program, *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
