"""The audio encoder that a stock was prepared with, and a generator that hears by it."""

from dataclasses import replace
from pathlib import Path

from core.model.avatar import AvatarConfig
from core.perception.speech.config import SpeechConfig
from core.training.films.segment_files import read_films


def fit_audio(config: AvatarConfig, stock: Path, begins: bool) -> AvatarConfig:
    """Return the config of a model whose generator is trained on a stock of ours.

    begins: whether its training does, so that it can still learn to hear by any encoder.

    Raises:
        ValueError: it hears by another encoder than the stock was prepared with.
    """
    audio = config.generator.audio
    encoder, size = _stock_encoder(stock)
    if begins:
        audio = replace(audio, encoder=encoder, feature_size=size)
        return replace(config, generator=replace(config.generator, audio=audio))
    if encoder != audio.encoder:
        raise ValueError(
            f"{stock} was prepared with {_named(encoder)}, the generator hears by "
            f"{_named(audio.encoder)}; prepare a stock with that one (--audio-encoder)"
        )
    return config


def _stock_encoder(stock: Path) -> tuple[str, int]:
    """Return the fingerprint of a stock's audio encoder, none for ours, and its features."""
    if not any(stock.glob("*.json")):  # the studio's, always heard by ours
        return "", SpeechConfig().feature_width
    film = read_films(stock)[0]
    return film.audio_encoder, film.features


def _named(encoder: str) -> str:
    return f"the audio encoder {encoder}" if encoder else "our own audio encoder"
