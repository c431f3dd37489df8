"""The verb that starts an observatory of another subject: init."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--subject", required=True, help="What it is all about, as it stands within a sentence.")
@click.option("--title", default="", help="The site's title.")
@click.option(
    "--term", "terms", multiple=True, metavar="WORDS", help="Words that make a text one on the subject (repeat it)."
)
def init(folder: Path, subject: str, title: str, terms: tuple[str, ...]) -> None:
    """Start an observatory of another subject in DIR: its own terms, topics, sources and title, the same program.

    \b
      observatory init genai --subject 'generative AI in higher education' --term 'generative ai' --term 'chatgpt*'
    """
    from observatory import founding

    for path in founding.found(folder, subject, title, terms):
        click.echo(str(path))
    click.echo(f"add sources to {folder / 'sources.yaml'}, then: observatory --config {folder / 'sources.yaml'} run")
