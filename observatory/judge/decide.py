"""Turn findings into items and blocks of items into intents. Pure: what it needs comes as values, what it wants is data.

An *item* is all that one source says of one thing; an *entry* is a group of items. Every entry of a block is made anew from
its items, the ids given before and the curators' decisions, so the result never depends on the order of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from observatory import text
from observatory.judge import resolve
from observatory.judge.conflicts import held
from observatory.judge.extract import combine
from observatory.judge.layers import better, fill
from observatory.judge.linked import moved
from observatory.judge.overrule import Overruled, mark_of_step, overrule, taken_back
from observatory.judge.stages import hand_kept_stage, stage_changes, staged
from observatory.judge.telling import noticed, told
from observatory.model import (
    SUGGESTIONS,
    Action,
    Change,
    ChangeKind,
    Decision,
    DropEntry,
    Entry,
    EntryKind,
    Finding,
    GiveId,
    GivenId,
    Intent,
    Item,
    LinkState,
    Provenance,
    PutEntry,
    Reason,
    Relation,
    Relevance,
    Status,
    TextChange,
    Verdict,
    View,
    Work,
)

# A page that changes at every visit may update an entry only so often (design of `reader`: bound the churn).
MOST_CHANGES = 12
# An item older than this at first sight is history, even when its source did not show it before.
NEWS_DAYS = timedelta(days=30)
OWN_PAGE = ("page", "document")  # roles of views that are a work's own page

Classify = Callable[[Work], Verdict]


@dataclass(frozen=True, slots=True)
class Sighting:
    """When and where a finding was seen: the facts about its snapshot that an item keeps."""

    at: datetime
    snapshot: str
    url: str
    fresh: bool = False
    curated: bool = False


# ---------------------------------------------------------------- findings → items


def observe(previous: Item | None, finding: Finding, seen: Sighting, classify: Classify) -> Item:
    """Add a finding to what its source said of the item before; `finding.page` must have been extracted already.

    Returns `previous` itself when nothing differs but the moment (a later month counts, see `_same_sight`).
    """
    old = _view_of(previous, finding.role)
    finding = _with_first_notice(old, _not_older(old, finding))
    stands = previous is not None and (previous.withdrawn is None) is not finding.withdrawn
    if previous and old and stands and old.finding == finding and _same_sight(old.last_seen, seen.at):
        return previous
    same = old is not None and old.finding == finding
    view = View(
        finding=finding,
        first_seen=old.first_seen if old and same else seen.at,
        last_seen=seen.at,
        snapshot=old.snapshot if old and same else seen.snapshot,
        url=seen.url,
    )
    others = [v for v in previous.views if v.finding.role != finding.role] if previous else []
    views = tuple(sorted([*others, view], key=lambda v: v.finding.role))
    work = combine(views)
    news = told(old.finding, finding, seen.at) if old and not same else ()
    news += noticed(previous, work, seen.at)
    return Item(
        source_id=finding.source_id,
        key=finding.key,
        work=work,
        verdict=held(classify(work), views),
        views=views,
        first_seen=previous.first_seen if previous else seen.at,
        last_seen=seen.at,
        fresh=previous.fresh if previous else seen.fresh,
        curated=seen.curated,
        withdrawn=_withdrawn(previous, finding, seen.at),
        changes=((previous.changes if previous else ()) + news)[:MOST_CHANGES],
        watch=previous.watch if previous else None,
        signs=previous.signs if previous else (),
        keys=resolve.keys(work),
    )


def judged(item: Item, classify: Classify) -> Item:
    """Judge an item anew; nothing else of it changes."""
    return replace(item, verdict=held(classify(item.work), item.views))


def _view_of(item: Item | None, role: str) -> View | None:
    return next((view for view in item.views if view.finding.role == role), None) if item else None


def _same_sight(before: datetime, now: datetime) -> bool:
    """Whether a second sight tells nothing new. Last-seen is kept to the month: a daily stamp would touch every page daily."""
    return (before.year, before.month) == (now.year, now.month)


def _withdrawn(previous: Item | None, finding: Finding, at: datetime) -> datetime | None:
    if not finding.withdrawn:  # what only adds something (a note, a document) doesn't say that the work is back
        return previous.withdrawn if previous and not finding.work.title else None
    return previous.withdrawn if previous and previous.withdrawn else at


def _not_older(old: View | None, finding: Finding) -> Finding:
    """Pass over a form of a record that is older than the one we have: a mirror or a cache that lags behind."""
    before, now = (old.finding.revision if old else None), finding.revision
    return old.finding if old and before is not None and now is not None and now < before else finding


def _with_first_notice(old: View | None, finding: Finding) -> Finding:
    """Keep the date of a retraction's first notice: services that give none date it by the month in which they were read."""
    before, now = (old.finding.work.retracted if old else None), finding.work.retracted
    if before and now and before < now:
        return replace(finding, work=replace(finding.work, retracted=before))
    return finding


