"""Curves through a lip's or a lid's landmarks."""

import numpy as np

from core.puppet.curve import COLUMNS, interpolate, monotone_cubic

SPAN = 1.5
AT = np.linspace(-SPAN, SPAN, COLUMNS, dtype=np.float32)
U = np.array([-1.0, -0.7, -0.2, 0.05, 0.6, 1.0], np.float32)
V = np.array([0.0, 0.3, 0.5, 0.5, 0.1, 0.2], np.float32)


def test_a_curve_passes_through_its_points() -> None:
    places, v = [10, 20, 33, 50], np.array([0.2, -0.3, 0.4, 0.1], np.float32)
    found = monotone_cubic(AT[places], v, SPAN)[places]
    np.testing.assert_allclose(found, v, rtol=0, atol=1e-6)


def test_a_curve_never_overshoots_and_is_level_beyond_its_ends() -> None:
    columns = monotone_cubic(U, V, SPAN)
    for i in range(len(U) - 1):
        between = columns[(U[i] <= AT) & (U[i + 1] >= AT)]
        assert between.min() >= min(V[i], V[i + 1]) - 1e-6
        assert between.max() <= max(V[i], V[i + 1]) + 1e-6
    assert (columns[U[0] >= AT] == V[0]).all()
    np.testing.assert_allclose(columns[U[-1] <= AT], V[-1], rtol=0, atol=1e-6)


def test_looking_up_gives_the_columns_and_what_is_between_them() -> None:
    columns = np.stack([monotone_cubic(U, V, SPAN), monotone_cubic(U, -V, SPAN)])
    found = interpolate(columns, np.stack([AT, AT]), SPAN)
    np.testing.assert_allclose(found, columns, rtol=0, atol=1e-4)
    between = (AT[1:] + AT[:-1]) / 2
    halfway = interpolate(columns, np.stack([between, between]), SPAN)
    middle = (columns[:, 1:] + columns[:, :-1]) / 2
    np.testing.assert_allclose(halfway, middle, rtol=0, atol=1e-4)
    beyond = interpolate(columns, np.array([[9.0], [-9.0]], np.float32), SPAN)
    assert beyond.ravel().tolist() == [columns[0, -1], columns[1, 0]]
