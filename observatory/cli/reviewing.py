"""review: what waits for a curator, one key each on a terminal, or as a list."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.deciding import BY
from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table
from observatory.errors import NotFound

if TYPE_CHECKING:
    from observatory.app import Observatory
    from observatory.cli.cards import Case
    from observatory.model import Proposal
    from observatory.review import Pair, Queue, Waiting


@click.command()
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--source", "source_id", metavar="ID", help="Only what this source has shown.")
@click.option("--parked", is_flag=True, help="What nobody decided for 60 days.")
@click.option("--rejected", is_flag=True, help="What is kept out, by rules or people: to be restored or accepted.")
@click.option("--duplicates", is_flag=True, help="Pairs that may be one work, side by side.")
@click.option("--list", "list_", is_flag=True, help="Only list them.")
@BY
@JSON
@click.pass_obj
def review(
    settings: Settings,
    words: tuple[str, ...],
    source_id: str | None,
    parked: bool,
    rejected: bool,
    duplicates: bool,
    list_: bool,
    by: str | None,
    json_: bool,
) -> None:
    """Decide what waits for you: the best first, one key each, written at once; leave at any time.

    Words narrow it to what names them in title, address, publisher, kind or source. Where no person sits at a terminal it is
    listed instead.

    \b
      observatory review                     what waits
      observatory review --source oecd advert   only what this source showed and names adverts
      observatory review --duplicates        pairs that may be one work
      observatory review --list --rejected   what is kept out
    """
    with progress(quiet=json_) as tell, settings.open(tell) as observatory:
        if source_id and source_id not in {source.id for source in observatory.config.sources}:
            raise NotFound(f"no source {source_id!r}; `observatory source list` shows their ids")
        queue = observatory.queue()
        cases = _cases(observatory, queue, parked=parked, rejected=rejected, duplicates=duplicates)
    cases = [case for case in cases if _is_wanted(case, " ".join(words), source_id)]
    if json_:
        as_json({"budget": queue.budget, "minutes": queue.minutes, "cases": [_row(case) for case in cases]})
    elif list_ or not (sys.stdin.isatty() and sys.stdout.isatty()):
        is_queue = not (parked or rejected or duplicates or words or source_id)
        _listed(cases, queue.budget if is_queue else f"{len(cases)} listed")
    elif cases:
        _walk(settings, cases, by)
    else:
        click.echo(queue.budget)


def _cases(observatory: Observatory, queue: Queue, *, parked: bool, rejected: bool, duplicates: bool) -> Sequence[Case]:
    if duplicates:
        pairs: Sequence[Case] = observatory.duplicates()
        return pairs
    if rejected:
        kept_out: Sequence[Case] = observatory.rejected()
        return kept_out
    return queue.parked if parked else (*queue.waiting, *queue.proposals)


def _is_wanted(case: Case, words: str, source_id: str | None) -> bool:
    from observatory.cli.session import is_about, sources_of

    return is_about(case, words) and (source_id is None or source_id in sources_of(case))


def _walk(settings: Settings, cases: Sequence[Case], by: str | None) -> None:
    from rich.console import Console

    from observatory import desk
    from observatory.cli.keys import Keys
    from observatory.cli.session import Session

    with settings.open() as observatory:
        who = desk.curator(observatory.config.root, by)
        with Keys() as keys:
            session = Session(observatory, cases, who, keys, Console(highlight=False))
            decided = session.run()
    click.echo(f"{decided} decided, {session.left} left", nl=False)
    click.echo(f"; all is in curation/decisions/{who}.yaml" if decided else "")
    if decided:
        click.echo("the site shows it when it is published next (`observatory publish`, or any run)")


# ---------------------------------------------------------------- lists


def _listed(cases: Sequence[Case], total: str) -> None:
    from observatory.cli import cards

    rows = []
    for case in cases:
        row = _row(case)
        score = "" if row["score"] is None else f"{row['score']:.1f}"
        rows.append((score, row["first_seen"] or "", row["id"], (cards.headline(case), row["because"])))
    if rows:
        table(("score", "since", "id", "what"), rows, right=(0,))
    click.echo(total)


def _row(case: Case) -> dict[str, Any]:
    from observatory.model import Proposal
    from observatory.review import Pair, Waiting

    match case:
        case Waiting():
            return _entry_row(case)
        case Pair():
            return _pair_row(case)
        case Proposal():
            return _step_row(case)


def _entry_row(case: Waiting) -> dict[str, Any]:
    entry = case.entry
    return {
        "what": "entry",
        "id": entry.id,
        "title": entry.work.title,
        "url": entry.work.url,
        "kind": entry.kind.value,
        "status": entry.status.value,
        "score": entry.score,
        "first_seen": f"{entry.first_seen:%Y-%m-%d}",
        "sources": list(case.sources),
        "because": case.because,
        "reasons": [f"{reason.about}: {reason.text}" for reason in entry.reasons],
        "doubles": [
            {"id": pair.other.id if pair.one.id == entry.id else pair.one.id, "score": pair.score, "why": pair.why}
            for pair in case.doubles
        ],
    }


def _pair_row(case: Pair) -> dict[str, Any]:
    return {
        "what": "pair",
        "id": case.one.id,
        "other": case.other.id,
        "titles": [case.one.work.title, case.other.work.title],
        "score": float(case.score),
        "first_seen": None,
        "because": f"{case.other.id}: {case.why}",
    }


def _step_row(case: Proposal) -> dict[str, Any]:
    return {
        "what": "step",
        "id": case.policy,
        "stage": case.sign.stage.value,
        "date": str(case.sign.date) if case.sign.date else None,
        "score": None,
        "first_seen": f"{case.sign.seen:%Y-%m-%d}" if case.sign.seen else None,
        "because": case.sign.quote,
        "url": case.sign.url,
    }
