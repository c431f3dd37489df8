"""Facts on policies and countries: policy, country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table
from observatory.text import clean


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
    _steps("steps", told["steps"])
    if told["relations"]:
        rows = [(row["relation"], row["id"] or "", row["title"] or row["target"]) for row in told["relations"]]
        table(("relation", "entry", "title"), rows)


@click.command()
@click.argument("code", metavar="CODE|NAME")
@JSON
@click.pass_obj
def country(settings: Settings, code: str, json_: bool) -> None:
    """Show a country, by its code or English name: its facts with their sources, its policy's steps, and its entries."""
    with settings.open() as observatory:
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
        (fact["fact"], ", ".join(fact["value"]), fact["note"], fact["source"] or fact["seen_at"] or "")
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


def _steps(heading: str, steps: Sequence[Mapping[str, Any]]) -> None:
    if steps:
        rows = [(step["date"] or "undated", step["stage"], step["what"], step["source"] or "") for step in steps]
        table((heading, "stage", "what", "source"), rows)
