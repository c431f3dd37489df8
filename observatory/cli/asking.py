"""Questions to the catalogue and the judge: search, explain, stats, judge, resolve."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, as_json_line, table
from observatory.model import Status
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.inquiry import Found, Hit


SCOPES = ("published", "pending", "rejected", "gone", "all")
LESS = 3  # demands that are offered to be left out where nothing holds them all


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("query", nargs=-1, required=True, type=click.UNPROCESSED, metavar="QUERY...")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Show so many at most.")
@click.option(
    "--status",
    type=click.Choice(SCOPES),
    default="published",
    show_default=True,
    help="Search what waits for a curator, or was rejected, too.",
)
@JSON
@click.pass_obj
def search(settings: Settings, query: tuple[str, ...], limit: int, status: str, json_: bool) -> None:
    """Search titles, people, publishers, summaries and full texts.

    All words must be there, in any form (recognise finds recognised) and any spelling (micro-credential, microcredentials).
    Put the query in single quotes, so that the shell leaves its marks alone.

    \b
    observatory search 'recognition of prior learning'
        entries that hold all three words, the best first
    observatory search '"quality assurance" -badges'
        the very words one after another, without badges
    observatory search 'topic:funding country:IE'
        what is tagged so; countries by code or name: country:Ireland
    observatory search 'kind:policy year:>=2022 (law OR decree)'
        policies since 2022 that hold either word
    observatory search 'author:brown kind:article credential*'
        Brown's articles with credential, credentialing …
    observatory search 'topic:recognition country:(SE OR NO OR DK OR FI OR IS)'
        recognition in five countries

    \b
    Fields: topic country kind section level year lang publisher author title doi source stage evidence status id url.
    The whole language stands in docs/curators.md. Equal scores are ordered by id.
    """
    if mistaken := next((word for word in query if word.startswith("--")), None):
        raise click.NoSuchOption(mistaken, possibilities=["--limit", "--status", "--json", "--help"])
    statuses = tuple(Status) if status == "all" else (Status(status),)
    with settings.open() as observatory:
        found = observatory.search(" ".join(query), limit, statuses)
    if json_:
        as_json(list(found))
    else:
        _found(found)
    if found.suggestion:
        click.echo(f"did you mean: {clean(found.suggestion)}", err=json_)


def _found(found: Found) -> None:
    if not found.hits:
        less = [f"without {clean(said)} {_entries(number)}" for said, number in found.without]
        click.echo(f"nothing found; {', '.join(less[:LESS]) or '`observatory search --help` shows how to ask'}")
        return
    shown = f", the best {len(found)}" if len(found) < found.total else ""
    table(
        ("published", "kind", "entry", "score"),
        [
            (str(hit.entry.work.date or "undated"), hit.entry.kind.value, _hit(hit), f"{hit.score:.2f}")
            for hit in found.hits
        ],
        right=(3,),
        title=f"{_entries(found.total)}{shown}",
    )


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _hit(hit: Hit) -> tuple[str, ...]:
    """Show a hit: its title, why it was found, its id and address; the words asked for stand out on a terminal."""
    title, said = clean(hit.entry.work.title), list(hit.highlights)
    if said and said[0].replace("**", "") == title:
        title = said.pop(0)
    return (
        title,
        *(f"  {line}" for line in said),
        f"  {hit.entry.id} · {clean(hit.entry.work.url or hit.entry.work.seen_at or 'no address')}",
        "",
    )


@click.command()
@JSON
@click.pass_obj
def stats(settings: Settings, json_: bool) -> None:
    """Count what the catalogue holds, by status, kind, topic, country and source."""
    with settings.open() as observatory:
        counts = observatory.stats()
    if json_:
        as_json(counts)
        return
    for heading, rows in counts.items():
        ordered = sorted(rows.items(), key=lambda row: (-row[1], row[0]))
        table((heading, "entries"), ordered or [("none yet", 0)], right=(1,))


@click.command()
@click.argument("name", metavar="ID|URL")
@JSON
@click.pass_obj
def explain(settings: Settings, name: str, json_: bool) -> None:
    """Say where an entry comes from, which rule or person let it in, and what became of it since.

    An entry is named by its id, a former id, its address or its DOI; an address that was rejected or never seen is explained too.
    """
    with settings.open() as observatory:
        told = observatory.explain(name)
    if json_:
        as_json(told)
        return
    _explained(told)


def _explained(told: Mapping[str, Any]) -> None:
    """Print the trail in the order in which it came about."""
    entry = told["entry"]
    if entry:
        click.secho(clean(entry["title"]), bold=True)
        click.echo(f"{entry['id']} · {entry['kind']} · {clean(entry['url'] or 'no address')}")
    click.secho(clean(told["answer"]), bold=not entry)
    _seen(told["provenances"], told["visits"])
    if told["verdict"]:
        verdict = told["verdict"]
        click.echo(f"\nverdict: {verdict['relevance']} (score {verdict['score']:.1f})")
        for reason in verdict["reasons"]:
            click.echo(f"  {clean(reason)}")
    _identified(told["identity"], entry)
    if told["decisions"]:
        headings = ("decided", "by", "what", "why", "written in")
        table(headings, [_ruled(decision) for decision in told["decisions"]])
    if entry:
        listed = f", listed {entry['listed'][:10]}" if entry["listed"] else ""
        click.echo(f"\nentry: {entry['status']}, first seen {entry['first_seen'][:10]}{listed}")
        for reason in entry["reasons"]:
            click.echo(f"  {clean(reason)}")
    if told["history"]:
        table(("when", "what", "detail"), [(h["at"][:10], h["change"], h["text"]) for h in told["history"]])


def _seen(provenances: Sequence[Mapping[str, Any]], visits: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (seen["source"], view["first_seen"][:10], view["last_seen"][:10], view["role"], view["ref"], view["url"])
        for seen in provenances
        for view in seen["snapshots"]
    ]
    if rows:
        table(("seen by", "first", "last", "as", "snapshot", "at"), rows)
    if visits:
        asked = [(v["source"], v["at"][:10], v["outcome"], v["cause"] or "", v["detail"]) for v in visits]
        table(("asked by", "on", "outcome", "cause", "detail"), asked)


def _identified(identity: Mapping[str, Any], entry: Mapping[str, Any] | None) -> None:
    """Say by what it is known, what joined its parts, and what may be the same."""
    if identity["keys"]:
        click.echo("\nidentity: " + clean(", ".join(identity["keys"])))
    if len(identity["parts"]) > 1:
        table(("part", "title"), [(part["part"], part["title"]) for part in identity["parts"]])
    for key, refs in identity["shared"].items():
        click.echo(clean(f"  joined by {key}: {', '.join(refs)}"))
    if identity["former_ids"]:
        click.echo(f"  former ids: {', '.join(identity['former_ids'])}")
    for double in entry["likely_duplicates"] if entry else ():
        click.echo(clean(f"  perhaps the same as {double['id']}: {double['why']}"))


def _ruled(decision: Mapping[str, Any]) -> tuple[str, ...]:
    """Make a decision's row; what it says beside its action is told in the file's own words."""
    known = ("entry", "action", "into", "when", "why", "by", "file", "line")
    more = {key: value for key, value in decision.items() if key not in known}
    said = json.dumps(more, ensure_ascii=False) if more else decision.get("into", "")
    what = f"{decision['action']} {said}".strip()
    return (
        decision["when"][:10],
        decision["by"],
        what,
        decision.get("why", ""),
        f"{decision['file']}:{decision['line']}",
    )


@click.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@click.pass_obj
def judge(settings: Settings, file: TextIO) -> None:
    """Judge records: JSON lines {title, summary, url, publisher, language} in, one verdict a line out.

    \b
    echo '{"title": "A European approach to micro-credentials"}' | observatory judge -
    """
    with settings.open() as observatory:
        _each_line(file, observatory.judge)


@click.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@click.pass_obj
def resolve(settings: Settings, file: TextIO) -> None:
    """Say of pairs of records whether they are the same work: JSON lines {a, b} in, {relation, reasons} out.

    A record is {title, url, publisher, date, doi, creators, kind, language}, as far as known.
    """
    with settings.open() as observatory:
        _each_line(file, observatory.resolve)


def _each_line(file: TextIO, answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Answer each JSON object; a line that isn't one is named on stderr and answered by an error, in its place."""
    failed = 0
    for number, line in _lines(file):
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("not a JSON object")
            result = dict(answer(record))
        except (ValueError, RecursionError) as error:
            failed += 1
            click.echo(f"observatory: line {number}: {clean(str(error), 200)}", err=True)
            result = {"error": clean(str(error), 200)}
        as_json_line(result)
    if failed:
        sys.exit(1)


def _lines(file: TextIO) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, line
