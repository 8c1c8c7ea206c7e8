# Programs started in every way that the standard library has.
# attacks: soft
# expects: soft=wrong|error

# %%
import multiprocessing
import os
import subprocess
from concurrent.futures import ProcessPoolExecutor


def attempt(start):
    try:
        return start()
    except BaseException as error:
        return error


def soft(x):
    sleep = ["/bin/sleep", "1000"]
    attempt(lambda: subprocess.Popen(sleep, start_new_session=True))
    attempt(lambda: subprocess.run("sleep 1000 &", shell=True))
    attempt(lambda: os.system("nohup sleep 1000 &"))
    attempt(lambda: os.posix_spawn("/bin/sleep", sleep, {}))
    attempt(lambda: os.popen("sleep 1000"))
    attempt(lambda: os.spawnv(os.P_NOWAIT, "/bin/sleep", sleep))
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        attempt(lambda: context.Process(target=sum, args=([],)).start())
    attempt(lambda: list(ProcessPoolExecutor(2).map(abs, [1, 2])))
    return 0
