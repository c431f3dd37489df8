"""check: are the curators' files sound, and what would a source yield?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, progress
from observatory.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observatory.app import Observatory
    from observatory.errors import Flaw
    from observatory.model import Item
    from observatory.trial import Trial


@click.command()
@click.option("--against", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="DIR")
@click.option("--live/--no-live", default=True, help="Ask the sources that are new or changed.  [default: ask]")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the note there too.")
@click.pass_obj
def preview(settings: Settings, against: Path, live: bool, output: Path | None) -> None:
    """Say what the curators' files here would do, compared with those in DIR, such as a checkout of the main branch.

    Which entries readers would gain, lose or see otherwise, with reasons and likely doubles; what each source that is new or
    changed yields; what must be mended. The note is Markdown, fit for a pull request. The catalogue and the site stay as they
    are.

    Exit 0 when all may be merged as it is, 1 when something must be mended first.
    """
    from observatory.files import write_whole
    from observatory.preview import preview as compare
    from observatory.publish.desk.note import markdown

    data = settings.folder
    with progress() as tell:
        note = compare(settings.config, data, against, settings.now, tell, live=live)
    said = markdown(note)
    if output:
        write_whole(output, said.encode(), "note")
    click.echo(said, nl=False)
    if not note.is_sound:
        sys.exit(1)


@click.command()
@click.argument("ids", nargs=-1, metavar="[SOURCE_ID]...")
@click.option("--live", is_flag=True, help="Ask the sources (all, or those named) and say what each would yield.")
@JSON
@click.pass_obj
def check(settings: Settings, ids: tuple[str, ...], live: bool, json_: bool) -> None:
    """Check sources.yaml and its queries, vocabulary, library, countries, decisions, picks: every flaw at once, with its line.

    Then the gate on what is published: an address is the publisher's or a known repository's, a title in another
    language has an English one, a policy says whose it is, a summary speaks to readers.

    With --live the sources are asked instead, twice, as a crawl would: are they reached, allowed, do the selectors match,
    what do they hold, is it dated, relevant, the same when asked again, known already? Nothing of it is kept.

    What a crawl found and its source does not tell, such as whose a policy is, is listed with the command that adds it, and is
    no flaw.

    Exit 0 when all is sound, 1 when a record, an entry or a source is unfit, 2 when a file must be mended. Nothing is written;
    only --live uses the network.
    """
    from observatory.desk import decisions_of
    from observatory.errors import ConfigError, NotFound

    with progress(quiet=json_ or not live) as tell, settings.open(tell) as observatory:
        config = observatory.config
        known = {source.id for source in config.sources}
        if unknown := sorted(set(ids) - known):
            raise NotFound(f"no source {unknown[0]!r} in {config.path.name}; `observatory source list` shows their ids")
        decisions, flaws = decisions_of(config)
        if flaws := (*flaws, *observatory.flaws_of_queries()):
            raise ConfigError(flaws)
        is_sound = _live(observatory, ids, json_) if live else _files(observatory, len(decisions), json_)
    if not is_sound:
        sys.exit(1)


def _files(observatory: Observatory, decisions: int, json_: bool) -> bool:
    config, unfit, lacking = observatory.config, observatory.unfit(), observatory.lacking()
    counts = {
        "sources": len(config.sources),
        "topics": len(config.vocabulary.topics),
        "countries": len(config.countries),
        "decisions": decisions,
    }
    if json_:
        as_json({"sound": not unfit, **counts, "unfit": _rows(unfit), "lacking": _rows(lacking)})
        return not unfit
    for flaws, said in ((lacking, "to add when known: {}"), (unfit, "unfit: {}")):
        if flaws:
            click.echo("\n".join(str(flaw) for flaw in flaws))
            click.echo(said.format(f"{len(flaws)} flaw{'s'[: len(flaws) != 1]}" if flaws is unfit else len(flaws)))
    if not unfit:
        click.echo("sound: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
    return not unfit


def _rows(flaws: Iterable[Flaw]) -> list[dict[str, object]]:
    return [{"file": flaw.file, "line": flaw.line, "key": flaw.key, "message": flaw.message} for flaw in flaws]


# ---------------------------------------------------------------- live


def _live(observatory: Observatory, ids: tuple[str, ...], json_: bool) -> bool:
    found = observatory.trials(ids)
    if json_:
        as_json([trial_row(trial) for trial in found])
    elif not found:
        click.echo("nothing to ask: these sources are files of your own")
    for trial in () if json_ else found:
        click.echo(shown(trial) + "\n")
    if len(found) > 1 and not json_:
        unfit = [trial.source.id for trial in found if not trial.is_fit]
        click.echo(
            f"{len(found) - len(unfit)} of {len(found)} are fit" + (f"; unfit: {', '.join(unfit)}" if unfit else "")
        )
    return all(trial.is_fit for trial in found)


def shown(trial: Trial) -> str:
    """Write a trial for people: what was looked at, a line each, three examples, the verdict."""
    source = trial.source
    lines = [f"{source.id} ({source.kind}) – {clean(source.name)}"]
    lines += [f"  {check.what:<14} {clean(check.said)}" for check in trial.checks]
    examples = [example(item) for item in trial.examples]
    lines += [f"  {'' if number else 'for example':<14} {said}" for number, said in enumerate(examples)]
    lines.append(f"  {'verdict':<14} {clean(trial.verdict)}")
    return "\n".join(lines)


def example(item: Item) -> str:
    """Write an example of what a source yields: title, day, relevance."""
    day = item.work.date or item.work.event_start or item.work.deadline or "no date"
    relevance = {"yes": "relevant", "unsure": "unsure", "no": "not relevant"}[item.verdict.relevance.value]
    return f"{clean(item.work.title, 90)} ({day}, {relevance})"


def trial_row(trial: Trial) -> dict[str, Any]:
    """Make the row of a trial in `--json`."""
    from observatory.model import Relevance

    return {
        "id": trial.source.id,
        "kind": trial.source.kind,
        "fit": trial.is_fit,
        "verdict": trial.verdict,
        "outcome": trial.end.outcome.value,
        "cause": trial.end.cause.value if trial.end.cause else None,
        "findings": len(trial.items),
        "records": trial.records,
        "dated": trial.dated,
        "newest": str(trial.newest) if trial.newest else None,
        "relevant": trial.judged(Relevance.YES),
        "unsure": trial.judged(Relevance.UNSURE),
        "languages": dict(trial.languages),
        "same_again": trial.is_same,
        "known": dict(trial.known or {}),
        "checks": [{"what": check.what, "said": check.said, "bad": check.is_bad} for check in trial.checks],
        "examples": [
            {"title": item.work.title, "url": item.work.url, "relevance": item.verdict.relevance.value}
            for item in trial.examples
        ],
    }
