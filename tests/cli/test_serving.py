"""`serve`: the site, or the curators' desk with the site beside it, on this machine only; nothing else of the data folder."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def port(observatory: Run, folder: Path) -> Iterator[int]:
    """The desk of a small observatory, served as a curator would serve it."""
    assert observatory("run", "--offline").exit_code == 0
    words = [
        sys.executable,
        "-m",
        "observatory",
        "--config",
        str(folder / "sources.yaml"),
        "serve",
        "--desk",
        "--port",
        "0",
    ]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
    assert found
    yield int(found[1])
    process.terminate()
    process.wait()
    process.stdout.close()


def test_the_desk_is_served_with_the_site_beside_it_and_nothing_else(port: int) -> None:
    def asked(path: str, host: str = "127.0.0.1") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.headers.get("Location") or body

    assert asked("/") == (302, "/desk/index.html")
    assert "Curators’ desk" in asked("/desk/index.html")[1]
    assert asked("/site/index.html")[0] == 200
    for path in (
        "/catalogue.sqlite",
        "/site/../catalogue.sqlite",
        "/%2e%2e/sources.yaml",
        "/search/",
        "/desk/../write.lock",
    ):
        assert asked(path)[0] == 404, path
    assert asked("/desk/index.html", "evil.example.org")[0] == 421


def test_without_a_desk_it_says_what_makes_one(observatory: Run) -> None:
    told = observatory("serve", "--desk")
    assert told.exit_code == 1
    assert "`observatory run` makes one" in told.output
