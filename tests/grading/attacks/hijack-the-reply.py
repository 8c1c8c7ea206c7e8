# Exchanges the grader's own functions through the frames below.
# attacks: soft
# expects: soft=wrong|protocol|error|crashed|slow|unserializable, shift=right|wrong|protocol|error|crashed|slow|unserializable, slope=right|wrong|protocol|error|crashed|slow|unserializable

# %%
def soft(x):
    for here in frames():
        self = here.f_locals.get("self")
        if type(self).__name__ == "_Answers":
            pack = self.pack
            self.pack = lambda parts: pack([*parts[:2], "value", 1.0, "", "", [], []])
            self._attempt = lambda request, inputs: ("value", 1.0, "", "", [])
    return 0
