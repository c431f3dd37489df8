"""Several crawling machines: no source twice, none left out, and their files together make one catalogue."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from observatory.app import Observatory, is_in_shard
from observatory.config import load
from observatory.text import host_of
from trees import differing, tree
from web.server import Host, Web

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.mark.parametrize("of", [1, 2, 3, 7])
def test_every_source_belongs_to_one_part_and_a_host_is_never_divided(of: int) -> None:
    sources = load(ROOT / "sources.yaml").sources
    parts = {source.id: [n for n in range(1, of + 1) if is_in_shard(source, n, of)] for source in sources}
    assert all(len(part) == 1 for part in parts.values())
    enqa = {parts[source.id][0] for source in sources if "//www.enqa.eu/" in source.row}
    assert len(enqa) == 1


def feed(name: str, day: int) -> str:
    items = "".join(
        f"<item><title>Micro-credentials in {name}, part {n}</title><link>https://{name}.example/{n}</link>"
        f"<guid>{n}</guid><description>Micro-credentials, day {n}</description></item>"
        for n in range(day + 1)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


def two_of_each_part(hosts: list[Host]) -> list[Host]:
    """Choose hosts so that each of two machines has something to ask, whatever addresses the web has got."""
    digests = {host.name: hashlib.sha256(host_of(host.url("/")).encode()).digest() for host in hosts}
    odd = [host for host in hosts if int.from_bytes(digests[host.name][:4], "big") % 2]
    return odd[:2] + [host for host in hosts if host not in odd][:2]


def test_files_of_two_machines_make_the_catalogue_that_one_machine_makes(tmp_path: Path, web: Web) -> None:
    hosts = two_of_each_part([web.host(f"host{number}") for number in range(24)])
    items = "".join(f"  - {{id: {h.name}, kind: feed, url: '{h.url('/feed/')}'}}\n" for h in hosts)
    for machine in ("one", "a", "b", "home"):
        (tmp_path / machine).mkdir()
        (tmp_path / machine / "sources.yaml").write_text(f"crawl: {{delay: 0.5}}\nsources:\n{items}", "utf-8")

    def crawl(machine: str, day: int, shard: tuple[int, int]) -> None:
        with Observatory.open(tmp_path / machine / "sources.yaml", now=NOW + timedelta(days=day)) as obs:
            obs.crawl(shard=shard)

    for day in range(2):
        for host in hosts:
            host.put("/feed/", feed(host.name, day), "application/rss+xml")
        for machine, shard in (("one", (1, 1)), ("a", (1, 2)), ("b", (2, 2))):
            crawl(machine, day, shard)
    asked = [seen.host for seen in web.asked() if seen.path == "/feed/"]
    assert {asked.count(host.name) for host in hosts} == {
        4
    }  # two machines ask each host on both days: `one` and its part's

    now = NOW + timedelta(days=2)
    with Observatory.open(tmp_path / "one/sources.yaml", now=now) as obs:
        obs.ingest()
        obs.store.record_run(now)
        obs.publish()
    with Observatory.open(tmp_path / "home/sources.yaml", now=now) as obs:
        for machine in ("a", "b"):  # the second machine's files arrive when the first's were read already
            shutil.copytree(tmp_path / machine / "output/archive", obs.archive, dirs_exist_ok=True)
            obs.ingest()
        obs.store.record_run(now)
        obs.publish()
    assert differing(tree(tmp_path / "one/output/site"), tree(tmp_path / "home/output/site")) == []
