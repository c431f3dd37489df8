"""The sources: what is watched."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.checking import example, trial_row
from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table
from observatory.cli.standing import health
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.model import Source, SourceHealth
    from observatory.probing import Probed, Proposal


@click.group()
def source() -> None:
    """Add what is to be watched, see what is, and how it fares."""


source.add_command(health)


@source.command(name="list", short_help="List the sources of sources.yaml.")
@JSON
@click.pass_obj
def list_(settings: Settings, json_: bool) -> None:
    """List the sources of sources.yaml: what they are, how often they are asked, and what they brought."""
    with settings.open() as observatory:
        health = observatory.store.health()
        rows = [_row(source, health.get(source.id)) for source in observatory.config.sources]
    if json_:
        as_json(rows)
        return
    headings = ("source", "kind", "name", "every", "review", "last success", "outcome", "entries")
    table(headings, [_shown(row) for row in rows] or [("none yet", *[""] * 7)], right=(7,))


@source.command(short_help="Propose a source from an address, and write it.")
@click.argument("url", metavar="URL")
@click.option("--dry-run", is_flag=True, help="Say what could be watched; write nothing.")
@click.option("--yes", is_flag=True, help="Write the best row (or the one of --pick) without asking.")
@click.option(
    "--pick", type=click.IntRange(min=1), default=1, metavar="N", help="Take the N-th proposal, not the best."
)
@click.option("--hold", is_flag=True, help="With `review: hold`: what it finds waits for a curator.")
@JSON
@click.pass_obj
def add(settings: Settings, url: str, dry_run: bool, yes: bool, pick: int, hold: bool, json_: bool) -> None:
    """Look at a page and its site, say what could be watched there, and write the best as a row of sources.yaml.

    Looked at are the feeds that the page's head names, those that sites of its builder usually have, calendars, the sitemap,
    interfaces (OAI-PMH), known services by their address, and what repeats on the page itself. Each is read and judged as a
    crawl would: how many findings, the newest, how many are relevant, three examples. It takes up to a minute, since a host
    is asked one thing at a time.

    \b
      observatory source add https://www.enqa.eu/news/
      observatory source add --dry-run https://www.example.org/publications
      observatory source add --hold https://www.example.org/news/

    Exit 1 when nothing there can be watched.
    """
    from observatory.errors import UsageError
    from observatory.probing import add as write
    from observatory.probing import probe

    with progress(quiet=json_) as tell, settings.open(tell) as observatory:
        tell(f"looking at {url}")
        found = probe(observatory, url, tell)
    if hold:
        found = replace(found, proposals=tuple(each.held for each in found.proposals))
    if json_:
        as_json(_probed(found))
    else:
        click.echo(_told(found))
    if not found.proposals:
        sys.exit(1)
    if pick > len(found.proposals):
        raise UsageError(f"there is no proposal {pick}; there are {len(found.proposals)}")
    chosen = pick if yes or dry_run else _asked(found, pick, json_=json_)
    if dry_run or chosen is None:
        return
    with settings.open() as observatory:
        proposal = found.proposals[chosen - 1]
        line = write(observatory, proposal)
        name = observatory.config.path.name
    if chosen != pick:  # another than the one that stands above
        click.echo(proposal.yaml, err=json_)
    said = f"written to {name}, line {line}; `observatory run --only {proposal.row['id']}` reads it now"
    click.echo(said, err=json_)


def _asked(found: Probed, pick: int, *, json_: bool) -> int | None:
    """Ask which proposal to write; None for none, and where nobody can be asked."""
    if json_ or not sys.stdin.isatty():
        click.echo("nothing written; --yes writes the best", err=True)
        return None
    number = len(found.proposals)
    words = "write it? y, n" + (f", or the number of another (1–{number})" if number > 1 else "")
    while True:
        said = click.prompt(words, default="n", show_default=False).strip().lower()
        if said in ("y", "yes"):
            return pick
        if said in ("n", "no", "q", ""):
            return None
        if said.isdecimal() and 1 <= int(said) <= number:
            return int(said)


def _told(found: Probed) -> str:
    """Write what a look brought for people: each proposal with its yield, the best as YAML."""
    if not found.proposals:
        why = f" ({found.end.cause}: {found.end.detail})" if found.end.cause else ""
        return clean(f"nothing there that can be watched{why}; {found.asked} addresses were looked at", 2000)
    lines = [f"{found.asked} addresses looked at, {len(found.proposals)} ways to watch it:", ""]
    for number, proposal in enumerate(found.proposals, 1):
        lines += [*_yield(number, proposal), ""]
    lines += [_already(source) for source in found.watched]
    best = found.proposals[0]
    return "\n".join([*lines, "the best, as it would stand in sources.yaml:", "", best.yaml.rstrip()])


def _already(source: Source) -> str:
    return clean(f"mind: {source.id} (line {source.line}) reads this address already")


def _yield(number: int, proposal: Proposal) -> list[str]:
    from observatory.model import Relevance

    trial = proposal.trial
    where = proposal.row.get("url") or ""
    found = f"{len(trial.items)} findings" + (f" out of {trial.records} records" if trial.records else "")
    newest = f", newest {trial.newest}" if trial.newest else ", no dates"
    lines = [
        clean(f"{number}. {proposal.row['kind']} {where} – {proposal.why}", 300),
        f"   {found}{newest if trial.items else ''}, {trial.judged(Relevance.YES)} relevant",
    ]
    return lines + [f"   · {example(item)}" for item in trial.examples]


def _probed(found: Probed) -> dict[str, Any]:
    rows = [{"row": dict(p.row), "yaml": p.yaml, "why": p.why, **trial_row(p.trial)} for p in found.proposals]
    return {
        "url": found.url,
        "asked": found.asked,
        "outcome": found.end.outcome.value,
        "cause": found.end.cause.value if found.end.cause else None,
        "watched": [source.id for source in found.watched],
        "proposals": rows,
    }


def _row(source: Source, health: SourceHealth | None) -> dict[str, Any]:
    outcome = health.outcome if health else None
    return {
        "id": source.id,
        "kind": source.kind,
        "name": source.name,
        "publisher": source.publisher,
        "homepage": source.homepage,
        "every": source.every,
        "review": source.review.value,
        "enabled": source.enabled,
        "line": source.line,
        "outcome": outcome.value if outcome else None,
        "cause": health.cause.value if health and health.cause else None,
        "last_success": health.last_success.isoformat() if health and health.last_success else None,
        "entries": health.entries if health else 0,
        "findings": health.findings if health else 0,
    }


def _shown(row: dict[str, Any]) -> tuple[Any, ...]:
    outcome = " ".join(filter(None, (row["outcome"], row["cause"]))) or "never asked"
    return (
        row["id"],
        row["kind"],
        row["name"],
        "by hand" if row["kind"] == "library" else row["every"],
        row["review"] if row["enabled"] else "disabled",
        (row["last_success"] or "")[:10],
        "read at ingest" if row["kind"] == "library" else outcome,
        row["entries"],
    )
