"""The verb that takes data out of the observatory: export."""

from __future__ import annotations

from pathlib import Path

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table


@click.command()
@click.option("--release", is_flag=True, help="A dated archive of the public data, for Zenodo and methods sections.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write it to.  [default: releases/ in the data folder]",
)
@JSON
@click.pass_obj
def export(settings: Settings, release: bool, to: Path | None, json_: bool) -> None:
    """Take the public data out.

    `export --release` writes one zip file named by the day of the last run: all downloads of /data/, the codebook,
    CITATION.cff, metadata for Zenodo, checksums, and counts by service (queries, hits, duplicates, excluded, kept).
    Made again from the same catalogue it is the same byte for byte.
    """
    if not release:
        raise click.UsageError("say what to export: `observatory export --release` makes a dated archive of the data")
    with progress() as tell, settings.open(tell) as observatory:
        released = observatory.release(to)
    file, counts = released.file, released.counts
    if json_:
        as_json({"file": str(file), "bytes": file.stat().st_size, "counts": list(counts)})
        return
    rows = [(c["service"], len(c["queries"]), c["hits"], c["duplicates"], c["excluded"], c["kept"]) for c in counts]
    table(("service", "queries", "hits", "duplicates", "excluded", "kept"), rows, right=(1, 2, 3, 4, 5))
    click.echo(f"release: {file} ({file.stat().st_size / 1e6:.1f} MB)")
