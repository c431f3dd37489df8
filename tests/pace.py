"""How long work takes, so that a busy machine can't fail a test: processor time, the best of several, growth rather than speed."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5
STEEPEST = (
    3.0  # twice the input may cost twice the time, and half as much again for caches and noise; quadratic costs four
)
TOO_SHORT = 0.002  # seconds; what takes less says nothing of growth


def seconds(work: Callable[[], object], good: float = 0.0, tries: int = TRIES) -> float:
    """Give the processor time of the best of several tries; the first that is as good as `good` ends them."""
    best = float("inf")
    for _ in range(tries):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
        if best <= good:
            break
    return best


def takes_at_most(work: Callable[[], object], most: float) -> bool:
    """Whether work is done within so many seconds of processor time, in the best of several tries."""
    return seconds(work, most) <= most


def grows_with_its_input(work: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Whether twice the input costs about twice the time; `work(size)` prepares, and what it gives is measured."""
    small, large = work(size), work(2 * size)
    for _ in range(3):
        once, twice = seconds(small, TOO_SHORT, tries=2), seconds(large, TOO_SHORT, tries=2)
        if twice <= STEEPEST * max(once, TOO_SHORT):
            return True
    return False
