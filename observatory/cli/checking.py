"""check: are the curators' files sound, and what would a source yield?"""

from __future__ import annotations

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json


@click.command()
@click.argument("ids", nargs=-1, metavar="[SOURCE_ID]...")
@JSON
@click.pass_obj
def check(settings: Settings, ids: tuple[str, ...], json_: bool) -> None:
    """Check sources.yaml and its queries, vocabulary, library, countries and decisions: every flaw at once, with file and line.

    Exit 0 when all is sound, 2 when something must be mended. Nothing is written and no network is used.
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
    counts = {
        "sources": len(config.sources),
        "topics": len(config.vocabulary.topics),
        "countries": len(config.countries),
        "decisions": len(decisions),
    }
    if json_:
        as_json({"sound": True, **counts})
    else:
        click.echo("sound: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
