"""Optimiser states small enough to travel: what they know, at a hundredth of the size.

Of the weights only the running mean goes along, in half precision: they start anew from there (the
learner does that). First moments are dropped: they remember ten steps. Second moments are kept as
rows and columns, as Adafactor does.
"""

from collections.abc import Mapping

from torch import Tensor

EPSILON = 1e-30
"""Below any second moment that matters; nothing is divided by zero."""


def compact_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return AdamW's state of one parameter without what is large."""
    if not state:
        return {}
    second = state["exp_avg_sq"]
    if second.ndim < 2:
        return {"step": state["step"], "exp_avg_sq": second}
    flat = second.flatten(1)
    return {"step": state["step"], "rows": flat.mean(1), "columns": flat.mean(0)}


def second_moment(state: Mapping[str, Tensor]) -> Tensor:
    """Return the second moment, with all places in a row or (rows, all the rest)."""
    if "rows" not in state:
        return state["exp_avg_sq"]
    rows, columns = state["rows"], state["columns"]
    return rows[:, None] * columns / rows.mean().clamp(min=EPSILON)
