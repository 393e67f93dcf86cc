"""What people have chosen, turned into a scene and into settings."""

import logging
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication

from app.live.live_page import LivePage
from app.live.voice import TEXT, speaks
from app.outputs.outputs_page import OutputsPage
from app.parts.form import usual
from app.settings import Settings, with_options
from core.broadcast.scene import Scene

log = logging.getLogger(__name__)

translate = QCoreApplication.translate


def scene(live: LivePage, outputs: OutputsPage, settings: Settings) -> Scene:
    """Return the scene that is chosen.

    Raises:
        ValueError: something is missing, or does not fit together; says what.
    """
    profile, plugin = live.people.profile(), live.voice.plugin()
    if plugin is None:
        raise ValueError(translate("Choices", "No voice found; the page of plugins says why."))
    if profile is None:
        raise ValueError(translate("Choices", "Add a person first."))
    return Scene(
        plugin,
        options(live),
        outputs.picture.framed(profile),
        settings.engine,
        outputs.camera.name(),
        outputs.badge.badge(),
        outputs.page.camera,
        outputs.sound.places(),
        outputs.picture.format(),
        outputs.background.background(),
    )


def options(live: LivePage) -> Any:
    """Return the options of the voice that is chosen, with what it says first.

    Raises:
        ValueError: what was chosen does not fit together.
    """
    chosen = live.voice.options()
    if chosen is not None and speaks(live.voice.plugin()):
        return replace(chosen, **{TEXT: live.stage.line.text})
    return chosen


def noted(settings: Settings, live: LivePage, outputs: OutputsPage) -> Settings:
    """Return `settings` with what is chosen on both pages."""
    plugin, profile, kept = live.voice.plugin(), live.people.profile(), settings.options
    try:
        if plugin and (chosen := options(live)):
            kept = with_options(kept, plugin.name, chosen, usual(plugin.options))
    except ValueError:
        log.info("options not remembered", exc_info=True)
    return replace(
        outputs.noted(settings),
        source=plugin.name if plugin else settings.source,
        options=kept,
        profile=profile.name if profile else settings.profile,
        gain=live.gain.decibels,
        mirrored=live.stage.look.mirror.isChecked(),
        framings=live.people.framings,
    )
