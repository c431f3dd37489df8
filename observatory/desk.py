"""The conductor of curators' work: a decision is written to its curator's file, then takes effect if nobody else writes."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from observatory import text, yamltext
from observatory.catalogue import curation, picks, soundness
from observatory.config import Config, load
from observatory.errors import Busy, ConfigError, Flaw, NotFound, StorageError, UsageError
from observatory.files import write_whole
from observatory.model import Action, Decision, Entry, Pick, Source, Stage, Status

if TYPE_CHECKING:
    from observatory.app import Observatory
    from observatory.questions import Questions

CURATOR = "OBSERVATORY_CURATOR"  # the environment variable that names who decides


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was written. `waits_for` says who writes now, when it takes effect only with the next ingest."""

    decision: Decision
    before: Entry | None
    after: Entry | None
    waits_for: str | None = None


def decide(observatory: Observatory, decisions: Sequence[Decision]) -> tuple[Decided, ...]:
    """Write decisions, and let them take effect at once unless another process writes.

    UsageError or NotFound, with nothing written, when one of them can't be meant so; the entries' names may be ids, former
    ids, addresses or DOIs, and stand in the file as the entry's id where there is one.
    """
    config, store = observatory.config, observatory.store
    folder = config.root / "curation" / "decisions"
    standing, flaws = curation.load(folder)
    topics = {topic.id for topic in config.vocabulary.topics}
    own = {f"{decision.by}.yaml" for decision in decisions}
    if broken := [flaw for flaw in flaws if Path(flaw.file).name in own]:
        raise ConfigError(broken)
    named = [_named(observatory, decision) for decision in decisions]
    before = [store.entry(decision.entry) for decision in named]
    timed: list[Decision] = []
    for decision in named:
        timed.append(_after(decision, (*standing, *timed), store.entry(decision.entry)))
    for decision in timed:
        curation.check(decision, topics)
    for by in dict.fromkeys(decision.by for decision in timed):
        curation.write(folder / f"{by}.yaml", [each for each in timed if each.by == by], topics)
    waits_for = _take_effect(observatory)
    return tuple(
        Decided(decision, former, store.entry(decision.entry), waits_for)
        for decision, former in zip(timed, before, strict=True)
    )


