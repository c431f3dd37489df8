"""The verbs of the daily chain: run, crawl, ingest, index, publish, rebuild."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table
from observatory.errors import UsageError
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.app import Observatory
    from observatory.judge.standing import Differences
    from observatory.model import SourceReport
    from observatory.publish.writing import Published
    from observatory.reread import Reread


class Shard(click.ParamType[tuple[int, int]]):
    """A part of the sources: `2/3` is the second of three."""

    name = "shard"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d{1,2})/(\d{1,2})", value)
        number, of = (int(part) for part in match.groups()) if match else (0, 0)
        if not 1 <= number <= of:
            self.fail(f"{value!r} is no part: write I/N such as 2/3, with I from 1 to N", param, ctx)
        return number, of


STRICT = click.option("--strict", is_flag=True, help="Exit 1 when any source failed.")
ONLY = click.option(
    "--only", multiple=True, metavar="ID", help="Only this source (may be repeated); its failure exits 1."
)
DUE = click.option("--due", is_flag=True, help="Only sources whose rhythm (`every`) says so.")


@click.command()
@ONLY
@DUE
@click.option("--offline", is_flag=True, help="Do not use the network: publish what archive and library hold.")
@click.option(
    "--or-last-valid", is_flag=True, help="When a curators' file is broken, name it and go by its last valid form."
)
@STRICT
@JSON
@click.pass_obj
def run(
    settings: Settings, only: tuple[str, ...], due: bool, offline: bool, or_last_valid: bool, strict: bool, json_: bool
) -> None:
    """Crawl, ingest, index and publish.

    A source that fails is reported with its cause and harms no other; the site is published from what is known.
    """
    with progress() as tell, settings.open(tell, or_last_valid=or_last_valid) as observatory:
        report = observatory.run(only, due=due, offline=offline)
    if json_:
        as_json(
            {
                "sources": [_row(r) for r in report.sources],
                "totals": dict(report.totals),
                "site": str(report.site),
            }
        )
    else:
        _sources(report.sources)
        _totals(report.totals)
        click.echo(f"site: {report.site}/index.html")
    _exit(report.sources, only, strict)


@click.command()
@ONLY
@DUE
@click.option("--shard", type=Shard(), default="1/1", metavar="I/N", help="Only part I of N: for N crawling machines.")
@STRICT
@JSON
@click.pass_obj
def crawl(
    settings: Settings, only: tuple[str, ...], due: bool, shard: tuple[int, int], strict: bool, json_: bool
) -> None:
    """Ask the sources and archive what they answer (one WARC file a run).

    Several machines may crawl, each its part; docs/operators.md says how their files come together.

    \b
      observatory crawl --due --shard 2/3       on the second of three machines
    """
    with progress() as tell, settings.open(tell) as observatory:
        reports = observatory.crawl(only, due=due, shard=shard)
    if json_:
        as_json({"sources": [_row(report) for report in reports]})
    else:
        _sources(reports)
    _exit(reports, only, strict)


@click.command()
@click.option("--again", is_flag=True, help="Apply today's rules to all history, and report what that changes.")
@click.option("--dry-run", is_flag=True, help="With --again: only report; the catalogue stays as it is.")
@JSON
@click.pass_obj
def ingest(settings: Settings, again: bool, dry_run: bool, json_: bool) -> None:
    """Read archive, library and decisions into the catalogue.

    After a change of the vocabulary, `ingest --again --dry-run` says which entries would be gained, lost or moved;
    `ingest --again` makes it so.
    """
    if dry_run and not again:
        raise UsageError("--dry-run tells what --again would change: observatory ingest --again --dry-run")
    with progress() as tell, settings.open(tell) as observatory:
        told = _again(observatory, tell, keep=not dry_run) if again else None
        counts = told.counts if told else observatory.ingest()
    rows = [{"id": source, "findings": found, "new": new} for source, (found, new) in counts.items()]
    if json_:
        as_json({"sources": rows, **(_differing(told.differences) if told else {})})
        return
    if rows:
        table(("source", "findings", "new"), [tuple(row.values()) for row in rows], right=(1, 2))
    elif not told:
        click.echo("nothing new to read")
    if told:
        _moves(told.differences, dry_run)


def _again(observatory: Observatory, tell: Callable[[str], None], *, keep: bool) -> Reread:
    from observatory.reread import reread

    return reread(observatory, tell, keep=keep)


def _differing(found: Differences) -> dict[str, Any]:
    names = ("gained", "lost", "moved")
    return {name: [asdict(move) for move in getattr(found, name)] for name in names} | {"same": found.same}


def _moves(found: Differences, dry_run: bool) -> None:
    """Print what the rules change, entry by entry."""
    for heading, moves in (("gained", found.gained), ("lost", found.lost), ("moved", found.moved)):
        if moves:
            table((heading, "before", "after"), [(clean(move.title, 70), move.before, move.after) for move in moves])
    told = f"{len(found.gained)} gained, {len(found.lost)} lost, {len(found.moved)} moved, {found.same} as before"
    click.echo(told + ("; nothing was changed (--dry-run)" if dry_run else ""))


@click.command()
@click.option("--rebuild", is_flag=True, help="Drop the index and make it anew.")
@click.pass_obj
def index(settings: Settings, rebuild: bool) -> None:
    """Bring the full-text index up to date."""
    with progress() as tell, settings.open(tell) as observatory:
        observatory.index(rebuild=rebuild)


@click.command()
@JSON
@click.pass_obj
def publish(settings: Settings, json_: bool) -> None:
    """Write what differs of the site; when nothing differs, no file is touched."""
    from observatory.basis import as_it_stands

    with progress() as tell:
        published = as_it_stands(settings.config, settings.folder)
        if published:
            tell(f"publish: {published}")
        else:
            with settings.open(tell) as observatory:
                published = observatory.publish()
    _published(published, json_, str(settings.folder / "site"))


@click.command()
@JSON
@click.pass_obj
def rebuild(settings: Settings, json_: bool) -> None:
    """Drop all that is derived and make it anew from archive, curators' files and ledger."""
    with progress() as tell, settings.open(tell) as observatory:
        _published(observatory.rebuild(), json_, str(observatory.site_folder))


