"""Synthetic speech dataset: utterances with phoneme times in .npz files, generated resumably.

python -m core.training.speech.dataset --data FOLDER [--chunks 10]
"""

import argparse
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from core.atomic_file import atomic_write
from core.training.speech.espeak import LANGUAGES
from core.training.speech.sentences import draw_text
from core.training.speech.voices import VOICES, Segment, Utterance, Voice, synthesise

UTTERANCES_PER_FILE = 40
"""Sentences in one file."""
INT16_SCALE = 32767
"""Samples are stored as 16-bit integers."""


def build_dataset(folder: Path, chunks: int) -> None:
    """Generate the missing ones of `chunks` files per voice of weight 1; safe to interrupt."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(int(chunks * max(voice.weight for voice in VOICES))):
        for voice in VOICES:
            path = folder / f"{voice.name}-{index:04d}.npz"
            if index < chunks * voice.weight and not path.exists():
                _write(path, _synthesise(voice, index))
                print(path.name, flush=True)


def dataset_files(folder: Path) -> list[Path]:
    """Return all files of the dataset.

    Raises:
        ValueError: there are none.
    """
    found = sorted(folder.glob("*-[0-9][0-9][0-9][0-9].npz"))
    if not found:
        raise ValueError(
            f"no synthetic speech in {folder}; make it with python -m core.training.speech.dataset"
        )
    return found


def read_utterances(path: Path) -> Iterator[Utterance]:
    """Return the utterances in one file."""
    with np.load(path, allow_pickle=False) as file:
        sound, cuts, counts = file["sound"], file["cuts"], file["counts"]
        names, times, alphabet = file["names"], file["times"], str(file["alphabet"])
    at = 0
    for a, b, count in zip(cuts[:-1], cuts[1:], counts, strict=True):
        spans = zip(names[at : at + count], times[at : at + count], strict=True)
        segments = tuple(Segment(str(name), float(s), float(e)) for name, (s, e) in spans)
        yield Utterance(sound[a:b].astype(np.float32) / INT16_SCALE, segments, alphabet)
        at += count


def _synthesise(voice: Voice, index: int) -> list[Utterance]:
    # A seed per file: the dataset does not depend on the order of generation.
    random = Random(zlib.crc32(f"{voice.name} {index}".encode()))
    return list(synthesise(voice, list(_sentences(voice, random)), random))


def _sentences(voice: Voice, random: Random) -> Iterable[str]:
    for _ in range(UTTERANCES_PER_FILE):
        language = voice.language or random.choice(sorted(LANGUAGES))
        text = draw_text(language, random)
        yield text if voice.language else f"{language}|{text}"


def _write(path: Path, utterances: Sequence[Utterance]) -> None:
    sounds = [
        np.clip(u.samples * INT16_SCALE, -INT16_SCALE, INT16_SCALE).astype(np.int16)
        for u in utterances
    ]
    segments = [segment for u in utterances for segment in u.segments]
    with atomic_write(path) as part, part.open("wb") as file:
        np.savez(
            file,
            sound=np.concatenate([np.zeros(0, np.int16), *sounds]),
            cuts=np.cumsum([0, *(len(sound) for sound in sounds)]),
            counts=np.array([len(u.segments) for u in utterances], np.int64),
            names=np.array([segment.symbol for segment in segments], "U8"),
            times=np.array([(s.start, s.end) for s in segments], np.float32).reshape(-1, 2),
            alphabet=np.array(utterances[0].alphabet if utterances else "ipa"),
        )


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Generate the synthetic speech to train on.")
    parser.add_argument("--data", type=Path, required=True, help="folder, outside git")
    parser.add_argument("--chunks", type=int, default=10, help="files per voice of weight 1")
    arguments = parser.parse_args()
    build_dataset(arguments.data, arguments.chunks)


if __name__ == "__main__":
    main()
