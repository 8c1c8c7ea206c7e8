# Settings that change how the interpreter goes on: switching, tracing, collecting, hashing.
# attacks: soft
# expects: soft=wrong|error

# %%
import faulthandler
import gc
import threading


def soft(x):
    sys.setswitchinterval(1e-9)
    gc.set_threshold(1)
    sys.set_int_max_str_digits(640)
    threading.stack_size(2**26)
    faulthandler.enable()
    faulthandler.dump_traceback_later(0.01, repeat=True)
    np.seterr(all="raise")
    np.set_printoptions(formatter={"all": lambda value: os._exit(0)})
    return 0
