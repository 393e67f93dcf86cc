"""What core and plugins say, who know nothing of Qt, in the language spoken (decision 0025).

They write plain English with values in it, which may have come from another process. A sentence is
recognised by its words, `sentences.txt` holds them all, and its translation gets the same values.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from app.desktop.language import FOLDER
from core.doctor.finding import cut

CONTEXT = "Sentences"

VALUE = re.compile(r"\{\w+\}")

LETTERS = re.compile(r"[^\W\d_]{2}")

NAME = re.compile(r"[./\\_]|\d")
"""What words have none of."""

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
    return text.replace(inner, _told(inner), 1) if inner else text


def _told(text: str) -> str:
    """Several sentences may be several of ours, or one of ours, or have some of ours in them."""
    parts = NEXT.split(text)
    known = [_sentence(part, halves=False) for part in parts]
    if None in known and (one := _sentence(text, halves=False)) is not None:
        return one
    pairs = zip(parts, known, strict=True)
    return " ".join(found or _sentence(part, halves=True) or part for part, found in pairs)


def reason(error: object) -> str:
    """Return what an error says, or at least of what kind it is."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        words = QCoreApplication.translate(
            "Reason", "{file}: {why}; make room there, or let yourself write there"
        )
        return words.format(file=error.filename, why=told(error.strerror))
    return told(str(error)) or type(error).__name__


def began(text: str) -> str:
    """Return `text` as a sentence begins; a file's name stays as it is."""
    first = text.partition(" ")[0].rstrip(".,:;")
    return text if NAME.search(first) else text[:1].upper() + text[1:]


def _sentence(text: str, halves: bool) -> str | None:
    """Return the translation of a sentence, or of half of one; None where we do not know it."""
    found = _recognised(text, halves)
    if found is None:
        return None
    pattern, match = found
    words = QCoreApplication.translate(CONTEXT, pattern.template)
    if words == pattern.template:
        return text
    stop = text[match.end() :]
    return _like(text, _filled(_half(pattern, words), match)) + stop


@lru_cache(1024)
def _recognised(text: str, halves: bool) -> tuple[Pattern, re.Match[str]] | None:
    """Return the sentence, or the half of one, that this is; forms ask for the same many times."""
    likely = [pattern for words, pattern in _by_words(halves) if words in text]
    fitting = ((pattern, _fitted(pattern, text)) for pattern in likely)
    found = [(pattern, match) for pattern, match in fitting if match]
    if not found:
        return None
    # A value at the end takes in whatever follows; advice does not belong to it if it need not.
    return min(found, key=lambda one: sum(v.count("; ") for v in one[1].groups()))


@cache
def _by_words(halves: bool) -> tuple[tuple[str, Pattern], ...]:
    """Return whole sentences, or halves, each beside what is quick to look for."""
    return tuple((p.words, p) for p in patterns() if (p.half is not None) is halves)


def _fitted(pattern: Pattern, text: str) -> re.Match[str] | None:
    """Return how a template fits, which may leave the stop at the end to others."""
    fits = whole(pattern.text)
    return fits.fullmatch(text) or fits.fullmatch(text, 0, len(text) - text.endswith("."))


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
