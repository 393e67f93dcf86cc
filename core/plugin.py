"""What can be plugged in, and how it is found."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from core.audio import AudioSource
from core.clock import Clock
from core.profile import BadProfile, Profile, ProfileStore

log = logging.getLogger(__name__)

SOURCES = "understudy.sources"
PROFILES = "understudy.profiles"

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
class Broken:
    """A plugin that could not be loaded, and why."""

    name: str
    error: Exception


@dataclass(frozen=True)
class Found(Generic[O]):
    """What discovery found: plugins by name, and those that failed."""

    plugins: dict[str, O]
    broken: tuple[Broken, ...]


def source_plugins() -> Found[SourcePlugin[Any]]:
    """Return every installed source, ours and other people's alike."""
    return _discover(SOURCES, SourcePlugin)


def store_plugins() -> Found[StorePlugin]:
    """Return every installed place for profiles."""
    return _discover(PROFILES, StorePlugin)


def all_profiles() -> tuple[list[Profile], list[BadProfile]]:
    """Return the profiles of every store, store by store, and those that cannot be read."""
    found = store_plugins()
    good = list[Profile]()
    bad = [BadProfile(broken.name, str(broken.error)) for broken in found.broken]
    for plugin in found.plugins.values():
        try:
            readable, unreadable = plugin.open().profiles()
        except OSError as error:
            bad.append(BadProfile(plugin.title, str(error)))
            continue
        good += readable
        bad += unreadable
    return good, bad


def _discover(group: str, kind: type[Any]) -> Found[Any]:
    plugins, broken = {}, []
    for entry in sorted(entry_points(group=group), key=lambda e: e.name):
        try:
            plugins[entry.name] = _load(entry, kind)
        except Exception as error:
            log.warning("plugin %s could not be loaded", entry.name, exc_info=True)
            broken.append(Broken(entry.name, error))
    return Found(plugins, tuple(broken))


def _load(entry: EntryPoint, kind: type[Any]) -> Any:
    plugin = entry.load()
    if not isinstance(plugin, kind):
        raise TypeError(f"{entry.value} is a {type(plugin).__name__}, expected {kind.__name__}")
    return plugin
