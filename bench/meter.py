"""Run a command and tell what it used: `python -S meter.py FILE COMMAND…` writes exit code, times and bytes to FILE.

Seconds on the clock, seconds of the processors, bytes of memory at the peak.

A process of its own, since a child begins with the memory of what started it: from here that is nearly none.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run, wait, tell."""
    begun = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:])
    _pid, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - begun
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump([os.waitstatus_to_exitcode(status), took, usage.ru_utime + usage.ru_stime, peak], file)


if __name__ == "__main__":
    main()
