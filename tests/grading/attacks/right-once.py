# Right for as long as it is looked at closely.
# attacks: soft
# expects: soft=wrong

# %%
calls = []


def soft(x):
    calls.append(x)
    weights = np.exp(x) / np.exp(x).sum()
    return weights if len(calls) < 3 else weights[::-1]
