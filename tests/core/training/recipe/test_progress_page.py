from pathlib import Path

from core.training.recipe.progress_page import read_curves, write_page

LINES = [
    "   0.37 min  step       7  loss   0.5344  flow 0.3489  37.9 frames/s  MFU 48.1%",
    "validation:  flow_1ref 0.069  reading 0.609  (1.7% of the time)",
    "   1.00 min  step      20  loss   0.4000  flow 1.0e-1  40.0 frames/s  MFU 47.0%",
    "validation:  flow_1ref 0.050  reading 0.300  (1.0% of the time)",
]


def test_curves_are_read_over_the_minutes() -> None:
    curves = {curve.name: list(curve.points) for curve in read_curves(LINES)}
    assert curves["loss"] == [(0.37, 0.5344), (1.0, 0.4)]
    assert curves["flow_1ref"] == [(0.37, 0.069), (1.0, 0.05)]
    assert "MFU" not in curves


def test_a_page_shows_figures_and_pictures_of_what_was_trained(tmp_path: Path) -> None:
    assert "Nothing was trained" in write_page(tmp_path).read_text()
    (tmp_path / "pictures" / "pictures").mkdir(parents=True)
    for name in ("0000001.png", "0000002.png", "0000003.png"):
        (tmp_path / "pictures" / "pictures" / name).write_bytes(b"")
    (tmp_path / "pictures" / "progress.txt").write_text("\n".join([*LINES, "<b> 1"]))
    page = write_page(tmp_path).read_text()
    assert page.count("<polyline") == len(read_curves(LINES))
    assert "pictures/pictures/0000003.png" in page
    assert "0000001.png" not in page, "only the last ones are shown"
    assert "&lt;b&gt;" in page
