"""Tables of phonemes: complete, and right about lips."""

# ruff: noqa: RUF001

import pytest

from core.perception.speech.phonemes import ALPHABETS, IPA, articulation, parse_ipa
from core.perception.speech.visemes import INDEX, NAMES, SILENCE, VISEMES

FESTIVAL = {
    "arpabet": "aa ae ah ao aw ax axr ay b ch d dh dx eh el em en er ey f g hh hv ih iy jh k l m n "
    "nx ng ow oy p r s sh t th uh uw v w y z zh pau h# brth",
    "catalan": "ax a a1 b d e e1 E E1 f g i i1 j J k l L m n o o1 O O1 p r rr s S t u u1 w z Z "
    "pau _ #",
    "czech": "# _ a a: b c c~ ch d d~ dz dz~ e e: f g h i i: j k l m n n* n~ o o: p r r~ r~* s s~ "
    "t t~ u u: v z z~",
    "finnish": "a e i o u y @ 7 & a: e: i: o: u: y: @: 7: p t k b d g f T s S h v m n N l L r j w "
    "p: t: k: b: d: g: f: T: D: s: z: S: Z: h: v: m: n: N: w: l: L: r: j: ## #",
    "indic": "a aa ih iy uh uw eh ee ay oh oo aw f k g ch T D N th dh n p b m y r l v L R s sh j h "
    "ksh sri x kh gh td tth ddh bh zh @ pau w",
    "italian": "i e E a o O u i1 e1 E1 a1 o1 O1 u1 j w p t k b d g f s S v z Z ts tS dz dZ m n J "
    "ng nf l L r #",
    "russian": "pau ii yy uu ee oo aa a e i y u ae ay ur p pp b bb t tt d dd k kk g gg c ch f ff v "
    "vv s ss z zz sh sch zh h hh m mm n nn l ll r rr j",
}
"""Every symbol that the voices' own phone sets list."""


@pytest.mark.parametrize("alphabet", FESTIVAL)
def test_every_symbol_of_every_voice_has_a_mouth_shape(alphabet: str) -> None:
    for symbol in FESTIVAL[alphabet].split():
        assert articulation(alphabet, symbol).visemes


def test_there_are_fifteen_shapes_and_each_is_used_in_english_and_ipa() -> None:
    assert len(VISEMES) == 15
    for table in (IPA | {"": parse_ipa("")}, ALPHABETS["arpabet"]):
        assert {v for known in table.values() for v in known.visemes} == set(range(15))


@pytest.mark.parametrize(
    ("text", "names", "voiced"),
    [
        ("p", ["PP"], False),
        ("m", ["PP"], True),
        ("ˈoʊ", ["oh", "ou"], True),
        ("aɪ", ["aa", "ih"], True),
        ("ˈɑːɹ", ["aa", "RR"], True),
        ("tʃ", ["CH"], False),
        ("dʒ", ["CH"], True),
        ("pf", ["PP", "FF"], False),
        ("ɛ̃", ["E"], True),
        ("", ["sil"], False),
        ("(en)", ["sil"], False),
    ],
)
def test_ipa_is_read_letter_by_letter(text: str, names: list[str], voiced: bool) -> None:
    read = parse_ipa(text)
    assert [NAMES[viseme] for viseme in read.visemes] == names
    assert read.voiced is voiced


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown letter"):
        parse_ipa("☃")
    with pytest.raises(ValueError, match="no symbol 'QQ'"):
        articulation("arpabet", "QQ")
    with pytest.raises(ValueError, match="alphabet 'runes'"):
        articulation("runes", "a")


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_lips_close_at_p_b_m_in_every_alphabet(alphabet: str) -> None:
    for symbol in "pbm":
        assert articulation(alphabet, symbol).visemes == (INDEX["PP"],)
    assert VISEMES[INDEX["PP"]].opening == VISEMES[SILENCE].opening == 0
