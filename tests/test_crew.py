"""Work is shared out among processes, and comes out as if one had done it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from observatory import crew


def square(n: int) -> int:
    return n * n


@pytest.mark.parametrize(("number", "hands"), [(0, 3), (1, 3), (7, 1), (7, 2), (500, 3)])
def test_every_piece_of_work_is_done(number: int, hands: int) -> None:
    assert sorted(crew.share(square, number, hands)) == [(n, n * n) for n in range(number)]


def test_others_do_a_part_of_it(tmp_path: Path) -> None:
    def work(_n: int) -> int:
        (tmp_path / str(os.getpid())).touch()
        while len(list(tmp_path.iterdir())) < 2:  # until another has begun, too
            time.sleep(0.01)
        return os.getpid()

    assert len({pid for _n, pid in crew.share(work, 8, 2)}) == 2


def test_what_a_process_that_dies_leaves_undone_is_done_here(caplog: pytest.LogCaptureFixture) -> None:
    here = os.getpid()

    def work(n: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    assert sorted(n for n, _made in crew.share(work, 40, 2)) == list(range(40))


def test_an_error_of_another_process_is_told_here() -> None:
    def work(n: int) -> int:
        if n == 17:
            raise ValueError("no such page")
        return n

    with pytest.raises(ValueError, match="no such page"):
        list(crew.share(work, 40, 2))


def test_when_this_process_is_stopped_the_others_end(tmp_path: Path) -> None:
    here = os.getpid()

    def work(_n: int) -> int:
        if os.getpid() != here:
            (tmp_path / "other").write_text(str(os.getpid()))
            time.sleep(600)
        while not (tmp_path / "other").exists() or not (tmp_path / "other").read_text():
            time.sleep(0.01)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(crew.share(work, 40, 2))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "other").read_text()), 0)


def test_few_items_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "processes", lambda: 2)
    assert {pid for _n, pid in crew.spread(lambda _n: os.getpid(), range(5), least=6)} == {os.getpid()}
    assert sorted(crew.spread(square, range(100), least=6)) == [(n, n * n) for n in range(100)]


def test_fewer_processes_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(crew.PROCESSES, "1")
    assert crew.processes() == 1
    monkeypatch.setenv(crew.PROCESSES, "many")
    assert crew.processes() >= 1


@pytest.mark.parametrize("hands", [1, 2])
def test_work_beside_has_ended_when_the_body_has(tmp_path: Path, hands: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "processes", lambda: hands)
    with crew.beside(lambda: (tmp_path / "who").write_text(str(os.getpid())), is_much=True):
        pass
    assert ((tmp_path / "who").read_text() == str(os.getpid())) is (hands == 1)


def test_work_beside_that_fails_is_told_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        raise ValueError("no desk")

    monkeypatch.setattr(crew, "processes", lambda: 2)
    with pytest.raises(ValueError, match="no desk"), crew.beside(work, is_much=True):
        pass
