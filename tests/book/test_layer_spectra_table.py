"""The script that measures deep networks, which may be killed, and the table that it wrote."""

import numpy as np
import pytest
from experiments import Script, check_that_it_resumes

from course_lib.random_features.activations import PiecewiseLinear
from course_lib.random_features.layer_spectra import (
    layer_distances,
    layer_eigenvalues,
    layers,
    stack_shape,
)
from course_lib.random_features.random_features import RandomFeatures

SMALL = ["--width", 24, "--seeds", 2, "--layer", 1, "--layer", 3]


@pytest.fixture(scope="module")
def script():
    return Script("random-matrices/data/layer_spectra")


@pytest.fixture
def without_law(script, monkeypatch):
    """Files are the matter here; a distance to a law takes longer than all the rest."""
    monkeypatch.setattr(script.module, "ks_distance", lambda eigenvalues, law: eigenvalues.std())


@pytest.mark.usefixtures("without_law")
def test_a_run_that_is_interrupted_ends_with_the_same_table(script, tmp_path):
    assert len(check_that_it_resumes(script, tmp_path, *SMALL)) == 2 * 3 * 2 * 2


@pytest.mark.usefixtures("without_law")
def test_kept_spectra_are_used(script, tmp_path, monkeypatch):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    folder = tmp_path / "kept"
    folder.mkdir()
    assert script.run("--table", first, *SMALL, "--spectra", folder).exit_code == 0
    monkeypatch.setattr(script.module, "layer_outputs", None)
    assert script.run("--table", second, *SMALL, "--spectra", folder).exit_code == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_device_that_is_not_there_gets_a_sentence(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script.torch.cuda, "is_available", lambda: False)
    refused = script.run("--table", tmp_path / "table.csv", "--device", "cuda")
    assert refused.exit_code == 1
    assert "torch finds no such device" in refused.output


@pytest.mark.parametrize("norms", ["free", "unit"])
@pytest.mark.parametrize("alpha", [-1.0, 0.0, 1.0])
def test_its_networks_are_the_librarys(script, alpha, norms):
    network = script.Network(30, 5, alpha, norms)
    theirs = script.layer_outputs(network, 4, "cpu")
    rng = np.random.default_rng([5, 30])
    ours = layers(PiecewiseLinear(alpha), stack_shape(30), 4, rng, norms == "unit")
    for Y, want in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(Y.numpy(), want, rtol=0, atol=1e-10)


@pytest.mark.slow
def test_rows_of_the_table_are_what_the_library_computes(script):
    rows = script.rows()
    for norms in ("free", "unit"):
        for alpha in (-1.0, 0.0, 1.0):
            f = PiecewiseLinear(alpha)
            law = RandomFeatures(1.0, f.zeta, 1.0, 1.5)
            rng = np.random.default_rng([3, 150])
            spectra = layer_eigenvalues(f, stack_shape(150), 10, rng, norms == "unit")
            about = {"width": "150", "seed": "3", "alpha": f"{alpha:g}", "norms": norms}
            mine = [row for row in rows if about.items() <= row.items()]
            assert [int(row["layer"]) for row in mine] == list(range(1, 11))
            ks = [float(row["ks"]) for row in mine]
            largest = [float(row["largest"]) for row in mine]
            np.testing.assert_allclose(ks, layer_distances(spectra, law), rtol=0, atol=1e-6)
            np.testing.assert_allclose(largest, spectra[:, -1], rtol=1e-6)


def test_the_table_is_complete_and_in_order(script):
    rows = script.rows()
    keys = [tuple(row.values())[:5] for row in rows]
    assert len(set(keys)) == len(keys)
    widths = [int(row["width"]) for row in rows]
    assert widths == sorted(widths)
    kinds = {(row["alpha"], row["norms"]) for row in rows if row["width"] == "150"}
    assert len(kinds) == 6
    assert all(float(row["ks"]) <= 1 for row in rows)
