"""Phoneme to viseme tables for ARPAbet, IPA and the synthesisers' own alphabets."""

# ruff: noqa: RUF001

import unicodedata
from dataclasses import dataclass

from core.perception.speech.visemes import INDEX


@dataclass(frozen=True)
class PhonemeArticulation:
    """Visemes and voicing of a phoneme."""

    visemes: tuple[int, ...]
    """Shapes one after the other, each for an equal share of the phoneme's time."""
    voiced: bool


def _parse_table(lines: str, unvoiced: str) -> dict[str, PhonemeArticulation]:
    """Read lines of `viseme[+viseme] symbol symbol ...`."""
    silent, table = set(unvoiced.split()), {}
    for line in lines.strip().splitlines():
        head, *symbols = line.split()
        visemes = tuple(INDEX[name] for name in head.split("+"))
        table.update(
            {symbol: PhonemeArticulation(visemes, symbol not in silent) for symbol in symbols}
        )
    return table


ARPABET = _parse_table(
    """
    sil pau sil h# ssil brth # SIL
    PP p b m em
    FF f v
    TH th dh
    DD t d dx
    kk k g ng hh hv h q
    CH ch jh sh zh
    SS s z
    nn n l en el nx
    RR r er axr
    aa aa ae ah
    E eh ax
    ih iy ih ix y
    oh ao
    ou uw uh w
    aa+ih ay
    aa+ou aw
    E+ih ey
    oh+ih oy
    oh+ou ow
    """,
    "pau sil h# ssil brth # SIL p f th t k hh h q ch sh s",
)
"""Festival's `radio` set and flite's, in lower case; CMUdict's without its stress digits."""

ITALIAN = _parse_table(
    """
    sil #
    PP p b m
    FF f v nf
    DD t d
    kk k g ng
    CH S Z tS dZ
    SS s z
    DD+SS ts dz
    nn n l J L
    RR r
    aa a a1
    E e e1 E E1
    ih i i1 j
    oh o o1 O O1
    ou u u1 w
    """,
    "# p f t k S tS s ts",
)
"""The voices lp and pc."""

CZECH = _parse_table(
    """
    sil # _
    PP p b m
    FF f v
    DD t d
    kk k g h ch n*
    CH s~ z~ c~ dz~ t~ d~
    SS s z
    DD+SS c dz
    nn n n~ l
    RR r r~ r~*
    aa a a:
    E e e:
    ih i i: j
    oh o o:
    ou u u:
    """,
    "# _ p f t k ch s~ c~ t~ s c r~*",
)
"""The voices dita, krb, machac and ph."""

RUSSIAN = _parse_table(
    """
    sil pau
    PP p pp b bb m mm
    FF f ff v vv
    DD t tt d dd
    kk k kk g gg h hh
    CH ch sh sch zh
    SS s ss z zz
    DD+SS c
    nn n nn l ll
    RR r rr
    aa aa a ae
    E ee e ur ay
    ih ii i yy y j
    oh oo
    ou uu u
    """,
    "pau p pp f ff t tt k kk h hh ch sh sch s ss c",
)
"""The voice nsh; `c` is ts, doubled letters are soft consonants and stressed vowels."""

FINNISH = _parse_table(
    """
    sil # ##
    PP p p: b b: m m:
    FF f f: v v:
    TH T T: D:
    DD t t: d d:
    kk k k: g g: h h: N N:
    CH S S: Z:
    SS s s: z:
    nn n n: l l: L L:
    RR r r:
    aa a a: & @ @:
    E e e:
    ih i i: j j:
    oh o o: 7 7:
    ou u u: y y: w w:
    """,
    "# ## p p: f f: T T: t t: k k: h h: S S: s s:",
)
"""The voices lj and mv; `@` and `&` are the open front vowel, `7` the rounded one."""

CATALAN = _parse_table(
    """
    sil pau _ #
    PP p b m
    FF f
    DD t d
    kk k g
    CH S Z
    SS s z
    nn n l L J
    RR r rr
    aa a a1
    E e e1 E E1 ax
    ih i i1 j
    oh o o1 O O1
    ou u u1 w
    """,
    "pau _ # p f t k S s",
)
"""The voice ona."""

