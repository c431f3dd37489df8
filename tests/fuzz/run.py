"""Coverage-guided runs with atheris, bounded in time: `make fuzz`. A finding is written to tests/fuzz/found/; make it a case.

python tests/fuzz/run.py            all of GUIDED, a minute each
python tests/fuzz/run.py feed 600   one of them, ten minutes
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SECONDS = 60
MOST_BYTES = 4096
SLOW = 10  # seconds that one input may take


def guide(name: str, arguments: list[str]) -> None:
    """Fuzz one reader in this process; does not return."""
    import atheris

    with atheris.instrument_imports(include=["observatory", "spiders", "feedparser", "ruamel"]):
        from fuzz.parsers import PARSERS
    work = PARSERS[name]
    atheris.Setup([sys.argv[0], *arguments], lambda body: work(bytes(body)))
    atheris.Fuzz()


def start(name: str, seconds: int) -> int:
    """Fuzz one reader in a process of its own, from its corpus; new inputs are thrown away."""
    found = HERE / "found"
    found.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bounds = [
            f"-max_total_time={seconds}",
            f"-max_len={MOST_BYTES}",
            f"-timeout={SLOW}",
            f"-artifact_prefix={found}/{name}-",
        ]
        places = [folder, str(HERE / "corpus" / name)]  # what is new goes into the first
        command = [sys.executable, __file__, "--guide", name, *bounds, "-rss_limit_mb=2048", "-verbosity=1", *places]
        return subprocess.run(command, check=False).returncode


def main() -> int:
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]
    if sys.argv[1:2] == ["--guide"]:
        guide(sys.argv[2], sys.argv[3:])
    from fuzz.parsers import GUIDED

    names = sys.argv[1:2] or list(GUIDED)
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    return max(start(name, seconds) for name in names)


if __name__ == "__main__":
    sys.exit(main())