def take_back(observatory: Observatory, decided: Sequence[Decided]) -> str | None:
    """Undo decisions that were just made, as if they had never been: their lines leave the file again.

    Gives what `Decided.waits_for` gives. UsageError, with nothing changed, when the file says otherwise by now; what was decided
    days ago is taken back by another decision (`restore`, `unmerge`), so that the trace stays.
    """
    folder = observatory.config.root / "curation" / "decisions"
    for by in dict.fromkeys(each.decision.by for each in decided):
        curation.take_back(folder / f"{by}.yaml", [each.decision for each in decided if each.decision.by == by])
    return _take_effect(observatory)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that was made to sources.yaml: its text before and after, and what it says."""

    path: Path
    before: bytes
    after: bytes
    said: str
    waits_for: str | None = None


def paths_of(observatory: Observatory, entry: Entry) -> tuple[tuple[str, str], ...]:
    """Say for each watched source that showed an entry which path would leave out its like: (source id, path).

    The folder of its address; with the host where that isn't the source's own.
    """
    url = entry.work.url or entry.work.seen_at or ""
    seen = {provenance.source_id for provenance in entry.provenances}
    path = urlsplit(url).path
    folder = path[: path.rstrip("/").rfind("/") + 1]
    folder = folder if folder.strip("/") else f"{path}$"
    return tuple(
        (source.id, folder if _home(source) == text.host_of(url) else f"{text.host_of(url)}{folder}")
        for source in observatory.config.sources
        if source.id in seen and source.kind != "library" and text.host_of(url) and path.strip("/")
    )


def _home(source: Source) -> str:
    address = json.loads(source.row).get("url")
    return text.host_of(address) if isinstance(address, str) else ""


def leave_out(observatory: Observatory, paths: Sequence[tuple[str, str]]) -> Edit:
    """Let sources leave out what lies under a path (`exclude:` in sources.yaml): what waits from there waits no more.

    ConfigError, with nothing written, when the file would not be sound then.
    """
    config = observatory.config
    before = config.path.read_bytes()
    said = yamltext.decoded(before, config.path.name)
    for source_id, path in paths:
        items = yamltext.load(said, config.path.name).data["sources"]  # type: ignore[index]
        number = next(n for n, item in enumerate(items) if item.get("id") == source_id)
        said = yamltext.include(said, "sources", number, "exclude", path)
    told = ", ".join(f"{source_id} leaves out {path}" for source_id, path in paths)
    return _rewritten(observatory, before, said.encode(), told)


def put_back(observatory: Observatory, edit: Edit) -> str | None:
    """Undo an edit of sources.yaml that was just made. UsageError when the file was changed since."""
    if edit.path.read_bytes() != edit.after:
        raise UsageError(f"{edit.path.name} was changed since; take the line out by hand ({edit.said})")
    return _rewritten(observatory, edit.after, edit.before, "").waits_for


def _rewritten(observatory: Observatory, before: bytes, after: bytes, said: str) -> Edit:
    """Write sources.yaml if it is sound then; the former file stays as `sources.yaml~`."""
    path = observatory.config.path
    trial = path.with_name(f".{path.name}.trial")
    try:
        write_whole(trial, after, "sources-trial", durable=False)
        sound = _sound(trial, path.name)
        write_whole(path.with_name(path.name + "~"), before, "sources-backup")
        write_whole(path, after, "sources")
    except OSError as error:
        raise StorageError(f"can't write {path}: {error.strerror}") from error
    finally:
        trial.unlink(missing_ok=True)
    observatory.config = replace(sound, path=path)
    return Edit(path, before, after, said, _take_effect(observatory))


def _sound(trial: Path, name: str) -> Config:
    try:
        return load(trial)
    except ConfigError as error:
        raise ConfigError(
            replace(flaw, file=name) if flaw.file == trial.name else flaw for flaw in error.flaws
        ) from error


def _take_effect(observatory: Observatory) -> str | None:
    try:
        observatory.take_decisions()
    except Busy as error:
        return str(error)
    return None


def step(
    observatory: Observatory,
    name: str,
    stage: Stage,
    by: str,
    *,
    is_one: bool = True,
    why: str = "",
    said: Mapping[str, str | None],
) -> Decision:
    """Make the decision that a step is one, or is none; what isn't said (day, what, url, quote) is taken from what is proposed.

    UsageError when nothing is proposed for that stage and no day is said.
    """
    entry = observatory.entry(name)
    waiting = next((p.sign for p in observatory.proposals() if (p.policy, p.sign.stage) == (entry.id, stage)), None)
    standing = next((s for s in entry.work.steps if s.stage is stage), None)
    day = said.get("day") or (waiting and waiting.date) or (standing and not is_one and standing.date)
    if not day and not (waiting and not is_one):
        raise UsageError(f"when? give --on DATE; no text reports a dated step to {stage.value!r} of {entry.id}")
    sign = waiting if waiting and not said.get("url") else None
    parts = [
        str(day or ""),
        stage.value,
        said.get("what") or (sign.quote if sign else ""),
        said.get("url") or (sign.url if sign else ""),
        said.get("quote") or (sign.quote if sign else ""),
        sign.snapshot if sign else "",
    ]
    value = "|".join(text.clean(part).replace("|", "/") for part in (parts if is_one else parts[:2])).rstrip("|")
    fields = (("+steps" if is_one else "-steps", (value,)),)
    return Decision(entry=entry.id, action=Action.SET, by=by, when=observatory.now, why=why, fields=fields)


# ---------------------------------------------------------------- are they sound?


def decisions_of(config: Config) -> tuple[tuple[Decision, ...], tuple[Flaw, ...]]:
    """Read all decisions, and name what must be mended in them and in the picks: broken files, unknown topics, circles."""
    topics = {topic.id for topic in config.vocabulary.topics}
    decisions, flaws = curation.load(config.root / "curation" / "decisions", topics=topics)
    found = [*flaws, *soundness.circles(decisions)]
    try:
        picks_of(config)
    except ConfigError as error:
        found += error.flaws
    return decisions, tuple(sorted(found))


def unfit(observatory: Questions) -> tuple[Flaw, ...]:
    """Name what works and should be mended all the same: files that git can't merge well, ids that were never given."""
    folder = observatory.config.root / "curation" / "decisions"
    flaws = list(soundness.forms(folder))
    if (observatory.data / "catalogue.sqlite").is_file():
        flaws += _unpublished_picks(observatory)
        store, (decisions, _flaws) = observatory.store, decisions_of(observatory.config)
        known = set(store.aliases()) | {each for status in Status for each in store.ids(status)}
        flaws += soundness.strangers(
            decisions,
            lambda name: name in known or bool(store.taken((name,))),
            lambda name: _nearest(observatory, name),
        )
    return tuple(flaws)


