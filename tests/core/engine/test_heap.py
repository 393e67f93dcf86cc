"""The heap of a process that opens one avatar after the other."""

import subprocess
import sys

import pytest

# Threads that take memory and end, one after the other, as those of an avatar do.
CODE = """
import sys, threading
import numpy as np
from core.engine.heap import release_memory, share_arena
if sys.argv[1] == "shared":
    assert share_arena()
def work():
    kept.append([np.zeros(20_000, np.uint8) for _ in range(200)])
kept = []
for _ in range(6):
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
kept.clear()
assert release_memory()
import xml.etree.ElementTree as xml, ctypes, os, tempfile
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = libc.fopen(file.name.encode(), b"w")
    libc.malloc_info(0, ctypes.c_void_p(stream))
    libc.fclose(ctypes.c_void_p(stream))
    print(len(xml.parse(file.name).findall("heap")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_threads_share_one_arena() -> None:
    found = {}
    for how in ("shared", "apart"):
        run = [sys.executable, "-c", CODE, how]
        found[how] = int(subprocess.run(run, capture_output=True, check=True, timeout=60).stdout)
    assert found["shared"] == 1
    assert found["apart"] > 1
