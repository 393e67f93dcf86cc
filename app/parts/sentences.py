"""What core and plugins say, who know nothing of Qt, in the language spoken (decision 0025).

They write plain English with values in it, which may have come from another process. A sentence is
recognised by its words, `sentences.txt` holds them all, and its translation gets the same values.
"""

import re
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from app.desktop.language import FOLDER
from core.doctor.finding import cut

CONTEXT = "Sentences"

VALUE = re.compile(r"\{\w+\}")

LETTERS = re.compile(r"[^\W\d_]{2}")

NEXT = re.compile(r"(?<=[.!?]) (?=\S)")
"""Where one sentence ends and another begins."""


class Pattern(NamedTuple):
    """How a sentence is recognised, or the half of one that core has cut from its advice."""

    words: str
    """Its longest piece without a value, which is quick to look for."""
    text: str
    template: str
    half: int | None
    """0 or 1; None for a whole sentence."""


def told(text: str) -> str:
    """Return what core says in the language spoken; what nobody knows stays as it is."""
    inner = text.strip()
    found = _sentence(inner)
    if found is None:
        parts = [(part, _sentence(part)) for part in NEXT.split(inner)]
        found = " ".join(part if known is None else known for part, known in parts)
    return text.replace(inner, found, 1) if inner else text


def reason(error: object) -> str:
    """Return what an error says, or at least of what kind it is."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        words = QCoreApplication.translate(
            "Reason", "{file}: {why}; make room there, or let yourself write there"
        )
        return words.format(file=error.filename, why=told(error.strerror))
    return told(str(error)) or type(error).__name__


def began(text: str) -> str:
    """Return `text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str | None:
    found = _known(text)
    if found is None and text.endswith("."):
        found = _known(text[:-1])
        return None if found is None else f"{found}."
    return found


def _known(text: str) -> str | None:
    """Return the translation of a sentence as a whole; None where we do not know it."""
    for pattern in patterns():
        if pattern.words in text and (match := whole(pattern.text).fullmatch(text)):
            words = QCoreApplication.translate(CONTEXT, pattern.template)
            if words == pattern.template:
                return text
            return _like(text, _filled(_half(pattern, words), match))
    return None


def _filled(words: str, match: re.Match[str]) -> str:
    values = {f"{{{name[1:]}}}": told(value) for name, value in match.groupdict().items()}
    return VALUE.sub(lambda mark: values.get(mark[0], mark[0]), words)


def _like(text: str, words: str) -> str:
    """Return `words` with a capital where `text` begins with one."""
    return words[:1].upper() + words[1:] if text[:1].isupper() else words


def _half(pattern: Pattern, words: str) -> str:
    """Return the half of a translation that belongs to a half of the sentence."""
    if pattern.half is None:
        return words
    before, _ = cut(ValueError(pattern.template))
    mark = pattern.template[len(before) :][:2]
    parts, count = words.split(mark), before.count(mark) + 1
    return mark.join(parts[count:] if pattern.half else parts[:count])


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return how all sentences are recognised; those first that say the most themselves."""
    found = []
    for template in (FOLDER / "sentences.txt").read_text("utf-8").splitlines():
        found.append(_pattern(template, template, None))
        halves = cut(ValueError(template))
        if halves[1]:
            found += [_pattern(half, template, at) for at, half in enumerate(halves)]
    own = (pattern for pattern in found if LETTERS.search(pattern.words))
    return tuple(sorted(own, key=_own_letters, reverse=True))


def _pattern(text: str, template: str, half: int | None) -> Pattern:
    first, *rest = VALUE.split(text)
    return Pattern(max((first[1:], *rest), key=len), text, template, half)


@cache
def whole(text: str) -> re.Pattern[str]:
    """Return what fits a template with any values; made when it is first needed."""
    first, *rest = map(re.escape, VALUE.split(text))
    begin = f"(?i:{re.escape(text[0])}){first[len(re.escape(text[0])) :]}" if first else ""
    marks = (f"(?P<v{value[1:-1]}>.*?)" for value in VALUE.findall(text))
    return re.compile(begin + "".join(map("".join, zip(marks, rest, strict=True))), re.DOTALL)


def _own_letters(pattern: Pattern) -> tuple[int, int, bool]:
    values = VALUE.findall(pattern.text)
    return len(VALUE.sub("", pattern.text)), -len(values), pattern.half is None
