"""Decisions of curators: accept, reject, restore, merge, unmerge, tag, set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from observatory.cli.keeping import bring_back, is_backup
from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress
from observatory.model import Action, Decision, Entry
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.desk import Decided

Command = TypeVar("Command", bound=Callable[..., None])

BY = click.option(
    "--by", metavar="NAME", help="Who decides.  [default: OBSERVATORY_CURATOR, else git's user.name, else the login]"
)
# What begins with a minus is a tag here, not an option.
_FREE = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def _why(*, needed: bool) -> Callable[[Command], Command]:
    told = "Why; it stands in the decisions file and on the entry's page."
    absent: dict[str, Any] = {"required": True} if needed else {"default": ""}
    return click.option("--why", metavar="TEXT", help=told, **absent)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID|URL...")
@_why(needed=False)
@BY
@JSON
@click.pass_obj
def accept(settings: Settings, names: tuple[str, ...], why: str, by: str | None, json_: bool) -> None:
    """Publish entries that wait for a curator, that the rules left out, or that were rejected.

    \b
    observatory accept https://www.qqi.ie/news/framework --why 'the framework itself'
    """
    _decide(settings, [(Action.ACCEPT, name, None, ()) for name in names], why, by, json_)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID|URL...")
@_why(needed=True)
@BY
@JSON
@click.pass_obj
def reject(settings: Settings, names: tuple[str, ...], why: str, by: str | None, json_: bool) -> None:
    """Keep entries out for good. They stay known, so no crawl brings them back; `restore` takes it back.

    \b
    observatory reject acme-2026-course-advert --why 'an advert'
    """
    _decide(settings, [(Action.REJECT, name, None, ()) for name in names], why, by, json_)


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID|URL...|FILE")
@_why(needed=False)
@BY
@click.option("--force", is_flag=True, help="With FILE: overwrite what stands there and differs.")
@JSON
@click.pass_obj
def restore(settings: Settings, names: tuple[str, ...], why: str, by: str | None, force: bool, json_: bool) -> None:
    """Take an accept or a reject back: the rules decide again. With a FILE that `backup` wrote: bring that back.

    Curators' files of a backup go beside sources.yaml, the rest into the data folder; everything is checked before anything is
    put in its place, then the site is published as it was, byte for byte.

    \b
    observatory restore acme-2026-course-advert
    observatory restore /mnt/safe/observatory-2026-11-23.tar.gz
    """
    if len(names) == 1 and is_backup(names[0]):
        bring_back(settings, Path(names[0]), force=force)
        return
    _decide(settings, [(Action.RESTORE, name, None, ()) for name in names], why, by, json_)


@click.command()
@click.argument("name", metavar="ID|URL")
@click.argument("into", metavar="INTO")
@_why(needed=False)
@BY
@JSON
@click.pass_obj
def merge(settings: Settings, name: str, into: str, why: str, by: str | None, json_: bool) -> None:
    """Say that two entries are one work: the first goes into the second, and its address redirects.

    \b
    observatory merge oecd-2023-public-policies-2 oecd-2023-public-policies --why 'the French edition'
    """
    _decide(settings, [(Action.MERGE, name, into, ())], why, by, json_)


@click.command()
@click.argument("name", metavar="ID|URL")
@click.argument("other", metavar="OTHER")
@_why(needed=False)
@BY
@JSON
@click.pass_obj
def unmerge(settings: Settings, name: str, other: str, why: str, by: str | None, json_: bool) -> None:
    """Say that two works are not one, whatever the rules think. Name the parts by their former ids or their addresses.

    `observatory explain ID` shows the parts of an entry.
    """
    _decide(settings, [(Action.UNMERGE, name, other, ())], why, by, json_)


@click.command(context_settings=_FREE)
@click.argument("name", metavar="ID|URL")
@click.argument("tags", nargs=-1, required=True, type=click.UNPROCESSED, metavar="±TAG...")
@_why(needed=False)
@BY
@JSON
@click.pass_obj
def tag(settings: Settings, name: str, tags: tuple[str, ...], why: str, by: str | None, json_: bool) -> None:
    """Add topics and countries to an entry, or take them away. Countries are two capitals, or EU, EHEA, INT.

    \b
    observatory tag qqi-2022-framework +recognition -vet +IE --why 'chapter 3 is on recognition'
    """
    from observatory import desk

    _no_options(tags)
    _decide(settings, [(Action.TAG, name, None, desk.tag(tags))], why, by, json_)


@click.command(name="set")
@click.argument("name", metavar="ID|URL")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@_why(needed=False)
@BY
@JSON
@click.pass_obj
def set_(settings: Settings, name: str, fields: tuple[str, ...], why: str, by: str | None, json_: bool) -> None:
    """Correct any field of an entry: what you set stands above what sources and rules say. Nothing after = takes it away.

    \b
    observatory set qqi-2022-framework kind=policy stage=implementation date=2022-06-16 --why 'see page 4'
    observatory set oecd-2023-x title_en='A framework' topics=recognition,funding creators='Brown, Mark; Oliver, B.'
    """
    from observatory import desk

    _decide(settings, [(Action.SET, name, None, desk.values(fields))], why, by, json_)


# ---------------------------------------------------------------- shared

Wish = tuple[Action, str, str | None, tuple[tuple[str, tuple[str, ...]], ...]]


def _no_options(words: Sequence[str]) -> None:
    if mistaken := next((word for word in words if word.startswith("--")), None):
        raise click.NoSuchOption(mistaken, possibilities=["--why", "--by", "--json", "--help"])


def _decide(settings: Settings, wishes: Sequence[Wish], why: str, by: str | None, json_: bool) -> None:
    from observatory import desk
    from observatory.errors import UsageError

    if wishes[0][0] is Action.REJECT and not clean(why):
        raise UsageError("--why is empty; say in a few words why it is rejected")
    with progress(quiet=json_) as tell, settings.open(tell) as observatory:
        who = desk.curator(observatory.config.root, by)
        decisions = [
            Decision(entry=name, action=action, by=who, when=observatory.now, why=clean(why), into=into, fields=fields)
            for action, name, into, fields in wishes
        ]
        decided = desk.decide(observatory, decisions)
    if json_:
        as_json([_row(each) for each in decided])
        return
    for each in decided:
        _told(each)
    if waits_for := decided[0].waits_for:
        click.echo(f"takes effect with the next ingest: {clean(waits_for)}")
    else:
        click.echo("in force; the site shows it when it is published next (`observatory publish`, or any run)")


def _row(decided: Decided) -> dict[str, Any]:
    from observatory.catalogue.curation import as_item

    return {
        "decision": {**as_item(decided.decision), "by": decided.decision.by},
        "file": f"curation/decisions/{decided.decision.by}.yaml",
        "in_force": decided.waits_for is None,
        "waits_for": decided.waits_for,
        "before": _state(decided.before),
        "after": _state(decided.after),
    }


def _state(entry: Entry | None) -> dict[str, Any] | None:
    return {"id": entry.id, "status": entry.status.value, "title": entry.work.title} if entry else None


def _told(decided: Decided) -> None:
    """Tell one decision: what it is about, what it changed, and where it is written."""
    decision, before, after = decided.decision, decided.before, decided.after
    into = f" {'into' if decision.action is Action.MERGE else 'from'} {decision.into}" if decision.into else ""
    entry = after or before
    title = f"  {clean(entry.work.title, 80)}" if entry else "  (not seen yet; the decision waits for it)"
    click.secho(clean(f"{decision.action} {decision.entry}{into}"), bold=True, nl=False)
    click.echo(title)
    for line in _differences(before, after):
        click.echo(f"  {clean(line)}")
    click.echo(
        f"  by {decision.by} in curation/decisions/{decision.by}.yaml" + (f": {decision.why}" if decision.why else "")
    )


def _differences(before: Entry | None, after: Entry | None) -> list[str]:
    """Say what is other than before: status, identity and fields."""
    if after is None or before is None:
        return [f"status: {after.status}"] if after else []
    lines = [f"status: {before.status} → {after.status}"] if before.status is not after.status else []
    lines += [f"entry: {before.id} → {after.id}"] if before.id != after.id else []
    for name in type(after.work).__dataclass_fields__:
        old, new = getattr(before.work, name), getattr(after.work, name)
        if old != new and name not in ("text", "summary_by"):
            lines.append(f"{name}: {_said(old)} → {_said(new)}")
    return lines


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(getattr(each, "name", str(each)) for each in value) or "nothing"
    return "nothing" if value is None else str(value)[:120]
