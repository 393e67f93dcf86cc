"""The watermark's benchmark: counts of what is found, and what may be concluded from them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.benchmark.call_channels import CHANNELS, FPS
from core.benchmark.watermark_pieces import (
    STILLS,
    Alarms,
    Take,
    evidence_of,
    marked,
    people_in,
    takes,
)
from core.benchmark.watermark_strength import Tally, at_least
from core.profile_stores import all_profiles
from core.video import HD
from core.watermark.detection import threshold, trials
from tests.core.watermark.pictures import busy, luma


def test_a_take_is_counted_in_every_channel_and_as_a_still() -> None:
    tally = Tally()
    tally.look(Take("clouds", [busy(HD)] * 10), keys=1)
    assert {name: len(found) for name, found in tally.channels.items()} == {
        str(channel): 1 for channel in CHANNELS
    }
    assert tally.stills[STILLS[0].name][0].z > threshold()
    assert tally.psnr["clouds"] > 46
    assert len(tally.blank) == len(tally.alarms.highest) == 1
    assert tally.blank[0].z < threshold()
    sure = sum(
        match.z >= threshold()
        for kind in (tally.channels, tally.stills)
        for matches in kind.values()
        for match in matches
    )
    assert len(tally.missed) == len(CHANNELS) + len(STILLS) - sure


def test_foreign_keys_are_tried_at_every_place_that_ours_is() -> None:
    (picture,) = marked([busy(HD)])
    alarms = Alarms((0.0, 4.0))
    alarms.search(evidence_of(luma(picture)), ["foreign 1", "foreign 2"])
    assert alarms.places == 2 * trials()
    assert alarms.shares[0] == pytest.approx(0.5, abs=0.02)
    assert alarms.shares[1] <= np.exp(-8)
    assert max(alarms.highest) < threshold()


@pytest.mark.parametrize(
    ("found", "count", "least"), [(300, 300, 0.05 ** (1 / 300)), (0, 5, 0), (299, 300, 0.98428)]
)
def test_what_is_found_at_least_is_clopper_and_pearsons(
    found: int, count: int, least: float
) -> None:
    assert at_least(found, count) == pytest.approx(least, abs=1e-4)


def test_takes_go_round_people_and_backgrounds_and_pass_over_who_cannot_be_used(
    tmp_path: Path,
) -> None:
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save(tmp_path / "nobody.png")
    (nobody,) = people_in(tmp_path)
    one = [*all_profiles()[0][:1], nobody]
    shot = list(takes(one, 3, 2 / FPS))
    assert [take.name.split(", ")[0] for take in shot] == [one[0].title] * 3
    assert len({take.name for take in shot}) == 3
    assert all(len(take.pictures) == 2 for take in shot)
