"""Train an avatar model, stage after stage, some minutes at a time.

python -m core.training prepare FILMS --out DIR [--preset lite]
python -m core.training audio --stock SPEECH --minutes 9 --out audio [--resume audio]
python -m core.training likeness --stock DIR --minutes 9 --out likeness [--device cuda]
python -m core.training vae --stock DIR --minutes 9 --out vae [--perceptual likeness]
python -m core.training generator --stock DIR --minutes 9 --out drawing --resume vae
python -m core.training distill --stock DIR --minutes 9 --out student --resume drawing
python -m core.training adversarial --stock DIR --minutes 9 --out decoder --resume vae
python -m core.training export --resume student --repaint decoder --out avatar.safetensors
python -m core.training evaluate avatar.safetensors --stock DIR --likeness likeness --quick

A stage's first call resumes the training of the stage before, later calls resume its own. The
face embedding network of `likeness` gives the VAE a perceptual loss and the evaluation identity
similarity. `audio` trains the speech encoder; SPEECH is made by `core.training.speech.dataset`.

On several graphics cards: `torchrun --nproc-per-node 8 -m core.training ... --device cuda`; the
batch is that of each. Clips come from the studio (`core.training.studio prepare`), from films that
`prepare` made ready, or from any function `open_clips(stock, device, seed, shape)` that gives
`Clips` as of `core.training.trainer.stage`.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.perception.face.finder import FaceFinder
from core.perception.speech.encoder_torch import load_speech_encoder
from core.training.avatar.adversarial import AdversarialRecipe
from core.training.avatar.distill import DistillRecipe
from core.training.avatar.generator import GeneratorRecipe
from core.training.avatar.resume import Recipe
from core.training.avatar.train_avatar import export_avatar, train_avatar
from core.training.avatar.vae import VaeRecipe
from core.training.entry_point import load_entry_point
from core.training.evaluation.command import describe
from core.training.likeness.embedding_stage import FaceEmbeddingRecipe
from core.training.likeness.embedding_training import export_face_embedding, train_face_embedding
from core.training.likeness.perceptual_distance import open_perceptual_distance
from core.training.speech.encoder_training import train_speech
from core.training.trainer.distributed import join_process_group, leave_process_group
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.stage import ClipSource
from core.training.trainer.train_config import STAGES, TrainConfig
from core.training.trainer.training_loop import load_training_state

STUDIO = "core.training.studio.stock:open_clips"
FILMS = "core.training.films.film_clips:open_clips"
SPEECH_FILE = "speech.safetensors"
"""File of the audio encoder, in the folder of its training."""
STAGE_OPTIMIZATION: Mapping[str, OptimizationConfig] = {
    "distill": OptimizationConfig(learning_rate=2e-5),
    "adversarial": OptimizationConfig(learning_rate=1e-4, critic_rate_ratio=2.0),
}
"""Where a stage learns otherwise than others; a critic faster than its painter (1706.08500)."""
SEED_STRIDE = 1_000_003
"""Between the seeds of two processes."""
ClipOpener = Callable[[Path, str, int, AvatarConfig], ClipSource]


def main(words: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Train an avatar model.")
    parts = parser.add_subparsers(dest="stage", required=True)
    for stage in STAGES:
        _add_train_options(parts.add_parser(stage))
    _add_export_options(parts.add_parser("export"))
    _add_prepare_options(parts.add_parser("prepare"))
    _add_audio_options(parts.add_parser("audio"))
    describe(parts.add_parser("evaluate"))
    arguments = parser.parse_args(words)
    arguments.run(arguments)


def clip_opener(name: str) -> ClipOpener:
    """Return the function that opens clips, by `module:function`.

    Raises:
        ValueError: there is no such function.
    """
    found: ClipOpener = load_entry_point(name)
    return found


def default_opener(stock: Path) -> str:
    """Return the name of what opens a folder: the studio's stock, or films."""
    return FILMS if any(stock.glob("*.json")) else STUDIO


def _export(arguments: argparse.Namespace) -> None:
    about = {name: getattr(arguments, name) for name in ("data", "recipe", "quality")}
    if load_training_state(arguments.resume).stage == "likeness":
        export_face_embedding(arguments.resume, arguments.out, about)
    else:
        export_avatar(arguments.resume, arguments.out, about, arguments.repaint)


def _prepare(arguments: argparse.Namespace) -> None:
    # Films are read by libraries that machines which only train need not have.
    from core.training.films.preprocess import prepare

    torch.set_num_threads(1)
    shape = AVATAR_PRESETS[arguments.preset]
    prepare(arguments.films, arguments.out, shape, FaceFinder(), load_speech_encoder())


