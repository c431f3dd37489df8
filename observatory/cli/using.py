"""usage: how the site is used, from the web server's logs; with what was added, mended and decided, the yearly figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table

if TYPE_CHECKING:
    from observatory.publish.desk.figures import Year


@click.command()
@click.argument("logs", nargs=-1, type=click.Path(path_type=Path), metavar="[ACCESS_LOG]...")
@click.option("--year", type=int, metavar="YYYY", help="Of which year to tell.  [default: the present one]")
@click.option("--prefix", metavar="PATH", help="Where the site stands on its host.  [default: the path of site.url]")
@click.option(
    "--csv", "csv_", type=click.Path(path_type=Path), metavar="FILE", help="Write all years as CSV; - prints it."
)
@JSON
@click.pass_obj
def usage(
    settings: Settings, logs: tuple[Path, ...], year: int | None, prefix: str | None, csv_: Path | None, json_: bool
) -> None:
    """Count how the site is read, and tell the yearly figures: what was added, mended, decided and read.

    Logs are in the common or combined format (of Apache, nginx and most others), gzipped or not. Pages, editions, feeds and
    downloads are counted, robots apart. Kept are counts a day, in the catalogue's ledger: no address of anybody, no browser,
    no search words. Give the logs of all servers at once. A day may be counted again: the count that saw more of it stands.

    \b
      observatory usage /var/log/nginx/access.log*      count, then tell the present year
      observatory usage --year 2026 --csv figures.csv   tell what was counted before
    """
    from observatory import usage as counting

    with progress(quiet=json_) as tell, settings.open(tell) as observatory:
        if logs:
            counted = counting.count(observatory, logs, prefix, tell)
            observatory.keep_use(counted.days)
        found = observatory.figures()
    if logs and not json_ and csv_ != Path("-"):
        unread = f", {counted.unread} of them in no known format" if counted.unread else ""
        click.echo(f"counted {counted.lines} lines of {counted.files} logs{unread}: {len(counted.days)} days", err=True)
    chosen = next((each for each in found if each.year == (year or found[0].year)), None)
    if chosen is None:
        from observatory.errors import NotFound

        raise NotFound(f"nothing is known of {year}; known are {', '.join(str(each.year) for each in found)}")
    if csv_:
        _write(csv_, found)
    elif json_:
        as_json(_row(chosen))
    else:
        _told(chosen)


def _write(target: Path, found: tuple[Year, ...]) -> None:
    from observatory.files import write_whole
    from observatory.publish.desk.figures import as_csv

    body = b"".join(as_csv(found))
    if target == Path("-"):
        click.echo(body.decode(), nl=False)
        return
    write_whole(target, body, "figures")
    click.echo(f"{target}: the figures of {len(found)} years")


def _row(year: Year) -> dict[str, object]:
    return {
        "year": year.year,
        "until": str(year.until),
        "days_counted": year.counted,
        "figures": [{"part": each.part, "what": each.what, "number": each.number} for each in year.figures],
        "months": [{name: getattr(month, name) for name in month.__dataclass_fields__} for month in year.months],
    }


def _told(year: Year) -> None:
    """Print a year heading by heading, then month by month."""
    known = f"logs of {year.counted} days counted" if year.counted else "no log counted: see --help"
    click.secho(f"{year.year}, up to {year.until}; {known}", bold=True)
    for part, figures in year.parts():
        if any(figure.number for figure in figures):
            table((part, "number"), [(figure.what, figure.number) for figure in figures], right=(1,))
    names = ("month", "added", "decided", "pages", "visits", "editions", "feeds", "downloads")
    rows = [tuple(getattr(month, name) for name in names) for month in year.months]
    table(names, rows, right=tuple(range(1, len(names))))