# ---------------------------------------------------------------- items → intents


@dataclass(frozen=True, slots=True)
class Block:
    """All that deciding needs to know about items that may be one work with one another.

    `given` holds the ids given before to any of the items' keys, oldest first; `previous` the ids of the entries
    that the items made up until now; `holds` the sources whose findings wait for a curator; `taken` says which of some
    names were ever given as ids.
    """

    items: tuple[Item, ...]
    given: tuple[GivenId, ...]
    previous: tuple[str, ...]
    decisions: tuple[Decision, ...]
    holds: frozenset[str]
    taken: Callable[[Collection[str]], frozenset[str]]
    names: Mapping[str, str]  # source id → name, for reasons
    link: Callable[[str], LinkState | None] = lambda _url: None  # how an address fared when links were looked after


def decide(block: Block) -> tuple[Intent, ...]:
    """Say what the catalogue shall do so that its entries are what the block's items, ids and decisions make them."""
    groups = _groups(block)
    ids, minted = _identify(block, groups)
    by_ref = {ref: ids[n] for n, group in enumerate(groups) for ref in group.refs if n in ids}
    items, before = {item.ref: item for item in block.items}, _given_by_key(block)
    intents: list[Intent] = list(minted)
    for n, group in enumerate(groups):
        if n in ids:
            members = sorted((items[ref] for ref in group.refs), key=_rank)
            former = _former_ids(block, before, members, ids[n])
            intents.append(PutEntry(_entry(block, group, members, (ids[n], former), by_ref), group.refs))
    kept = set(ids.values())
    intents += [DropEntry(entry_id) for entry_id in block.previous if entry_id not in kept]
    return tuple(intents)


def _groups(block: Block) -> tuple[resolve.Group, ...]:
    refs_of = _refs_by_name(block)
    said: dict[
        frozenset[str], bool
    ] = {}  # a part may be named by id and by address: of two words on a pair the later counts
    for pair, merged in overrule(block.decisions).merges.items():
        one, other = sorted(pair)[0], sorted(pair)[-1]
        said |= {frozenset((a, b)): merged for a in refs_of.get(one, ()) for b in refs_of.get(other, ()) if a != b}
    together = frozenset(pair for pair, merged in said.items() if merged)
    return resolve.group(block.items, together, frozenset(said.keys() - together))


def _refs_by_name(block: Block) -> Mapping[str, tuple[str, ...]]:
    """Find the items that a decision may mean: by the id first given to them, or by their address."""
    known = {item.ref for item in block.items}
    names: dict[str, list[str]] = {}
    for given in block.given:
        if given.key.startswith("item:") and given.key[5:] in known:
            names.setdefault(given.entry_id, []).append(given.key[5:])
    for item in block.items:
        if item.curated:
            names.setdefault(item.key, []).append(item.ref)
        for address in {item.work.url, item.work.seen_at} - {None, ""}:
            if canonical := text.canonical_url(str(address)):
                names.setdefault(canonical, []).append(item.ref)
    return {name: tuple(dict.fromkeys(refs)) for name, refs in names.items()}