def _train_audio(arguments: argparse.Namespace) -> None:
    train_speech(
        arguments.stock,
        arguments.out / SPEECH_FILE,
        arguments.minutes,
        arguments.resume / SPEECH_FILE if arguments.resume else None,
        arguments.device,
        arguments.seed,
    )


def _train(arguments: argparse.Namespace) -> None:
    process = join_process_group(arguments.device)
    config = replace(_train_config(arguments), device=process.device)
    state = load_training_state(config.resume_from) if config.resume_from else None
    # Nobody shall see the same clips again, nor those of another process.
    seed = config.seed + (state.steps if state else 0) + SEED_STRIDE * process.rank
    shape = state.avatar if state else AVATAR_PRESETS[config.preset]
    clips = clip_opener(arguments.clips or default_opener(arguments.stock))(
        arguments.stock, config.device, seed, shape
    )
    optimization = replace(
        STAGE_OPTIMIZATION.get(config.stage, OptimizationConfig()), schedule=arguments.schedule
    )
    if arguments.rate:
        optimization = replace(optimization, learning_rate=arguments.rate)
    if config.stage == "likeness":
        train_face_embedding(config, clips, optimization, FaceEmbeddingRecipe())
    else:
        perceptual_loss = (
            open_perceptual_distance(arguments.perceptual, config.device)
            if arguments.perceptual
            else None
        )
        train_avatar(
            config, clips, optimization, _recipe(arguments), perceptual_loss=perceptual_loss
        )
    leave_process_group()


def _recipe(arguments: argparse.Namespace) -> Recipe:
    recipes: Mapping[str, Recipe] = {
        "vae": VaeRecipe(),
        "generator": GeneratorRecipe(lip_weight=arguments.lips),
        "distill": DistillRecipe(steps=arguments.steps, guidance=arguments.guidance),
        "adversarial": AdversarialRecipe(),
    }
    return recipes[arguments.stage]


def _train_config(arguments: argparse.Namespace) -> TrainConfig:
    cuda = arguments.device.startswith("cuda")
    config = TrainConfig(arguments.stage, arguments.out, arguments.minutes, arguments.total)
    return replace(
        config,
        preset=arguments.preset,
        resume_from=arguments.resume,
        device=arguments.device,
        seed=arguments.seed,
        batch_size=arguments.batch,
        bf16=cuda,
        compile=cuda if arguments.compile is None else arguments.compile,
        compact_checkpoint=arguments.light,
    )


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--stock", type=Path, required=True, help="folder with what is learned from")
    add("--minutes", type=float, required=True, help="of this call")
    add("--out", type=Path, required=True, help="folder of checkpoint, progress and pictures")
    add("--resume", type=Path, help="folder to go on from")
    add("--device", default="cpu")
    add("--seed", type=int, default=0)


def _add_audio_options(parser: argparse.ArgumentParser) -> None:
    _add_common_options(parser)
    parser.set_defaults(run=_train_audio)


def _add_prepare_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("films", type=Path, help="folder of films; those below one folder show one person")
    add("--out", type=Path, required=True, help="folder for what is made of them")
    add("--preset", choices=sorted(AVATAR_PRESETS), default="lite")
    parser.set_defaults(run=_prepare)


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    _add_common_options(parser)
    parser.set_defaults(run=_train)
    add = parser.add_argument
    add("--clips", help="module:function that opens the stock, if it is none of ours")
    add("--total", type=float, help="minutes of all calls, when the rate has fallen")
    add("--preset", choices=sorted(AVATAR_PRESETS), default="lite")
    add("--batch", type=int, default=8)
    add("--rate", type=float, help="at its peak, in place of the stage's own")
    add("--schedule", choices=("wsd", "cosine"), default="wsd")
    add(
        "--lips",
        type=float,
        default=GeneratorRecipe.lip_weight,
        help="weight of lips, generator only",
    )
    add("--perceptual", metavar="FILE", help="face embedding network, or module:function")
    add("--steps", type=int, default=DistillRecipe.steps, help="of a student, distill only")
    add("--guidance", type=float, default=DistillRecipe.guidance, help="of its teacher")
    add("--compile", action=argparse.BooleanOptionalAction, help="default: on a GPU")
    add("--light", action="store_true", help="a small checkpoint, to travel, in place of an exact")


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--resume",
        type=Path,
        required=True,
        help="folder of a generator's, a student's or a likeness training",
    )
    add("--repaint", type=Path, help="folder of an adversarial training of the same VAE")
    add("--out", type=Path, required=True, help="the file")
    for name in ("data", "recipe", "quality"):
        add(f"--{name}", default="not told", help="in words, for the model card")
    parser.set_defaults(run=_export)


if __name__ == "__main__":
    main()
