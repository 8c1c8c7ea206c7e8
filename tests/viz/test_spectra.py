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


@pytest.mark.parametrize("window", [None, (0.0, 3.0), (-1.0, 0.0)])
def test_an_atom_is_an_arrow_over_the_whole_height(ax, window):
    """One arrow, from the foot of the axes to their top, also where a window ends at the atom."""
    spectra.law_curve(ax, MarchenkoPastur(2.0), window)
    arrow, label = ax.texts
    assert arrow.xyann == (0.0, 0.0)
    assert arrow.xy == label.xy == (0.0, 1.0)
    for coordinates in (arrow.xycoords, arrow.anncoords, label.xycoords):
        assert coordinates == ("data", "axes fraction")


def test_the_curve_runs_from_edge_to_edge_or_to_the_end_of_the_window(ax):
    law = MarchenkoPastur(0.25)
    spectra.law_curve(ax, law, points=50)
    spectra.law_curve(ax, law, (1.0, 2.0), points=50)
    spectra.law_curve(ax, law, (-1.0, 3.0), points=50)
    edges = [*law.support, (1.0, 2.0), *law.support]
    for line, (low, high) in zip(ax.lines, edges, strict=True):
        x = line.get_xdata()
        assert len(x) == 50
        assert low < x[0] < low + 0.003
        assert high - 0.003 < x[-1] < high
        np.testing.assert_allclose(x + x[::-1], low + high, rtol=1e-14)  # as dense at either edge


def test_a_window_that_only_touches_the_law_has_no_curve(ax):
    law = MarchenkoPastur(0.25)
    ((low, high),) = law.support
    for window in ((-1.0, low), (high, 3.0), (-1.0, 0.0)):
        spectra.law_curve(ax, law, window)
    assert not ax.lines


def test_only_the_first_part_of_a_law_is_named(ax):
    law = MarchenkoPastur(0.25)
    spectra.law_curve(ax, law)
    assert [line.get_label() for line in ax.lines] == ["theory"]
    spectra.histogram(ax, np.array([0.5, 1.0, 2.0]), bins=3)
    assert ax.patches[-1].get_fill()
    heights, edges, _ = ax.patches[-1].get_data()
    np.testing.assert_allclose(edges, [0.5, 1.0, 1.5, 2.0])
    np.testing.assert_allclose(heights, [2 / 3, 2 / 3, 2 / 3])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("eigenvalue", "density")
