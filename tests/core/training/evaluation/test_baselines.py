"""The puppet as a baseline."""

from contextlib import closing

import torch

from core.training.evaluation.baselines import (
    PuppetBaseline,
    puppet_motion,
    to_picture,
    to_tensor,
    with_closed_mouth,
)
from core.training.evaluation.eval_set import EvalSet
from core.training.evaluation.evaluators import Evaluators
from core.training.metrics.image_metrics import psnr


def test_pictures_and_tensors_are_the_same() -> None:
    frame = torch.randint(0, 256, (3, 4, 6)) / 127.5 - 1
    torch.testing.assert_close(to_tensor(to_picture(frame)[None])[0], frame)


def test_a_puppet_told_the_true_motion_comes_near_the_truth(
    eval_set: EvalSet, evaluators: Evaluators
) -> None:
    example = eval_set.example(0, 9)
    photo = example.clip.references[0, :1]
    face = evaluators.landmark_detector.detect(photo, example.clip.landmarks[0, 0])
    with closing(PuppetBaseline(evaluators.face_finder, photo[0], face.landmarks[0])) as player:
        made = player.render(example.motion)
        shut = player.render(
            puppet_motion(
                with_closed_mouth(evaluators.speech_encoder.decode(torch.zeros(1, 9, 5))), 9
            )
        )
    true = example.clip.frames[0]
    assert made.shape == shut.shape == true.shape
    assert psnr(made, true).mean() > psnr(photo.expand_as(true), true).mean()
