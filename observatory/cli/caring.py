"""verify: are the catalogue's links still there?"""

from __future__ import annotations

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table
from observatory.text import clean


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
    click.echo(f"{len(looks)} links looked at, {well} there and unchanged" if looks else "no link is due for a look")
