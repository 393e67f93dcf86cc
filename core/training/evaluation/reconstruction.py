"""VAE reconstruction of validation clips, beside warped, unmoved and puppet baselines."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import NamedTuple

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.vae.flow_field import Composition, Matting, compose, resize_bilinear
from core.training.evaluation.baselines import PuppetBaseline
from core.training.evaluation.eval_set import EvalExample
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.metric_table import Column, Table, TableRow
from core.training.evaluation.model_player import first_photos, vae_reconstruction
from core.training.evaluation.photo_attributes import photo_attributes
from core.training.metrics.batch_landmarks import DetectedFaces
from core.training.metrics.blinking import shut_eyes
from core.training.metrics.image_metrics import ms_ssim, psnr, scale_count
from core.training.studio.clip_renderer import ClipTensors

LANDMARK_SIDE = 256
"""Side in pixels of the picture to which distances of landmarks are scaled."""


class ReconstructionMetrics(NamedTuple):
    """Means over one clip's frames against the ground truth."""

    psnr: float
    mouth_psnr: float
    ms_ssim: float
    landmark_error: float
    """Pixels at LANDMARK_SIDE between the landmarks detected here and in the truth."""
    opening_error: float
    """Error of the mouth's opening, in % of the face."""
    shut_eyes_error: float
    """Error of the eyes' opening where the truth's are shut, in % of their width; NaN if they never
    are."""


class ReconstructedClip(NamedTuple):
    """The metrics of every method on one clip."""

    methods: Mapping[str, ReconstructionMetrics]
    detector_error: float
    """The detector's own error on the truth, in pixels at LANDMARK_SIDE."""
    attributes: tuple[str, ...]


def evaluate_reconstruction(
    avatar: Avatar, example: EvalExample, evaluators: Evaluators
) -> ReconstructedClip:
    """Measure every method on one example."""
    clip = example.clip
    target, near = clip.frames[0].to(evaluators.device), clip.landmarks[0, 0]
    target_faces = evaluators.landmark_detector.detect(target, near)
    mask = resize_bilinear(clip.mouth_mask[0], (target.shape[2], target.shape[3])).to(
        evaluators.device
    )
    metrics = {}
    for name, predicted in _reconstructions(avatar, example, evaluators):
        on_device = predicted.to(evaluators.device)
        metrics[name] = _metrics(
            on_device,
            target,
            mask,
            evaluators.landmark_detector.detect(on_device, near),
            target_faces,
        )
    true_landmarks = clip.landmarks[0].to(evaluators.device)
    photo = clip.photo.to(evaluators.device)
    photo_face = evaluators.landmark_detector.detect(photo, near)
    attributes = photo_attributes(photo[0].cpu(), photo_face.landmarks[0].cpu())
    return ReconstructedClip(
        metrics, _landmark_error(target_faces.landmarks, true_landmarks), attributes
    )


def _reconstructions(
    avatar: Avatar, example: EvalExample, evaluators: Evaluators
) -> Iterator[tuple[str, Tensor]]:
    """Give each method's name and frames (t, 3, h, w)."""
    clip = example.clip
    photos, frames = clip.references, clip.frames[0]
    opened = avatar.config.vae.opened
    for count in range(photos.shape[1] - opened + 1):
        seen = first_photos(clip, count, opened)
        yield reconstruction_name(count), vae_reconstruction(avatar, clip.frames, seen)
    yield "control: first photo along the true flow", along_true_flow(clip)[0]
    yield "control: first photo, unmoved", clip.photo.expand_as(frames)
    photo_face = evaluators.landmark_detector.detect(
        clip.photo.to(evaluators.device), clip.landmarks[0, 0]
    )
    with closing(
        PuppetBaseline(evaluators.face_finder, clip.photo[0], photo_face.landmarks[0])
    ) as puppet:
        yield PUPPET_TRUE_MOTION, puppet.render(example.motion)


def along_true_flow(clip: ClipTensors, reference: int = 0) -> Tensor:
    """Return frames (n, t, 3, h, w): a reference's person moved, nothing painted, on the plate."""
    frames, which = clip.frames, [reference]
    flow = clip.flow[:, :, which].float()
    shown = Composition(
        torch.zeros_like(frames),
        torch.ones_like(frames[:, :, :1]),
        flow,
        torch.ones_like(flow[:, :, :, 0]),
    )
    size = (frames.shape[3], frames.shape[4])
    matting = Matting(clip.alphas[:, which], clip.plate)
    return compose(shown, clip.references[:, which], size, matting)


PUPPET_TRUE_MOTION = "puppet, told the true motion"


def reconstruction_name(references: int) -> str:
    """Name the VAE conditioned on so many references."""
    return f"through the latent, {references} reference{'s' * (references != 1)}"


def _metrics(
    predicted: Tensor,
    target: Tensor,
    mask: Tensor,
    faces: DetectedFaces,
    target_faces: DetectedFaces,
) -> ReconstructionMetrics:
    opening = (faces.mouth_opening() - target_faces.mouth_opening()).abs().mean()
    lids, true_lids = faces.eye_opening(), target_faces.eye_opening()
    shut = torch.from_numpy(shut_eyes(true_lids.cpu().numpy())).to(lids.device)
    return ReconstructionMetrics(
        float(psnr(predicted, target).mean()),
        float(psnr(predicted, target, mask).mean()),
        float(ms_ssim(predicted, target).mean()),
        _landmark_error(faces.landmarks, target_faces.landmarks),
        100 * float(opening),
        100 * float((lids - true_lids)[shut].abs().mean()),
    )


def _landmark_error(landmarks: Tensor, target: Tensor) -> float:
    return float((landmarks[..., :2] - target[..., :2]).norm(dim=-1).mean()) * LANDMARK_SIDE / 2


def reconstruction_table(clips: list[ReconstructedClip], size: int) -> Table:
    """Tabulate the means over all clips."""
    count = scale_count(size, size)
    structure = "MS-SSIM" if count == 5 else f"SSIM, {count} scales"
    columns = (
        Column("PSNR", "dB", 2, ">= 32 with 1, rising"),
        Column("mouth PSNR", "dB"),
        Column(structure, "", 4),
        Column("landmarks", f"px at {LANDMARK_SIDE}", 2, "<= 1"),
        Column("lips' opening off", "% of face"),
        Column("shut eyes off", "% of eye"),
    )
    rows = [
        TableRow(
            name, tuple(torch.tensor([clip.methods[name] for clip in clips]).nanmean(0).tolist())
        )
        for name in clips[0].methods
    ]
    detector_error = sum(clip.detector_error for clip in clips) / len(clips)
    note = (
        "Landmarks: our face finder's, in the frames against in the truth. In the truth itself it "
        f"is {detector_error:.2f} px from the studio's own."
    )
    return Table("Held-out people, their frames rebuilt", columns, tuple(rows), note)
