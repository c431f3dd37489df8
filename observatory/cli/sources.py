"""The sources: what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from observatory.cli.main import Settings
from observatory.cli.show import JSON, as_json, table

if TYPE_CHECKING:
    from observatory.model import Source, SourceHealth


@click.group()
def source() -> None:
    """See what is watched, and how it fares."""


@source.command(name="list")
@JSON
@click.pass_obj
def list_(settings: Settings, json_: bool) -> None:
    """List the sources of sources.yaml: what they are, how often they are asked, and what they brought."""
    with settings.open() as observatory:
        health = observatory.store.health()
        rows = [_row(source, health.get(source.id)) for source in observatory.config.sources]
    if json_:
        as_json(rows)
        return
    headings = ("source", "kind", "name", "every", "review", "last success", "outcome", "entries")
    table(headings, [_shown(row) for row in rows] or [("none yet", *[""] * 7)], right=(7,))


def _row(source: Source, health: SourceHealth | None) -> dict[str, Any]:
    outcome = health.outcome if health else None
    return {
        "id": source.id,
        "kind": source.kind,
        "name": source.name,
        "publisher": source.publisher,
        "homepage": source.homepage,
        "every": source.every,
        "review": source.review.value,
        "enabled": source.enabled,
        "line": source.line,
        "outcome": outcome.value if outcome else None,
        "cause": health.cause.value if health and health.cause else None,
        "last_success": health.last_success.isoformat() if health and health.last_success else None,
        "entries": health.entries if health else 0,
        "findings": health.findings if health else 0,
    }


def _shown(row: dict[str, Any]) -> tuple[Any, ...]:
    outcome = " ".join(filter(None, (row["outcome"], row["cause"]))) or "never asked"
    return (
        row["id"],
        row["kind"],
        row["name"],
        "by hand" if row["kind"] == "library" else row["every"],
        row["review"] if row["enabled"] else "disabled",
        (row["last_success"] or "")[:10],
        "read at ingest" if row["kind"] == "library" else outcome,
        row["entries"],
    )
