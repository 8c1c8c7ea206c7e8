# Every builtin that a comparison may use.
# attacks: soft
# expects: soft=wrong|error|crashed|protocol|missing|not started|unserializable

# %%
import builtins


def soft(x):
    for name in ("len", "all", "any", "abs", "sum", "max", "isinstance", "issubclass", "type", "zip"):
        setattr(builtins, name, lambda *arguments, **options: True)
    return 0
