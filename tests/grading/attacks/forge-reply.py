# Finds the nonce in the frames below and answers before the grader's own code does.
# attacks: soft
# expects: soft=wrong|protocol|error, shift=right|protocol, slope=right|protocol

# %%
def soft(x):
    for here in frames():
        request = here.f_locals.get("request")
        if isinstance(request, dict) and "nonce" in request:
            for case in range(3):
                say(frame([request["nonce"], case, "value", 1.0, "", "", [], []]))
            break
    return 0
