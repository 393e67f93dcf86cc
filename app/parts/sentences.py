"""What core and plugins say, who know nothing of Qt, in the language spoken (decision 0025).

A `Sentence` brings its template, which is looked up, and its values, which are filled in. What was
not made as one, by libraries and strangers' plugins, is shown as it is.
"""

import re

from PySide6.QtCore import QCoreApplication

from app.plain import Html
from core.sentence import Sentence, filled, system_words

CONTEXT = "Sentences"

NAME = re.compile(r"[./\\_]|\d")
"""What words have none of."""


def told(text: str) -> str:
    """Return what core says in the language spoken."""
    if not isinstance(text, Sentence):
        return text
    words = QCoreApplication.translate(CONTEXT, text.template)
    return filled(words, map(told, text.values), told(text.remedy))


def reason(error: object) -> str:
    """Return what an error says, or at least of what kind it is."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        words = QCoreApplication.translate(
            "Reason", "{file}: {why}; make room there, or let yourself write there"
        )
        where = error.filename2 or error.filename  # of a copy, what could not be written
        return words.format(file=where, why=told(system_words(error)))
    return told(str(error)) or type(error).__name__


def began(text: str) -> str:
    """Return `text` as a sentence begins; a file's name stays as it is."""
    if isinstance(text, Html):
        return text
    first = text.partition(" ")[0].rstrip(".,:;")
    return text if NAME.search(first) else text[:1].upper() + text[1:]
