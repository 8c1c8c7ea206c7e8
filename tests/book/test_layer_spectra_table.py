"""The script that measures deep networks, which may be killed, and the table that it wrote."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from course_lib.random_features.activations import PiecewiseLinear
from course_lib.random_features.layer_spectra import (
    layer_distances,
    layer_eigenvalues,
    layers,
    stack_shape,
)
from course_lib.random_features.random_features import RandomFeatures

DATA = Path(__file__).parents[2] / "book" / "random-matrices" / "data"
SMALL = ["--width", "24", "--seeds", "2", "--layer", "1", "--layer", "3"]


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("layer_spectra_script", DATA / "layer_spectra.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def without_law(script, monkeypatch):
    """Files are the matter here; a distance to a law takes longer than all the rest."""
    monkeypatch.setattr(script, "ks_distance", lambda eigenvalues, law: eigenvalues.std())


def run(script, table, *more):
    return CliRunner().invoke(script.main, [*SMALL, "--table", str(table), *more])


@pytest.mark.usefixtures("without_law")
def test_a_run_that_is_interrupted_anywhere_ends_with_the_same_table(script, tmp_path, monkeypatch):
    whole, pieces = tmp_path / "whole.csv", tmp_path / "pieces.csv"
    assert run(script, whole).exit_code == 0
    assert len(whole.read_text().splitlines()) == 1 + 2 * 3 * 2 * 2
    append = script.append
    for rows, torn in ((1, b""), (5, b"24,1,0,free,3,0.12"), (8, b"2")):
        left = rows

        def some(table, *row):
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            append(table, *row)

        monkeypatch.setattr(script, "append", some)
        assert run(script, pieces).exit_code != 0
        with pieces.open("ab") as file:
            file.write(torn)  # what a power cut may leave
    monkeypatch.setattr(script, "append", append)
    computed = []
    outputs = script.layer_outputs
    monkeypatch.setattr(script, "layer_outputs", lambda *a: computed.append(a[0]) or outputs(*a))
    assert run(script, pieces).exit_code == 0
    assert pieces.read_bytes() == whole.read_bytes()
    assert len(computed) == 12 - 7  # 14 rows, two for each network, were there
    assert run(script, pieces).exit_code == 0
    assert len(computed) == 12 - 7


@pytest.mark.usefixtures("without_law")
def test_kept_spectra_are_used(script, tmp_path, monkeypatch):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    folder = tmp_path / "kept"
    folder.mkdir()
    assert run(script, first, "--spectra", str(folder)).exit_code == 0
    monkeypatch.setattr(script, "layer_outputs", None)
    assert run(script, second, "--spectra", str(folder)).exit_code == 0
    assert first.read_bytes() == second.read_bytes()


def test_mistakes_get_a_sentence(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script.torch.cuda, "is_available", lambda: False)
    table = tmp_path / "table.csv"
    refused = run(script, table, "--device", "cuda")
    assert refused.exit_code == 1
    assert "torch finds no such device" in refused.output
    table.write_text("something,else\n1,2\n")
    refused = run(script, table)
    assert refused.exit_code == 1
    assert "does not begin with the columns" in refused.output
    assert table.read_text() == "something,else\n1,2\n"
    assert "Example:" in CliRunner().invoke(script.main, ["--help"]).output


@pytest.mark.parametrize("norms", ["free", "unit"])
@pytest.mark.parametrize("alpha", [-1.0, 0.0, 1.0])
def test_its_networks_are_the_librarys(script, alpha, norms):
    network = script.Network(30, 5, alpha, norms)
    theirs = script.layer_outputs(network, 4, "cpu")
    rng = np.random.default_rng([5, 30])
    ours = layers(PiecewiseLinear(alpha), stack_shape(30), 4, rng, norms == "unit")
    for Y, want in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(Y.numpy(), want, rtol=0, atol=1e-10)


def read_table():
    with (DATA / "layer_spectra.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_rows_of_the_table_are_what_the_library_computes():
    rows = read_table()
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


def test_the_table_is_complete_and_in_order():
    rows = read_table()
    keys = [tuple(row.values())[:5] for row in rows]
    assert len(set(keys)) == len(keys)
    widths = [int(row["width"]) for row in rows]
    assert widths == sorted(widths)
    kinds = {(row["alpha"], row["norms"]) for row in rows if row["width"] == "150"}
    assert len(kinds) == 6
    assert all(float(row["ks"]) <= 1 for row in rows)
