"""What every task must stand, on a small set that is spoiled in one way at a time."""

import numpy as np
import pytest

from course_tools.exercises import variants
from course_tools.answers.compare import Close
from course_tools.exercises.spec import WrongAnswer

PROSE = "**Write** `scale(x, factor)`: $$ y = cx $$ *Example.* `scale(1, 2)` is 2."


@pytest.fixture
def task(small):
    return small.task("scale")


def found(task, prose=PROSE):
    return list(variants.problems(task, prose))


def test_a_task_without_fault(task):
    assert found(task) == []


@pytest.mark.parametrize("missing", ["**Write** `scale(", "*Example.*", "$$ y = cx $$"])
def test_prose_says_what_to_write_why_and_an_example(task, missing):
    (problem,) = found(task, PROSE.replace(missing, ""))
    assert problem.startswith("scale: the prose ")


def test_modules_are_closed_and_exist(task):
    task.forbidden = ("course_lib.foundations.soft",)
    assert "course_lib.foundations.soft, which is closed to it, does not exist" in found(task)[0]
    task.forbidden = ()
    assert "no module of the library is closed" in found(task)[0]


class OnlyArrays(Close):
    """A comparison that takes one kind of array and nothing else."""

    def difference(self, expected, came):
        right = type(came) is np.ndarray and came.dtype == float and came.flags.c_contiguous
        return super().difference(expected, came) if right else "of another kind"


@pytest.mark.parametrize("name", ["lists", "tensors", "integers where they fit"])
def test_a_right_value_is_right_in_every_form(task, name):
    task.compare = OnlyArrays(condition=100)
    assert any(name in problem and "is refused as" in problem for problem in found(task))


def test_a_table_of_the_public_cases_earns_nothing(task):
    public = list(task.public_inputs())
    task.draw = lambda student, seed, n_cases=None: public
    assert any("a table of the public cases answers a case of ada" in p for p in found(task))


def test_the_tolerance_covers_the_conditioning(task):
    def cancels(x, factor):
        return x[0] * factor - x[0] * factor * (1 - 1e-6) + 1e-6 * x[-1]

    task.reference = cancels
    assert any("rounding is amplified" in problem for problem in found(task))


def test_single_precision_is_accepted_where_the_task_allows_it(task):
    task.compare = Close(condition=100, float32=True)
    assert found(task) == []

    def differs(x, factor):
        return x.astype(float) * factor + (x.dtype == np.float32)

    task.reference = differs
    assert any("single precision is refused" in problem for problem in found(task))


def test_a_mistake_that_nobody_listed_gets_no_name(task):
    task.wrongs.append(WrongAnswer("half more", "", lambda x, factor: x * factor * 1.5))
    task.wrongs.append(WrongAnswer("near", "", lambda x, factor: x * factor * 1.003 + 0.003))
    told = found(task)
    assert "half too large is taken for the mistake 'half more'" in told[0]
    assert "off in the third digit is taken for the mistake 'near'" in told[1]


def test_what_never_varies_is_named_unless_the_prose_says_so(task):
    task.regimes = {"three": lambda rng: (rng.normal(size=3), 2.0)}
    stuck = [problem for problem in found(task) if "never varies" in problem]
    assert [problem.split(" never")[0] for problem in stuck] == ["scale: factor", "scale: x axis 0"]
    task.fixed = {"factor": "the factor is 2", "x axis 0": "three numbers"}
    prose = PROSE + " There are three\nnumbers, and the factor is 2."
    assert not any("never" in problem or "fixed" in problem for problem in found(task, prose))
    assert "the prose does not say 'three numbers'" in found(task, PROSE + "the factor is 2")[0]
    task.fixed["x"] = "three numbers"
    assert any("fixed: x varies" in problem for problem in found(task, prose))


def test_a_broken_solution_that_is_accepted_is_named(task):
    task.regimes = {"by one": lambda rng: (rng.normal(size=rng.integers(2, 5)), 1.0)}
    task.examples = [(np.array([1.0, 2.0]), 1.0)]
    accepted = [problem for problem in found(task) if "a broken solution is accepted" in problem]
    assert [problem.partition("accepted: ")[2] for problem in accepted] == [
        "x * factor -> x / factor",
        "factor -> 1.0",
        "result -> squeezed",
    ]


def test_a_list_of_equivalent_mutants_is_kept_true(task):
    task.equivalent = {"x * factor -> x / factor": "?", "no such": "?"}
    told = found(task)
    assert "equivalent: it is refused: x * factor -> x / factor" in told[0]
    assert "equivalent: there is no such mutant: no such" in told[1]


def test_a_broken_solution_that_never_ends_is_refused(task, monkeypatch):
    monkeypatch.setattr(variants, "LONGEST", 0.05)

    def for_ever(x, factor):
        while True:
            pass

    reference = variants.ReferenceAnswers(task, task.hidden_inputs("ada", 1))
    assert not variants._accepts(reference, for_ever)
    assert variants._accepts(reference, task.reference)
