"""The verbs of taking out and over: export (the public data, or the whole observatory), import, import-page."""

from __future__ import annotations

from pathlib import Path

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress, table


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option("--release", is_flag=True, help="A dated archive of the public data, for Zenodo and methods sections.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write it to.  [default: releases/ in the data folder]",
)
@JSON
@click.pass_obj
def export(settings: Settings, folder: Path | None, release: bool, to: Path | None, json_: bool) -> None:
    """Take the whole observatory out, or its public data.

    `export DIR` writes archive, catalogue with its ledger, curators' files and settings into a new folder, with a README for
    whoever takes over; `observatory import DIR` goes on with it elsewhere: same ids, addresses and editions.

    `export --release` writes one zip file named by the day of the last run: all downloads of /data/, the codebook,
    CITATION.cff, metadata for Zenodo, checksums, and counts by service (queries, hits, duplicates, excluded, kept).
    Made again from the same catalogue it is the same byte for byte.
    """
    if folder and not release:
        _hand_over(settings, folder, json_)
        return
    if not release or folder:
        raise click.UsageError(
            "say what to export: `observatory export DIR` the whole observatory, `observatory export --release` the public data"
        )
    with progress() as tell, settings.open(tell) as observatory:
        released = observatory.release(to)
    file, counts = released.file, released.counts
    if json_:
        as_json({"file": str(file), "bytes": file.stat().st_size, "counts": list(counts)})
        return
    rows = [(c["service"], len(c["queries"]), c["hits"], c["duplicates"], c["excluded"], c["kept"]) for c in counts]
    table(("service", "queries", "hits", "duplicates", "excluded", "kept"), rows, right=(1, 2, 3, 4, 5))
    click.echo(f"release: {file} ({file.stat().st_size / 1e6:.1f} MB)")


def _hand_over(settings: Settings, folder: Path, json_: bool) -> None:
    from observatory import care
    from observatory.cli.keeping import size

    with progress() as tell, settings.open(tell) as observatory:
        kept = care.export(folder, observatory.config.path, observatory.data, observatory.now, tell)
    if json_:
        as_json({"folder": str(kept.path), "files": kept.files, "bytes": kept.bytes, "made_at": kept.made_at})
    else:
        click.echo(
            f"{kept.path}: {kept.files} files, {size(kept.bytes)}, as of {kept.made_at}; its README.md says what to do"
        )


@click.command(name="import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--force", is_flag=True, help="Overwrite what stands in the way.")
@click.pass_obj
def import_(settings: Settings, folder: Path, force: bool) -> None:
    """Go on with an observatory that `export DIR` wrote: check it, put it in its place, publish.

    Every file must be, byte for byte, what was exported. sources.yaml need not be there yet.
    """
    from observatory import care
    from observatory.catalogue.lock import Lock
    from observatory.cli.keeping import size

    data = settings.folder
    with progress() as tell:
        data.mkdir(parents=True, exist_ok=True)
        with Lock(data / "write.lock", "import"):
            kept = care.import_(folder, settings.config, data, tell, force=force)
        with settings.open(tell) as observatory:
            observatory.index()
            observatory.publish()
    if (settings.config.parent / care.TEMPLATES).is_dir():
        click.echo(
            f"it brings templates of its own: look through {settings.config.parent / care.TEMPLATES}, since they are programs"
        )
    click.echo(f"imported {kept.files} files, {size(kept.bytes)}, as of {kept.made_at}; site: {data}/site/index.html")


@click.command(name="import-page")
@click.argument("page", metavar="URL|FILE")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.  [default: the terminal]"
)
@click.option("--base", default="", metavar="URL", help="The address that a saved FILE had, for its links.")
@click.option("--unread", is_flag=True, help="Don't fetch the items' own pages.")
@click.pass_obj
def import_page(settings: Settings, page: str, to: Path | None, base: str, unread: bool) -> None:
    """Take over a page that was kept by hand: its items become library records for you to look through.

    Headings tell kinds and sections, order and notes are kept; each item's page is read, and what stands in the
    catalogue already is named. Nothing is published: put the file into curation/library/ when it is right.

    \b
      observatory import-page https://www.dcu.ie/nidl/micro-credential-observatory --to curation/taken-over.yaml
    """
    from observatory import handkept
    from observatory.errors import UsageError
    from observatory.files import write_whole

    if to and to.exists():
        raise UsageError(f"{to} stands there already; name a new file")
    with progress() as tell, settings.open(tell) as observatory:
        taken = handkept.take_over(observatory, page, tell, base=base, reads=not unread)
    said = handkept.library(taken, page)
    if not to:
        click.echo(said, nl=False)
        return
    write_whole(to, said.encode(), "imported-page")
    known, read = sum(each.entry is not None for each in taken), sum(each.is_read for each in taken)
    click.echo(
        f"{to}: {len(taken)} items, {read} read, {known} known already; look through, then put it into curation/library/"
    )
