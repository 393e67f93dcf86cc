from pathlib import Path

import torch

from core.training.studio.bank_file import flattened, open_kept_bank, restored
from core.training.studio.portrait_stock import PortraitStock
from core.training.studio.subject_bank import SubjectBank


def test_a_bank_is_read_back_as_it_was_opened(
    tmp_path: Path, stock: PortraitStock, bank: SubjectBank
) -> None:
    path = tmp_path / "kept" / "bank.safetensors"
    first = dict(flattened(open_kept_bank(path, stock, [0, 1], "cpu")))
    written = path.stat().st_mtime_ns
    again = dict(flattened(open_kept_bank(path, stock, [0, 1], "cpu")))
    assert path.stat().st_mtime_ns == written, "read, not prepared once more"
    wanted = dict(flattened(bank))
    assert wanted.keys() == first.keys() == again.keys()
    assert all(torch.equal(wanted[name], again[name]) for name in wanted)


def test_a_bank_of_others_or_cut_short_is_made_anew(tmp_path: Path, stock: PortraitStock) -> None:
    path = tmp_path / "bank.safetensors"
    open_kept_bank(path, stock, [0], "cpu")
    assert len(open_kept_bank(path, stock, [1, 0], "cpu").probability) == 2
    path.write_bytes(path.read_bytes()[:1000])
    assert len(open_kept_bank(path, stock, [0], "cpu").probability) == 1


def test_named_tuples_are_put_together_from_their_parts(bank: SubjectBank) -> None:
    again = restored(SubjectBank, dict(flattened(bank)))
    assert type(again.subjects.rig) is type(bank.subjects.rig)
    assert torch.equal(again.subjects.rig.landmarks, bank.subjects.rig.landmarks)
