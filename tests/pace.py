"""How long work takes, so that a busy machine can't fail a test: processor time, the best of several, growth rather than speed."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5
STEEPEST = (
    3.0  # twice the input may cost twice the time, and half as much again for caches and noise; quadratic costs four
)
IN_CACHE = 0.02  # seconds; what takes less may do so because the processor holds all of it at hand
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


def stays_linear(work: Callable[[int], Callable[[], object]], small: int, large: int, most: float) -> bool:
    """Whether the larger input costs at most `most` times the smaller one's processor time."""
    few, many = work(small), work(large)
    for _ in range(3):
        once = max(seconds(few, IN_CACHE, tries=2), IN_CACHE)
        if seconds(many, most * once, tries=2) <= most * once:
            return True
    return False
