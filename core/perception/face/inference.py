"""What the face finder asks of its networks, whatever computes them."""

from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.perception.face.config import FaceConfig

Pictures: TypeAlias = NDArray[np.uint8]
"""(n, h, w, 3), RGB, of one size."""


class DetectorMaps(NamedTuple):
    """Dense predictions of the face detector at stride 8."""

    heatmap_logits: NDArray[np.float32]
    """(n, h, w): whether a face's centre lies in the cell."""
    box_codes: NDArray[np.float32]
    """(n, h, w, 5): offset x, y in cells; log of size over 32 pixels; cos, sin of angle."""


class DetectorNetwork(Protocol):
    """Detects faces in pictures whose sides are multiples of 32."""

    def __call__(self, pictures: Pictures, /) -> DetectorMaps: ...


class LandmarkRegressor(Protocol):
    """Regresses landmarks (n, 478, 3), in sides about the crop's centre, and logits (n,)."""

    def __call__(self, crops: Pictures, /) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...


class CropNetwork(Protocol):
    """Regresses points (n, points, 2) from crops, or logits (n, side / 2, side / 2)."""

    def __call__(self, crops: Pictures, /) -> NDArray[np.float32]: ...


class FaceNetworks(Protocol):
    """The five networks of the finder."""

    @property
    def config(self) -> FaceConfig: ...

    @property
    def mirror_index(self) -> NDArray[np.int64]:
        """(478,): the order of a mirrored face's landmarks."""
        ...

    @property
    def detector(self) -> DetectorNetwork: ...

    @property
    def landmarks(self) -> LandmarkRegressor: ...

    @property
    def lips(self) -> CropNetwork: ...

    @property
    def eye(self) -> CropNetwork: ...

    @property
    def matte(self) -> CropNetwork: ...
