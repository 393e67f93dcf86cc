from pathlib import Path

import pytest
import torch

from core import tensors
from core.training.recipe.shards import (
    ShardClips,
    ShardConfig,
    ShardFolder,
    read_shard,
    render_shards,
    save_shard,
)
from core.training.studio.clip_renderer import ClipRenderer, ClipTensors


def test_a_shard_gives_back_what_was_rendered(tmp_path: Path, clip: ClipTensors) -> None:
    path = tmp_path / "0000000.safetensors"
    save_shard(path, [clip, clip])
    again = read_shard(path, 5, lambda clips: range(4, clips))
    assert (again.frames - clip.frames.clamp(-1, 1)).abs().max() < 0.5 / 127
    assert (again.references - clip.references.clamp(-1, 1)).abs().max() < 0.5 / 127
    assert (again.flow - clip.flow).abs().max() < 2e-3
    assert torch.equal(again.flow_valid > 0.5, clip.flow_valid)
    assert (again.landmarks - clip.landmarks).abs().max() < 1e-3
    assert (again.reference_landmarks - clip.reference_landmarks).abs().max() < 1e-3
    assert torch.equal(again.identity, clip.identity)
    assert (again.speech.opening - clip.speech.opening).abs().max() < 1e-3
    short = read_shard(path, 1, lambda _: [0, 1])
    assert short.frames.shape[:2] == (2, 1)
    assert short.references.shape[:2] == (2, 3)
    assert (again.alphas - clip.alphas).abs().max() < 0.51 / 255
    assert (again.plate - clip.plate.clamp(-1, 1)).abs().max() < 0.5 / 127
    with pytest.raises(ValueError, match="clips of 5 frames, not 9"):
        read_shard(path, 9, lambda _: [0, 1])


def test_shards_of_an_older_version_are_refused(tmp_path: Path, clip: ClipTensors) -> None:
    path = tmp_path / "0000000.safetensors"
    save_shard(path, [clip])
    kept = tensors.load(path, ShardConfig)
    weights = {name: part for name, part in kept.weights.items() if name != "plate"}
    tensors.save(path, weights, kept.config, {"recipe": "core.training.recipe"})
    with pytest.raises(ValueError, match=f"holds no plate, an older .* remove {tmp_path}"):
        read_shard(path, 5, lambda _: [0])


def test_shards_are_rendered_once_and_then_the_oldest_are_renewed(
    tmp_path: Path, renderer: ClipRenderer
) -> None:
    folder = ShardFolder(tmp_path / "shards")
    assert [p.name[:7] for p in render_shards(folder, renderer, 4, 2)] == ["0000000", "0000001"]
    assert not list(render_shards(folder, renderer, 4, 2)), "there are enough"
    renewed = next(render_shards(folder, renderer, 4, 2, renew=True))
    assert renewed.name[:7] == "0000002"
    assert [path.name[:7] for path in folder.files()] == ["0000001", "0000002"]


def test_clips_are_drawn_from_all_shards_and_validation_is_always_the_same(
    tmp_path: Path, renderer: ClipRenderer
) -> None:
    folder, others = ShardFolder(tmp_path / "shards"), ShardFolder(tmp_path / "validation")
    list(render_shards(folder, renderer, 8, 2))
    list(render_shards(others, renderer, 4, 1))
    clips = ShardClips(folder, 2, 0, others)
    drawn = [clips.next_batch(4, 5) for _ in range(6)]
    assert all(batch.frames.shape == (4, 5, 3, 32, 32) for batch in drawn)
    assert len({float(batch.frames.mean()) for batch in drawn}) == 6
    first, second = (clips.validation_batch(2, 5) for _ in range(2))
    assert first is not None
    assert second is not None
    assert torch.equal(first.frames, second.frames)


def test_without_shards_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no shards"):
        ShardClips(ShardFolder(tmp_path), 2, 0).next_batch(1, 5)
