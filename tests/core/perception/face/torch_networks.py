"""The finder's networks as they were trained, in torch."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.perception.face.inference import DetectorMaps, Pictures
from core.perception.face.networks_torch import FaceNetwork, load_face_network
from core.perception.face.weights import WEIGHTS


class TorchNetworks:
    """Satisfies `FaceNetworks`."""

    def __init__(self, network: FaceNetwork) -> None:
        self._network = network
        self.config = network.config
        self.mirror_index: NDArray[np.int64] = network.landmarks.mirror_index.numpy()

    @torch.inference_mode()
    def detector(self, pictures: Pictures) -> DetectorMaps:
        output = self._network.detector(_tensor(pictures))
        codes = output.box_codes.permute(0, 2, 3, 1)
        return DetectorMaps(output.heatmap_logits.numpy(), codes.numpy())

    @torch.inference_mode()
    def landmarks(self, crops: Pictures) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        landmarks, logits = self._network.landmarks(_tensor(crops))
        return landmarks.numpy(), logits.numpy()

    @torch.inference_mode()
    def lips(self, crops: Pictures) -> NDArray[np.float32]:
        return _array(self._network.lips(_tensor(crops)))

    @torch.inference_mode()
    def eye(self, crops: Pictures) -> NDArray[np.float32]:
        return _array(self._network.eye(_tensor(crops)))

    @torch.inference_mode()
    def matte(self, crops: Pictures) -> NDArray[np.float32]:
        return _array(self._network.matte(_tensor(crops)))


def load_torch_networks(path: Path = WEIGHTS) -> TorchNetworks:
    return TorchNetworks(load_face_network(path))


def _tensor(pictures: Pictures) -> torch.Tensor:
    """Turn (n, h, w, 3) of eight bits into (n, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(pictures.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1


def _array(tensor: torch.Tensor) -> NDArray[np.float32]:
    return np.asarray(tensor.numpy())
