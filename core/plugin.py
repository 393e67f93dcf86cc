"""What can be plugged in, and how it is found."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.audio import AudioSource
from core.clock import Clock
from core.plugin_trial import failures
from core.profile import ProfileStore
from core.sentence import said
from core.voice_engine import VoiceEngine

log = logging.getLogger(__name__)

SOURCES = "understudy.sources"
PROFILES = "understudy.profiles"
OURS = "understudy"
"""The package whose plugins are loaded without having been tried."""
VOICES = "understudy.voices"

O = TypeVar("O")  # noqa: E741


@dataclass(frozen=True)
class SourcePlugin(Generic[O]):
    """One kind of audio source, declared as data."""

    name: str
    """Stable identifier, written into settings."""
    title: str
    """What people read in the menu."""
    options: type[O]
    """A frozen dataclass with defaults; the application draws a form from its fields."""
    open: Callable[[O, Clock], AudioSource]


@dataclass(frozen=True)
class StorePlugin:
    """One place where profiles are kept."""

    name: str
    title: str
    open: Callable[[], ProfileStore]


@dataclass(frozen=True)
class VoicePlugin:
    """One engine that speaks a text, declared as data; loaded where it speaks and where not."""

    name: str
    """That of its entry point, by which its process finds it."""
    title: str
    open: Callable[[], VoiceEngine]
    """Called in a process of its own."""
    licence: str
    """Of the engine and its voices, in a line for people."""
    needs: tuple[str, ...] = ()
    """Modules without which it is not offered."""
    remedy: str = ""
    """How to get what it needs."""
    platforms: tuple[str, ...] = ()
    """Where it can be had at all, as `sys.platform` says; empty is everywhere."""
    default_for: tuple[str, ...] = ()
    """Languages that it speaks unless another is asked for: "en" for all English, "*" for all."""
    confined: bool = True
    """Whether its process may neither write files nor reach the network."""
    readable: Callable[[], Sequence[Path]] = tuple
    """Called in its process: the folders of voices that it may read though it is confined."""


@dataclass(frozen=True)
class Origin:
    """Which package brought a plugin."""

    package: str
    version: str


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be loaded, and why."""

    name: str
    error: BaseException


@dataclass(frozen=True)
class Found(Generic[O]):
    """What discovery found: plugins by name, those that failed, and those switched off."""

    plugins: dict[str, O]
    broken: tuple[Broken, ...]
    off: tuple[str, ...] = ()
    """Names of those that were not loaded, because somebody switched them off."""
    origins: dict[str, Origin] = field(default_factory=dict)
    """Of all of them, by name."""


def source_plugins(off: Collection[str] = ()) -> Found[SourcePlugin[Any]]:
    """Return every installed source, ours and other people's alike, but for those `off`."""
    return _discover(SOURCES, SourcePlugin, off)


def store_plugins() -> Found[StorePlugin]:
    """Return every installed place for profiles."""
    return _discover(PROFILES, StorePlugin)


def voice_plugins() -> Found[VoicePlugin]:
    """Return every engine that speaks a text, whether what it needs is installed or not."""
    return _discover(VOICES, VoicePlugin)


def _discover(group: str, kind: type[Any], off: Collection[str] = ()) -> Found[Any]:
    plugins, broken = {}, []
    entries = sorted(entry_points(group=group), key=lambda e: e.name)
    origins = _origins(entries)
    refused = _refused([entry for entry in entries if entry.name not in off], origins)
    for entry in entries:
        if entry.name in off:
            continue
        try:
            if entry in refused:
                raise refused[entry]
            plugins[entry.name] = _load(entry, kind)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever it is, all others shall be there
            log.warning("plugin %s could not be loaded", entry.name, exc_info=True)
            broken.append(Broken(entry.name, error))
    left_out = tuple(entry.name for entry in entries if entry.name in off)
    named = {entry.name: origins[entry] for entry in entries}
    return Found(plugins, tuple(broken), left_out, named)


def _refused(
    entries: Iterable[EntryPoint], origins: Mapping[EntryPoint, Origin]
) -> dict[EntryPoint, Exception]:
    """Return which plugins of strangers cannot be let in, and why."""
    strangers = [entry for entry in entries if origins[entry].package not in ("", OURS)]
    found = _tried(tuple((entry, origins[entry].version) for entry in strangers))
    return {entry: found[entry.name] for entry in strangers if entry.name in found}


@cache
def _tried(entries: tuple[tuple[EntryPoint, str], ...]) -> dict[str, Exception]:
    """Try plugins, each version of them once in the life of the program."""
    return dict(failures([entry for entry, _ in entries]))


def _origins(entries: Iterable[EntryPoint]) -> dict[EntryPoint, Origin]:
    """Return whose each is; what a package says of itself is parsed each time that it is asked."""
    packages = {id(entry.dist): entry.dist for entry in entries}
    found = {key: Origin(p.name, p.version) if p else Origin("", "") for key, p in packages.items()}
    return {entry: found[id(entry.dist)] for entry in entries}


def _load(entry: EntryPoint, kind: type[Any]) -> Any:
    plugin = entry.load()
    if not isinstance(plugin, kind):
        raise TypeError(
            said("{0} is a {1}, expected {2}", entry.value, type(plugin).__name__, kind.__name__)
        )
    return plugin
