"""The whole chain from the command line: a voice goes in, a film or a webcam comes out."""

import argparse
import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.audio import remarks_of
from core.broadcast.broadcast import Broadcast, Reports
from core.broadcast.leftovers import clear
from core.broadcast.live_recording import OpenRecorder
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.camera.devices import CameraError, choose, find
from core.cli_options import parser
from core.clock import SwiftClock
from core.engine.badge import BadgeOptions
from core.engine.local import LocalEngine
from core.engine.names import AUTO, ENGINES
from core.film.film_sound import AAC
from core.film.recording import Recording, checked
from core.film.unfinished import rescue
from core.live.offline import Ahead, render
from core.live.session import Phase, Status
from core.look import parse_background
from core.output import hush
from core.plugin import SourcePlugin, source_plugins
from core.portrait.load import load_photo
from core.portrait.same_person import people_hint, proportions
from core.process.surroundings import EndAsked, EndRequest, begin, end_in_order
from core.profile import Profile
from core.profile_stores import all_profiles
from core.progress import Bar
from core.sound.outputs import choose as choose_output
from core.sound.outputs import outputs
from core.sound.virtual_microphone import missing
from core.stream import AvatarStream
from core.video import HD, VideoFormat
from core.web.page_camera import BrowserCamera

log = logging.getLogger(__name__)

TEXT = (
    "Hello! I am your understudy. You speak, and I perform your voice, live, on this computer. "
    "My lips follow every word, and when you are quiet, I wait for you."
)
LOOKS_A_SECOND = 20
LOOK = 1 / LOOKS_A_SECOND

PATIENCE = 2.0
"""Seconds that what killed programs left may take to be cleared away, once all else is done."""

CONSENT = "Given on the command line; whoever ran it is responsible for the consent."
REMINDER = "Use only photos of people who agreed to it: the consent is your responsibility."


def main(arguments: Sequence[str] | None = None) -> int:
    begin()
    chosen = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if chosen.verbose else logging.CRITICAL)
    try:
        end_in_order()
        with clearing():
            run(chosen)
        sys.stdout.flush()  # what nobody reads any more is noticed here, not at the very end
    except EndAsked as asked:
        return 128 + asked.number
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has read enough
        hush()
        return 1
    except Exception as error:  # noqa: BLE001 - whatever went wrong, people get one sentence
        if chosen.verbose:
            traceback.print_exc()
        print(f"start.py demo: {sentence(error)}", file=sys.stderr)
        return 1
    return 0


def run(chosen: argparse.Namespace) -> None:
    """Do what the command line says; raises what goes wrong."""
    if chosen.list:
        print(listing())
        return
    if chosen.film_sound != AAC and not (chosen.camera is chosen.web is None):
        raise ValueError("no film is made here: use --film-sound with --out")
    if chosen.camera is not None:
        device = choose(chosen.camera)  # before anything slow: most often it is missing
        perform(replace(scene(chosen), camera=device.name), chosen.seconds)
    elif chosen.web is not None:
        with closing(BrowserCamera(chosen.web)) as page:
            if page.note:
                print(page.note)
            print(f"In OBS, add a browser source with this address: {page.url}")
            perform(replace(scene(chosen), page=page), chosen.seconds)
    elif chosen.mic:
        film_live(scene(chosen), chosen.seconds, film_path(chosen.out), chosen.film_sound)
    elif chosen.sound is not None:
        raise ValueError("a film is not made live: use --sound with --camera, --web or --mic")
    else:
        film(scene(chosen), chosen.seconds, film_path(chosen.out), chosen.film_sound)


def film_path(asked: Path) -> Path:
    """Return where the film is to be, and say which ones there were cut off earlier."""
    path = checked(asked)
    for cut_off in rescue(path.parent):
        print(f"A film that was cut off earlier is kept in {cut_off.absolute()}")
    return path


