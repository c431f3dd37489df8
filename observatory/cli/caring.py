"""suggest: what readers think is missing. verify: are the catalogue's links still there?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table
from observatory.text import clean


@click.command()
@click.argument("what", metavar="URL|FILE.eml|-")
@click.option("--from", "asker", default="", metavar="NAME", help="Who asks; only a token is made of it.")
@click.pass_obj
def suggest(settings: Settings, what: str, asker: str) -> None:
    """Fetch and read one page or PDF that somebody suggests, and queue it for `observatory review`.

    With a FILE (or - for standard input) the address is read out of a mail or a text: after `Address:`, else the first in it. Who
    asked is kept as a token only, the same for the same person; names go into no archive. A page that can't be read is queued all
    the same, with the cause and what the mail says of it.

    \b
    observatory suggest https://www.example.org/report
    observatory suggest ~/Mail/suggestion.eml
    """
    from observatory.suggesting import Suggestion, from_mail
    from observatory.suggesting import suggest as queue

    suggestion = Suggestion(what, asker) if "://" in what else from_mail(_mail(what), asker)
    with progress() as tell, settings.open(tell) as observatory:
        done = queue(observatory, suggestion)
    title = clean(done.entry.work.title, 100)
    if done.known:
        click.echo(f"known already: {done.entry.id} ({done.entry.status})  {title}")
        return
    click.echo(f"queued: {done.entry.id} ({done.entry.status}), asked by {done.token}  {title}")
    if done.trouble:
        click.echo(
            clean(f"its page could not be read ({done.trouble}); a curator sees that in `observatory review`", 400)
        )


def _mail(what: str) -> bytes:
    from observatory.errors import UsageError

    if what == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(what).read_bytes()
    except OSError as error:
        raise UsageError(f"{what}: neither a web address nor a file that can be read ({error.strerror})") from error


@click.command()
@click.argument("names", nargs=-1, metavar="[ID|URL]...")
@click.option(
    "--limit", type=click.IntRange(1, 5000), help="At most so many links.  [default: a 28th of all, at least 25]"
)
@JSON
@click.pass_obj
def verify(settings: Settings, names: tuple[str, ...], limit: int | None, json_: bool) -> None:
    """Look whether the links of published entries are still there: those not looked at for four weeks, at most ten a host.

    A permanent redirect becomes the entry's address; a page that is gone (410), or missing at two looks three days apart, is
    marked on its entry with the date of our snapshot and its address in the Wayback Machine. What passes (time-outs, 403, 5xx)
    marks nothing. The daemon (`observatory schedule`) does this daily.

    \b
    observatory verify --limit 50
    observatory verify enqa-2023-quality-assurance
    """
    from observatory.verifying import told
    from observatory.verifying import verify as look

    with progress(quiet=json_) as tell, settings.open(tell) as observatory:
        looks = look(observatory, limit, names)
    if json_:
        as_json(
            [
                {
                    "id": each.entry,
                    "url": each.url,
                    "cause": each.visit.cause.value if each.visit.cause else None,
                    "dead": each.state.dead.isoformat() if each.state and each.state.dead else None,
                    "moved_to": each.state.moved_to if each.state else None,
                    "changed": bool(each.state and each.state.changed == each.visit.at),
                    "said": told(each),
                }
                for each in looks
            ]
        )
        return
    rows = [(each.entry, clean(told(each), 90), clean(each.url, 90)) for each in looks if told(each) != "there"]
    if rows:
        table(("entry", "link", "address"), rows)
    well = sum(told(each) == "there" for each in looks)
    click.echo(
        f"{len(looks)} links looked at, {well} there and unchanged"
        if looks
        else "no link is due, or no host could be reached"
    )
