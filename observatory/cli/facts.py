"""Facts on policies and countries: policy, step, diff, country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table
from observatory.model import PartialDate, Stage
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.app import Observatory


@click.command()
@click.argument("name", metavar="ID|URL")
@JSON
@click.pass_obj
def policy(settings: Settings, name: str, json_: bool) -> None:
    """Show a policy: what it is, its stage, its dated steps with their sources, and the entries that belong to it."""
    with settings.open() as observatory:
        told = observatory.policy(name)
    if json_:
        as_json(told)
        return
    click.secho(clean(told["title"]), bold=True)
    known = ("jurisdiction", "level", "instrument", "stage", "published")
    click.echo(" · ".join([told["kind"], *(clean(str(told[key])) for key in known if told[key])]))
    click.echo(f"{told['id']} · {clean(told['url'] or told['seen_at'] or 'no address')}")
    if told["summary"]:
        click.echo(f"\n{clean(told['summary'])}")
    for label, said in (("responsible", ", ".join(told["bodies"])), ("cited as", told["citation"])):
        if said:
            click.echo(f"{label}: {clean(said)}")
    _steps("steps", told["steps"])
    _evidence(told["steps"])
    if told["text_changes"]:
        rows = [
            (c["after"][:10], f"+{c['words_added']} −{c['words_removed']}", c["sentence"]) for c in told["text_changes"]
        ]
        table(("text changed", "words", "what came"), rows)
        click.echo(f"`observatory diff {told['id']}` shows the words")
    if told["proposals"]:
        _proposals(told["proposals"], one=True)
    if told["relations"]:
        rows = [(row["relation"], row["id"] or "", row["title"] or row["target"]) for row in told["relations"]]
        table(("relation", "entry", "title"), rows)
    table(("history", "what", "detail"), [(h["at"][:10], h["change"], h["text"]) for h in told["history"]])
    table(("seen by", "since", "at"), [(p["source"], p["first_seen"][:10], p["url"]) for p in told["sources"]])


def _evidence(steps: Sequence[Mapping[str, Any]]) -> None:
    for step in steps:
        if step["quote"]:
            where = f" (archived answer {step['snapshot']})" if step["snapshot"] else ""
            click.echo(clean(f"  {step['date']}: “{step['quote']}”{where}"))


def _proposals(waiting: Sequence[Mapping[str, Any]], *, one: bool = False) -> None:
    """Show what waits for a curator, each with its evidence and how to judge it."""
    rows = [(*([] if one else [p["policy"]]), *_waits(p)) for p in waiting]
    table((*([] if one else ["policy"]), "reported", "stage", "", "evidence", "where"), rows)
    first = waiting[0]
    click.echo(
        f"a guess, until a curator says: `observatory step {first['policy']} {first['stage']}` accepts, `--no` dismisses"
    )


def _waits(p: Mapping[str, Any]) -> tuple[str, ...]:
    does = "moves it" if p["moves"] else "ahead" if p["ahead"] else ""
    return (p["date"] or "undated", p["stage"], does, f"“{p['quote']}”", p["source"])


@click.command()
@click.argument("name", metavar="[ID|URL]", required=False)
@click.argument("stage", required=False, type=click.Choice([stage.value for stage in Stage]))
@click.option("--on", "day", metavar="DATE", help="When it happened: 2026, 2026-11 or 2026-11-23.")
@click.option("--what", default="", help="What happened, in a few words of ours.")
@click.option("--url", default="", help="Where it is said.")
@click.option("--quote", default="", help="Its evidence, at most 15 words of the source.")
@click.option(
    "--no", is_flag=True, help="Say that it is no step: it is not proposed again, and taken away if it stands there."
)
@click.option("--why", default="", help="Why you decide so.")
@click.option("--by", metavar="NAME", help="Who decides.")
@JSON
@click.pass_obj
def step(
    settings: Settings,
    /,
    name: str | None,
    stage: str | None,
    json_: bool,
    no: bool,
    by: str | None,
    why: str,
    **said: str,
) -> None:
    """Judge the steps that texts report of policies, or write one down. Without ID: list those that wait for you.

    \b
    observatory step                                     what waits, with its evidence
    observatory step ee-act implementation               accept it as reported
    observatory step ee-act approved --on 2025-01-15 --what 'Adopted by the Riigikogu' --url https://…
    observatory step ee-act pilot --no --why 'the pilot was of another law'
    """
    from observatory import desk

    with settings.open() as observatory:
        if name is None or stage is None:
            _waiting(observatory, name, json_)
            return
        who = desk.curator(observatory.config.root, by)
        decision = desk.step(observatory, name, Stage(stage), who, is_one=not no, why=clean(why), said=said)
        (decided,) = desk.decide(observatory, [decision])
    if json_:
        as_json({"entry": decision.entry, "fields": dict(decision.fields), "in_force": decided.waits_for is None})
        return
    verb = "dismissed" if no else "written down"
    click.echo(clean(f"{verb}: {decision.fields[0][1][0].replace('|', ' · ')}"))
    click.echo(clean(f"by {who} in curation/decisions/{who}.yaml"))
    if decided.waits_for:
        click.echo(f"takes effect with the next ingest: {clean(decided.waits_for)}")


def _waiting(observatory: Observatory, name: str | None, json_: bool) -> None:
    from observatory.facts import proposal

    wanted = observatory.entry(name).id if name else None
    waiting = [proposal(p) for p in observatory.proposals() if wanted in (None, p.policy)]
    if json_:
        as_json(waiting)
    elif waiting:
        _proposals(waiting)
    else:
        click.echo("no step waits for you")


@click.command()
@click.argument("name", metavar="ID|URL")
@click.option("--from", "since", metavar="DATE", help="Only changes seen on this day or later.")
@click.option("--to", "until", metavar="DATE", help="Only changes seen on this day or earlier.")
@JSON
@click.pass_obj
def diff(settings: Settings, name: str, since: str | None, until: str | None, json_: bool) -> None:
    """Show how the text of an entry's watched page changed: [-words that went-] and {+words that came+}."""
    with settings.open() as observatory:
        told = observatory.diff(name, _day(since), _day(until))
    if json_:
        as_json(told)
        return
    click.secho(clean(told["title"]), bold=True)
    for page in told["pages"]:
        click.echo(
            f"{clean(page['url'])}: this text since {page['first_seen'][:10]}, last seen {page['last_seen'][:10]}"
        )
        if page["waits"]:
            click.echo(f"  another text was seen on {page['waits'][:10]}; it counts if the next visit shows it too")
        for note in page["notes"]:
            click.echo(f"  {note['at'][:10]} {clean(note['note'])}")
    for change in told["changes"]:
        _change(change)
    if not told["changes"]:
        click.echo("no change of its text in that time")


