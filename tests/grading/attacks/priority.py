# First in line for the processor, for good.
# attacks: soft
# expects: soft=wrong|error

# %%
def soft(x):
    for scheduler in (os.SCHED_FIFO, os.SCHED_RR, os.SCHED_BATCH, os.SCHED_IDLE):
        try:
            os.sched_setscheduler(0, scheduler, os.sched_param(1))
            os.sched_setscheduler(GRADER, os.SCHED_IDLE, os.sched_param(0))
        except OSError:
            continue
    for who in (0, GRADER):
        try:
            os.setpriority(os.PRIO_PROCESS, who, -20)
            os.sched_setaffinity(who, {0})
        except OSError:
            continue
    return 0
