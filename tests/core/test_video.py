"""What video can be."""

import pytest

from core.video import VideoFormat


@pytest.mark.parametrize(("width", "height"), [(65, 48), (64, 49), (0, 48), (-2, -2)])
def test_odd_and_empty_sizes_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match=f"{width}x{height} is no size for video"):
        VideoFormat(width, height)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 frames a second"):
        VideoFormat(64, 48, 0)
