"""What the program remembers from one start to the next."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from core.atomic_file import OWNER_ONLY, atomic_write
from core.engine.badge import PLACES, BadgeOptions
from core.film.film_sound import AAC, SOUNDS
from core.look import AS_PHOTO, Background
from core.profile import Framing
from core.record import from_json, to_json
from core.small_file import read_small_file
from core.video import FPS, RATES
from core.web.page_camera import PORT

log = logging.getLogger(__name__)

O = TypeVar("O")  # noqa: E741

LARGEST = 4 * 1024 * 1024
"""Bytes of the largest file that is read."""

PRIVATE = 0o700
"""Rights of the folder that is made for the settings."""


@dataclass(frozen=True)
class Settings:
    """Everything that people chose."""

    source: str = "speech"
    """Name of the source plugin."""
    options: tuple[tuple[str, str], ...] = ()
    """Each plugin's name and its options as JSON."""
    profile: str = ""
    engine: str = ""
    """Empty means the preferred one."""
    camera: str = ""
    """Empty means none."""
    page: bool = False
    """Whether the page for OBS is served."""
    page_port: int = PORT
    page_token: str = ""
    """With the port, the page's address; empty until the page has been served once."""
    sound: str = ""
    """Where the voice goes; empty means nowhere."""
    gain: int = 0
    """Decibels by which a microphone is made louder."""
    ears: str = "auto"
    """Where people hear it themselves; empty means nowhere, "auto" what is no microphone."""
    height: int = 720
    """Pixels of the picture."""
    fit: str = ""
    """How the photo meets the picture; empty means as the profile says."""
    fps: int = FPS
    background: Background = AS_PHOTO
    framings: tuple[tuple[str, Framing], ...] = ()
    """How people are framed whose profiles cannot be written."""
    mirrored: bool = False
    """Only the preview."""
    badge: bool = True
    badge_place: str = PLACES[0]
    badge_size: float = BadgeOptions.size
    """Height of the mark's letters as a share of the picture's."""
    plugins_off: tuple[str, ...] = ()
    """Names of source plugins that are not loaded."""
    theme: str = ""
    """"light" or "dark"; empty follows the system."""
    language: str = ""
    """Code of the language; empty follows the system."""
    keys: tuple[tuple[str, str], ...] = ()
    """Each deed with a global key, and the key."""
    tray: bool = False
    """Whether the program stays in the tray when its window is closed."""
    welcomed: bool = False
    """Whether somebody has read what the program is for."""
    ask_to_leave: bool = True
    """Whether to ask before the window is closed while live or recording."""
    recordings: Path = Path()
    """Folder for recordings; empty means the system's folder for videos."""
    film_sound: str = AAC
    """How recordings keep their sound; one of `SOUNDS`."""
    window: tuple[int, int] = (1120, 760)
    """Size while no place is known."""
    place: str = ""
    """Where the window stood, in Qt's own words; empty until it was closed once."""
    page_shown: int = 0
    """Which page was open."""

    def __post_init__(self) -> None:
        """Let what makes no sense be as at first: a file may say anything of the right type."""
        usual = {field.name: field.default for field in fields(Settings)}
        for name in (name for name, makes_sense in SENSE.items() if not makes_sense(self)):
            log.warning("settings: %s takes its default, for it makes no sense", name)
            object.__setattr__(self, name, usual[name])

    def options_of(self, plugin: str, usual: O) -> O:
        """Return the plugin's options, `usual` where none are known or can be read any more."""
        try:
            return from_json(type(usual), dict(self.options)[plugin], lenient=True)
        except Exception:  # noqa: BLE001 - a plugin's options may refuse them in any way
            return usual

    def option(self, plugin: str, name: str) -> str:
        """Return one option of a plugin as text, empty where it is not known."""
        try:
            return str(json.loads(dict(self.options)[plugin])[name])
        except (KeyError, ValueError, TypeError, RecursionError):
            return ""


SENSE: dict[str, Callable[[Settings], bool]] = {
    "page_port": lambda own: 0 <= own.page_port < 65_536,
    "page_token": lambda own: own.page_token.isascii() and own.page_token.isprintable(),
    "gain": lambda own: -60 <= own.gain <= 60,
    "height": lambda own: 0 < own.height <= 4320,
    "fps": lambda own: own.fps in RATES,
    "badge_place": lambda own: own.badge_place in PLACES,
    "badge_size": lambda own: 0.01 <= own.badge_size <= 0.2,
    "film_sound": lambda own: own.film_sound in SOUNDS,
    "window": lambda own: all(100 <= side <= 16_384 for side in own.window),
    "place": lambda own: own.place.isascii() and len(own.place) < 10_000,
    "page_shown": lambda own: 0 <= own.page_shown < 100,
}
"""What has to hold for a choice to be taken as it is."""


def with_options(
    options: tuple[tuple[str, str], ...], plugin: str, value: Any, usual: Any
) -> tuple[tuple[str, str], ...]:
    """Return `options` with the plugin's own replaced by `value`, or forgotten if it is `usual`."""
    others = {name: text for name, text in options if name != plugin}
    return tuple((others if value == usual else {**others, plugin: to_json(value)}).items())


def default_path() -> Path:
    return Path(platformdirs.user_config_dir("understudy", False)) / "settings.json"


def load(path: Path) -> Settings:
    """Return the settings in `path`, which another version may have written.

    A single choice that cannot be read takes its default; a file that cannot be is set aside.
    """
    try:
        return from_json(Settings, read_small_file(path, LARGEST), lenient=True)
    except FileNotFoundError:
        return Settings()
    except Exception:
        log.warning("settings cannot be read; starting with new ones", exc_info=True)
        _set_aside(path)
        return Settings()


def save(path: Path, settings: Settings) -> None:
    """Write the settings whole or not at all; a failure is logged, for nobody can act on it.

    They hold the page's token, so nobody else on this computer can read them.

    What only another version knows stays in the file: whoever goes back to it loses nothing.
    """
    whole = {**_unknown(path), **json.loads(to_json(settings))}
    try:
        path.parent.mkdir(PRIVATE, parents=True, exist_ok=True)
        with atomic_write(path, private=True) as part:
            part.write_text(json.dumps(whole, indent=2), "utf-8")
    except OSError:
        log.warning("settings cannot be written", exc_info=True)


def _unknown(path: Path) -> dict[str, Any]:
    """Return the fields in `path` that only another version knows."""
    try:
        found = json.loads(read_small_file(path, LARGEST))
    except Exception:  # noqa: BLE001 - what cannot be read is set aside when it is loaded
        return {}
    known = {field.name for field in fields(Settings)}
    whole = found if isinstance(found, dict) else {}
    return {name: value for name, value in whole.items() if name not in known}


def _set_aside(path: Path) -> None:
    count = 1
    while (aside := path.with_name(f"{path.stem}.unreadable-{count}{path.suffix}")).exists():
        count += 1
    try:
        path.chmod(OWNER_ONLY)
        path.rename(aside)
    except OSError:
        log.warning("settings cannot be set aside", exc_info=True)
