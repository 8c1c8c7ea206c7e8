"""The agreement grammar: its best score is what its docstring promises."""

from itertools import product

import numpy as np
import pytest

from course_lib.datasets.agreement import AgreementGrammar

MOST_HOMES, MOST_FILLERS = 8, 12
GRAMMAR = AgreementGrammar(distance=3, homes=3, fillers=2, slip=0.2)


def joint(grammar: AgreementGrammar) -> dict[tuple[int, ...], float]:
    """Every sentence with its probability, written down from the description alone."""
    table = {}
    fillers = range(2 * grammar.homes, grammar.vocab)
    for home, language in product(range(grammar.homes), repeat=2):
        agree = 1 - grammar.slip if home == language else grammar.slip / (grammar.homes - 1)
        for middle in product(fillers, repeat=grammar.distance - 1):
            sentence = (home, *middle, grammar.homes + language)
            table[sentence] = agree / grammar.homes / grammar.fillers ** (grammar.distance - 1)
    return table


@pytest.mark.checks("eq-agreement-bayes", against="enumeration")
@pytest.mark.parametrize("window", [0, 1, 2, 3])
def test_bayes_scores_by_enumeration(window):
    """Group all sentences by their visible words; the best guess is the largest cell."""
    cells = {}
    for sentence, probability in joint(GRAMMAR).items():
        seen = sentence[GRAMMAR.distance - window : GRAMMAR.distance]
        cells.setdefault(seen, {}).setdefault(sentence[-1], 0.0)
        cells[seen][sentence[-1]] += probability
    assert sum(sum(cell.values()) for cell in cells.values()) == pytest.approx(1.0)
    accuracy = sum(max(cell.values()) for cell in cells.values())
    loss = -sum(
        p * np.log(p / sum(cell.values())) for cell in cells.values() for p in cell.values()
    )
    assert GRAMMAR.bayes_accuracy(window) == pytest.approx(accuracy, abs=1e-12)
    assert GRAMMAR.bayes_loss(window) == pytest.approx(loss, abs=1e-12)
    for seen, cell in cells.items():
        context = np.array(seen, dtype=int).reshape(1, window)
        given = GRAMMAR.language_probabilities(context)[0]
        total = sum(cell.values())
        assert given.sum() == pytest.approx(1.0)
        for language, probability in cell.items():
            assert given[language] == pytest.approx(probability / total, abs=1e-12)


def test_samples_have_the_frequencies_of_the_joint(rng):
    n = 40_000
    sentences = GRAMMAR.sample(rng, n)
    table = joint(GRAMMAR)
    seen, counts = np.unique(sentences, axis=0, return_counts=True)
    assert {tuple(row) for row in seen.tolist()} == set(table)
    for row, count in zip(seen.tolist(), counts, strict=True):
        p = table[tuple(row)]
        assert abs(count / n - p) < 5 * np.sqrt(p * (1 - p) / n)


def test_distance_one_puts_home_and_language_side_by_side(rng):
    grammar = AgreementGrammar(distance=1, slip=0.0)
    sentences = grammar.sample(rng, 50)
    assert sentences.shape == (50, 2)
    np.testing.assert_array_equal(sentences[:, 0] + grammar.homes, sentences[:, 1])
    assert grammar.bayes_loss(1) == 0.0


def test_words_name_tokens(rng):
    grammar = AgreementGrammar(distance=4, slip=0.0)
    assert len(grammar.words) == grammar.vocab
    assert (grammar.words[0], grammar.words[grammar.homes]) == ("china", "chinese")
    sentence = [grammar.words[token] for token in grammar.sample(rng, 1)[0]]
    assert len(sentence) == 5


def test_same_generator_state_same_sentences():
    first, again = (GRAMMAR.sample(np.random.default_rng(3), 7) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"distance": 0}, "distance: expected a whole number, 1 or more, got 0"),
        ({"homes": 1}, "homes: expected a whole number, 2 or more, got 1"),
        ({"homes": 2.5}, "homes: expected a whole number, 2 or more, got 2.5"),
        ({"homes": 99}, r"homes: expected 2 to \d+, got 99"),
        ({"fillers": 0}, "fillers: expected a whole number, 1 or more, got 0"),
        ({"fillers": 13}, r"fillers: expected 1 to \d+, got 13"),
        ({"homes": 4, "slip": 0.8}, "slip: expected 0 to 0.7500, got 0.8"),
        ({"homes": 2, "slip": -0.1}, "slip: expected 0 to 0.5000, got -0.1"),
    ],
)
def test_refuses_settings_outside_their_range(settings, name, bad_input):
    with pytest.raises(ValueError, match=f"^{name}"):
        AgreementGrammar(**{"distance": 2, **settings})


def test_the_smallest_settings_and_the_largest_slip_are_allowed(rng):
    grammar = AgreementGrammar(distance=1, homes=2, fillers=1, slip=0.5)
    assert grammar.sample(rng, 1).shape == (1, 2)
    assert grammar.bayes_accuracy(0) == grammar.bayes_accuracy(1) == 0.5
    assert (AgreementGrammar(distance=1, slip=0.0).bayes_loss(1)) == 0.0


def test_refuses_a_window_that_is_too_long_and_no_sentences(rng, bad_input):
    with pytest.raises(ValueError, match="window: expected 0 to 3, got 4"):
        GRAMMAR.bayes_accuracy(4)
    with pytest.raises(ValueError, match=r"window: expected a whole number, 0 or more, got 1\.5"):
        GRAMMAR.bayes_loss(1.5)
    with pytest.raises(ValueError, match="window"):
        GRAMMAR.language_probabilities(np.zeros((1, 4), dtype=int))
    with pytest.raises(ValueError, match=r"context: expected shape \(sentences, window\)"):
        GRAMMAR.language_probabilities(np.zeros(3, dtype=int))
    with pytest.raises(ValueError, match="context: expected homes 0 to 2"):
        GRAMMAR.language_probabilities(np.array([[3, 6, 6]]))
    with pytest.raises(ValueError, match="sentences"):
        GRAMMAR.sample(rng, 0)


def test_as_many_homes_and_fillers_as_there_are_words():
    words = AgreementGrammar(distance=1, homes=MOST_HOMES, fillers=MOST_FILLERS).words
    assert len(set(words)) == 2 * MOST_HOMES + MOST_FILLERS
    for name, most in ("homes", MOST_HOMES), ("fillers", MOST_FILLERS):
        with pytest.raises(ValueError, match=rf"{name}: expected \d to {most}, got {most + 1}"):
            AgreementGrammar(**{"distance": 1, name: most + 1})
