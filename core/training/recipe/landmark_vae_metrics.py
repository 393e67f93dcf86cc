"""What the VAE's stages are measured by: flow, reading of landmarks, PSNR."""

from collections.abc import Iterator

import torch
from torch import Tensor

from core.model.vae.flow_field import resize_bilinear, size_of
from core.training.avatar.flow_supervision import (
    FlowTarget,
    flow_change_loss,
    flow_errors,
    flow_loss,
    selection_loss,
)
from core.training.avatar.vae import SomeReferences, compose_frames
from core.training.metrics.image_metrics import psnr
from core.training.metrics.lip_opening import lip_opening
from core.training.recipe.landmark_vae import (
    LandmarkClipBatch,
    LandmarkVae,
    References,
    coarse_flow,
)


def geometry_metrics(network: LandmarkVae, clip: LandmarkClipBatch) -> Iterator[tuple[str, float]]:
    """Give the coarse flow's error in cells, beside that of no flow."""
    landmarks = clip.landmarks[..., :2]
    z = network.landmarks.encode(landmarks)
    for count in sorted({1, clip.references.shape[1]}):
        maps = clip.flow[:, :, :count].float(), clip.flow_valid[:, :, :count].float()
        target = FlowTarget(*maps, torch.ones_like(clip.mouth_mask))
        in_mouth = FlowTarget(*maps, clip.mouth_mask.float())
        photos = clip.reference_landmarks[:, :count, :, :2], clip.references[:, :count]
        flow = coarse_flow(network, z, References(*photos))
        still = flow._replace(flow=torch.zeros_like(flow.flow))
        for name, field in (("flow", flow), ("still", still)):
            cells = field.flow.shape[-1]
            errors = flow_errors([field], target, cells)
            yield f"{name}_{count}ref", float(flow_loss(errors))
            yield f"{name}_change_{count}ref", float(flow_change_loss(errors))
            mouth = flow_loss(flow_errors([field], in_mouth, cells))
            yield f"{name}_mouth_{count}ref", float(mouth)
            if field is flow:
                yield f"selection_{count}ref", float(selection_loss(errors))
    yield "reading", float(network.landmarks.reading_loss(z, landmarks))
    true = lip_opening(landmarks)
    error = (network.landmarks.lip_opening(z) - true).square().mean() / true.var()
    yield "lips_reading", float(error)


def picture_metrics(
    network: LandmarkVae, clip: LandmarkClipBatch, paints: bool
) -> Iterator[tuple[str, float]]:
    """Give PSNR (dB) from landmarks and the encoder, of the mouth, and of the photo unmoved."""
    size = size_of(clip.frames)
    true = clip.frames.flatten(0, 1)
    mouth = resize_bilinear(clip.mouth_mask, size).flatten(0, 1)
    photo = clip.references[:, :1].expand_as(clip.frames).flatten(0, 1)
    yield "psnr_photo", float(psnr(photo, true).mean())
    for count in range(clip.references.shape[1] + 1):
        made = decode_clip(network, clip, count, False, paints).flatten(0, 1)
        yield f"psnr_{count}ref", float(psnr(made, true).mean())
        if count == 1:
            yield "psnr_mouth", float(psnr(made, true, mouth).mean())
    made = decode_clip(network, clip, 1, True, paints).flatten(0, 1)
    yield "psnr_encoder", float(psnr(made, true).mean())
    yield "psnr_encoder_mouth", float(psnr(made, true, mouth).mean())


def decode_clip(
    network: LandmarkVae, clip: LandmarkClipBatch, count: int, encoded: bool, paints: bool = True
) -> Tensor:
    """Return clips decoded with `count` references, of latents from landmarks or the encoder."""
    photos, matting = clip.references[:, :count], clip.matting.of_first(count)
    vae, landmarks = network.vae, network.landmarks
    if encoded:
        z, prepared = vae.encode(clip.frames)[0].mean, vae.encode_references(photos)
    else:
        z = landmarks.encode(clip.landmarks[..., :2])
        of_photos = landmarks.encode_photos(clip.reference_landmarks[:, :count, :, :2])
        prepared = vae.encode_references(photos, of_photos)
    output, _ = vae.decode(z, prepared)
    return compose_frames(vae, output.composition, SomeReferences(photos, matting), paints)
