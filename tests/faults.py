"""End the program at a chosen or random instant, run it again, and compare with one that nobody disturbed.

`python tests/faults.py --times 200` (`make faults`) kills at random instants and writes the table of docs/reliability.md;
tests/test_faults.py does each named point once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from commands import command as forked  # noqa: E402
from trees import differing, tree  # noqa: E402
from web.server import Web  # noqa: E402

MONDAY, TUESDAY = "2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"
SOURCES = """
site: {{title: Faults, url: https://example.org/}}
crawl: {{delay: 0.5}}
sources:
  - {{id: library, kind: library, path: curation/library/*.yaml}}
  - {{id: enqa, kind: feed, url: "{enqa}", publisher: ENQA}}
  - {{id: oecd, kind: feed, url: "{oecd}", publisher: OECD}}
"""
LIBRARY = "- {id: qa-2023, kind: report, title: Quality of micro-credentials, date: 2023, url: 'https://enqa.eu/qa'}\n"
DECISION = "- {entry: qa-2023, action: tag, topics: {add: [recognition]}, when: 2026-11-20, why: it says so}\n"
# What the files of this program call their named points: tests/test_faults.py finds that none is missing.
COMMANDS = ("run", "crawl", "ingest", "index", "publish", "digest", "backup")


def feed(name: str, numbers: Sequence[int]) -> str:
    items = "".join(
        f"<item><title>Micro-credentials report {n} of {name}</title><link>https://{name}.example/{n}</link>"
        f"<guid>{name}-{n}</guid><pubDate>Mon, {n % 20 + 1:02} Nov 2026 06:00:00 GMT</pubDate>"
        f"<description>What micro-credentials are worth, part {n}.</description></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


class Machine:
    """An observatory in a folder, whose commands run in processes of their own."""

    def __init__(self, folder: Path, web: Web) -> None:
        self.folder = folder
        urls = {name: web.host(name).url("/feed/") for name in ("enqa", "oecd")}
        for name, body in {
            "sources.yaml": SOURCES.format(**urls),
            "curation/library/reports.yaml": LIBRARY,
            "curation/decisions/aoife.yaml": DECISION,
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(body, "utf-8")

    def start(self, now: str, *words: str) -> subprocess.Popen[str]:
        """Start a command from nothing, with all that belongs to it in a session of its own, so that it can be killed as one."""
        command = [sys.executable, "-m", "observatory", *self._settings(now), *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, start_new_session=True)

    def run(self, now: str, *words: str, fault: str = "") -> tuple[int, str]:
        env = os.environ | ({"OBSERVATORY_FAULT": fault} if fault else {})
        command = forked(*self._settings(now), *words)
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def _settings(self, now: str) -> tuple[str, ...]:
        return ("--config", str(self.folder / "sources.yaml"), "--now", now)

    def must(self, now: str, *words: str) -> None:
        code, said = self.run(now, *words)
        assert code == 0, said

    def site(self) -> dict[str, str]:
        return tree(self.folder / "output/site")

    def copy(self, folder: Path) -> Machine:
        """Give the same machine elsewhere."""
        shutil.copytree(self.folder, folder, symlinks=True)
        made = object.__new__(Machine)
        made.folder = folder
        return made


def first_day(web: Web) -> None:
    web.host("enqa").put("/feed/", feed("enqa", [1, 2]), "application/rss+xml")
    web.host("oecd").put("/feed/", feed("oecd", [1, 2]), "application/rss+xml")


def second_day(web: Web) -> None:
    web.host("enqa").put("/feed/", feed("enqa", [1, 2, 3]), "application/rss+xml")
    web.host("oecd").put("/feed/", feed("oecd", [2, 3, 4]), "application/rss+xml")


class Twins:
    """A machine that nobody disturbed over two days, and copies of it as it was after the first."""

    def __init__(self, folder: Path, web: Web) -> None:
        self._folder = folder
        first_day(web)
        self._begun = Machine(folder / "begun", web)
        self._begun.must(MONDAY, "run")
        second_day(web)
        undisturbed = self._begun.copy(folder / "undisturbed")
        process = undisturbed.start(TUESDAY, "run")  # from nothing: what a forked process does is compared with it
        _out, said = process.communicate()
        assert process.returncode == 0, said
        self.site = undisturbed.site()
        assert sum(path.startswith("entries/") and path.endswith("enqa/index.html") for path in self.site) == 3

    def other(self, name: str) -> Machine:
        return self._begun.copy(self._folder / name)


# ---------------------------------------------------------------- random instants


def kill_at_random(twins: Twins, command: str, seed: int) -> str:
    """Kill one command at a random instant, run on the next, compare. Returns what went wrong, or nothing."""
    chance = random.Random(seed)
    machine = twins.other(f"{command}-{seed}")
    words = {"digest": ["digest", "weekly", "--preview"], "backup": ["backup", str(machine.folder / "b.tar")]}
    if command in ("ingest", "index", "publish", "digest", "backup"):
        for before in ("crawl", "ingest", "index"):
            if before == command:
                break
            machine.must(TUESDAY, before)
    process = machine.start(TUESDAY, *words.get(command, [command]))
    time.sleep(chance.uniform(0, 2.5))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    machine.must(TUESDAY, "run")
    differ = differing(twins.site, machine.site())
    litter = [path.name for path in machine.folder.rglob("*.new")]
    shutil.rmtree(machine.folder)
    return ", ".join(differ[:3]) or (f"left behind: {litter[0]}" if litter else "")


def commands(times: int) -> Iterator[tuple[str, int]]:
    for number in range(times):
        yield COMMANDS[number % len(COMMANDS)], number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--write", type=Path, help="file whose table is brought up to date: docs/reliability.md")
    asked = parser.parse_args()
    tried: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, Web() as web:
        twins = Twins(Path(name), web)
        chosen = list(commands(asked.times))
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            ends = pool.map(lambda one: kill_at_random(twins, *one), chosen)
            for (command, seed), wrong in zip(chosen, ends, strict=True):
                tried[command] += 1
                lost[command] += bool(wrong)
                sys.stderr.write(f"{seed + 1}/{asked.times} {command}: {wrong or 'nothing lost'}\n")
    rows = [f"| `{command}` | {tried[command]} | {lost[command]} |" for command in COMMANDS]
    table = "\n".join(["| killed with -9 during | times | next run differed |", "|---|---|---|", *rows])
    if asked.write:
        said = asked.write.read_text("utf-8")
        marked = re.sub(r"(<!-- faults -->\n).*?(\n<!-- /faults -->)", rf"\1{table}\2", said, flags=re.DOTALL)
        asked.write.write_text(marked, "utf-8")
    sys.stdout.write(table + "\n")
    sys.exit(bool(sum(lost.values())))


if __name__ == "__main__":
    main()