INDIC = _parse_table(
    """
    sil pau
    PP p b m bh
    FF f v
    DD t d T D th dh td tth ddh
    kk k g kh gh h x @ N
    CH ch sh j zh
    SS s
    kk+CH ksh
    CH+RR sri
    nn n l L
    RR r R
    aa a aa
    E eh ee
    ih ih iy y
    oh oh oo
    ou uh uu uw w
    aa+ih ay
    aa+ou aw
    """,
    "pau p f t T th td tth k kh h x ch sh s ksh",
)
"""The voices NSK for Hindi, Marathi and Telugu; `th` and `dh` are dental stops there."""

IPA = _parse_table(
    """
    PP p b m ɓ ʙ ɸ β
    FF f v ʋ ɱ
    TH θ ð
    DD t d ʈ ɖ ɗ ɾ ɽ
    kk k ɡ g q ɢ x ɣ χ h ɦ ħ ʕ ʔ ŋ ɴ c ɟ ç ʝ ɠ ʛ
    CH ʃ ʒ ɕ ʑ ʂ ʐ ɧ
    SS s z ɬ ɮ
    nn n ɲ ɳ l ɫ ɭ ʎ ɺ ʟ
    RR r ɹ ɻ ʁ ʀ ɚ ɝ
    aa a ɑ æ ʌ ɐ ɶ ɒ
    E e ɛ ə ɜ ɘ ɞ
    ih i ɪ ɨ j ɯ ᵻ ɰ
    oh o ɔ ø œ ɵ ɤ
    ou u ʊ y ʏ ʉ w ʍ ɥ
    """,
    "p ɸ f θ t ʈ k q x χ h ħ ʔ c ç ʃ ɕ ʂ ɧ s ɬ ʍ",
)
"""Single letters of the International Phonetic Alphabet, without marks."""

ALPHABETS = {
    "arpabet": ARPABET,
    "catalan": CATALAN,
    "czech": CZECH,
    "finnish": FINNISH,
    "indic": INDIC,
    "italian": ITALIAN,
    "russian": RUSSIAN,
}
"""The tables whose symbols stand for one phoneme each."""

_AFFRICATES = {a + b for a in "tdʈɖ" for b in "ʃʒɕʑʂʐ"}
_DIACRITICS = set(":ːˑˈˌʰʲʷˠˤʼʱ̃̈|-.ˀ˞ˢ͡^!?;\"'*_") | set("0123456789")


def parse_ipa(text: str) -> PhonemeArticulation:
    """Return the articulation of `text`, one or more letters of IPA as espeak-ng emits them.

    Marks of length, stress, tone and secondary articulation say nothing about lips. An empty
    text is silence.

    Raises:
        ValueError: `text` has a letter that the table lacks.
    """
    if text.startswith("("):  # espeak-ng changes language, as in "(en)"
        text = ""
    letters = [
        c for c in text if c not in _DIACRITICS and unicodedata.category(c) not in ("Mn", "Sk")
    ]
    known = [IPA[letter] for letter in letters if letter in IPA]
    if len(known) < len(letters):
        raise ValueError(f"unknown letter in phoneme {text!r}; add it to the table IPA")
    if not known:
        return PhonemeArticulation((INDEX["sil"],), voiced=False)
    if "".join(letters) in _AFFRICATES:
        known = known[1:]
    return PhonemeArticulation(tuple(v for sound in known for v in sound.visemes), known[0].voiced)


def articulation(alphabet: str, symbol: str) -> PhonemeArticulation:
    """Return the articulation of `symbol` in `alphabet`: "ipa" or a name in `ALPHABETS`.

    Raises:
        ValueError: the alphabet or the symbol is unknown.
    """
    if alphabet == "ipa":
        return parse_ipa(symbol)
    if alphabet not in ALPHABETS:
        raise ValueError(f"alphabet {alphabet!r}, expected ipa or one of {sorted(ALPHABETS)}")
    table = ALPHABETS[alphabet]
    if symbol not in table:
        raise ValueError(f"the {alphabet} alphabet has no symbol {symbol!r}; add it to its table")
    return table[symbol]


def parse_ipa_leniently(text: str) -> PhonemeArticulation:
    """Return the articulation of what is known of `text`; another's symbols end no call."""
    return parse_ipa("".join(c for c in text if c in IPA))
