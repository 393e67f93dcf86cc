"""What the program stands on, and under which licences: one text for people and installers."""

from collections.abc import Collection, Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PACKAGE = "understudy"

COLLECTED = Path(__file__).with_name("licences.txt")
"""What packaging/licences.py wrote into a frozen program, whose packages have no own files."""

OURS = (
    Path(__file__).parent / "weights" / "NOTICE.md",
    Path(__file__).parents[1] / "app" / "icons" / "LICENSE",
    Path(__file__).parents[1] / "docs" / "model_card.md",
)
"""Licences of what is neither ours nor a package, and what the networks were trained on; the last
lies in a checkout only, and with what was collected there."""

BROUGHT = {
    "c2pa-python": "MIT or Apache-2.0; taken under Apache-2.0",
    "espeakng-loader": "MIT; the espeak-ng inside: GPL-3.0-or-later",
}
"""What packages do not say of themselves."""

NAMES = ("licen", "copying", "notice", "copyright", "authors", "thirdpartynotices")
"""How files with licences begin."""

CODE = (".py", ".pyc", ".pyi", ".so", ".pyd", ".json")
"""Files that may bear such a name and hold none."""

NEURAL = "extra == 'neural'"
"""How requirements name the extra that some people have."""

LINE = "=" * 78


def version(package: str = PACKAGE) -> str:
    """Return the version that runs, or a question mark where nobody has noted it."""
    found = _found(package)
    return found.version if found else "?"


def licences(package: str = PACKAGE) -> str:
    """Return what was collected for this program, or else collect it from what is installed."""
    return COLLECTED.read_text("utf-8") if COLLECTED.exists() else collected(package)


def collected(package: str = PACKAGE, without: Collection[str] = ()) -> str:
    """Return a line on each package that is needed, then the texts; `without` some and theirs."""
    packages = needed(package, without)
    parts = ["\n".join(map(licence, packages))]
    for name, text in _texts(packages):
        parts.append(f"{LINE}\n{name}\n{LINE}\n\n{text}")
    return "\n\n".join(part for part in parts if part)


def needed(package: str, without: Collection[str] = ()) -> list[Distribution]:
    """Return what `package` needs, directly or not, where it is installed; in order of name."""
    seen: dict[str, Distribution] = {}
    waiting = [package]
    while waiting:
        name = waiting.pop()
        found = None if name.lower() in without else _found(name)
        if found is None or found.name.lower() in seen:
            continue
        seen[found.name.lower()] = found
        waiting += _names(found.requires or ())
    seen.pop(package, None)
    return [seen[name] for name in sorted(seen)]


def licence(found: Distribution) -> str:
    """Return a line about one package."""
    told = [BROUGHT.get(found.name, "")]
    for field in ("License-Expression", "License"):
        told += found.metadata.get_all(field) or []
    for text in found.metadata.get_all("Classifier") or []:
        told += [text.rpartition(" :: ")[2]] if text.startswith("License ::") else []
    first = next((line for words in told if (line := words.strip().partition("\n")[0])), "")
    return f"{found.name} {found.version}: {first or 'see its own files'}"


def _texts(packages: Iterable[Distribution]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each licence that is there; the same text once."""
    told: set[str] = set()
    for name, path in _files(packages):
        text = path.read_text("utf-8", errors="replace").strip()
        if text not in told:
            told.add(text)
            yield name, text


def _files(packages: Iterable[Distribution]) -> Iterator[tuple[str, Path]]:
    yield from ((f"{path.parent.name}/{path.name}", path) for path in OURS if path.exists())
    for found in packages:
        for file in found.files or ():
            path = Path(str(found.locate_file(file)))
            if _is_licence(file.parts) and path.is_file():
                yield f"{found.name}: {file.name}", path


def _is_licence(parts: Iterable[str]) -> bool:
    """Return whether a file of a package is a licence, as its place and name say."""
    *folders, name = (part.lower() for part in parts)
    if name.endswith(CODE):
        return False
    return name.startswith(NAMES) or ("licenses" in folders and folders[0].endswith(".dist-info"))


def _names(requirements: Iterable[str]) -> list[str]:
    """Return the names of what is needed here, without what only tests and training need."""
    ours = (text for text in requirements if "extra ==" not in text or NEURAL in text)
    return [_name(text) for text in ours]


def _name(requirement: str) -> str:
    end = next((at for at, sign in enumerate(requirement) if sign in " ;<>=!~[("), None)
    return requirement[:end]


def _found(package: str) -> Distribution | None:
    try:
        return distribution(package)
    except PackageNotFoundError:
        return None
