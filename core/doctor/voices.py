"""Which voices can speak a text, under which licences, and how to get more."""

from collections.abc import Callable, Iterable

from core.doctor.finding import Finding, State
from core.plugin import VoicePlugin
from core.sentence import joined, said
from core.voices.installed import EVERY, Engine, ask_all, obtainable

NAME = said("Voices")


def voices(
    ask: Callable[[], Iterable[Engine]] = ask_all,
    missing: Callable[[], list[VoicePlugin]] = obtainable,
) -> Finding:
    """Let each engine that is installed say what it can speak."""
    found = list(ask())
    usable = [engine for engine in found if not engine.error]
    broken = [engine for engine in found if engine.error]
    if not usable:
        told = [said("{0} cannot be used: {1}", e.plugin.title, e.error) for e in broken]
        sentence = joined([said("no voice can be used"), *told], "; ")
        return Finding(NAME, State.FAILED, sentence, said("reinstall the program"))
    there = [
        said("{0}: {1} ({2})", e.plugin.title, _count(len(e.voices)), e.plugin.licence)
        for e in usable
    ]
    if broken:
        told = [said("{0} cannot be used: {1}", e.plugin.title, e.error) for e in broken]
        return Finding(
            NAME, State.WARNING, joined([*told, *there], "; "), said("reinstall the program")
        )
    if all(EVERY in engine.plugin.default_for for engine in usable):
        told = [said("there is only espeak-ng, which sounds like a machine"), *there]
        remedy = said("reinstall the program for a natural English voice")
        return Finding(NAME, State.WARNING, joined(told, "; "), remedy)
    more = [f"{plugin.title} ({plugin.remedy})" for plugin in missing() if plugin.remedy]
    if more:
        there.append(said("More voices can be installed: {0}", ", ".join(more)))
    return Finding(NAME, State.OK, joined(there, "; "))


def _count(voices: int) -> str:
    return said("one voice") if voices == 1 else said("{0} voices", voices)
