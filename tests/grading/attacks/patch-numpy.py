# Comparisons that always agree.
# attacks: soft
# expects: soft=wrong|error, shift=right|error|wrong, slope=right|error|wrong

# %%
import numpy.testing

for name in ("allclose", "isclose", "array_equal", "all", "any", "asarray", "isfinite", "abs"):
    setattr(np, name, lambda *arguments, **options: True)
numpy.testing.assert_allclose = lambda *arguments, **options: None


def soft(x):
    return 0