def _change(change: Mapping[str, Any]) -> None:
    click.secho(f"\n{change['before'][:10]} → {change['after'][:10]}", bold=True, nl=False)
    click.echo(
        f"  {change['words_added']} words added, {change['words_removed']} removed · counted {change['at'][:10]}"
    )
    for hunk in change["hunks"]:
        parts = [click.style(_marked(how, clean(said)), fg={"-": "red", "+": "green"}.get(how)) for how, said in hunk]
        click.echo("  " + " ".join(parts))
    for which, snapshot, digest, copy in zip(
        ("before", "after"), change["snapshots"], change["sha256"], change["wayback"], strict=True
    ):
        click.secho(f"  {which}: {snapshot} sha256 {digest[:16]}… {clean(copy)}", dim=True)


def _marked(how: str, said: str) -> str:
    return {"-": f"[-{said}-]", "+": f"{{+{said}+}}"}.get(how, said)


def _day(said: str | None) -> PartialDate | None:
    if not said:
        return None
    try:
        return PartialDate.parse(said)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("code", metavar="[CODE|NAME]", required=False)
@click.option("--older", type=click.IntRange(0), metavar="DAYS", help="List the cells not looked at for so many days.")
@JSON
@click.pass_obj
def country(settings: Settings, code: str | None, older: int | None, json_: bool) -> None:
    """Show a country, by its code or English name: its facts with their sources, its policy's steps, and its entries.

    Without CODE: list the jurisdictions that have facts, with what is unknown, not checked, and to be confirmed.
    """
    with settings.open() as observatory:
        if code is None or older is not None:
            listed = [row for row in observatory.jurisdictions(older) if code in (None, row["code"], row["name"])]
            _jurisdictions(listed, json_)
            return
        told = observatory.country(code)
    if json_:
        as_json(told)
        return
    click.secho(f"{clean(told['name'])} ({told['code']})", bold=True)
    counts = ", ".join(f"{number} {kind}" for kind, number in told["kinds"].items())
    click.echo(f"{told['entries']} entries" + (f": {counts}" if counts else ""))
    if told["summary"]:
        click.echo(f"\n{clean(told['summary'])}")
    if not told["facts"]:
        click.echo("\nnobody has gathered facts on it yet; curation/countries/ holds a file for each country that has")
        return
    rows = [
        (
            fact["fact"].replace("_", " "),
            ", ".join(fact["value"]),
            fact["note"],
            fact["source"] or fact["seen_at"] or "",
        )
        for fact in told["facts"]
    ]
    table(("fact", "value", "note", "source"), rows, title=f"facts, checked on {told['checked_on'] or 'no known day'}")
    _steps("steps", told["steps"])
    if told["ahead"]:
        table(
            ("ahead", "what", "source"),
            [(row["date"] or "", row["what"], row["source"] or "") for row in told["ahead"]],
        )
    if told["bodies"]:
        table(("role", "body", "address"), [(row["role"], row["name"], row["url"] or "") for row in told["bodies"]])


def _jurisdictions(rows: Sequence[Mapping[str, Any]], json_: bool) -> None:
    if json_:
        as_json(rows)
    elif rows:
        headings = tuple(rows[0])
        table(
            [heading.replace("_", " ") for heading in headings], [tuple(row[name] for name in headings) for row in rows]
        )
    else:
        click.echo("none")


def _steps(heading: str, steps: Sequence[Mapping[str, Any]]) -> None:
    if steps:
        rows = [(step["date"] or "undated", step["stage"], step["what"], step["source"] or "") for step in steps]
        table((heading, "stage", "what", "source"), rows)
