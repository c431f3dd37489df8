"""backup, and the half of restore that brings one back: what is kept for ever, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from observatory.cli.main import Settings
from observatory.cli.show import progress

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

    data = settings.data or settings.config.parent / "output"
    with progress() as tell:
        data.mkdir(parents=True, exist_ok=True)
        with Lock(data / "write.lock", "restore"):
            kept = care.restore(file, settings.config, data, tell, force=force)
        with settings.open(tell) as observatory:
            observatory.index()
            observatory.publish()
    click.echo(f"restored {kept.files} files, {size(kept.bytes)}, as of {kept.made_at}; site: {data}/site/index.html")