def _identify(block: Block, groups: Sequence[resolve.Group]) -> tuple[dict[int, str], tuple[GiveId, ...]]:
    """Give each group that is, or once was, an entry its id: its library record's, the oldest given before, or a new one."""
    items = {item.ref: item for item in block.items}
    ids: dict[int, str] = {}
    claimed: set[str] = set()

    def claim(n: int, candidates: Iterable[str]) -> None:
        free = next((each for each in candidates if each not in claimed), None) if n not in ids else None
        if free is not None:
            ids[n] = free
            claimed.add(free)

    members = [[items[ref] for ref in group.refs] for group in groups]
    kept = _kept_in_merges(block)
    for n, group in enumerate(members):
        own = [item for item in group if item.curated]
        claim(n, [item.key for item in sorted(own, key=lambda item: (item.ref not in kept, item.key))])
    before = _given_by_key(block)
    for strong in (False, True):  # an item's own id first, then ids known by DOI, CELEX or address
        for n, group in enumerate(members):
            keys = {f"item:{item.ref}" for item in group} | ({k for i in group for k in i.keys} if strong else set())
            known = [block.given[at] for at in sorted(at for key in keys for at in before.get(key, ()))]
            claim(n, [g.entry_id for g in sorted(known, key=lambda g: g.key.removeprefix("item:") not in kept)])
    stems = {n: _stem(_founder(members[n])) for n in _unnamed(block, members, ids)}
    taken = block.taken(set(stems.values()))
    for n, stem in stems.items():
        claim(n, [stem] if stem not in taken else ())
        claim(n, _numbered(stem, block.taken))
    given = {each.entry_id for each in block.given}
    return ids, tuple(_give(ids[n], group) for n, group in enumerate(members) if n in ids and ids[n] not in given)


def _given_by_key(block: Block) -> Mapping[str, Sequence[int]]:
    """Find where in `block.given` each key stands."""
    found: dict[str, list[int]] = {}
    for at, given in enumerate(block.given):
        found.setdefault(given.key, []).append(at)
    return found


def _unnamed(block: Block, members: Sequence[Sequence[Item]], ids: Mapping[int, str]) -> list[int]:
    """Say which groups become entries now for the first time."""
    named = {decision.entry for decision in block.decisions} | {d.into for d in block.decisions if d.into}
    return [n for n, group in enumerate(members) if n not in ids and (_is_candidate(group) or _is_named(group, named))]


def _founder(group: Sequence[Item]) -> Item:
    return min(group, key=lambda item: (item.first_seen, item.ref))


def _kept_in_merges(block: Block) -> frozenset[str]:
    """Find the items whose id a curator's merge keeps: those that others were merged *into*."""
    merges = [decision for decision in block.decisions if decision.action is Action.MERGE and decision.into]
    refs_of = _refs_by_name(block)
    kept = {decision.into for decision in merges} - {decision.entry for decision in merges}
    return frozenset(ref for name in kept if name for ref in refs_of.get(text.canonical_url(name) or name, ()))


def _give(entry_id: str, group: Sequence[Item]) -> GiveId:
    """Note in the ledger by which keys an id is found again: its founder's, not those of items that joined it later."""
    curated = [item for item in group if item.curated and item.key == entry_id]
    founder = curated[0] if curated else _founder(group)
    strong = tuple(key for key in founder.keys if key.startswith(resolve.IDENTITY_PREFIXES))
    return GiveId(entry_id, (f"item:{founder.ref}", *strong), founder.first_seen)


def _is_candidate(group: Sequence[Item]) -> bool:
    return any(i.curated or i.source_id == SUGGESTIONS or i.verdict.relevance is not Relevance.NO for i in group)


def _is_named(group: Sequence[Item], named: set[str]) -> bool:
    addresses = {text.canonical_url(item.work.url or "") for item in group}
    return any(text.canonical_url(name) in addresses - {None} for name in named if "://" in name)


def _stem(founder: Item) -> str:
    """Make an id from issuer or first author, year and title words."""
    work = _merged((founder,))
    who = work.creators[0].family or work.creators[0].name.split()[-1] if work.creators else work.publisher or ""
    head = "-".join(part for part in (text.slug(who, 20), str(work.date.year) if work.date else "") if part)
    # An id is at most 64 characters; 4 are left for a collision's number. Titles that fold to nothing (CJK) keep the head.
    return text.slug(f"{head} {work.title_en or work.title}", 60) or text.slug(founder.source_id, 60) or "entry"


