"""Train an avatar model, stage after stage, some minutes at a time.

python -m core.training run --stock DIR --out RUN --minutes 600
python -m core.training prepare FILMS --out DIR [--preset lite]
python -m core.training speech --stock SPEECH --minutes 9 --out speech [--resume speech]
python -m core.training likeness --stock DIR --minutes 9 --out likeness [--device cuda]
python -m core.training vae --stock DIR --minutes 9 --out vae [--perceptual likeness]
python -m core.training generator --stock DIR --minutes 9 --out generator --resume vae
python -m core.training distill --stock DIR --minutes 9 --out student --resume generator
python -m core.training adversarial --stock DIR --minutes 9 --out decoder --resume vae
python -m core.training export --resume student --decoder decoder --out avatar.safetensors
python -m core.training evaluate avatar.safetensors --stock DIR --likeness likeness --quick
python -m core.training finetune FILM --model avatar.safetensors --out FILE --work DIR --consent WHO

`run` carries the recipe for ordinary computers through all of its stages (`core.training.recipe`).
A stage's first call starts from the checkpoint of the stage before, later calls resume its own.
The face embedding that `likeness` trains serves the VAE as a perceptual loss, and the evaluation as
a measure of likeness. `speech` trains the audio encoder of all others; SPEECH is made by
`core.training.speech.dataset`.

On several graphics cards: `torchrun --nproc-per-node 8 -m core.training ... --device cuda`; the
batch size is that of each. Clips come from the studio (`core.training.studio prepare`), from films
that `prepare` made ready, or from any function `open_clips(stock, device, seed, avatar_config)`
that gives a `core.training.trainer.clip_batch.ClipSource`.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from core.engine.cpu_tuning import tune_malloc
from core.model.avatar import AVATAR_PRESETS, AvatarConfig
from core.model.generator.sampling_options import (
    add_sampling_options,
    chosen_sampling,
)
from core.process.surroundings import begin
from core.training.avatar.ablations import ablated_config
from core.training.avatar.stock_audio import fit_audio
from core.training.avatar.train_avatar import (
    GENERATOR_STAGES,
    export_avatar,
    licence_metadata,
    train_avatar,
)
from core.training.entry_point import load_entry_point
from core.training.evaluation.command import describe
from core.training.films.segment_files import read_licences
from core.training.finetune.command import add_finetune_options
from core.training.likeness.embedding_training import export_face_embedding, train_face_embedding
from core.training.likeness.perceptual_distance import open_perceptual_distance
from core.training.recipe.command import add_run_options
from core.training.speech.encoder_training import (
    BATCH_SIZE,
    export_speech,
    open_training_mixtures,
    train_speech,
)
from core.training.studio.clip_sampler import photos_alone
from core.training.train_options import (
    RECIPES,
    add_common_options,
    add_train_options,
    chosen_optimization,
    chosen_recipe,
    train_config,
)
from core.training.trainer.clip_batch import ClipSource
from core.training.trainer.distributed import end_rank, join_process_group
from core.training.trainer.train_config import TrainConfig
from core.training.trainer.training_state import load_training_state

STUDIO = "core.training.studio.stock:open_clips"
FILMS = "core.training.films.film_clips:open_clips"
SPEECH_FILE = "speech.safetensors"
"""File of the speech encoder, in the folder of its training."""
SEED_STRIDE = 1_000_003
"""Between the seeds of two ranks."""
PICTURE_STAGES = ("vae", "adversarial")
"""Stages that learn to make pictures; others never see the opened photo."""
ClipOpener = Callable[[Path, str, int, AvatarConfig], ClipSource]


def main(words: Sequence[str] | None = None) -> None:
    """See the module's docstring."""
    begin()
    tune_malloc()  # a step makes and frees gigabytes
    parser = argparse.ArgumentParser(description="Train an avatar model.")
    commands = parser.add_subparsers(dest="stage", required=True)
    for stage in RECIPES:
        trained = commands.add_parser(stage)
        add_train_options(trained, stage)
        trained.set_defaults(run=_train)
    _add_export_options(commands.add_parser("export"))
    _add_prepare_options(commands.add_parser("prepare"))
    speech = commands.add_parser("speech")
    add_common_options(speech)
    speech.set_defaults(run=_train_speech)
    add_run_options(commands.add_parser("run"))
    describe(commands.add_parser("evaluate"))
    add_finetune_options(commands.add_parser("finetune"))
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


def _licences(stock: Path) -> tuple[str, ...]:
    """Return those that a stock of films notes."""
    return read_licences(stock) if default_opener(stock) == FILMS else ()


