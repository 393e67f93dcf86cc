"""What the demo can be told on the command line."""

import argparse
from pathlib import Path

from core.film.film_sound import SOUNDS
from core.video import RATES
from core.web.page_camera import PORT

ABOUT = "The whole chain from the command line: a voice goes in, a film or a webcam comes out."
FILE = Path("understudy-demo.mp4")


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    found = argparse.ArgumentParser("start.py demo", description=ABOUT)
    voice = found.add_mutually_exclusive_group()
    voice.add_argument("--text", help="speak this (default: a greeting)")
    voice.add_argument("--audio", type=Path, metavar="FILE", help="speak this sound file")
    voice.add_argument("--mic", action="store_true", help="speak what the microphone hears")
    found.add_argument(
        "--language",
        metavar="CODE",
        help="the language of the text: de, fr-fr, cmn, … (default: en-us)",
    )
    person = found.add_mutually_exclusive_group()
    person.add_argument("--profile", metavar="NAME", help="show this person (see --list)")
    person.add_argument(
        "--photo",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="show the person in this photo, or in up to three photos, the best first",
    )
    out = found.add_mutually_exclusive_group()
    out.add_argument("--out", type=Path, default=FILE, metavar="FILE", help="write this MP4")
    out.add_argument("--camera", nargs="?", const="", metavar="DEVICE", help="be this webcam, live")
    out.add_argument(
        "--web", nargs="?", type=int, const=PORT, metavar="PORT", help="be a page for OBS, live"
    )
    found.add_argument(
        "--sound",
        nargs="?",
        const="",
        metavar="DEVICE",
        help="live: let the voice be heard in step with the picture, as a virtual microphone or "
        "from this device",
    )
    found.add_argument(
        "--film-sound",
        choices=SOUNDS,
        default=SOUNDS[0],
        help="how the film keeps its sound: aac plays everywhere, lossless (FLAC, 24 bits) is for "
        "editing and measuring (default: aac)",
    )
    found.add_argument(
        "--background",
        default="photo",
        metavar="WHAT",
        help="behind the person: photo (as it is), blurred, a colour like #3c4a5a, a picture, or "
        "transparent (on the page of --web; black elsewhere)",
    )
    found.add_argument(
        "--fps", type=int, choices=RATES, default=RATES[0], help="frames a second (default: 25)"
    )
    found.add_argument("--engine", metavar="NAME", help="what brings the picture to life")
    found.add_argument("--seconds", type=positive, metavar="N", help="stop after this much sound")
    found.add_argument("--list", action="store_true", help="show what there is to choose from")
    found.add_argument("--verbose", action="store_true", help="tell more, also about errors")
    return found


def positive(text: str) -> float:
    """Read a number of seconds."""
    if not 0 < (value := float(text)) < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not more than 0")
    return value
