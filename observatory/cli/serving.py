"""serve: look at the site. schedule: keep it up to date."""

from __future__ import annotations

import functools
import http.server
import io
import logging
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table

if TYPE_CHECKING:
    from observatory.model import Source, SourceHealth
    from observatory.schedule import Heartbeat

HEARTBEAT = "schedule.json"  # in the data folder


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files, and the site's own 404 page for what isn't there."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = f"{self.directory}/404.html"
        try:
            with open(page, "rb") as file:
                body = file.read()
        except OSError:
            super().send_error(code, message, explain)
            return
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        logging.getLogger(__name__).info("serve %s", format % args)


class _DeskHandler(_Handler):
    """Serve the desk and, beside it, the site that it leads to; nothing else of the data folder."""

    shown = ("desk", "site")

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        # A page elsewhere whose name leads to this machine (DNS rebinding) could read the desk through a curator's browser.
        if self.headers.get("Host", "").partition(":")[0] not in ("127.0.0.1", "localhost"):
            self.send_error(http.HTTPStatus.MISDIRECTED_REQUEST)
            return None
        if self.path == "/":
            self.send_response(http.HTTPStatus.FOUND)
            self.send_header("Location", "/desk/index.html")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return super().send_head()

    def translate_path(self, path: str) -> str:
        where = Path(super().translate_path(path))
        root = Path(self.directory)
        is_shown = where != root and where.relative_to(root).parts[0] in self.shown
        return str(where) if is_shown else str(root / "desk" / "404.html")


@click.command()
@click.option("--desk", is_flag=True, help="Show the curators' desk.")
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.pass_obj
def serve(settings: Settings, desk: bool, port: int) -> None:
    """Show the published site, or the curators' desk, on this machine only, until Ctrl-C."""
    from observatory.errors import NotFound

    with settings.open() as observatory:
        folder = observatory.desk_folder if desk else observatory.site_folder
    if not (folder / "index.html").is_file():
        raise NotFound(f"no {'desk' if desk else 'site'} in {folder}; `observatory run` makes one")
    kind, root = (_DeskHandler, folder.parent) if desk else (_Handler, folder)
    handler = functools.partial(kind, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        click.echo(f"http://127.0.0.1:{server.server_port}/ shows {folder}; Ctrl-C stops")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped")


@click.command()
@click.option("--tick", default=10.0, show_default=True, metavar="MINUTES", help="How often to look for due sources.")
@click.option("--status", is_flag=True, help="Say whether it runs, when it ticked, and what is due when; then end.")
@JSON
@click.pass_obj
def schedule(settings: Settings, tick: float, status: bool, json_: bool) -> None:
    """Run due sources by their rhythm (`every` in sources.yaml) and publish, until SIGTERM or Ctrl-C.

    Editions of the digest are made at their hours, links are looked after once a day. A changed sources.yaml is taken up with the
    next tick (at once after SIGHUP); a broken one is named in the log, and the last valid one stays in force. A source that failed
    is asked again after an hour, then ever more rarely, at least weekly; one that answered 410 (gone) is left alone until its
    address is mended.

    \b
      observatory --log-format json schedule      as a service; see docs/operators.md for systemd and containers
      observatory schedule --status               when was the last tick, when is what due
    """
    if status:
        _status(settings, json_)
    else:
        _daemon(settings, tick)


def _daemon(settings: Settings, minutes: float) -> None:
    from observatory.errors import ConfigError
    from observatory.schedule import Daemon, Ticks, command

    def words(*verb: str) -> tuple[str, ...]:
        return command(settings.config, settings.data, settings.log_format, *verb)

    known: Ticks | None = None

    def load() -> Ticks:
        """Read the settings; the child names the flaws of a broken file."""
        nonlocal known
        try:
            with settings.open(or_last_valid=True) as observatory:
                site, digest = observatory.config.site, observatory.config.digest
            known = Ticks(
                (words("run", "--due", "--or-last-valid"),), minutes, site.timezone, digest, (words("verify"),)
            )
        except ConfigError:
            if known is None:
                raise
        assert known
        return known

    data = settings.folder
    Daemon(load, data / HEARTBEAT).run()


def _status(settings: Settings, json_: bool) -> None:
    from observatory.schedule import Heartbeat

    with settings.open(or_last_valid=True) as observatory:
        beat = Heartbeat.read(observatory.data / HEARTBEAT)
        rows = observatory.due()
    alive = bool(beat and beat.is_alive())
    if json_:
        as_json({"alive": alive, "heartbeat": asdict(beat) if beat else None, "sources": [_due(*row) for row in rows]})
        return
    click.echo(_said(beat, alive))
    headings = ("source", "every", "last visit", "outcome", "next due")
    table(headings, [tuple(_due(*row).values())[:5] for row in rows])


def _said(beat: Heartbeat | None, alive: bool) -> str:
    if beat is None:
        return "no schedule ever ran here; `observatory schedule` starts one"
    state = (
        f"runs as process {beat.pid} since {beat.started}" if alive else f"does not run (last sign of life {beat.beat})"
    )
    exit_ = "" if beat.last_exit is None else f", exit {beat.last_exit}"
    return f"schedule {state} · last tick {beat.last_tick or 'never'}{exit_} · next {beat.next_tick or 'none'}"


def _due(source: Source, health: SourceHealth | None, at: datetime | None) -> dict[str, str | None]:
    visit = health.last_visit if health else None
    outcome = health.outcome.value if health and health.outcome else ""
    cause = f" ({health.cause.value})" if health and health.cause else ""
    soon = "never by itself" if at is None else "now" if visit is None else f"{at:%Y-%m-%d %H:%M}"
    return {
        "id": source.id,
        "every": source.every,
        "last_visit": f"{visit:%Y-%m-%d %H:%M}" if visit else None,
        "outcome": f"{outcome}{cause}",
        "next_due": soon,
    }