@contextmanager
def clearing() -> Iterator[None]:
    """Clear away aside what killed programs left: a sound server that hangs holds up nobody."""
    thread = threading.Thread(target=clear, name="clearing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE)


def scene(chosen: argparse.Namespace) -> Scene:
    """Find the voice and the person that are asked for."""
    plugin, options = voice(chosen)
    return Scene(
        plugin,
        options,
        portrait(chosen),
        chosen.engine or AUTO,
        "",
        BadgeOptions(),
        sound=() if chosen.sound is None else (choose_output(chosen.sound).name,),
        format=replace(HD, fps=chosen.fps),
        background=parse_background(chosen.background),
    )


def voice(chosen: argparse.Namespace) -> tuple[SourcePlugin[Any], Any]:
    """Return the source that is asked for, and its options."""
    if chosen.language is not None and (chosen.mic or chosen.audio):
        raise ValueError("--language is that of a text: use it with --text, or alone")
    name = "microphone" if chosen.mic else "audio_file" if chosen.audio else "speech"
    found = source_plugins()
    if name not in found.plugins:
        why = next((str(b.error) for b in found.broken if b.name == name), "it is not installed")
        raise LookupError(f"the source {name} cannot be used: {why}")
    plugin = found.plugins[name]
    if chosen.audio:
        return plugin, plugin.options(path=chosen.audio)
    if chosen.mic:
        return plugin, plugin.options()
    text = TEXT if chosen.text is None else chosen.text
    language = {} if chosen.language is None else {"voice": chosen.language}
    return plugin, plugin.options(text=text, keep_open=False, **language)


def portrait(chosen: argparse.Namespace) -> Profile:
    """Return the profile that is asked for, made on the spot for a photo."""
    if chosen.photo:
        for photo in chosen.photo:
            load_photo(photo)
        print(REMINDER)
        photos = tuple(photo.absolute() for photo in chosen.photo)
        made = Profile("photo", photos[0].stem, photos, CONSENT)
        say_people(made)
        return made
    profiles, bad = all_profiles()
    for profile in profiles:
        if chosen.profile in (None, profile.name):
            return profile
    for broken in bad:
        if chosen.profile == broken.name:
            raise ValueError(f"the profile {broken.name} cannot be read: {broken.reason}")
    if not profiles:
        raise LookupError("there is no profile yet; show somebody with --photo FILE")
    known = ", ".join(profile.name for profile in profiles)
    raise LookupError(f"there is no profile {chosen.profile!r}; choose one of: {known}")


def say_people(profile: Profile) -> None:
    """Say so where the photos of a profile may show different people."""
    if len(profile.references) == 1:
        return
    from core.portrait.analysis import analyse  # with OpenCV, which the list of options needs not

    faces = []
    for number in reversed(range(len(profile.references))):  # the first one is needed again
        with suppress(ValueError):  # who has no face is told by the engine that needs it
            faces.append(proportions(analyse(profile, number).landmarks))
    if hint := people_hint(faces):
        print(hint)


def film(asked: Scene, seconds: float | None, path: Path, sound: str = AAC) -> None:
    """Write all of the sound, as fast as it goes, every frame."""
    with (
        closing(asked.source.open(asked.options, SwiftClock())) as source,
        closing(avatar(asked)) as stream,
        closing(Recording(path, stream.format, sound, patient=True)) as recording,
        EndRequest() as end,
    ):
        ahead = Ahead(source, stream.hop, seconds)
        frames = render(ahead, stream, recording, recording)
        total = ahead.frames(stream.format.fps)
        often = 0.1 if sys.stderr.isatty() else 10.0
        try:
            for _ in Bar(frames, "Filming", total, unit=" frames", mininterval=often):
                if end.number:
                    break  # what is there until then is a whole film
            for words in remarks_of(source):
                print(words, file=sys.stderr)
        except Exception as error:
            recording.break_off()
            raise BrokenFilmError(sentence(error) + kept(recording)) from error
    tell_where(recording)


class BrokenFilmError(RuntimeError):
    """The film is not whole; says why, and where what there is of it is."""


def kept(recording: Recording) -> str:
    """Say where what there is of a film that broke off is, if there is anything."""
    if not recording.made:
        return ""
    return f". What was filmed until then is in {recording.path.absolute()}"


def tell_where(recording: Recording) -> None:
    """Say where the film is.

    Raises:
        BrokenFilmError: there is none.
    """
    if not recording.made:
        raise BrokenFilmError("no film was made, for there was no picture: let there be more sound")
    print(f"The film is in {recording.path.absolute()}")
    if recording.remark:
        print(recording.remark, file=sys.stderr)


def avatar(asked: Scene) -> AvatarStream:
    """Open the person, and say what they run on."""
    stream, note = LocalEngine().open(
        asked.engine, asked.look, asked.format, log.error, asked.badge
    )
    say_engine(asked, note)
    return stream


def film_live(asked: Scene, seconds: float | None, path: Path, sound: str = AAC) -> None:
    """Write what happens now, until it ends or Ctrl+C."""
    made: list[Recording] = []

    def open_recorder(path: Path, format: VideoFormat, sound: str) -> Recording:
        made.append(Recording(path, format, sound))
        return made[0]

    perform(asked, seconds, path, sound, open_recorder)
    for recording in made:
        if recording.dropped:
            print(f"{recording.dropped} frames came too fast to be written and are missing.")
        tell_where(recording)


def perform(
    asked: Scene,
    seconds: float | None,
    path: Path | None = None,
    sound: str = AAC,
    open_recorder: OpenRecorder = Recording,
) -> None:
    """Go live, telling the figures once a second, until it ends or Ctrl+C."""
    errors: list[Exception] = []

    def note(status: Status) -> None:
        if status.error:
            errors.append(status.error)
        elif status.phase is Phase.LIVE and not errors:
            print("Live; Ctrl+C ends it.")

    def end_film(_: Path, error: Exception | None) -> None:
        if error:
            errors.append(error)
            broadcast.stop()

    reports = Reports(
        note,
        end_film,
        lambda error: print(sentence(error), file=sys.stderr),
        lambda why: say_engine(asked, why),
        log.error,
    )
    with closing(Devices(LocalEngine())) as devices, EndRequest() as end:
        broadcast = Broadcast(asked, devices, reports, open_recorder=open_recorder)
        broadcast.record(path, sound)
        broadcast.start()
        try:
            watch(broadcast, devices, seconds, end)
        finally:
            broadcast.stop()
            broadcast.join()
    if errors:
        raise errors[0]


def watch(broadcast: Broadcast, devices: Devices, seconds: float | None, end: EndRequest) -> None:
    """Print figures until it ends or is to, or `seconds` of it have been seen."""
    looks = 0
    while not broadcast.join(LOOK):
        looks += 1
        figures = broadcast.figures()
        if figures.frames and looks % LOOKS_A_SECOND == 0:
            print(figures, *devices.outputs.figures(), sep="; ")
        enough = seconds is not None and figures.frames >= seconds * broadcast.scene.format.fps
        if enough or end.number:
            broadcast.stop()


def say_engine(asked: Scene, why: str) -> None:
    print(f"{asked.profile.title}: {why}")


def listing() -> str:
    """Return everything that can be chosen, and what is in the way of the rest."""
    sources, (profiles, bad) = source_plugins(), all_profiles()
    try:
        cameras = [f"{d.name}: {d.title}" for d in find()] or [choose(None).name]
    except CameraError as error:
        cameras = [f"none: {error}"]
    found = outputs()
    sounds = [f"{output.name}: {output.title}" for output in found]
    groups = {
        "Engines": [f"{name}: {title}" for name, title in ENGINES.items()],
        "Sources": [f"{name}: {plugin.title}" for name, plugin in sources.plugins.items()]
        + [f"{broken.name} is broken: {broken.error}" for broken in sources.broken],
        "Profiles": [f"{profile.name}: {profile.title}" for profile in profiles]
        + [f"{broken.name} cannot be read: {broken.reason}" for broken in bad],
        "Cameras": cameras,
        "Sound outputs": sounds if any(o.microphone for o in found) else [*sounds, missing()],
    }
    return "\n".join(
        "\n  ".join([f"{title}:", *(lines or ["none"])]) for title, lines in groups.items()
    )


def sentence(error: Exception) -> str:
    """Return what an error says, on one line."""
    text = " ".join(str(error).split())
    if text and isinstance(error, (ValueError, LookupError, RuntimeError, OSError)):
        return text
    return f"{type(error).__name__} {text}; run again with --verbose to see more"


if __name__ == "__main__":
    sys.exit(main())
