"""Prepare films in several processes, each with tools and films of its own."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch

from core.perception.face.finder import FaceFinder
from core.perception.speech.encoder_torch import load_speech_encoder
from core.training.films.local_features import open_local_features
from core.training.films.preprocess import Preparation, Tools, prepare
from core.training.films.segment_files import Film

OpenTools = Callable[[], Tools]


def open_tools(audio_encoder: Path | None = None, device: str = "cpu") -> Tools:
    """Open our own face finder and speech encoder, and the encoder in a folder, if one is chosen.

    Raises:
        BadCheckpoint: there is none in that folder, or it is damaged.
    """
    local = open_local_features(audio_encoder, device) if audio_encoder else None
    return Tools(FaceFinder(), load_speech_encoder(), local)


def prepare_in_processes(
    preparation: Preparation, open_tools: OpenTools, workers: int, part: int = 1, parts: int = 1
) -> list[Film]:
    """Preprocess films as `prepare` does, in so many processes.

    open_tools: a function that other processes can import.

    Raises:
        ValueError: there is no film.
        BrokenProcessPool: a process was killed; what was done stays done.
    """
    if workers == 1:
        return _prepare_part(preparation, open_tools, part, parts)
    preparation.unfinished()  # says here, and once, that there is no film
    context = get_context("spawn")  # torch's threads do not survive a fork
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = [
            pool.submit(
                _prepare_part, preparation, open_tools, part + parts * worker, parts * workers
            )
            for worker in range(workers)
        ]
        return [film for job in jobs for film in job.result()]


def _prepare_part(
    preparation: Preparation, open_tools: OpenTools, part: int, parts: int
) -> list[Film]:
    torch.set_num_threads(1)
    return prepare(preparation, open_tools(), part, parts)
