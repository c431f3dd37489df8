"""backup, the half of restore that brings one back, and forget: what is kept for ever, and what must not be."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from observatory.cli.main import Settings
from observatory.cli.show import progress
from observatory.text import clean

if TYPE_CHECKING:
    from observatory.forgetting import Erased, Erasure

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")


def size(number: int) -> str:
    """Write a number of bytes as people read it."""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{number / 1e3:.0f} kB"


@click.command()
@FILE
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write archive, catalogue (with the ledger) and curators' files into FILE.

    A run may write meanwhile. A name that ends in .gz is compressed; archive files are so already. The search index and the site
    are left out: they can be made again.

    \b
      observatory backup /mnt/safe/observatory-2026-11-23.tar.gz
    """
    from observatory import care

    with progress() as tell, settings.open(tell) as observatory:
        kept = care.backup(file, observatory.config.path, observatory.data, observatory.now, tell)
    click.echo(f"{kept.path}: {kept.files} files, {size(kept.bytes)}, as of {kept.made_at}")


def is_backup(name: str) -> bool:
    """Tell a backup's file name from an entry's id or address."""
    return "://" not in name and (name.endswith((".tar", ".tar.gz", ".tgz")) or Path(name).is_file())


def bring_back(settings: Settings, file: Path, *, force: bool) -> None:
    """Bring back what `backup` wrote, then index and publish. sources.yaml need not be there yet."""
    from observatory import care
    from observatory.catalogue.lock import Lock

    data = settings.folder
    with progress() as tell:
        data.mkdir(parents=True, exist_ok=True)
        with Lock(data / "write.lock", "restore"):
            kept = care.restore(file, settings.config, data, tell, force=force)
        with settings.open(tell) as observatory:
            observatory.index()
            observatory.publish()
    click.echo(f"restored {kept.files} files, {size(kept.bytes)}, as of {kept.made_at}; site: {data}/site/index.html")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID|URL...")
@click.option("--why", required=True, metavar="TEXT", help="Why; it is kept, so name nobody and nothing in it.")
@click.option("--by", metavar="NAME", help="Who erases.  [default: as for decisions]")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def forget(settings: Settings, names: tuple[str, ...], why: str, by: str | None, yes: bool) -> None:
    """Erase works for good: from the archive, the ledger, the index, the site; no crawl brings them back.

    What would be erased is shown first. It can't be undone: only digests stay, in curation/forgotten.yaml. If it is broken off, ask
    again with the same names.

    \b
    observatory forget acme-2026-annual-conference --why 'asked by its author'
    """
    from observatory import desk, forgetting
    from observatory.errors import UsageError

    if not clean(why):
        raise UsageError("--why is empty; say in a few words why it is erased")
    with progress() as tell, settings.open(tell) as observatory:
        erasure = forgetting.plan(observatory, names)
        who = desk.curator(observatory.config.root, by)
    _show(erasure)
    if not erasure.in_the_way and not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was erased; to erase it, ask in a terminal or add --yes")
        if not click.confirm("Erase all this for good?"):
            raise UsageError("nothing was erased")
    with progress() as tell, settings.open(tell) as observatory:
        erased = forgetting.forget(observatory, erasure, who, clean(why))
    _tell(erased)


def _show(erasure: Erasure) -> None:
    """Show what would be erased."""
    for entry in erasure.entries:
        click.echo(f"{entry.id} ({entry.status})  {clean(entry.work.title, 100)}")
    for item in erasure.items:
        click.echo(f"  seen by {item.source_id}: {clean(item.work.url or item.key, 100)}")
    for decision in erasure.decisions:
        click.echo(f"  decision: {decision.action} in {decision.file}:{decision.line}")
    if not erasure.entries:
        click.echo(
            "no entry of these names; whatever the archive holds of them is erased, and it will never be asked for"
        )
    for line in erasure.in_the_way:
        click.echo(f"  delete first: {line}")


def _tell(erased: Erased) -> None:
    click.echo(
        f"erased: {erased.records} archived records and {erased.editions} editions rewritten; site and index made anew. "
        "Commit curation/forgotten.yaml. Backups, releases and copies made before still hold it; so may git's history."
    )
    for path in erased.left:
        click.echo(f"still named in {path}")
    if erased.left:
        click.echo("look through these files: the program may not change them", err=True)
        sys.exit(1)
