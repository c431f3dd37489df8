"""Questions to the catalogue and the judge: explain, stats, judge, resolve."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table
from observatory.text import clean


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

    NAME is an entry's id, a former id, its address or its DOI; an address that was rejected or never seen is explained too.
    """
    with settings.open() as observatory:
        told = observatory.explain(name)
    if json_:
        as_json(told)
        return
    _explained(told)


def _explained(told: Mapping[str, Any]) -> None:
    entry = told["entry"]
    if entry:
        click.secho(clean(entry["title"]), bold=True)
        click.echo(f"{entry['id']} · {entry['kind']} · {entry['status']} · {clean(entry['url'] or 'no address')}")
    else:
        click.secho(clean(told["answer"]), bold=True)
    if told["verdict"]:
        verdict = told["verdict"]
        click.echo(f"\nverdict: {verdict['relevance']} (score {verdict['score']:.1f})")
        for reason in verdict["reasons"]:
            click.echo(f"  {clean(reason)}")
    if told["provenances"]:
        rows = [(p["source"], p["first_seen"][:10], p["last_seen"][:10], p["url"]) for p in told["provenances"]]
        table(("seen by", "first", "last", "at"), rows)
    if told["history"]:
        table(("when", "what", "detail"), [(h["at"][:10], h["change"], h["text"]) for h in told["history"]])


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
        click.echo(json.dumps(result, ensure_ascii=False))
    if failed:
        sys.exit(1)


def _lines(file: TextIO) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, line
