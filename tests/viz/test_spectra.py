"""What is drawn: areas, curves, arrows."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur
from course_lib.viz import spectra


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_areas_are_shares_of_all_eigenvalues(ax):
    spectra.histogram(ax, np.array([0.1, 0.2, 0.7, 5.0]), bins=2, window=(0.0, 1.0))
    heights, edges, _ = ax.patches[0].get_data()
    np.testing.assert_allclose(heights * np.diff(edges), [0.5, 0.25])


def test_the_curve_is_the_density_and_an_atom_is_named(ax):
    law = MarchenkoPastur(2.0)
    spectra.law_curve(ax, law, window=(-1.0, 3.0))
    x, y = ax.lines[0].get_data()
    assert law.support[0][0] < x.min() < x.max() < 3.0
    np.testing.assert_array_equal(y, law.density(x))
    assert "0.50" in ax.texts[-1].get_text()


def test_a_window_without_the_atom_has_no_arrow(ax):
    spectra.law_curve(ax, MarchenkoPastur(2.0), window=(1.0, 3.0))
    assert not ax.texts


def test_no_curve_runs_through_the_mass_of_an_atom(ax):
    spectra.law_curve(ax, MarchenkoPastur(2.0))
    ax.set(ylim=(0, 0.1))  # the curve leaves at the top
    ax.set_title("in the middle")
    ax.figure.canvas.draw()
    label, title = ax.texts[-1].get_window_extent(), ax.title.get_window_extent()
    assert label.y0 >= ax.bbox.y1
    assert label.x1 < title.x0