def _numbered(stem: str, taken: Callable[[Collection[str]], frozenset[str]]) -> Iterator[str]:
    """Give `-2`, `-3` … of an id, those that were ever given left out; asked for by the dozen."""
    for first in count(2, 12):
        names = [f"{stem}-{number}" for number in range(first, first + 12)]
        held = taken(names)
        yield from (name for name in names if name not in held)


# ---------------------------------------------------------------- a group → its entry


def _entry(
    block: Block,
    group: resolve.Group,
    items: Sequence[Item],
    names: tuple[str, tuple[str, ...]],
    ids: Mapping[str, str],
) -> Entry:
    """Make the entry of a group's items, best first. `names`: its id and its former ones; `ids` those of all items of the block."""
    entry_id, former = names
    decisions = _about(block, items, {entry_id, *former})
    ruling = overrule(decisions)
    work = staged(ruling.apply(_merged(items)), items, decisions)
    relations = _relations(work, group, entry_id, ids)
    work = replace(work, relations=relations) if relations != work.relations else work
    link = block.link(work.url) if work.url else None
    work = moved(work, link)
    texts = _texts(items) if work.kind is EntryKind.POLICY else ()
    founder = _founder(items)
    status = _status(items, block.holds, ruling)
    listed = None
    if status in (Status.PUBLISHED, Status.GONE):
        listed = max(filter(None, (founder.first_seen, ruling.accepted_at)))
    return Entry(
        id=entry_id,
        work=work,
        status=status,
        first_seen=founder.first_seen,
        listed=listed,
        announced=_is_news(founder, work),
        provenances=tuple(sorted(_provenance(item) for item in items)),
        reasons=_reasons(items, ruling, block.names),
        score=max(item.verdict.score for item in items),
        aliases=former,
        doubles=_doubles(group, entry_id, ids),
        verified=max(filter(None, (_verified(items, link), ruling.verified)), default=None),
        link=link,
        changes=_with_dead(_changes(items, listed, texts, decisions), link),
        texts=texts,
        signs=tuple(dict.fromkeys(sign for item in items for sign in item.signs)),
        dismissed=tuple(mark_of_step(said) for said in ruling.values.get("-steps", ())),
        decided_by=ruling.by,
    )


def _verified(items: Sequence[Item], link: LinkState | None) -> datetime | None:
    """Say when its own page, or the link to it, was last seen by us to be there; that a list still shows it doesn't count."""
    looks = [view.last_seen for item in items for view in item.views if view.finding.role in OWN_PAGE]
    looks += [item.watch.text.last_seen for item in items if item.watch]
    return max([*looks, *([link.at] if link and link.cause is None else [])], default=None)


def _with_dead(changes: tuple[Change, ...], link: LinkState | None) -> tuple[Change, ...]:
    dead = (Change(link.dead, ChangeKind.LINK_DEAD),) if link and link.dead else ()
    return tuple(sorted((*changes, *dead), key=lambda c: (c.at, c.kind, c.fields, c.text)))


def _rank(item: Item) -> tuple[bool, bool, datetime, str]:
    """Order items by how much their word counts: a curator's, then a full record, then the first that was seen."""
    is_record = any(view.finding.role == "record" for view in item.views)
    return (not item.curated, not is_record, item.first_seen, item.ref)


def _former_ids(
    block: Block, before: Mapping[str, Sequence[int]], items: Sequence[Item], entry_id: str
) -> tuple[str, ...]:
    given = {block.given[at].entry_id for item in items for at in before.get(f"item:{item.ref}", ())}
    former = given | {item.key for item in items if item.curated}
    return tuple(sorted(former - {entry_id}))


def _about(block: Block, items: Sequence[Item], ids: set[str]) -> tuple[Decision, ...]:
    addresses = {text.canonical_url(url) for i in items for url in (i.work.url, i.work.seen_at) if url} - {None}
    undone = taken_back(block.decisions)
    said = (d for d in block.decisions if d not in undone)
    return tuple(d for d in said if d.entry in ids or text.canonical_url(d.entry) in addresses)


