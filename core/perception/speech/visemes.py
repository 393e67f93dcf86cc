"""The fifteen visemes: mouth shapes of speech, their lip opening, rounding and dominance."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Viseme:
    """One mouth shape, by its name in the Oculus set."""

    name: str
    opening: float
    """Nominal distance between the inner lips, as a share of fully open."""
    rounding: float
    """From 0, lips spread or at rest, to 1, pursed to a small circle."""
    dominance: float
    """Weight of its opening against its neighbours' (Cohen and Massaro 1993); 1 is a vowel."""
    description: str
    """What one sees."""


VISEMES = (
    Viseme("sil", 0.00, 0.0, 0.8, "lips closed without pressure, jaw at rest"),
    Viseme("PP", 0.00, 0.0, 4.0, "p b m: lips pressed together for a moment"),
    Viseme("FF", 0.10, 0.0, 3.0, "f v: lower lip drawn in under the upper teeth"),
    Viseme("TH", 0.30, 0.0, 1.0, "th: tip of the tongue between the teeth, lips apart"),
    Viseme("DD", 0.32, 0.0, 0.6, "t d: tongue behind the upper teeth, jaw nearly closed"),
    Viseme("kk", 0.40, 0.0, 0.3, "k g h ng: made at the back; lips as in the sounds around"),
    Viseme("CH", 0.28, 0.6, 1.2, "ch j sh zh: teeth together, lips pushed forward"),
    Viseme("SS", 0.20, 0.0, 1.3, "s z: teeth together, lips spread, a narrow slit"),
    Viseme("nn", 0.38, 0.0, 0.5, "n l: tongue up, jaw a little open"),
    Viseme("RR", 0.36, 0.4, 0.7, "r: lips slightly rounded, jaw a little open"),
    Viseme("aa", 1.00, 0.0, 1.1, "father, cat: jaw dropped, lips relaxed, mouth at its widest"),
    Viseme("E", 0.68, 0.0, 1.0, "bed, about: mouth half open, corners a little apart"),
    Viseme("ih", 0.48, 0.0, 1.0, "see, sit, yes: jaw high, corners drawn apart, teeth visible"),
    Viseme("oh", 0.70, 0.6, 1.0, "thought, boat: jaw half dropped, lips rounded"),
    Viseme("ou", 0.36, 1.0, 1.2, "boot, we: lips pursed, a small round hole"),
)
"""All visemes, in the order of the networks' outputs."""

SILENCE = 0
"""Index of the viseme of silence."""
BILABIAL = 1
"""Index of the viseme of p, b and m: closed lips."""
NAMES = tuple(viseme.name for viseme in VISEMES)
"""Names in order; the inverse of `INDEX`."""
INDEX = {name: index for index, name in enumerate(NAMES)}
"""Name to number."""
VOWELS = frozenset(INDEX[name] for name in ("aa", "E", "ih", "oh", "ou"))
"""Shapes whose opening grows with the loudness of the voice."""
