"""What travels comes back as it was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.training.studio.compression import deflate, inflate
from core.training.studio.crown import add_crown
from core.training.studio.portrait_stock import (
    PortraitStock,
    load_portrait_stock,
    save_portrait_stock,
    subsample,
)
from core.training.studio.speech_stock import AlignedSpeech, load_speech_stock, save_speech_stock
from tests.core.training.faces.people import corpus


def test_packed_numbers_come_back() -> None:
    values = np.random.default_rng(0).integers(-127, 128, (5, 7, 3)).astype(np.int8)
    back = inflate(deflate(values), values.shape, np.int8)
    assert torch.equal(back, torch.from_numpy(values))
    with pytest.raises(ValueError, match="105 packed values"):
        inflate(deflate(values), (5, 7, 4), np.int8)


def test_portraits_come_back_from_a_file(stock: PortraitStock, tmp_path: Path) -> None:
    save_portrait_stock(tmp_path / "portraits.safetensors", stock)
    back = load_portrait_stock(tmp_path / "portraits.safetensors")
    assert back.train_count == stock.train_count < len(stock.photos)
    for one, other in zip(back[:-1], stock[:-1], strict=True):
        assert isinstance(one, torch.Tensor)
        assert isinstance(other, torch.Tensor)
        assert one.shape == other.shape
    assert (back.photos.float() - stock.photos.float()).abs().mean() < 3
    assert (back.mattes.float() - stock.mattes.float()).abs().mean() < 3
    torch.testing.assert_close(back.landmarks, stock.landmarks, atol=1e-3, rtol=0)


def test_speech_comes_back_from_a_file(speech: AlignedSpeech, tmp_path: Path) -> None:
    save_speech_stock(tmp_path / "speech.safetensors", speech, validation=1)
    back, config = load_speech_stock(tmp_path / "speech.safetensors")
    assert (config.scenes, config.frames, config.validation) == (3, 40, 1)
    torch.testing.assert_close(back.visemes, speech.visemes, atol=1 / 255, rtol=0)
    torch.testing.assert_close(back.opening, speech.opening, atol=1 / 255, rtol=0)
    assert (back.features - speech.features).std() < 0.25 * speech.features.std()


def test_one_stock_is_not_taken_for_the_other(speech: AlignedSpeech, tmp_path: Path) -> None:
    save_speech_stock(tmp_path / "speech.safetensors", speech, validation=1)
    with pytest.raises(BadCheckpoint, match="PortraitStockConfig"):
        load_portrait_stock(tmp_path / "speech.safetensors")


def test_hair_that_a_photo_cuts_ends_in_a_crown_and_not_in_a_tower() -> None:
    photo = np.full((100, 100, 3), (80, 90, 200), np.uint8)
    matte = np.zeros((100, 100), np.uint8)
    matte[:, 30:70] = 255
    photo[:, 30:70] = (120, 60, 20)
    shown, cover = add_crown(photo, matte, top=40, forehead=50, height=60)
    assert np.array_equal(shown[41:], photo[41:])
    assert np.array_equal(cover[41:], matte[41:])
    assert not cover[:20].any(), "the sky is free"
    widths = [int((row > 127).sum()) for row in cover[25:40]]
    assert widths == sorted(widths)
    assert widths[-1] > 30
    assert np.abs(shown[:15].astype(int) - (80, 90, 200)).max() < 12
    assert np.array_equal(add_crown(photo, matte, top=-3, forehead=50, height=60)[0], photo)


def test_a_smaller_stock_shows_some_of_the_people() -> None:
    people = corpus(20)
    some = subsample(people, 11)
    assert (len(some.train), len(some.held_out)) == (10, 1)
    assert {id(one) for one in some.train} < {id(one) for one in people.train}
    assert subsample(people, None) is people
