"""Random sentences of words from the lexicon and of pseudowords."""

from random import Random

from core.training.speech.lexicon import SCRIPTS, SYLLABLES, WORDS

PSEUDOWORD_SHARE = 0.25
"""Share of pseudowords, so that no language's phonotactics can be memorised."""
OPENINGS = (
    "I think that", "Please remember to", "My name is", "Could you tell me about", "Maybe we",
    "Good morning,", "Thank you for", "What happened to", "I am pretty sure", "Hello, this is",
    "Oh,", "Well,", "By the way,", "Let me show you", "The problem with", "Stop!", "Yes,", "No,",
    "Um,", "Hmm,", "As far as I remember,", "Both of them", "We might move", "Everybody loves",
)  # fmt: skip


def draw_text(language: str, random: Random) -> str:
    """Return random text in `language`: an exclamation, a sentence, numbers or a paragraph."""
    kind = random.random()
    if kind < 0.12:
        return _clause(language, random, random.randint(1, 2)) + random.choice(".!?")
    if kind < 0.18:
        return _numbers(random)
    if kind < 0.26:
        count = random.randint(2, 4)
        return " ".join(_sentence(language, random, random.randint(4, 12)) for _ in range(count))
    return _sentence(language, random, random.randint(3, 14))


def pseudoword(script: str, random: Random) -> str:
    """Return a pseudoword of one to four random syllables in `script`, a key of SYLLABLES."""
    onsets, vowels, endings = (part.split() for part in SYLLABLES[script])
    word = "".join(
        random.choice(onsets) + random.choice(vowels) for _ in range(random.randint(1, 4))
    )
    return word + (random.choice(endings) if endings and random.random() < 0.4 else "")


def _sentence(language: str, random: Random, count: int) -> str:
    opening = random.choice(OPENINGS) + " " if language == "en" and random.random() < 0.3 else ""
    words = _clause(language, random, count).split()
    if count > 6 and random.random() < 0.5:
        words[count // 2] += ","
    return opening + " ".join(words) + random.choice("...!?")


def _clause(language: str, random: Random, count: int) -> str:
    words, script = WORDS[language].split(), SCRIPTS.get(language, "latin")
    return " ".join(
        pseudoword(script, random) if random.random() < PSEUDOWORD_SHARE else random.choice(words)
        for _ in range(count)
    )


def _numbers(random: Random) -> str:
    return ", ".join(str(random.randint(0, 10 ** random.randint(1, 4))) for _ in range(3)) + "."
