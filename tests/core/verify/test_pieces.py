"""Files of any kind are read in pieces; what is none is said in a sentence."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.verify.pieces import BadFile, pieces
from tests.core.verify.films import called, recorded
from tests.core.watermark.pictures import busy


def starts(path: Path, most: int = 100) -> list[float]:
    return [round(piece.start, 1) for piece in pieces(path, most)]


def test_a_film_is_read_in_pieces_of_five_seconds(tmp_path: Path) -> None:
    assert starts(recorded(tmp_path / "a.mp4", 18, mark=False)) == [0, 5, 10, 15]


def test_a_short_rest_is_left_out_and_a_short_film_is_not(tmp_path: Path) -> None:
    assert starts(recorded(tmp_path / "a.mp4", 7, mark=False)) == [0]
    assert starts(recorded(tmp_path / "b.mp4", 0.4, mark=False)) == [0]


def test_of_a_long_film_pieces_all_over_it_are_read(tmp_path: Path) -> None:
    found = starts(recorded(tmp_path / "a.mp4", 40, mark=False), most=4)
    assert found == pytest.approx([0, 10, 20, 30], abs=5)
    assert len(set(found)) == 4


def test_a_picture_is_one_piece(tmp_path: Path) -> None:
    Image.fromarray(busy()).save(tmp_path / "a.png")
    (piece,) = pieces(tmp_path / "a.png", 5)
    assert piece.evidence.tile(1.0).any()


def test_a_film_that_is_damaged_further_on_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    film = called(tmp_path / "a.mkv", 8, mark=False).read_bytes()
    (tmp_path / "b.mkv").write_bytes(film[: len(film) * 3 // 4] + bytes(9000))
    assert starts(tmp_path / "b.mkv") == [0]


@pytest.mark.parametrize("content", [b"", b"hello", bytes(5000), b"\x00\x00\x00\x20ftypisom" * 9])
def test_what_is_neither_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(BadFile, match=r"a\.mp4 is neither a film nor a picture"):
        list(pieces(tmp_path / "a.mp4", 5))


def test_a_sound_is_no_film(tmp_path: Path) -> None:
    import soundfile

    soundfile.write(tmp_path / "a.wav", np.zeros(1600), 16_000)
    with pytest.raises(BadFile, match="neither"):
        list(pieces(tmp_path / "a.wav", 5))


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    film = recorded(tmp_path / "a.mp4", 1, mark=False)
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{film.as_uri()}\n#EXT-X-ENDLIST\n"
    (tmp_path / "a.m3u8").write_text(text)
    with pytest.raises(BadFile, match="neither"):
        list(pieces(tmp_path / "a.m3u8", 5))


def test_what_is_not_there_or_no_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        pieces(tmp_path / "nowhere.mp4", 5)
    with pytest.raises(BadFile, match="is no file"):
        pieces(tmp_path, 5)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(BadFile, match="is no file"):
            pieces(tmp_path / "pipe", 5)


def test_a_film_of_frames_too_large_to_decode_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = recorded(tmp_path / "a.mp4", 1, mark=False)
    monkeypatch.setattr("core.verify.pieces.LARGEST", 1000)
    with pytest.raises(BadFile, match="neither"):
        list(pieces(film, 5))


def test_however_a_decoder_fails_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = recorded(tmp_path / "a.mp4", 1, mark=False)
    for error in (AttributeError("secret"), OverflowError("secret"), MemoryError(), KeyError(1)):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr("core.verify.pieces._lumas", fail)
        with pytest.raises(BadFile, match="neither") as caught:
            list(pieces(film, 5))
        assert "secret" not in str(caught.value)
