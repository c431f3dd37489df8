"""check: are the curators' files sound, and what would a source yield?"""

from __future__ import annotations

import sys

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json


@click.command()
@click.argument("ids", nargs=-1, metavar="[SOURCE_ID]...")
@JSON
@click.pass_obj
def check(settings: Settings, ids: tuple[str, ...], json_: bool) -> None:
    """Check sources.yaml and its queries, vocabulary, library, countries and decisions: every flaw at once, with file and line.

    Then the gate on what is published: an address is the publisher's or a known repository's, a title in another
    language has an English one, a policy says whose it is, a summary speaks to readers.

    Exit 0 when all is sound, 1 when a record or entry is unfit to be shown, 2 when a file must be mended. Nothing is
    written and no network is used.
    """
    from observatory.catalogue.curation import load
    from observatory.errors import ConfigError, NotFound

    with settings.open() as observatory:
        config = observatory.config
        known = {source.id for source in config.sources}
        if unknown := sorted(set(ids) - known):
            raise NotFound(f"no source {unknown[0]!r} in {config.path.name}")
        decisions, flaws = load(config.root / "curation" / "decisions")
        if flaws := (*flaws, *observatory.flaws_of_queries()):
            raise ConfigError(flaws)
        unfit = observatory.unfit()
    counts = {
        "sources": len(config.sources),
        "topics": len(config.vocabulary.topics),
        "countries": len(config.countries),
        "decisions": len(decisions),
    }
    if json_:
        rows = [{"file": flaw.file, "line": flaw.line, "key": flaw.key, "message": flaw.message} for flaw in unfit]
        as_json({"sound": not unfit, **counts, "unfit": rows})
    elif unfit:
        click.echo("\n".join(str(flaw) for flaw in unfit))
        click.echo(f"unfit to be published: {len(unfit)} flaws")
    else:
        click.echo("sound: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
    if unfit:
        sys.exit(1)
