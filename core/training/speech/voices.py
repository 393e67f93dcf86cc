"""Speech synthesis with phoneme alignments: espeak-ng, festival and flite.

espeak-ng comes with the package `espeakng-loader`. The others are Debian packages, needed only
to make training data: `festival flite festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts
festvox-italp16k festvox-itapc16k festival-czech festvox-czech-dita festvox-czech-krb
festvox-czech-machac festvox-czech-ph festvox-ru festvox-suopuhe-lj festvox-suopuhe-mv
festival-ca festvox-ca-ona-hts festival-hi festvox-hi-nsk festival-mr festvox-mr-nsk festival-te
festvox-te-nsk`. Their voices are made from recordings of people, so they sound much more like
speech than espeak-ng does.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, Samples
from core.training.speech.espeak import Espeak

SYNTHESIS_TIMEOUT = 600.0
"""Seconds that a synthesiser may take for a batch of sentences."""


@dataclass(frozen=True)
class Segment:
    """One phoneme and its times, in seconds."""

    symbol: str
    start: float
    end: float


@dataclass(frozen=True)
class Utterance:
    """Samples at SAMPLE_RATE and their aligned phonemes, written in `alphabet`."""

    samples: Samples
    segments: tuple[Segment, ...]
    alphabet: str


@dataclass(frozen=True)
class Voice:
    """One voice of one synthesiser."""

    name: str
    synthesiser: str
    """"espeak", "festival" or "flite"."""
    language: str
    alphabet: str
    encoding: str = "utf-8"
    weight: float = 1.0
    """Number of sentences, relative to the others."""


VOICES = (
    Voice("espeak", "espeak", "", "ipa", weight=4.0),
    Voice("awb", "flite", "en", "arpabet", weight=2.0),
    Voice("rms", "flite", "en", "arpabet", weight=2.0),
    Voice("slt", "flite", "en", "arpabet", weight=1.8),
    Voice("kal_diphone", "festival", "en", "arpabet"),
    Voice("ked_diphone", "festival", "en", "arpabet", weight=0.5),
    Voice("cmu_us_slt_arctic_hts", "festival", "en", "arpabet", weight=1.4),
    Voice("lp_diphone", "festival", "it", "italian", "iso-8859-1", weight=0.5),
    Voice("pc_diphone", "festival", "it", "italian", "iso-8859-1"),
    Voice("czech_dita", "festival", "cs", "czech", "iso-8859-2"),
    Voice("czech_krb", "festival", "cs", "czech", "iso-8859-2", weight=0.7),
    Voice("czech_machac", "festival", "cs", "czech", "iso-8859-2", weight=0.8),
    Voice("czech_ph", "festival", "cs", "czech", "iso-8859-2"),
    Voice("msu_ru_nsh_clunits", "festival", "ru", "russian", weight=1.4),
    Voice("suo_fi_lj_diphone", "festival", "fi", "finnish", "iso-8859-15"),
    Voice("hy_fi_mv_diphone", "festival", "fi", "finnish", "iso-8859-15"),
    Voice("upc_ca_ona_hts", "festival", "ca", "catalan", "iso-8859-15", weight=1.4),
    Voice("hindi_NSK_diphone", "festival", "hi", "indic", weight=0.6),
    Voice("marathi_NSK_diphone", "festival", "mr", "indic", weight=0.5),
    Voice("telugu_NSK_diphone", "festival", "te", "indic", weight=0.6),
)
"""All voices of the dataset. flite's kal16 is left out: its phoneme times run
ahead of its sound."""

HELD_OUT = {"ked_diphone": "male", "lp_diphone": "female"}
"""Held-out voices, and their gender."""


def synthesise(voice: Voice, sentences: Sequence[str], random: Random) -> Iterator[Utterance]:
    """Synthesise each sentence at a random speed; sentences that fail are left out."""
    if voice.synthesiser == "espeak":
        yield from _synthesise_espeak(sentences, random)
    elif voice.synthesiser == "flite":
        yield from _synthesise_flite(voice, sentences, random)
    else:
        yield from _synthesise_festival(voice, sentences, random)


def _synthesise_espeak(sentences: Sequence[str], random: Random) -> Iterator[Utterance]:
    """Each sentence is `language|text`, since one engine speaks all languages."""
    with Espeak() as engine:
        for line in sentences:
            language, text = line.split("|", 1)
            samples, rate, marks = engine.synthesise(language, text, random)
            ends = [at for _, at in marks[1:]] + [len(samples)]
            spans = [(name, a / rate, b / rate) for (name, a), b in zip(marks, ends, strict=False)]
            sound = _resample(samples, rate)
            if spans:
                yield Utterance(sound, tuple(_assign_stop_silence(sound, spans)), "ipa")


def _assign_stop_silence(
    samples: Samples, spans: Sequence[tuple[str, float, float]]
) -> Iterator[Segment]:
    """Move a stop's silence, which espeak-ng counts to the phoneme before, to the stop."""
    begin = 0.0
    for index, (name, start, end) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else ""
        cut = (
            _silence_start(samples, start, end) if name and re.match("[ptkqcʈ]", following) else end
        )
        if cut > min(start, begin or start):
            yield Segment(name, begin or start, cut)
        begin = cut