def _unpublished_picks(observatory: Questions) -> Iterator[Flaw]:
    """Name the picks of works that the site does not show, and so can't recommend."""
    for pick in picks_of(observatory.config):
        entry = observatory.store.entry(pick.entry)
        if entry is None:
            yield Flaw(picks.FILE, pick.line, "", f"no entry {pick.entry!r}{_nearest(observatory, pick.entry)}")
        elif entry.status is not Status.PUBLISHED:
            yield Flaw(picks.FILE, pick.line, "", f"{pick.entry!r} is {entry.status}, so nobody sees this pick")


def picks_of(config: Config) -> tuple[Pick, ...]:
    """Read what editors recommend. ConfigError with every flaw of the file."""
    return picks.load(config.root, {topic.id for topic in config.vocabulary.topics})


# ---------------------------------------------------------------- who, what, when


def curator(root: Path, given: str | None = None) -> str:
    """Say who decides: as given, by the environment, by git's `user.name` there, or by the login; fit for a file name."""
    for said in (given, os.environ.get(CURATOR), _git_name(root), _login()):
        if said and (name := text.slug(said, 40)):
            return name
    raise UsageError(f"who decides? give your name with --by NAME, or set {CURATOR}")


def _git_name(root: Path) -> str:
    try:
        asked = ["git", "-C", str(root), "config", "user.name"]
        return subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _named(observatory: Observatory, decision: Decision) -> Decision:
    """Name the entry by its id; merging and parting keep a former id, since it says which part is meant."""
    if not decision.into:
        return replace(decision, entry=_name_of(observatory, decision.entry))
    one, other = (_part_of(observatory, name) for name in (decision.entry, decision.into))
    if one == other:
        raise UsageError(
            f"{decision.action}: both names are those of {one!r}; name two entries, or the addresses of two parts"
        )
    return replace(decision, entry=one, into=other)


def _name_of(observatory: Observatory, said: str) -> str:
    """Give the id of the entry that is meant, or the address of one that may come; NotFound for a name that means nothing."""
    said = said.strip()
    if found := observatory.store.entry(said):
        return found.id
    if text.safe_url(said):
        return said
    raise NotFound(f"no entry {said!r}{_nearest(observatory, said)}; `observatory search` finds entries")


def _part_of(observatory: Observatory, said: str) -> str:
    """Give a name that tells the parts of an entry apart: a former id stays one."""
    said = said.strip()
    if observatory.store.taken((said,)) or text.safe_url(said):
        return said
    return _name_of(observatory, said)


def _nearest(observatory: Questions, said: str) -> str:
    from rapidfuzz import process

    known = (observatory.store.ids(status) for status in Status)
    ids = sorted({*observatory.store.aliases(), *(each for ids in known for each in ids)})
    near = process.extractOne(said, ids, score_cutoff=75)
    return f"; did you mean {near[0]!r}?" if near else ""


def _after(decision: Decision, standing: Iterable[Decision], entry: Entry | None) -> Decision:
    """Date a decision after those that stand on the same entry: of two in one second, the later one must count."""
    names = {decision.entry, *filter(None, (decision.into,))}
    if entry:
        names |= {entry.id, *entry.aliases}
        names |= {
            canonical for url in (entry.work.url, entry.work.seen_at) if url and (canonical := text.canonical_url(url))
        }
    names |= {canonical for name in names if (canonical := text.canonical_url(name))}
    times = [
        each.when
        for each in standing
        if {each.entry, each.into, text.canonical_url(each.entry)} & names and each.when >= decision.when
    ]
    return replace(decision, when=max(times) + timedelta(seconds=1)) if times else decision


# ---------------------------------------------------------------- values as typed


def tag(words: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read tags as typed: `recognition`, `+recognition`, `-vet`, `+IE`; capitals are places, all else topics."""
    found: dict[str, list[str]] = {}
    for word in words:
        sign, name = (word[0], word[1:]) if word[:1] in ("+", "-") else ("+", word)
        field = "countries" if name.isupper() else "topics"
        found.setdefault(f"{sign}{field}", []).append(name)
    if not found:
        raise UsageError(
            f"{Action.TAG} needs a tag: +recognition adds a topic, -vet takes one away, +IE adds a country"
        )
    return tuple((field, tuple(sorted(set(names)))) for field, names in sorted(found.items()))


def values(words: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read fields as typed: `title_en=…`, `topics=a,b`, `creators=Brown, Mark; Oliver, Beverley`, `doi=` (takes it away)."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"no value in {word!r}; write field=value, such as title_en='A framework'")
        name = name.strip()
        parts = value.split(";" if name == "creators" else ",") if curation.is_list(name) else [value]
        found[name] = tuple(part.strip() for part in parts if part.strip())
    if not found:
        raise UsageError(f"{Action.SET} needs a field and its value, such as kind=report")
    return tuple(sorted(found.items()))
