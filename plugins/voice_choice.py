"""Who speaks: the engines and voices that options ask for, and the lists people choose from."""

from contextlib import closing
from dataclasses import dataclass

from core.plugin import VoicePlugin, voice_plugins
from core.sentence import said
from core.voice_engine import Manner, VoiceEntry
from core.voices.installed import ask_all, default_engines, is_installed
from core.voices.voice_client import VoiceClient

ESPEAK = "espeak"
"""Its voices are chosen without their engine's name, as they were when there was no other."""

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class ChosenVoice:
    """An engine, and how it shall speak."""

    plugin: VoicePlugin
    manner: Manner

    @property
    def title(self) -> str:
        return self.manner.voice or self.plugin.title


def languages() -> Choices:
    """Return (code, title) of every language and accent."""
    with closing(VoiceClient(ESPEAK)) as client:
        return list(client.list()[0])


def speakers() -> Choices:
    """Return (value, title) of every voice; the first leaves the choice to us."""
    found = [
        (_value(engine.plugin, entry), _title(engine.plugin, entry))
        for engine in ask_all()
        for entry in engine.voices
    ]
    found.sort(key=lambda pair: ":" not in pair[0])
    return [("", said("Automatic")), *found]


def chosen_voices(language: str, speaker: str, manner: Manner) -> list[ChosenVoice]:
    """Return who shall speak: the first who can.

    Raises:
        ValueError: the voice asked for is not installed.
    """
    if speaker and ":" not in speaker:
        return [_named(ESPEAK, language, speaker, manner)]
    if speaker:
        engine, _, rest = speaker.partition(":")
        voice, _, own = rest.partition("@")
        return [_named(engine, own or language, voice, manner)]
    engines = default_engines(language)
    if not engines:
        raise ValueError(said("no voice is installed", remedy="reinstall the program"))
    return [ChosenVoice(one, _spoken(manner, language, "")) for one in engines]


def _named(engine: str, language: str, voice: str, manner: Manner) -> ChosenVoice:
    plugin = voice_plugins().plugins.get(engine)
    if plugin is None or not is_installed(plugin):
        raise ValueError(
            said(
                "the voice {0!r} is not installed",
                f"{engine} {voice}",
                remedy=(plugin and plugin.remedy) or said("choose another one"),
            )
        )
    return ChosenVoice(plugin, _spoken(manner, language, voice))


def _spoken(manner: Manner, language: str, voice: str) -> Manner:
    return Manner(language, voice, manner.rate, manner.pitch, manner.gap)


def _value(plugin: VoicePlugin, entry: VoiceEntry) -> str:
    if plugin.name == ESPEAK:
        return entry.name
    return f"{plugin.name}:{entry.name}" + (f"@{entry.language}" if entry.language else "")


def _title(plugin: VoicePlugin, entry: VoiceEntry) -> str:
    language = f" ({entry.language})" if entry.language else ""
    return f"{plugin.title}: {entry.title}{language}"
