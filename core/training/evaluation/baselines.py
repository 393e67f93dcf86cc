"""The baseline: the puppet of the same photo, as it runs live."""

import numpy as np
import torch
from torch import Tensor

from core.perception.face.finder import Face, FaceFinder
from core.perception.speech.encoder_torch import SpeechFrames
from core.perception.speech.visemes import SILENCE
from core.profile import Framing
from core.puppet.motion import Motion
from core.puppet.performance import Performance, SpeechTrack
from core.puppet.renderer import Renderer
from core.puppet.speech_tracker import ARTICULATION
from core.stream import SEED
from core.video import FPS, Picture, VideoFormat


class PuppetBaseline:
    """The puppet of a person's first photo, rendered in the square that the photo shows."""

    def __init__(self, face_finder: FaceFinder, photo: Tensor, landmarks: Tensor) -> None:
        """photo: (3, side, side) in [-1, 1]; landmarks: (478, 3), -1 to 1 within it."""
        picture, side = to_picture(photo), photo.shape[-1]
        pixels = landmarks.cpu().float().numpy() * np.float32(side / 2)
        pixels[:, :2] += (side - 1) / 2
        matte = face_finder.matte(picture, Face.around(pixels, 1.0))
        format = VideoFormat(side, side, FPS)
        self._renderer = Renderer(picture, matte, pixels, format, Framing())

    def render(self, motion: Motion) -> Tensor:
        """Render motion (t, ...) as frames (t, 3, size, size) in [-1, 1]."""
        moments = zip(*(part.numpy()[:, None] for part in motion), strict=True)
        pictures = [self._renderer.render(Motion(*moment)) for moment in moments]
        return to_tensor(np.stack(pictures))

    def close(self) -> None:
        """End the renderer's worker thread."""
        self._renderer.close()


def puppet_motion(speech: SpeechFrames, frames: int) -> Motion:
    """Return the puppet's motion (frames, ...) for speech (1, t, ...), as when live."""
    heard = SpeechTrack(
        speech.visemes, (ARTICULATION * speech.opening).clamp(max=1), speech.voicing
    )
    performance = Performance(torch.tensor([SEED]))
    with torch.inference_mode():
        motion, _ = performance(heard, performance.initial_state())
    return Motion(*(part[0, :frames] for part in motion))


def with_closed_mouth(speech: SpeechFrames) -> SpeechFrames:
    """Return the speech with silent visemes and no opening; the voicing stays."""
    silence = torch.zeros_like(speech.visemes)
    silence[..., SILENCE] = 1
    return speech._replace(visemes=silence, opening=torch.zeros_like(speech.opening))


def to_picture(photo: Tensor) -> Picture:
    """Convert a tensor (3, h, w) in [-1, 1] to a picture."""
    levels = ((photo.float() + 1) * 127.5).round().clamp(0, 255).byte()
    return np.ascontiguousarray(levels.permute(1, 2, 0).cpu().numpy())


def to_tensor(pictures: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Tensor:
    """Convert pictures (t, h, w, 3) to a tensor (t, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
