"""Pipelined inference for files: the next block is sampled while the last one is decoded."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import torch
from torch import Tensor

from core.audio import Samples
from core.neural.neural_stream import NeuralStream
from core.speech_marks import Marks
from core.video import Frame

S = TypeVar("S")


class PipelinedStream(Generic[S]):
    """Satisfies `AvatarStream`: another stream's frames, a hop later.

    Sampling has a thread of its own, and on CUDA a stream of its own. Closes the other stream. On
    two cores of a processor, which decoding alone keeps busy, nothing is won.
    """

    def __init__(self, stream: NeuralStream[S]) -> None:
        self._stream = stream
        self.format, self.hop, self.lag = stream.format, stream.hop, stream.lag + stream.hop
        self._cuda_stream: torch.cuda.Stream | None = None
        if stream.device.type == "cuda":
            self._cuda_stream = torch.cuda.Stream(stream.device)  # type: ignore[no-untyped-call]
        self._sampler = ThreadPoolExecutor(1, "sample")
        self._latents: Tensor | None = None

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:  # noqa: ARG002
        """See `AvatarStream.step`."""
        sampling = self._sampler.submit(self._sample, audio)
        frames = self._stream.render(self._latents) if self._latents is not None else []
        self._latents = sampling.result()
        return frames

    def close(self) -> None:
        """See `AvatarStream.close`."""
        self._sampler.shutdown()
        self._stream.close()

    def _sample(self, audio: Samples) -> Tensor:
        if self._cuda_stream is None:
            return self._stream.sample(audio)
        with torch.cuda.stream(self._cuda_stream):
            latents = self._stream.sample(audio).clone()  # the next block overwrites its own
            self._cuda_stream.synchronize()
        return latents
