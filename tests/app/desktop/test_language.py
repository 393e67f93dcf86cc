"""The language follows the system unless somebody chose one."""

import pytest

from app.desktop.language import language


@pytest.mark.parametrize(
    ("chosen", "system", "spoken"),
    [
        ("", ["de-AT", "en-US"], "de"),
        ("", ["de_DE"], "de"),
        ("", ["fr-FR", "de-DE"], "de"),
        ("", ["fr-FR"], "en"),
        ("", [], "en"),
        ("en", ["de-DE"], "en"),
        ("de", ["en-GB"], "de"),
        ("klingon", ["de-DE"], "de"),
    ],
)
def test_the_first_that_we_know_is_spoken(chosen: str, system: list[str], spoken: str) -> None:
    assert language(chosen, system) == spoken
