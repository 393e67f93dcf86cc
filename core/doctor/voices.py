"""Which voices can speak a text, under which licences, and how to get more."""

from collections.abc import Callable

from core.doctor.finding import Finding, State
from core.sentence import joined, said
from core.voices.installed import EVERY, Engine, description, inventory

NAME = said("Voices")


def voices(look: Callable[[], list[Engine]] = inventory) -> Finding:
    """Let each engine that is installed say what it can speak."""
    found = look()
    there = [engine for engine in found if engine.installed]
    usable = [engine for engine in there if not engine.error]
    told = [description(engine) for engine in found]
    if not usable:
        sentence = joined([said("no voice can be used"), *told], "; ")
        return Finding(NAME, State.FAILED, sentence, said("reinstall the program"))
    if len(usable) < len(there):
        broken_first = sorted(found, key=lambda engine: not engine.error)
        sentence = joined([description(engine) for engine in broken_first], "; ")
        return Finding(NAME, State.WARNING, sentence, said("reinstall the program"))
    if all(EVERY in engine.plugin.default_for for engine in usable):
        robot = said("there is only espeak-ng, which sounds like a machine")
        remedy = said("reinstall the program for a natural English voice")
        return Finding(NAME, State.WARNING, joined([robot, *told], "; "), remedy)
    return Finding(NAME, State.OK, joined(told, "; "))
