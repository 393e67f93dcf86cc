"""Compact optimiser state: AdamW's moments at a hundredth of their size, for checkpoints to travel.

First moments are dropped: they remember ten steps. Second moments are factored into rows and
columns, as in Adafactor (1804.04235). Of the weights only the EMA goes along, in half precision;
`Optimization.load_state` starts anew from it.
"""

from collections.abc import Mapping

from torch import Tensor

EPSILON = 1e-30
"""Below any second moment that matters; guards a division."""


def compact_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return AdamW's state of one parameter, its second moment factored."""
    if not state:
        return {}
    second = state["exp_avg_sq"]
    if second.ndim < 2:
        return {"step": state["step"], "exp_avg_sq": second}
    flat = second.flatten(1)
    return {"step": state["step"], "rows": flat.mean(1), "columns": flat.mean(0)}


def second_moment(state: Mapping[str, Tensor]) -> Tensor:
    """Return the second moment, flat or as (rows, columns): the outer product of the factors."""
    if "rows" not in state:
        return state["exp_avg_sq"]
    rows, columns = state["rows"], state["columns"]
    return rows[:, None] * columns / rows.mean().clamp(min=EPSILON)