def _published(published: Published, json_: bool, site: str) -> None:
    counts = {"written": published.written, "unchanged": published.unchanged, "removed": published.removed}
    if json_:
        as_json({**counts, "site": site})
    else:
        click.echo(", ".join(f"{number} {word}" for word, number in counts.items()) + f" files in {site}/")


def _row(report: SourceReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "outcome": report.outcome.value,
        "cause": report.cause.value if report.cause else None,
        "visits": report.visits,
        "not_modified": report.not_modified,
        "findings": report.findings,
        "new": report.new,
    }


def _sources(reports: Sequence[SourceReport]) -> None:
    """Print a row a source, the ill ones last, where the eye rests."""
    if not reports:
        return
    order = ["skipped", "not-modified", "ok", "failed"]
    rows = sorted(reports, key=lambda r: (order.index(r.outcome), r.id))
    headings = ("source", "outcome", "cause", "visits", "304", "findings", "new", "detail")
    table(
        headings,
        [(r.id, r.outcome, r.cause or "", r.visits, r.not_modified, r.findings, r.new, r.detail[:60]) for r in rows],
        right=(3, 4, 5, 6),
    )


def _totals(totals: Mapping[str, int]) -> None:
    done, failed = totals["ok"] + totals["not-modified"], totals["failed"]
    click.echo(
        f"{done} sources answered, {failed} failed, {totals['skipped']} skipped · {totals['entries']} entries, "
        f"{totals['new_entries']} new · {totals['files_written']} files written"
    )


def _exit(reports: Sequence[SourceReport], only: Sequence[str], strict: bool) -> None:
    failed = {report.id for report in reports if report.outcome == "failed"}
    if failed and (strict or failed & set(only)):
        sys.exit(1)
