"""Models of sequences without a trained state: delay lines, autoregression, Markov chains.

- ``tdnn``: a feed-forward layer on a delay line, which is a causal convolution.
- ``autoregressive``: a variable predicted from its own past; fits and forecasts.
- ``ar_memory``: how long such a model remembers: roots, echoes, spectrum.
- ``narx``: a driven system learned from its record, one step at a time or free.
- ``narx_torch``: the same with a small network.
- ``markov``: chains whose past matters only through the present state.
- ``ngram``: the last few tokens as the state, by counting.
- ``hidden_markov_filter``: a state that sums the past up; beliefs of a hidden Markov model.
"""
