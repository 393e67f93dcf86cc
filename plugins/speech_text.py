"""Texts as voices can speak them: cleaned, cut into pieces, with the user's own pronunciations."""

import re
import unicodedata
from functools import lru_cache

from core.sentence import said

PIECE = 200
"""Letters given to a voice at once: up to fifteen seconds of speech."""

FIRST_PIECE = 120
"""Letters of the first piece, so that nobody waits for the end of a long sentence."""

SENTENCE_END = re.compile(
    r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*\s+|[\u3002\uff01\uff1f]|\n\s*"
)
CLAUSE_END = re.compile(r"[,;:\u2014\u3001\uff0c\uff1b\uff1a]\s*")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'])(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|vs|approx|No|e\.g|i\.e|etc|z\.B|bzw|ca|Nr)\.\s+$"
)
"""A dot that ends no sentence."""

TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,200}>")
"""Of SSML or HTML: no voice of ours knows any."""

LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\b",  # bounded: else quadratic
    re.ASCII,
)
LINK_WORDS = {"@": " at ", "/": " slash ", "-": " dash ", "_": " underscore "}

KEPT_WHOLE = "\u0e33\u0eb3"
"""Thai and Lao vowels that normalisation would take apart."""
KEPT_SYMBOLS = "$+<=>^|~\u00b0\u20ac\u00a3\u00a5\u00a2\u20b9\u00d7\u00f7\u00b1"

PLAIN = r"\n -_a-~"
"""Letters that are spoken as they are: ASCII but for control characters and the backtick."""

LETTERS = 2000
"""How much of a text tells in which script it is."""

CYRILLIC = "ru uk bg be sr mk kk ky tt ba cv uz nog mn bs tk az os"
INDIC = "hi mr ne kok sa mai bho"
SCRIPTS = {
    "CJK": "cmn zh yue hak nan wuu ja ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CYRILLIC": CYRILLIC,
    "ARABIC": "ar fa ur sd ug ku ckb ps ms az pa",
    "HEBREW": "he yi",
    "DEVANAGARI": INDIC,
    "BENGALI": "bn as bpy mni",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "MYANMAR": "my shn",
    "GEORGIAN": "ka xmf",
    "ARMENIAN": "hy hyw",
    "ETHIOPIC": "am ti om",
    "KHMER": "km",
    "TIBETAN": "bo",
}
"""Languages that use a script; what is not named here every voice may read, or spell."""


def speakable(text: str) -> str:
    """Return what of `text` a voice can say: no tags, emoji, control or private letters.

    Raises:
        ValueError: nothing is left.
    """
    text_alone = TAG.sub(" ", text)
    plain = re.sub(f"[^{PLAIN}]+", lambda m: "".join(map(_spoken_letter, m.group())), text_alone)
    plain = re.sub(r"([^\w\s])\1{3,}", r"\1\1\1", plain)
    plain = re.sub(r"[^\S\n]+", " ", plain).strip()
    if not text.strip():
        raise ValueError(said("nothing is typed", remedy="type something to say first"))
    if not any(letter.isalnum() for letter in plain):
        raise ValueError(
            said("there is nothing to speak in {0!r}", text[:40], remedy="write at least one word")
        )
    return plain


@lru_cache(maxsize=4096)
def _spoken_letter(letter: str) -> str:
    """Return what a voice can say of one letter: none, or one or more, or a space."""
    if letter in KEPT_WHOLE:
        return letter
    return "".join(map(_spoken_part, unicodedata.normalize("NFKC", letter)))


def _spoken_part(part: str) -> str:
    if unicodedata.category(part)[0] in "LNMP" or part in KEPT_SYMBOLS:
        return part
    if part == "\u2044":  # of a fraction
        return "/"
    return "\n" if part in "\n\u2028\u2029" else " "


def check_letters(title: str, language: str, text: str) -> None:
    """See that a voice can read the letters; it would spell or skip them otherwise.

    Raises:
        ValueError: most of them are of a script that its language does not use.
    """
    letters = [letter for letter in text[:LETTERS] if letter.isalpha()]
    strange = sum(_is_foreign(letter, language) for letter in letters)
    if strange > len(letters) / 2:
        raise ValueError(
            said(
                "the voice {0!r} does not know the letters of {1!r}",
                title,
                text[:40],
                remedy="choose the language they are in",
            )
        )


def without_foreign_words(text: str, language: str) -> tuple[str, str]:
    """Return `text` without letters of scripts that the language does not use, and those."""
    foreign = [letter for letter in text if _is_foreign(letter, language)]
    if not foreign:
        return text, ""
    kept = "".join(" " if _is_foreign(letter, language) else letter for letter in text)
    return kept, "".join(foreign)


def _is_foreign(letter: str, language: str) -> bool:
    if letter < "\u0370" or not letter.isalpha():
        return False
    users = SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0])
    return users is not None and language.partition("-")[0].casefold() not in users.split()


def pieces(text: str) -> list[str]:
    """Cut a text after sentences, or after clauses or words where a sentence is too long.

    Stretches without a letter are left out.
    """
    out, at = list[str](), 0
    while at < len(text):
        end = _cut(text, at, FIRST_PIECE if not out else PIECE)
        if any(map(str.isalnum, text[at:end])):
            out.append(text[at:end])
        at = end
    return out


def _cut(text: str, start: int, longest: int) -> int:
    """Return where the piece that begins at `start` ends: after its first sentence, if it can."""
    last = start + longest
    for match in SENTENCE_END.finditer(text, start, last):
        before = text[max(start, match.end() - 12) : match.end()]
        if not ABBREVIATION.search(before):
            return match.end()
    if len(text) <= last:
        return len(text)
    clauses = [match.end() for match in CLAUSE_END.finditer(text, start + longest // 3, last)]
    return clauses[-1] if clauses else text.rfind(" ", start + 1, last) + 1 or last


def read_links(text: str) -> str:
    """Return an English text whose addresses read as people say them."""

    def read(match: re.Match[str]) -> str:
        address = match.group().rstrip(".,;:!?)")
        rest = match.group()[len(address) :]
        address = re.sub(r"^https?://", "", address).rstrip("/")
        address = re.sub(r"^www\.", "w w w dot ", address)
        for sign, word in LINK_WORDS.items():
            address = address.replace(sign, word)
        return re.sub(r"\.(?=\w)", " dot ", address) + rest

    return LINK.sub(read, text)


class Pronunciations:
    """The user's own list: a line "word = as it is spoken" for each; case does not matter.

    Raises:
        ValueError: a line is none.
    """

    def __init__(self, lines: str) -> None:
        self._spoken: dict[str, str] = {}
        for line in filter(str.strip, lines.splitlines()):
            word, equals, spoken = (part.strip() for part in line.partition("="))
            if not (word and equals and spoken):
                raise ValueError(
                    said(
                        "the pronunciation {0!r} cannot be read",
                        line.strip()[:40],
                        remedy="write a line for each word, as in: GIF = jiff",
                    )
                )
            self._spoken[word.casefold()] = spoken
        words = sorted(map(re.escape, self._spoken), key=len, reverse=True)
        self._find = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.I) if words else None

    def apply(self, text: str) -> str:
        """Return `text` with every word of the list as it is spoken."""
        if self._find is None:
            return text
        return self._find.sub(lambda m: self._spoken.get(m.group().casefold(), m.group()), text)
