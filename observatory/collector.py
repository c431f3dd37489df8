"""Python's collector of circles, told to look seldom: our records hold none, so its walks over a growing heap find little."""

from __future__ import annotations

import atexit
import gc

# New objects after which the young are looked through (Python's own: 700), and of such looks after which older ones are, too. What
# feedparser and lxml leave in circles meanwhile is some 10 MB. Reading 6,000 items took a tenth less time than with Python's own.
YOUNG, OLDER, OLD = 20_000, 20, 50

# A process that ends gives all back: to walk its heap once more took 0.2 s after such a reading.
atexit.register(gc.freeze)


def look_seldom(*, at_start: bool = False) -> None:
    """Let the collector look seldom; `at_start` of a process, leave out for ever what stands by now: modules and vocabulary."""
    if at_start:
        gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLD)


def let_go() -> None:
    """Look through all that stands, once, between two pieces of work: some 40 ms.

    What Whoosh leaves in circles holds the files that it mapped: 20 MB of an index of 10,000 entries.
    """
    gc.collect()
