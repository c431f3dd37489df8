"""The root command, its settings, and the way errors reach people. Commands stand in the modules beside this one.

Those modules are imported only when one of their commands runs, so that `--help` answers at once.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from observatory import __version__, loglines

if TYPE_CHECKING:
    from observatory.app import Observatory

# name → (module, one line of help); the line stands here so that `--help` imports nothing else.
COMMANDS = {
    "run": ("daily", "Crawl, ingest, index and publish: the daily chain."),
    "crawl": ("daily", "Ask the sources and archive what they answer."),
    "ingest": ("daily", "Read archive, library and decisions into the catalogue."),
    "index": ("daily", "Bring the full-text index up to date."),
    "publish": ("daily", "Write what differs of the site."),
    "rebuild": ("daily", "Make everything derived anew from archive, files and ledger."),
    "serve": ("serving", "Show the site on http://127.0.0.1:8000/."),
    "schedule": ("serving", "Run due sources by their rhythm until stopped."),
    "digest": ("letters", "Show, preview or send an edition of the digest."),
    "search": ("asking", "Search the catalogue."),
    "explain": ("asking", "Say where an entry comes from and why it is in or out."),
    "stats": ("asking", "Count what the catalogue holds."),
    "policy": ("facts", "Show a policy's whole history, with evidence."),
    "step": ("facts", "Judge the steps that texts report of policies."),
    "diff": ("facts", "Show how the text of a watched page changed."),
    "country": ("facts", "Show a country: its facts, steps, bodies and newest entries."),
    "source": ("sources", "Add a source (add URL), list them, see their health."),
    "review": ("reviewing", "Decide what waits for a curator, one key each."),
    "accept": ("deciding", "Publish entries that wait, or that were rejected."),
    "reject": ("deciding", "Keep entries out for good; no crawl brings them back."),
    "restore": ("deciding", "Take a decision back (ID), or bring a backup back (FILE)."),
    "merge": ("deciding", "Say that two entries are one work."),
    "unmerge": ("deciding", "Say that two entries, or parts of one, are two works."),
    "tag": ("deciding", "Add topics and countries to an entry, or take them away."),
    "set": ("deciding", "Correct any field of an entry."),
    "judge": ("asking", "Judge records given as JSON lines."),
    "resolve": ("asking", "Say of pairs of records whether they are one work."),
    "usage": ("using", "Count how the site is read; tell the yearly figures."),
    "suggest": ("caring", "Fetch a page or PDF that somebody suggests; it waits for a curator."),
    "verify": ("caring", "Look whether links are still there, gently, a few a day."),
    "backup": ("keeping", "Write all that is kept for ever into one file."),
    "forget": ("keeping", "Erase works on request, for good: archive, ledger, index and site."),
    "export": ("taking", "Write the whole observatory into DIR to hand it over (--release: the public data)."),
    "import": ("taking", "Go on with an observatory that was exported."),
    "preview": ("checking", "Say what changed files would do, against another folder's."),
    "import-page": ("taking", "Take over a hand-kept page as library records to look through."),
    "init": ("founding", "Start an observatory of another subject."),
    "check": ("checking", "Check sources.yaml, library, countries and decisions."),
}


@dataclass
class Settings:
    """The options of the root command."""

    config: Path
    data: Path | None
    now: datetime | None
    log_format: str = "text"

    @property
    def folder(self) -> Path:
        """Where results go: `output` beside the configuration unless said otherwise."""
        return self.data or self.config.parent / "output"

    def open(self, progress: Callable[[str], None] | None = None, *, or_last_valid: bool = False) -> Observatory:
        """Open the observatory that these settings name."""
        from observatory.app import Observatory

        return Observatory.open(self.config, self.data, now=self.now, progress=progress, or_last_valid=or_last_valid)


class Moment(click.ParamType[datetime]):
    """An ISO 8601 moment; one without a zone is UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment such as 2026-11-23T06:00:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class LazyGroup(click.Group):
    """A group that imports a command's module when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"observatory.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"), None) or getattr(
            module, f"{cmd_name}_"
        )  # `set` is Python's
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else "; `observatory --help` lists the commands"
            raise click.UsageError(f"no such command: {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Turn what we raise on purpose into one clear message and an exit code; bugs keep their traceback."""
        from observatory.errors import ObservatoryError

        try:
            return super().invoke(ctx)
        except ObservatoryError as error:
            lines = (loglines.harmless(line) for line in f"observatory: {error}".split("\n"))
            click.echo("\n".join(lines), err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:  # `… | head` has read enough: what Python still holds is written to nobody
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            click.echo(
                loglines.harmless(
                    f"observatory: {error.filename or 'disk'}: {error.strerror}; nothing acknowledged is lost"
                ),
                err=True,
            )
            sys.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="observatory")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default="sources.yaml",
    show_default=True,
    help="What to watch.",
)
@click.option("--data", type=click.Path(path_type=Path), help="Where results go.  [default: output/ beside the config]")
@click.option("--now", type=Moment(), help="Take this moment as the present (tests, simulation).")
@click.option("-v", "--verbose", count=True, help="Tell more on stderr; -vv tells all.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", help="How log lines look.")
@click.pass_context
def cli(
    ctx: click.Context, config: Path, data: Path | None, now: datetime | None, verbose: int, log_format: str
) -> None:
    """The Micro-credential Observatory: collect, judge, keep and publish what is written on micro-credentials.

    \b
    A first session:
      observatory run                     crawl all sources, publish to output/site/
      observatory serve                   look at the site
      observatory search recognition      search the catalogue
      observatory explain ID              why an entry is there

    Exit codes: 0 done (a failed source is reported, not an error), 1 something asked for failed, 2 wrong use or
    configuration.
    """
    _configure_logging(verbose, log_format)
    ctx.obj = Settings(config, data, now, log_format)


def _configure_logging(verbose: int, log_format: str) -> None:
    """Send logs to stderr. Only here are handlers configured; libraries are quiet unless all is asked for."""
    levels = [logging.WARNING, logging.INFO, logging.DEBUG]
    loglines.configure(loglines.Style(levels[min(verbose, 2)], log_format == "json"))
    if verbose < 2:
        for noisy in ("alembic", "apscheduler", "scrapy", "trafilatura", "htmldate"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
