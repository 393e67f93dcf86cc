"""The stages of a run: what each trains, from which it starts, and its share of the time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.training.avatar.adversarial import AdversarialRecipe
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.recipe.landmark_vae_stage import PICTURES, LandmarkVaeRecipe
from core.training.trainer.clip_batch import LengthPhase
from core.training.trainer.optimization import OptimizationConfig


@dataclass(frozen=True)
class PlannedStage:
    """One stage of a run."""

    recipe: LandmarkVaeRecipe | GeneratorRecipe | DistillRecipe | AdversarialRecipe
    starts_from: str | None
    share: float
    """Of the run's minutes."""
    batch_size: int
    optimization: OptimizationConfig


def optimization(learning_rate: float) -> OptimizationConfig:
    """Return how a stage is optimised: calls are short, and so is the warm-up of each."""
    return OptimizationConfig(learning_rate=learning_rate, warmup_steps=20)


GENERATOR_LENGTHS = (LengthPhase(0.0, 33), LengthPhase(0.5, 65), LengthPhase(0.8, 125))
LONG_PICTURES = replace(PICTURES, clip_lengths=(LengthPhase(0.0, 17),))
"""By the end of such a clip its first frame is beyond the decoder's causal layers, as it is live:
of what was trained on 5 frames, mouths got worse from the sixth on."""

MOTION = replace(
    PICTURES,
    clip_lengths=(LengthPhase(0.0, 9),),
    reference_count_weights=(0.0, 0.25, 0.45, 0.2, 0.1),
    flow_weight=1.0,
    flow_change_weight=8.0,
)
"""In `joint` heads learn to stand still within a latent: its other losses hardly see them move."""

UNPAINTED = replace(
    LONG_PICTURES,
    reference_count_weights=(0.0, 0.05, 0.65, 0.2, 0.1),
    eye_weight=8.0,
    lid_weight=0.0,
    paints=False,
)
"""Nothing is painted, and lids fall by a clock (decision 0071): what counts is what photos show."""

PLAN: Mapping[str, PlannedStage] = MappingProxyType(
    {
        "geometry": PlannedStage(LandmarkVaeRecipe("geometry"), None, 0.12, 24, optimization(1e-3)),
        "pictures": PlannedStage(
            LandmarkVaeRecipe("pictures"),
            "geometry",
            0.26,
            8,
            optimization(8e-4),
        ),
        "joint": PlannedStage(
            LandmarkVaeRecipe("joint", vae=LONG_PICTURES),
            "pictures",
            0.15,
            8,
            optimization(2e-4),
        ),
        "decoder": PlannedStage(
            LandmarkVaeRecipe("decoder", vae=UNPAINTED),
            "joint",
            0.1,
            8,
            optimization(1.5e-4),
        ),
        "motion": PlannedStage(
            LandmarkVaeRecipe("motion", vae=MOTION), "decoder", 0.03, 24, optimization(3e-4)
        ),
        "generator": PlannedStage(
            GeneratorRecipe(lip_weight=1.0, clip_lengths=GENERATOR_LENGTHS),
            "geometry",
            0.24,
            16,
            optimization(6e-4),
        ),
        "distill": PlannedStage(
            DistillRecipe(steps=2, replaces_sink=False), "generator", 0.05, 8, optimization(1e-4)
        ),
        "adversarial": PlannedStage(
            AdversarialRecipe(UNPAINTED),
            "motion",
            0.05,
            4,
            optimization(1e-4),
        ),
    }
)
"""In the order in which they are trained."""
