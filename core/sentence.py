"""What people read: a template, its values and a remedy, together English text (decision 0025).

Whoever shows it in another language looks the template up and fills in the same values; whoever
prints or logs it has a `str`. What libraries and strangers say is a plain `str`.
"""

from collections.abc import Iterable
from string import Formatter
from typing import Any

KEYS = {"template", "values", "remedy"}
"""What a sentence is made of, and what travels through pipes."""

FORMATTER = Formatter()


class Sentence(str):
    """English text that knows what it is made of; `said` makes it.

    `str()` does not take that away, so `str(error)` of an error raised with one is a sentence too.
    """

    template: str
    """With {0}, {1} and so on in place of the values."""
    values: tuple[str, ...]
    """As they read in English; those that are sentences themselves can be said in other words."""
    remedy: str
    """What helps: a sentence, or empty."""

    def __new__(cls, template: str, values: tuple[str, ...] = (), remedy: str = "") -> "Sentence":
        sentence = super().__new__(cls, filled(template, values, remedy))
        sentence.template, sentence.values, sentence.remedy = template, values, remedy
        return sentence

    def __str__(self) -> "Sentence":
        return self

    def __reduce__(self) -> tuple[type["Sentence"], tuple[str, tuple[str, ...], str]]:
        return Sentence, (self.template, self.values, self.remedy)


def said(template: str, *values: object, remedy: str = "") -> Sentence:
    """Return a sentence for people: `said("there is no voice {0!r}", name, remedy="choose one")`.

    Template and remedy are literals, for translators find them in the sources; a remedy that has
    values is a sentence itself. A value may be a sentence, or an error that was raised with one.
    The remedy follows after a semicolon, or after the colon that the template ends with.
    """
    marks = {int(name): (how, form) for _, name, form, how in FORMATTER.parse(template) if name}
    shown = tuple(_shown(value, *marks[place]) for place, value in enumerate(values))
    helping = remedy if isinstance(remedy, Sentence) or not remedy else Sentence(remedy)
    return Sentence(plain(template), shown, helping)


def plain(template: str) -> str:
    """Return a template as translators see it: how a value is formatted is no matter of theirs."""
    pieces = FORMATTER.parse(template)
    return "".join(
        text.replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name is not None else "")
        for text, name, _, _ in pieces
    )


def filled(template: str, values: Iterable[str], remedy: str) -> str:
    """Return the text of a sentence, of whatever language the parts are."""
    words = template.format(*values)
    if not remedy:
        return words.removesuffix(":")
    return f"{words} {remedy}" if template.endswith(":") else f"{words}; {remedy}"


def joined(parts: Iterable[str], by: str = " ") -> str:
    """Return several sentences, or names, as one; those that are empty are left out."""
    values = tuple(part for part in parts if part)
    return Sentence(by.join(f"{{{place}}}" for place in range(len(values))), values)


def parted(text: str) -> tuple[str, str]:
    """Return what is wrong and what helps, which a sentence may know from one that it quotes."""
    if not isinstance(text, Sentence):
        return text, ""
    if text.remedy:
        return Sentence(text.template, text.values), text.remedy
    for place, value in reversed([*enumerate(text.values)]):
        quoted, remedy = parted(value)
        if remedy:
            values = (*text.values[:place], quoted, *text.values[place + 1 :])
            return Sentence(text.template, values), remedy
    return text, ""


def first_line(error: BaseException) -> str:
    """Return what an error says, of a library's many lines the first; else of what kind it is."""
    text = str(error)
    return text if isinstance(text, Sentence) else text.split("\n")[0] or repr(error)


def system_words(error: OSError) -> str:
    """Return what the system says of a file, of which the usual can be said in other words."""
    words = error.strerror or str(error)
    return SYSTEM.get(words, words)


def packed(value: Any) -> Any:
    """Return plain values, with every sentence in them as what it is made of, for JSON."""
    if isinstance(value, Sentence):
        return {key: packed(getattr(value, key)) for key in sorted(KEYS)}
    if isinstance(value, dict):
        return {key: packed(one) for key, one in value.items()}
    return [packed(one) for one in value] if isinstance(value, list | tuple) else value


def unpacked(fields: dict[str, Any]) -> Any:
    """Return an object of JSON, or the sentence that it stands for; a hook for `json.loads`."""
    if fields.keys() != KEYS:
        return fields
    return Sentence(fields["template"], tuple(fields["values"]), fields["remedy"])


def _shown(value: object, conversion: str | None, form: str | None) -> str:
    """Return a value as a template wants it; a sentence stays one."""
    if isinstance(value, BaseException):
        value = str(value) or repr(value)
    if isinstance(value, Sentence) and not conversion and not form:
        return value
    return format(FORMATTER.convert_field(value, conversion), form or "")


SYSTEM: dict[str, Sentence] = {
    words: words
    for words in (
        said("No space left on device"),
        said("Permission denied"),
        said("Read-only file system"),
        said("No such file or directory"),
        said("Input/output error"),
        said("File name too long"),
    )
}
"""What systems say of files that cannot be read or written."""
