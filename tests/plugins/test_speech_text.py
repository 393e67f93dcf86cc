"""Texts as voices can speak them."""

# ruff: noqa: RUF001

import pytest

from plugins.speech_text import (
    PIECE,
    Pronunciations,
    check_letters,
    pieces,
    read_links,
    speakable,
    without_foreign_words,
)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hello 😀 world 👩‍👩‍👧!", "Hello world !"),
        ("<speak><prosody rate='slow'>hi</prosody></speak>", "hi"),
        ("a\0b\x1b[31mc\ud800d\ufffe", "a b [31mc d"),
        ("ⓜ ① ﬁne ½", "m 1 fine 1/2"),
        ("wait!!!!!!!!!", "wait!!!"),
        ("2 < 3 and 5 > 4, 20 °C, 5 €", "2 < 3 and 5 > 4, 20 °C, 5 €"),
        ("one\n\n two", "one\n\n two"),
        ("ทำ", "ทำ"),
        ("[[hh@]]", "[[hh@]]"),
        ("x\u200d\u2060y\u202ez", "x y z"),
    ],
)
def test_only_what_a_voice_can_say_is_left(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@pytest.mark.parametrize("text", ["", " \n "])
def test_whoever_types_nothing_is_asked_to(text: str) -> None:
    with pytest.raises(ValueError, match="nothing is typed; type something to say first"):
        speakable(text)


@pytest.mark.parametrize("text", ["... --- !", "😀😀", "<br/>", "\0\1", "—–", "\ue000"])
def test_what_leaves_nothing_to_say_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"nothing to speak in .*; write at least one word"):
        speakable(text)


def test_a_voice_refuses_letters_it_does_not_know_and_leaves_out_a_few() -> None:
    for text in ("你好，世界", "مرحبا بالعالم", "こんにちは"):
        with pytest.raises(ValueError, match=r"does not know the letters .*choose the language"):
            check_letters("Heart", "en-us", text)
    check_letters("Heart", "en-us", "Hello 你好")
    check_letters("x", "ja", "こんにちは 世界")
    assert without_foreign_words("Hello 你好!", "en") == ("Hello   !", "你好")
    assert without_foreign_words("Grüß dich, Ελλάδα", "en") == ("Grüß dich, Ελλάδα", "")


def test_a_text_is_cut_after_sentences_clauses_or_words_and_loses_nothing() -> None:
    sentences, clauses = "This is a sentence. " * 60, "one two three four, " * 60
    words, letters = "word " * 300, "x" * 1000
    for text in (sentences, clauses, words, letters, "short", ""):
        parts = pieces(text)
        assert "".join(parts) == text
        assert all(0 < len(part) <= PIECE for part in parts)
    assert all(part == "This is a sentence. " for part in pieces(sentences))
    assert all(part.endswith(", ") for part in pieces(clauses)[:-1])
    assert all(part.endswith(" ") for part in pieces(words)[:-1])


def test_dots_of_abbreviations_end_no_sentence() -> None:
    text = 'Dr. Smith met J. Doe, e.g. at noon. Then he left! "Really?" No. 5 is alive.'
    assert pieces(text) == [
        "Dr. Smith met J. Doe, e.g. at noon. ",
        "Then he left! ",
        '"Really?" ',
        "No. 5 is alive.",
    ]
    assert pieces("今日は。元気ですか？") == ["今日は。", "元気ですか？"]


def test_a_text_of_a_million_letters_is_cut_at_once() -> None:
    assert len(pieces(speakable("word. " * 170_000))) > 100_000


def test_addresses_read_as_people_say_them() -> None:
    assert read_links("See https://www.example.com/a-b.") == (
        "See w w w dot example dot com slash a dash b."
    )
    assert read_links("john.doe@mail.com!") == "john dot doe at mail dot com!"
    assert read_links("No. 3.5 is fine.") == "No. 3.5 is fine."


def test_people_have_their_own_pronunciations() -> None:
    own = Pronunciations("GIF = jiff\n\n nginx=engine x \nC++ = see plus plus")
    assert own.apply("A gif, GIFs, Nginx and C++.") == "A jiff, GIFs, engine x and see plus plus."
    assert Pronunciations("").apply("A gif.") == "A gif."
    with pytest.raises(ValueError, match="'nonsense' cannot be read; write a line for each word"):
        Pronunciations("GIF = jiff\nnonsense")


def test_stretches_without_a_letter_are_left_out() -> None:
    assert pieces("! ? ... Yes. --- ... No.") == ["Yes. ", "No."]


@pytest.mark.parametrize(
    "unit", ["a.", "a-", "a+", "a@", "a@b.", "www.", "<a ", "<", "! ", "aé ", "\ufdfa"]
)
def test_the_time_for_a_text_grows_no_faster_than_the_text(unit: str) -> None:
    """A hundred thousand letters: whoever tries every beginning with every end never ends."""
    text = unit * (100_000 // len(unit)) + " word"
    assert "word" in "".join(pieces(read_links(speakable(text))))


def test_addresses_are_still_found() -> None:
    text = read_links("Write to jo.d-oe@mail.example.com, or see https://www.example.com/a.")
    assert text == (
        "Write to jo dot d dash oe at mail dot example dot com, "
        "or see w w w dot example dot com slash a."
    )
