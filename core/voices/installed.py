"""Which voices there are on this computer, and how to get those that are missing."""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec

from core.plugin import VoicePlugin, voice_plugins
from core.process.child import ChildLost
from core.process.respawning_child import OrderFailed
from core.sentence import said
from core.voice_engine import VoiceEntry
from core.voices.voice_client import VoiceClient

log = logging.getLogger(__name__)

EVERY = "*"
"""In `VoicePlugin.default_for`: every language."""


@dataclass(frozen=True)
class Engine:
    """One engine and what it says of itself."""

    plugin: VoicePlugin
    languages: tuple[tuple[str, str], ...] = ()
    voices: tuple[VoiceEntry, ...] = ()
    error: str = ""
    """Why it cannot be used; empty if it can."""
    installed: bool = True


def engines() -> list[VoicePlugin]:
    """Return the engines whose modules are installed."""
    return [plugin for plugin in voice_plugins().plugins.values() if is_installed(plugin)]


def obtainable() -> list[VoicePlugin]:
    """Return those that could be installed here, and are not."""
    found = voice_plugins().plugins.values()
    return [p for p in found if not is_installed(p) and _suits(p)]


def is_installed(plugin: VoicePlugin) -> bool:
    """Whether what an engine needs is there; nothing of it is loaded."""
    return _suits(plugin) and all(map(_importable, plugin.needs))


def default_engines(language: str) -> list[VoicePlugin]:
    """Return who speaks a language unless somebody else is asked for, the best first."""
    primary = language.partition("-")[0].casefold()
    usable = engines()
    own = [plugin for plugin in usable if primary in plugin.default_for]
    return own + [plugin for plugin in usable if EVERY in plugin.default_for]


def ask_all(open_client: Callable[[str], VoiceClient] = VoiceClient) -> Iterator[Engine]:
    """Yield every installed engine with what it can speak; each is started and ended for it."""
    for plugin in engines():
        with closing(open_client(plugin.name)) as client:
            try:
                languages, voices = client.list()
            except (ChildLost, OrderFailed) as error:
                log.warning("the voice engine %s cannot be used", plugin.name, exc_info=True)
                yield Engine(plugin, error=str(error))
            else:
                yield Engine(plugin, tuple(languages), tuple(voices))


def unasked() -> Iterator[Engine]:
    """Yield every installed engine, and start none."""
    yield from map(Engine, engines())


def inventory(ask: Callable[[], Iterable[Engine]] = ask_all) -> list[Engine]:
    """Return every engine that there is, then those that could be installed here."""
    return [*ask(), *(Engine(plugin, installed=False) for plugin in obtainable())]


def description(engine: Engine) -> str:
    """Return what people should know of an engine: its voices, licence, and how to get it."""
    title, licence = engine.plugin.title, engine.plugin.licence
    if not engine.installed:
        remedy = engine.plugin.remedy or said("see its own page")
        if getattr(sys, "frozen", False):  # which pip cannot add to
            remedy = said("run Understudy from its source, then {0}", remedy)
        return said("{0} is not installed ({1}). To get it: {2}", title, licence, remedy)
    if engine.error:
        return said("{0} cannot be used: {1} ({2})", title, engine.error, licence)
    if engine.voices:
        return said("{0}: {1} ({2})", title, _count(len(engine.voices)), licence)
    return said("{0} ({1})", title, licence)


def _count(voices: int) -> str:
    return said("one voice") if voices == 1 else said("{0} voices", voices)


def _suits(plugin: VoicePlugin) -> bool:
    return not plugin.platforms or sys.platform in plugin.platforms


def _importable(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # its package is missing, or half of it
        return False
