"""A validation set of drawn people who say nonsense."""

import pytest

from core.training.evaluation.eval_set import EvalSet
from tests.core.training.evaluation.conftest import small_eval_set


@pytest.fixture(scope="package")
def eval_set() -> EvalSet:
    return small_eval_set()
