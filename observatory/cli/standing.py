"""source health: how every source stands, since when, why, and what would help; one source in full, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.health import Standing

WELL = ("well", "by hand", "disabled")  # states of which nobody need hear
MONTHS = 24  # of a source's history that are shown
BARS = "▁▂▃▄▅▆▇█"


@click.command(short_help="Tell how the sources stand, the worst first.")
@click.argument("ids", nargs=-1, metavar="[SOURCE_ID]...")
@click.option("--ill", is_flag=True, help="Only sources that are ill, gone, moved, silent or waiting.")
@JSON
@click.pass_obj
def health(settings: Settings, ids: tuple[str, ...], ill: bool, json_: bool) -> None:
    """Tell how the sources stand, the worst first: cause, since when, last success, what they bring, when they are due.

    States: well · ill (its last harvest failed) · silent (it answers and brings nothing new for longer than its rhythm) · moved
    (for good; the line of sources.yaml to change is named) · gone (410: not asked any more) · waiting (a service's budget is
    spent) · never asked · disabled · by hand. An ill source is asked ever more rarely, at least once a week.

    With ids, each is told in full, with its findings and the share of relevant ones month by month.
    """
    from observatory.errors import NotFound

    with settings.open() as observatory:
        found = observatory.health()
        if unknown := sorted(set(ids) - {each.source.id for each in found}):
            name = observatory.config.path.name
            raise NotFound(f"no source {unknown[0]!r} in {name}; `observatory source list` shows their ids")
        now = observatory.now
    found = tuple(each for each in found if (each.source.id in ids if ids else not ill or each.state not in WELL))
    if json_:
        as_json([_row(each) for each in found])
    elif ids:
        click.echo("\n\n".join(_told(each, now) for each in found))
    else:
        _table(found, now)


def _table(found: Sequence[Standing], now: datetime) -> None:
    headings = (
        "source",
        "state",
        "since",
        "last success",
        "something new",
        "usually every",
        "findings",
        "relevant",
        "next",
    )
    rows = [_cells(each, now) for each in found]
    table(headings, rows or [("none", *[""] * 8)], right=(6, 7))
    for each in found:
        if each.state not in WELL and each.advice:
            click.echo(clean(f"{each.source.id}: {each.advice}", 400))


def _cells(standing: Standing, now: datetime) -> tuple[str, ...]:
    known = standing.health
    cause = f" ({known.cause})" if known and known.cause and standing.state != "well" else ""
    share = standing.relevant_share
    return (
        standing.source.id,
        f"{standing.state}{cause}",
        _day(standing.since) if standing.state not in WELL else "",
        _day(known.last_success if known else None),
        _day(known.newest if known else None),
        _rhythm(standing),
        str(known.findings) if known else "",
        f"{100 * share:.0f} %" if share is not None else "",
        _due(standing, now),
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _rhythm(standing: Standing) -> str:
    rhythm = standing.health.rhythm if standing.health else None
    return f"{rhythm:g} days" if rhythm is not None else ""


def _due(standing: Standing, now: datetime) -> str:
    if standing.due is None:
        return "at every run" if standing.state == "by hand" else "never"
    return "now" if standing.due <= now else f"{standing.due:%Y-%m-%d %H:%M}"


def _told(standing: Standing, now: datetime) -> str:
    """Write all that is known of one source."""
    source, known = standing.source, standing.health
    share = standing.relevant_share
    cells = _cells(standing, now)
    lines = [f"{source.id} ({source.kind}) – {clean(source.name)}", f"  {'state':<15} {cells[1]}"]
    lines += [f"  {'since':<15} {cells[2]}"] if cells[2] else []
    lines += [f"  {'detail':<15} {clean(known.detail, 300)}"] if known and known.detail else []
    lines += [f"  {'what helps':<15} {clean(standing.advice, 300)}"] if standing.advice else []
    for name, said in (("last success", cells[3]), ("something new", cells[4]), ("usually every", cells[5])):
        lines.append(f"  {name:<15} {said or 'not known yet'}")
    lines += [f"  {'asked':<15} {source.every}; next {cells[8]}"]
    if known and known.findings:
        lines += [
            f"  {'findings':<15} {known.findings}, of which {known.relevant} relevant ({100 * (share or 0):.0f} %)"
        ]
        lines += [f"  {'entries':<15} {known.entries}"]
    return "\n".join([*lines, *_months(standing)])


def _months(standing: Standing) -> list[str]:
    months = standing.health.months[-MONTHS:] if standing.health else ()
    if not months:
        return []
    most = max(new for _month, _runs, _failed, new, _relevant in months) or 1
    lines = ["", "  month    runs  failed  new findings  relevant"]
    for month, runs, failed, new, relevant in months:
        bar = BARS[min(7, 8 * new // (most + 1))] if new else " "
        share = f"{100 * relevant / new:.0f} %" if new else ""
        lines.append(f"  {month}  {runs:>4}  {failed:>6}  {new:>10} {bar}  {relevant:>4} {share:>5}")
    return lines


def _row(standing: Standing) -> dict[str, Any]:
    source, known = standing.source, standing.health
    moments = {"since": standing.since, "due": standing.due}
    moments |= {name: getattr(known, name) if known else None for name in ("last_visit", "last_success", "newest")}
    months = known.months if known else ()
    return {
        "id": source.id,
        "kind": source.kind,
        "state": standing.state.value,
        "outcome": known.outcome.value if known and known.outcome else None,
        "cause": known.cause.value if known and known.cause else None,
        "detail": known.detail if known else "",
        "advice": standing.advice,
        "line": source.line,
        "moved_to": known.moved_to if known else None,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "rhythm_days": known.rhythm if known else None,
        "silent_days": standing.silent_for,
        "entries": known.entries if known else 0,
        "findings": known.findings if known else 0,
        "relevant": known.relevant if known else 0,
        "months": [dict(zip(("month", "runs", "failed", "new", "relevant"), month, strict=True)) for month in months],
    }