def _export(arguments: argparse.Namespace) -> None:
    about = {name: getattr(arguments, name) for name in ("data", "recipe", "quality")}
    state = load_training_state(arguments.resume)
    stage = state.stage
    if stage == "speech":
        export_speech(arguments.resume, arguments.out, about)
    elif stage == "likeness":
        about |= licence_metadata(state.licences)
        export_face_embedding(arguments.resume, arguments.out, about)
    else:
        sampling = chosen_sampling(arguments, state.avatar_config.generator.sampling)
        export_avatar(arguments.resume, arguments.out, about, arguments.decoder, sampling)


def _prepare(arguments: argparse.Namespace) -> None:
    # Films are read by libraries that machines which only train need not have.
    from core.training.films.parallel import open_tools, prepare_in_processes
    from core.training.films.preprocess import Preparation

    preparation = Preparation(
        arguments.films,
        arguments.out,
        AVATAR_PRESETS[arguments.preset],
        arguments.licence,
        arguments.person,
    )
    opened = partial(open_tools, arguments.audio_encoder, arguments.device)
    prepare_in_processes(preparation, opened, arguments.workers, *arguments.part)


def _part(text: str) -> tuple[int, int]:
    """Read one part of several: "2/8"."""
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r}; expected one of several, as in '2/8'")
    return int(part), int(parts)


def _train_speech(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    config = TrainConfig(
        "speech",
        arguments.out,
        arguments.minutes or math.inf,
        resume_from=arguments.resume,
        device=arguments.device,
        seed=arguments.seed,
        batch_size=BATCH_SIZE,
    )
    train_speech(config, partial(open_training_mixtures, arguments.stock))
    about = {"recipe": "python -m core.training speech"}
    export_speech(arguments.out, arguments.out / SPEECH_FILE, about)


def _train(arguments: argparse.Namespace) -> None:
    process = join_process_group(arguments.device)
    config = replace(
        train_config(arguments), device=process.device, licences=_licences(arguments.stock)
    )
    state = load_training_state(config.resume_from) if config.resume_from else None
    # Nobody shall see the same clips again, nor those of another rank.
    seed = config.seed + (state.steps if state else 0) + SEED_STRIDE * process.rank
    resumed = state.avatar_config if state else AVATAR_PRESETS[config.preset]
    avatar_config = ablated_config(arguments, resumed)
    if arguments.stage in GENERATOR_STAGES and not arguments.clips:
        begins = state is not None and state.stage == "vae"
        avatar_config = fit_audio(avatar_config, arguments.stock, begins)
    open_clips = clip_opener(arguments.clips or default_opener(arguments.stock))
    shown = avatar_config if arguments.stage in PICTURE_STAGES else photos_alone(avatar_config)
    source = open_clips(arguments.stock, config.device, seed, shown)
    optimization = chosen_optimization(arguments, avatar_config)
    recipe = chosen_recipe(arguments, avatar_config)
    if config.stage == "likeness":
        train_face_embedding(config, source, optimization, recipe)
    else:
        name = arguments.perceptual
        perceptual = open_perceptual_distance(name, config.device) if name else None
        train_avatar(config, source, optimization, recipe, avatar_config, perceptual)
    end_rank()


def _add_prepare_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("films", type=Path, help="folder of films; those below one folder show one person")
    add("--out", type=Path, required=True, help="folder for what is made of them")
    add("--preset", choices=sorted(AVATAR_PRESETS), default="lite")
    add("--audio-encoder", type=Path, metavar="FOLDER", help="wav2vec 2.0 or HuBERT; default: ours")
    add("--device", default="cpu", help="of that encoder")
    add("--licence", help="of films without a LICENCE file: whose they are, and who agreed")
    add("--person", metavar="REGEX", help="whose first group in a film's path names the person")
    add("--workers", type=int, default=1, help="processes")
    add("--part", type=_part, default=(1, 1), help="2/8: only the second of eight, on one machine")
    parser.set_defaults(run=_prepare)


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--resume",
        type=Path,
        required=True,
        help="folder of a training of generator, distill, likeness or speech",
    )
    add("--decoder", type=Path, help="folder of an adversarial training of the same VAE")
    add("--out", type=Path, required=True, help="the file")
    add_sampling_options(parser)
    for name in ("data", "recipe", "quality"):
        add(f"--{name}", default="not told", help="in words, for the model card")
    parser.set_defaults(run=_export)


if __name__ == "__main__":
    main()
