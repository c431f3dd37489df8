"""digest: what an edition says, why, and sending it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.editions import Shown
    from observatory.outbox import Delivery


@click.command()
@click.argument("rhythm", type=click.Choice(["weekly", "monthly"]), required=False)
@click.option("--period", metavar="P", help="A week (2026-W47) or a month (2026-11).  [default: the next to be issued]")
@click.option("--list", "list_id", metavar="ID", help="Only this mailing list of sources.yaml.")
@click.option("--preview", is_flag=True, help="Say of each item why it is in, or was left out.")
@click.option(
    "--send", is_flag=True, help="Send each list its letter of the latest edition; what went out goes out once."
)
@click.option("--resend", is_flag=True, help="Send again what was never confirmed; with --list, also what went out.")
@JSON
@click.pass_obj
def digest(
    settings: Settings,
    rhythm: str | None,
    period: str | None,
    list_id: str | None,
    preview: bool,
    send: bool,
    resend: bool,
    json_: bool,
) -> None:
    """Show the next edition of the digest as it would go out now, or one that is issued.

    `observatory publish` (and `run`) issues every week and month that has ended, once; what is issued never changes. Until
    then curation/digest.yaml can set subject, first lines, order and notes, and leave items out (docs/curators.md).

    \b
      observatory digest weekly                     what the next weekly edition says so far
      observatory digest weekly --preview           … and why each item is in it or not
      observatory digest --period 2026-W47          an edition that is issued
      observatory digest weekly --send              send the latest to the mailing lists

    Sending needs a mail server: OBSERVATORY_SMTP_HOST and the settings beside it (docs/operators.md). A letter whose sending
    was begun and never confirmed is reported as unknown and exits 1; look at the list, then use --resend.
    """
    from observatory.model import Rhythm

    if sum((preview, send, resend)) > 1:
        raise click.UsageError("--preview, --send and --resend exclude one another")
    named = Rhythm(rhythm) if rhythm else _rhythm_of(period)
    with settings.open() as observatory:
        if send or resend:
            _sent(observatory.send_digest(named, period, list_id, resend=resend), json_)
            return
        _show(observatory.digest(named, period, list_id), preview, json_)


def _rhythm_of(period: str | None) -> Any:
    from observatory.model import Rhythm

    return Rhythm.MONTHLY if period and "W" not in period else Rhythm.WEEKLY


def _show(shown: Shown, preview: bool, json_: bool) -> None:
    if json_:
        as_json(_json(shown))
        return
    click.echo(_standing(shown), err=True)
    for name in shown.unknown:
        click.echo(f"curation/digest.yaml: {shown.edition.id} names {name!r}, of which it has no item", err=True)
    if shown.text:
        click.echo(shown.text)
    else:
        click.echo(f"{shown.edition.id}: nothing new, so no edition")
    if preview:
        rows = [(line.number, line.part, line.entry, line.title[:60], clean(line.why)) for line in shown.lines]
        table(("in", "part", "entry", "title", "why it is in, or was left out"), rows, title="Items")


def _standing(shown: Shown) -> str:
    edition = shown.edition
    if shown.issued:
        return f"{edition.id}, issued on {edition.issued_at:%Y-%m-%d %H:%M} UTC"
    if shown.due is None:
        return f"{edition.id}, never issued: digest.{edition.rhythm} is switched off in sources.yaml"
    return f"{edition.id} as it would be now; issued by the first publish after {shown.due:%Y-%m-%d %H:%M} UTC"


def _json(shown: Shown) -> dict[str, Any]:
    letter = shown.letter
    return {
        "edition": shown.edition.id,
        "issued": shown.issued,
        "due": shown.due.isoformat() if shown.due else None,
        "subject": letter.subject if letter else None,
        "lead": list(letter.lead) if letter else [],
        "left_out": letter.left_out if letter else "",
        "items": [
            {
                "in": bool(line.number),
                "number": int(line.number) if line.number.isdigit() else None,
                "part": line.part or None,
                "entry": line.entry,
                "title": line.title,
                "why": line.why,
            }
            for line in shown.lines
        ],
    }


def _sent(deliveries: tuple[Delivery, ...], json_: bool) -> None:
    rows = [(each.list_id, each.edition, each.result.value, each.detail) for each in deliveries]
    if json_:
        as_json([dict(zip(("list", "edition", "result", "detail"), row, strict=True)) for row in rows])
    else:
        table(("list", "edition", "result", "detail"), rows)
    if any(each.result in ("unknown", "refused") for each in deliveries):
        sys.exit(1)
