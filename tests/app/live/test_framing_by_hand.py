"""What framing by hand must know of a photo; the rest is tested live."""

from pathlib import Path

from PIL import Image

from app.live.framing_by_hand import photo_size


def test_a_photo_held_upright_is_measured_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 60)).save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGB", (80, 60)).save(tmp_path / "plain.jpg")
    assert photo_size(tmp_path / "turned.jpg") == (60, 80)
    assert photo_size(tmp_path / "plain.jpg") == (80, 60)
    assert photo_size(tmp_path / "gone.jpg") == (0, 0)