def _silence_start(sound: Samples, start: float, end: float) -> float:
    """Return the start of the silence that ends at `end`, at most 100 ms before it."""
    block, at = SAMPLE_RATE // 200, int(end * SAMPLE_RATE)
    floor = max(int(start * SAMPLE_RATE) + 2 * block, at - 20 * block)
    while at - block > floor and np.abs(sound[at - block : at]).max(initial=0.0) < 0.002:
        at -= block
    return at / SAMPLE_RATE


def _synthesise_flite(
    voice: Voice, sentences: Sequence[str], random: Random
) -> Iterator[Utterance]:
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder) / "said.wav"
        for text in sentences:
            stretch = f"duration_stretch={random.uniform(0.75, 1.3):.2f}"
            command = ["flite", "-voice", voice.name, "--setf", stretch, "-psdur"]
            said = subprocess.run(
                [*command, "-t", text, "-o", str(wave)],
                capture_output=True, text=True, timeout=SYNTHESIS_TIMEOUT, check=True,
            )  # fmt: skip
            marks = [mark.rsplit(":", 1) for mark in said.stdout.split()]
            yield _utterance(wave, [(name, float(end)) for name, end in marks], voice.alphabet)


FESTIVAL_SCRIPT = """
(define (say text wave marks)
  (set! said (SynthText text))
  (utt.save.wave said wave 'riff)
  (set! out (fopen marks "w"))
  (mapcar (lambda (s) (format out "%s %f\\n" (item.name s) (item.feat s 'end)))
          (utt.relation.items said 'Segment))
  (fclose out))
"""
"""Festival's Scheme: synthesise a text, save the wave, write one line per phoneme."""


def _synthesise_festival(
    voice: Voice, sentences: Sequence[str], random: Random
) -> Iterator[Utterance]:
    with tempfile.TemporaryDirectory() as folder:
        script, lines = Path(folder) / "say.scm", [f"(voice_{voice.name})", FESTIVAL_SCRIPT]
        for index, text in enumerate(sentences):
            lines.append(f"(Parameter.set 'Duration_Stretch {random.uniform(0.75, 1.3):.2f})")
            said = text.replace('"', "")
            lines.append(f'(say "{said}" "{folder}/{index}.wav" "{folder}/{index}.txt")')
        script.write_bytes("\n".join(lines).encode(voice.encoding, "ignore"))
        subprocess.run(
            ["festival", "-b", str(script)],
            capture_output=True,
            timeout=SYNTHESIS_TIMEOUT,
            check=False,
        )
        for index in range(len(sentences)):
            wave, marks = Path(folder) / f"{index}.wav", Path(folder) / f"{index}.txt"
            if wave.exists() and marks.exists() and marks.stat().st_size:
                pairs = [line.rsplit(" ", 1) for line in marks.read_text().splitlines()]
                yield _utterance(wave, [(name, float(end)) for name, end in pairs], voice.alphabet)


def _utterance(wave: Path, ends: Sequence[tuple[str, float]], alphabet: str) -> Utterance:
    # Only those who make training data need it, so only they import it.
    import soundfile

    samples, rate = soundfile.read(wave, dtype="float32")
    starts = [0.0, *(end for _, end in ends[:-1])]
    segments = (Segment(n, a, b) for (n, b), a in zip(ends, starts, strict=True) if b > a)
    return Utterance(_resample(samples, rate), tuple(segments), alphabet)


def _resample(samples: NDArray[np.float32], rate: int) -> Samples:
    from scipy.signal import resample_poly  # who trains on films alone need not have it

    divisor = int(np.gcd(rate, SAMPLE_RATE))
    sound = resample_poly(samples, SAMPLE_RATE // divisor, rate // divisor)
    return np.asarray(sound, np.float32)
