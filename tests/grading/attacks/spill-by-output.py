# Prints, warns and logs what it was given.
# attacks: soft

# %%
import logging
import warnings


def soft(x):
    told = " ".join(map(repr, x.tolist()))
    print(told)
    print(told, file=sys.stderr)
    os.write(1, told.encode())
    os.write(2, told.encode())
    warnings.warn(told)
    logging.error(told)
    display(told)
    return told
