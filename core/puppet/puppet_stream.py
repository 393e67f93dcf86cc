"""The puppet engine: an audio-driven rig warps the photo itself, on any CPU."""

from collections.abc import Sequence

import numpy as np

from core.audio import Samples
from core.look import AS_PHOTO, Background, Look
from core.perception.speech.config import EARLY_LOOKAHEAD_SAMPLES, FRAME_SAMPLES
from core.portrait.analysis import PortraitAnalysis, analyse, analyse_cached
from core.profile import Framing, Profile
from core.puppet.frame_interpolation import MotionInterpolator
from core.puppet.look_changes import LookChanges, LookRequest
from core.puppet.motion import Motion
from core.puppet.performance import Performance, Style
from core.puppet.renderer import Renderer
from core.puppet.speech_tracker import SpeechTracker
from core.speech_marks import Marks
from core.stream import SEED, ChangeCallback
from core.video import Frame, VideoFormat


class PuppetStream:
    """Satisfies `AvatarStream` and `Changeable`: 40 ms of sound in, 40 ms of look-ahead.

    Sound that comes with marks needs no look-ahead: its frame comes at once. One frame comes out
    at 25 a second; at another rate they are interpolated, 40 ms later.

    Raises:
        BadPhoto, NoFace, SeveralFaces: the profile's first reference cannot be used.
        BadCheckpoint: a network's weights are damaged.
    """

    def __init__(
        self,
        profile: Profile,
        format: VideoFormat,
        seed: int = SEED,
        style: Style | None = None,
        background: Background = AS_PHOTO,
    ) -> None:
        self.format = format
        self.hop = FRAME_SAMPLES
        self._interpolator = MotionInterpolator(format.fps)
        self.lag = EARLY_LOOKAHEAD_SAMPLES + self._interpolator.lag
        self._renderer = self._prepare(Look(profile, background))
        self._changes = LookChanges(self._prepare)
        self._tracker = SpeechTracker()
        self._performance = Performance(np.array([seed]), style)
        self._state = self._performance.initial_state()

    @property
    def framing(self) -> Framing:
        """See `Changeable.framing`."""
        return self._renderer.framing

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`; without marks nothing comes back for the first 40 ms."""
        return [self._frame(*moment) for moment in self._perform(audio, marks)]

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`."""
        return len(self._perform(audio, marks))

    def change(self, look: Look, on_changed: ChangeCallback) -> None:
        """See `Changeable.change`; the performance goes on as if nothing had happened."""
        self._changes.request(LookRequest(look, on_changed))

    def close(self) -> None:
        """End the worker threads."""
        self._changes.close()
        self._renderer.close()

    def _frame(self, motion: Motion, sample: int) -> Frame:
        picture, cover = self._renderer.render_covering(motion)
        return Frame(picture, sample, cover=cover)

    def _perform(self, audio: Samples, marks: Marks | None) -> list[tuple[Motion, int]]:
        """Return the moments that `audio` makes ready, each with its stream time."""
        moments = list[tuple[Motion, int]]()
        for spoken in self._tracker.step(audio, marks):
            self._apply_change()
            motion, self._state = self._performance(spoken.track, self._state, spoken.accents)
            moments += self._interpolator.push(Motion(*(field[:, 0] for field in motion)))
        return moments

    def _apply_change(self) -> None:
        if ready := self._changes.take_ready():
            self._renderer.close()
            self._renderer, on_changed = ready
            on_changed(None)

    def _prepare(self, look: Look) -> Renderer:
        """Runs on the engine's thread at first, then on the worker's; one at a time."""
        person, framing = analyse(look.profile), look.profile.framing
        return Renderer(
            person.photo, person.matte, person.landmarks, self.format, framing,
            background=look.background, donors=teeth_donors(look.profile),
        )  # fmt: skip


def teeth_donors(profile: Profile) -> list[PortraitAnalysis]:
    """Return the profile's other photos, if what was found in them is kept: no network runs."""
    others = range(1, len(profile.references))
    return [found for found in (analyse_cached(profile, i) for i in others) if found]
