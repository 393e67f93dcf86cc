"""Timestep-forcing pipeline parallelism, live: the neural engine, a process for each step.

The ranks talk to each other (`core.model.generator.timestep_pipeline`); this one gives all of them
the sound and gets the frames of the last.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from core.audio import SAMPLE_RATE, Samples
from core.engine.rank_processes import RankProcesses
from core.engine.remote_stream import serialized
from core.look import Look
from core.speech_marks import Marks
from core.stream import SEED
from core.video import Frame, VideoFormat

WARM_UP_BLOCKS, TIMED_BLOCKS = 3, 5
"""Blocks until all steps are captured, and those from which the pipeline's latency is known."""

STEP_SHARE = 0.7
"""Of the time of a hop, how much a step may wait for frames, so that it keeps up."""

LONGEST_QUEUE = 2.0
"""Seconds of sound in the pipeline at most; a machine that needs more is too slow."""


class PipelineParallelStream:
    """Satisfies `AvatarStream`: `NeuralStream`'s frames, some blocks later.

    `blocks_in_flight` blocks are under way when `step` returns: as few as let it keep up with the
    sound, measured before the first.
    """

    def __init__(
        self,
        ranks: RankProcesses,
        order: dict[str, Any],
        format: VideoFormat,
        blocks_in_flight: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Takes the ranks over; `order` tells them what to open.

        Raises:
            EngineError: it does; says why.
        """
        self.format, self._ranks, self._clock = format, ranks, clock
        self._last = ranks.count - 1
        ranks.tell({"do": "open", "ranks": ranks.count, "meeting": ranks.meeting, **order})
        heads = [ranks.receive(rank).head for rank in range(ranks.count)]
        self.devices: list[str] = [head["device"] for head in heads]
        """What each rank runs on."""
        self.hop: int = heads[0]["hop"]
        self._lag_frames: int = heads[0]["lag"]
        self.blocks_in_flight = 0
        self._start()
        latency = self._measure_latency()
        if blocks_in_flight is None:
            blocks_in_flight = fitting_blocks(latency, self.hop / SAMPLE_RATE, ranks.count)
        self.blocks_in_flight = blocks_in_flight
        self._start()

    @property
    def lag(self) -> int:
        """See `AvatarStream.lag`."""
        frame = SAMPLE_RATE // self.format.fps
        return self._lag_frames * frame + self.blocks_in_flight * self.hop

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:  # noqa: ARG002
        """See `AvatarStream.step`; the model was trained to listen, so it does.

        Raises:
            EngineError: a rank has failed; says why. None is left.
        """
        self._ranks.tell({"do": "step"}, np.ascontiguousarray(audio, np.float32).tobytes())
        self._waiting += 1
        frames: list[Frame] = []
        while self._waiting > self.blocks_in_flight:
            frames += self._receive_block()
        return frames

    def close(self) -> None:
        """See `AvatarStream.close`."""
        self._ranks.close()

    def _start(self) -> None:
        """Begin a stream, in all ranks; nothing is under way."""
        self._ranks.tell({"do": "start", "seed": SEED, "lag": self._lag_frames})
        self._waiting = 0

    def _measure_latency(self) -> float:
        """Return the seconds that a block takes through all ranks."""
        silence, times = np.zeros(self.hop, np.float32), []
        for _ in range(WARM_UP_BLOCKS + TIMED_BLOCKS):
            began = self._clock()
            self.step(silence)
            times.append(self._clock() - began)
        return median(times[WARM_UP_BLOCKS:])

    def _receive_block(self) -> list[Frame]:
        frames, shape = [], (self.format.height, self.format.width, 3)
        while "frame" in (message := self._ranks.receive(self._last)).head:
            picture = np.frombuffer(message.body, np.uint8).reshape(shape).copy()
            frames.append(Frame(picture, message.head["frame"]))
        self._waiting -= 1
        return frames


def fitting_blocks(latency: float, hop: float, ranks: int) -> int:
    """Return how many blocks are to be under way between two steps; all in seconds.

    The fewest with which a step waits no longer than STEP_SHARE of a hop; never more than there are
    ranks to work on them, nor than LONGEST_QUEUE.
    """
    needed = math.ceil(latency / hop - STEP_SHARE)
    return max(0, min(needed, ranks, int(LONGEST_QUEUE / hop)))


def open_pipeline(
    weights: Path, steps: int, look: Look, format: VideoFormat
) -> PipelineParallelStream:
    """Start a rank for each of a model's steps and one that renders.

    Raises:
        EngineError: one cannot be opened; says why.
        ChildLost: one cannot be started.
    """
    order = {"weights": str(weights.absolute()), "look": serialized(look), **asdict(format)}
    ranks = RankProcesses(steps + 1)
    try:
        return PipelineParallelStream(ranks, order, format)
    except BaseException:
        ranks.close()
        raise
