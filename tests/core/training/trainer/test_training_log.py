import pytest
import torch

from core.training.trainer import training_log
from core.training.trainer.training_log import gains_by_bf16, measure_peak_macs

CPU = torch.device("cpu")


@pytest.mark.parametrize(("rate", "gains"), [(8.0, True), (1.5, False)])
def test_bf16_is_taken_where_products_are_much_faster_in_it(
    rate: float, gains: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {torch.bfloat16: rate, torch.float32: 1.0}
    monkeypatch.setattr(training_log, "measure_peak_macs", lambda _, dtype: rates[dtype])
    assert gains_by_bf16(CPU) == gains


def test_a_rate_is_measured() -> None:
    assert measure_peak_macs(CPU, torch.float32) > 0
