"""serve: look at the site. schedule: keep it up to date."""

from __future__ import annotations

import functools
import http.server
import logging

import click

from observatory.cli.main import Settings


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


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.pass_obj
def serve(settings: Settings, port: int) -> None:
    """Show the published site on this machine only, until Ctrl-C."""
    from observatory.errors import NotFound

    with settings.open() as observatory:
        folder = observatory.site_folder
    if not (folder / "index.html").is_file():
        raise NotFound(f"no site in {folder}; `observatory run` makes one")
    handler = functools.partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        click.echo(f"http://127.0.0.1:{server.server_port}/ shows {folder}; Ctrl-C stops")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped")


@click.command()
@click.option("--tick", default=10.0, show_default=True, metavar="MINUTES", help="How often to look for due sources.")
@click.pass_obj
def schedule(settings: Settings, tick: float) -> None:
    """Run due sources by their rhythm (`every` in sources.yaml) and publish, until SIGTERM or Ctrl-C.

    A source that failed is asked again after an hour, then ever more rarely, at least weekly; one that answered 410 (gone)
    is left alone until its address is mended.
    """
    from observatory.schedule import Daemon, run_due_command

    with settings.open() as observatory:
        timezone = observatory.config.site.timezone
    data = str(settings.data) if settings.data else None
    Daemon(run_due_command(str(settings.config), data), tick, timezone).run()
