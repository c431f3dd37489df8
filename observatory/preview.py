"""The conductor of previews: what these curators' files would do, compared with another folder's. Changes nothing.

Both are read from the same archive into a catalogue of their own, so what differs comes of the files alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from observatory.app import Observatory
from observatory.catalogue.database import copy_of
from observatory.catalogue.store import Store
from observatory.config import Config, load
from observatory.errors import ConfigError, Flaw
from observatory.ingest import Ingest
from observatory.judge.standing import told
from observatory.model import Entry, Status, Work
from observatory.publish.desk.note import Moved, Note, Tried

if TYPE_CHECKING:
    from observatory.trial import Trial

Progress = Callable[[str], None]
SHOWN = (Status.PUBLISHED, Status.GONE)
STANDING = (*SHOWN, Status.PENDING, Status.REJECTED)
MOST_REASONS = 4
_NOT_SHOWN = frozenset({"text", "summary_by", "cited_by", "cited_by_on"})


def preview(
    sources: Path, data: Path, against: Path, now: datetime | None, progress: Progress, *, live: bool = True
) -> Note:
    """Say what the files beside `sources` would do, compared with those in the folder `against`.

    `live`: ask the sources that are new or written otherwise. What must be mended is in the note, never an error.
    """
    try:
        with Observatory.open(sources, data, now=now, progress=progress) as observatory:
            return _noted(observatory, against / sources.name, progress, live=live)
    except ConfigError as error:
        return Note(broken=tuple(map(str, error.flaws)))


def _noted(observatory: Observatory, against: Path, progress: Progress, *, live: bool) -> Note:
    from observatory.desk import decisions_of

    _decisions, flaws = decisions_of(observatory.config)
    if flaws := (*flaws, *observatory.flaws_of_queries()):
        raise ConfigError(flaws)
    before: Mapping[str, Entry] = {}
    unfit_before: frozenset[str] = frozenset()
    former: Config | None = None
    try:
        former = load(against)
        before, unfit_before = _read(observatory, former, progress)
    except ConfigError as error:
        progress(f"preview: {against} is broken itself, so all counts as new: {error.flaws[0]}")
    after, unfit = _read(observatory, observatory.config, progress)
    changed = _differing_sources(former, observatory.config)
    trials = _trials(observatory, changed) if live else {}
    return replace(
        _compared(before, after),
        unfit=tuple(sorted(unfit - unfit_before)),
        sources=tuple(_tried(*each, trials.get(each[0])) for each in changed),
    )


def _read(observatory: Observatory, config: Config, progress: Progress) -> tuple[dict[str, Entry], frozenset[str]]:
    """Read archive, library and decisions by one folder's files: the entries, and what is unfit to be shown."""
    observatory.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=observatory.data, prefix=".try-") as name:
        folder = Path(name)
        catalogue = observatory.data / "catalogue.sqlite"
        if catalogue.is_file():
            copy_of(catalogue, folder / "catalogue.sqlite")
        with Observatory(config, folder, observatory.now, progress) as tried:
            store: Store = tried.store
            Ingest(config, store, observatory.archive, folder, observatory.now, progress).run(again=True)
            return {entry.id: entry for entry in store.entries(STANDING)}, frozenset(map(_said, tried.unfit()))


def _said(flaw: Flaw) -> str:
    """Tell a flaw without its line: a line above it moves it and makes it no other."""
    return f"{flaw.file}: {flaw.key}: {flaw.message}"


# ---------------------------------------------------------------- entries


def _compared(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> Note:
    kinds: dict[str, list[Moved]] = {"gained": [], "lost": [], "changed": [], "elsewhere": []}
    same = 0
    merged = {alias: entry.id for entry in after.values() for alias in entry.aliases}
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        said = tuple(_differences(old, new, merged.get(name)))
        if not said:
            same += 1
            continue
        was, is_ = bool(old and old.status in SHOWN), bool(new and new.status in SHOWN)
        what = "changed" if was and is_ else "gained" if is_ else "lost" if was else "elsewhere"
        kinds[what].append(_moved(new or old, said, after))
    return Note(
        gained=tuple(kinds["gained"]),
        lost=tuple(kinds["lost"]),
        changed=tuple(kinds["changed"]),
        elsewhere=tuple(kinds["elsewhere"]),
        same=same,
    )


def _moved(entry: Entry | None, said: tuple[str, ...], after: Mapping[str, Entry]) -> Moved:
    assert entry
    doubles = tuple(f"{after[other].work.title} ({other}): {why}" for other, why in entry.doubles if other in after)
    reasons = tuple(f"{reason.text}" for reason in entry.reasons[:MOST_REASONS])
    work = entry.work
    return Moved(entry.id, work.title_en or work.title, work.url or work.seen_at or "", said, reasons, doubles)


def _differences(old: Entry | None, new: Entry | None, into: str | None) -> Iterator[str]:
    """Say how an entry stands otherwise, and which fields differ."""
    if into and new is None:
        yield f"becomes one with {into}; its address will redirect"
        return
    stood, stands = _stand(old), _stand(new)
    if stood != stands:
        yield f"{told(stood)} → {told(stands)}"
    if old and new:
        for name in (field.name for field in fields(Work) if field.name not in _NOT_SHOWN):
            left, right = _plain(getattr(old.work, name)), _plain(getattr(new.work, name))
            if left != right and (name != "kind" or stood == stands):
                yield f"{name}: {left or 'nothing'} → {right or 'nothing'}"


def _stand(entry: Entry | None) -> tuple[str, Status, str] | None:
    return (entry.work.title, entry.status, entry.kind.value) if entry else None


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    for name in ("name", "target", "what"):  # a person, a relation, a step
        if hasattr(value, name) and not isinstance(value, str):
            date = f"{value.date} " if hasattr(value, "date") else ""
            return f"{date}{getattr(value, name)}"
    return "" if value is None else str(value)


# ---------------------------------------------------------------- sources


def _differing_sources(before: Config | None, after: Config) -> tuple[tuple[str, str, str], ...]:
    """Name the sources that are new, written otherwise or removed: (id, what, kind)."""
    old = {source.id: source for source in (before.sources if before else ())}
    found = [
        (source.id, "changed" if source.id in old else "new", source.kind)
        for source in after.sources
        if source.id not in old or old[source.id].row != source.row
    ]
    kept = {source.id for source in after.sources}
    return (*found, *((source.id, "removed", source.kind) for source in old.values() if source.id not in kept))


def _trials(observatory: Observatory, changed: Iterable[tuple[str, str, str]]) -> dict[str, Trial]:
    from spiders._kind import kinds

    asked = [name for name, what, kind in changed if what != "removed" and not kinds()[kind].local]
    return {trial.source.id: trial for trial in observatory.trials(asked)} if asked else {}


def _tried(name: str, what: str, kind: str, trial: Trial | None) -> Tried:
    if trial is None:
        return Tried(name, what, kind)
    examples = tuple(f"{item.work.title} ({item.work.date or 'no date'})" for item in trial.examples)
    checks = tuple((check.what, check.said) for check in trial.checks)
    return Tried(name, what, kind, trial.verdict, trial.is_fit, checks, examples)