def _titles(items: Sequence[Item], work: Work) -> tuple[tuple[str, str], ...]:
    """Collect the titles that a work has in further languages: an act of the Union has one in each."""
    found = dict(work.titles)
    for item in items:
        language = item.work.language or item.verdict.work.language
        if language and language != work.language and text.title_key(item.work.title) != text.title_key(work.title):
            found.setdefault(language, item.work.title)
    return tuple(sorted(found.items()))


def _merged(items: Sequence[Item]) -> Work:
    """Fill each field from the best item that has it. A curator's own words beat the rules; the rules beat a source's."""
    layers: list[Work] = []
    for item in items:
        is_whole = item.curated or not item.work.topics
        said = item.work if is_whole else replace(item.work, topics=())  # a source's own topics count as judged only
        layers += [said, item.verdict.work] if item.curated else [item.verdict.work, said]
    work = fill(layers)
    return work if any(item.curated for item in items) else better(work, [item.work for item in items])


def _status(items: Sequence[Item], holds: frozenset[str], ruling: Overruled) -> Status:
    if ruling.status is Status.REJECTED:
        return Status.REJECTED
    alive = [item for item in items if item.withdrawn is None]
    if not alive:
        return Status.GONE if any(i.curated or i.verdict.relevance is Relevance.YES for i in items) else Status.REJECTED
    if ruling.status is Status.PUBLISHED or any(item.curated for item in alive):
        return Status.PUBLISHED
    if any(i.verdict.relevance is Relevance.YES and i.source_id not in holds for i in alive):
        return Status.PUBLISHED
    if any(item.source_id == SUGGESTIONS or item.verdict.relevance is not Relevance.NO for item in alive):
        return Status.PENDING
    return Status.REJECTED


def _is_news(founder: Item, work: Work) -> bool:
    """Apply the back-fill rule: its source did not show it before, or its own date is at most 30 days old at first sight."""
    recent = work.date is not None and work.date.first_day >= (founder.first_seen - NEWS_DAYS).date()
    return not founder.curated and (founder.fresh or recent)


def _provenance(item: Item) -> Provenance:
    latest = max(item.views, key=lambda view: (view.last_seen, view.finding.role))
    return Provenance(item.source_id, item.key, latest.url, item.first_seen, item.last_seen, latest.snapshot)


def _reasons(items: Sequence[Item], ruling: Overruled, names: Mapping[str, str]) -> tuple[Reason, ...]:
    if ruling.reasons:
        return ruling.reasons + _reasons(items, replace(ruling, reasons=()), names)
    lead = next((item for item in items if item.curated), None)
    if lead:
        return (Reason("relevance", f"kept by hand in {names.get(lead.source_id, lead.source_id)}"),)
    return max(items, key=lambda item: (item.verdict.score, item.ref)).verdict.reasons


def _relations(work: Work, group: resolve.Group, entry_id: str, ids: Mapping[str, str]) -> tuple[Relation, ...]:
    linked = {Relation(kind, ids[ref]) for ref, kind in group.links if ids.get(ref, entry_id) != entry_id}
    return tuple(sorted(set(work.relations) | linked))


def _doubles(group: resolve.Group, entry_id: str, ids: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(ids[ref], why) for ref, why in group.doubles if ids.get(ref, entry_id) != entry_id}))


def _texts(items: Sequence[Item]) -> tuple[TextChange, ...]:
    """Gather how the text of a policy's watched pages changed, oldest first."""
    found = {change for item in items if item.watch for change in item.watch.changes}
    return tuple(sorted(found, key=lambda change: (change.at, change.url, change.hashes)))


def _changes(
    items: Sequence[Item], listed: datetime | None, texts: Sequence[TextChange], decisions: Sequence[Decision]
) -> tuple[Change, ...]:
    new = {Change(listed, ChangeKind.NEW)} if listed else set()
    told = {change for item in items for change in item.changes}
    rewritten = {Change(text.at, ChangeKind.TEXT, text.sentence, ("text",)) for text in texts}
    moved = stage_changes(decisions, hand_kept_stage(items))
    return tuple(sorted({*new, *told, *rewritten, *moved}, key=lambda c: (c.at, c.kind, c.fields, c.text)))
