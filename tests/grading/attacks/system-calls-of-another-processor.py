# The calls of 32 bits, and those of x32, which have other numbers.
# attacks: soft
# expects: soft=crashed|wrong

# %%
import ctypes
import mmap


def soft(x):
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\x53\xb8\x02\x00\x00\x00\xcd\x80\x5b\xc3")  # fork by int 0x80
    start = ctypes.addressof(ctypes.c_char.from_buffer(code))
    done = ctypes.CFUNCTYPE(ctypes.c_int)(start)()
    ctypes.CDLL(None).syscall(0x40000000 | 57)
    return done
