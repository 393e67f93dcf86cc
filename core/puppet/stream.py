"""The puppet engine: a voice moves a photo, on any CPU."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch

from core.audio import Samples
from core.perception.face import FaceFinder
from core.perception.speech import FRAME, LOOK_AHEAD, SpeechFrame, SpeechReader, load_encoder
from core.photo import load_photo
from core.profile import Profile
from core.puppet.motion import Motion
from core.puppet.performance import Heard, Performance, Style
from core.puppet.renderer import Renderer
from core.video import Frame, VideoFormat

LONGEST = 2400
"""Pixels of the photo's longer side that are read: enough for a tight crop at 1080p."""

SEED = 7
"""Of a performance nobody chose another seed for."""


class PuppetStream:
    """Satisfies `AvatarStream`: 40 ms of sound in, one frame out, 80 ms of look-ahead.

    Raises:
        BadPhoto, NoFace, SeveralFaces: the profile's first reference cannot be used.
        BadCheckpoint: a network's weights are damaged.
    """

    def __init__(
        self, profile: Profile, format: VideoFormat, seed: int = SEED, style: Style | None = None
    ) -> None:
        self.format = format
        self.hop = FRAME
        self.lag = LOOK_AHEAD
        photo = load_photo(profile.references[0], LONGEST)
        finder = FaceFinder()
        face = finder.face(photo)
        matte = finder.matte(photo, face)
        self._renderer = Renderer(photo, matte, face.landmarks, format, profile.framing)
        self._reader = SpeechReader(load_encoder())
        self._performance = Performance(torch.tensor([seed]), style)
        self._state = self._performance.initial_state()
        self._shown = 0

    def step(self, audio: Samples) -> Sequence[Frame]:
        """See `AvatarStream.step`; nothing comes back for the first 80 ms."""
        with _one_thread():
            heard = self._reader.step(audio)
            if heard is None:
                return []
            with torch.inference_mode():
                motion, self._state = self._performance(_one(heard), self._state)
            picture = self._renderer.render(Motion(*(field[:, 0] for field in motion)))
        frame = Frame(picture, self._shown)
        self._shown += self.hop
        return [frame]

    def close(self) -> None:
        """End the renderer's helping thread."""
        self._renderer.close()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch work alone: on tensors this small its other threads gain nothing, and spin."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


ARTICULATION = 1.15
"""By how much the network opens the mouth too little on real speech (see docs/lab.md)."""


def _one(heard: SpeechFrame) -> Heard:
    return Heard(
        torch.from_numpy(np.array(heard.visemes, np.float32))[None, None],
        torch.tensor([[min(1.0, ARTICULATION * heard.opening)]]),
        torch.tensor([[heard.voicing]]),
    )
