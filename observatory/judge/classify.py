"""What the rules think of a work: relevance, kind, topics, countries …, each with its reasons. Pure.

Facts come first (what the source or record says), then words; a source's defaults fill what neither says.
"""

from __future__ import annotations

from dataclasses import replace

from observatory import text
from observatory.judge import relevance
from observatory.judge.countries import countries
from observatory.judge.language import language_of
from observatory.judge.level import level_of
from observatory.judge.progress import stage_of
from observatory.judge.reading import Reading, has_abstract, read
from observatory.judge.tags import ask
from observatory.model import (
    EntryKind,
    EvidenceType,
    Instrument,
    Level,
    Reason,
    Relevance,
    Scope,
    Source,
    Verdict,
    Vocabulary,
    Work,
)

# Most pages of the field are news or pages of institutions; another kind must say more than nothing to beat that.
PRIOR = {"news": 1.2, "resource": 0.5}
# Titles name the subject as often as the genre; the first words of a summary mostly name the genre ("Report on …").
KIND_TITLE, KIND_EARLY = 1.6, 2.0
DEFAULT_KIND = 3.0  # what a source's default weighs: a sure word in the title beats it
# Topics: one word is enough, a hint needs company; those far behind the first are passing mentions. All figures near these
# give much the same on the labelled sets, so they are not fitted to any.
TOPIC_TITLE, TOPIC_LEAST, TOPIC_SHARE, MOST_TOPICS = 1.4, 0.7, 0.35, 4
_RESEARCH = (EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS, EntryKind.REPORT)
_IN_PRINT = (EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK)  # a repository that shows them did not publish them
_PUBLIC = (Level.EU, Level.EHEA, Level.NATIONAL, Level.REGIONAL)

Reasons = tuple[Reason, ...]


def classify(work: Work, source: Source, vocabulary: Vocabulary) -> Verdict:
    """Judge a work as one source shows it."""
    reading = read(work, vocabulary)
    if has_abstract(
        work
    ):  # what a paper says of itself tells what it is; that it is about the field, how often it says so
        weighed = read(replace(work, summary=None), vocabulary)
        reading = read(replace(work, summary=work.text, text=None), vocabulary)
        score, reasons = relevance.judge(weighed, replace(work, summary=None), source)
    else:
        score, reasons = relevance.judge(reading, work, source)
    language = language_of(work.language or source.defaults.language, f"{work.title} {work.summary or work.text or ''}")
    kind, why_kind = _kind(reading, work, source)
    places, why_places = _places(reading, work, kind, language, source)
    topics, why_topics = _topics(reading, work, source, vocabulary)
    level, why_level = (work.level, ()) if work.level else level_of(reading, kind, places, source)
    judged = Work(
        kind=kind, topics=topics, countries=places, level=level, language=language, scope=_scope(reading, work, source)
    )
    policy, why_policy = _policy(reading, work, judged, source)
    evidence, why_evidence = _evidence(reading, work, policy)
    judged = _filled(evidence, work, source)
    all_reasons = (*reasons, *why_kind, *why_level, *why_policy, *why_evidence, *why_places, *why_topics)
    return _unless_excluded(Verdict(relevance.relevance_of(score), score, judged, all_reasons), work, source)


def _unless_excluded(verdict: Verdict, work: Work, source: Source) -> Verdict:
    """Leave out what lies under a path from which the source's curator wants nothing."""
    path = next((each for each in source.exclude if text.is_under(work.url or "", each)), None)
    if path is None:
        return verdict
    reason = Reason("relevance", f"{source.name} leaves out {path}", -verdict.score)
    return replace(verdict, relevance=Relevance.NO, score=0.0, reasons=(reason, *verdict.reasons))


def _kind(reading: Reading, work: Work, source: Source) -> tuple[EntryKind, Reasons]:
    if work.kind:
        return work.kind, (Reason("kind", "as its record says"),)
    default = source.defaults.kind
    prior = {**PRIOR, **({default.value: DEFAULT_KIND} if default else {})}
    answer = ask(reading, "kind", prior, KIND_TITLE, KIND_EARLY)
    best = EntryKind(answer.best() or EntryKind.NEWS)
    fallback = f"default of {source.name}" if best is default else "nothing says otherwise"
    return best, (answer.reason("kind", best, fallback),)


def _places(
    reading: Reading, work: Work, kind: EntryKind, language: str | None, source: Source
) -> tuple[tuple[str, ...], Reasons]:
    if work.countries:
        return work.countries, ()
    places, reasons = countries(reading, work, kind, language)
    defaults = source.defaults.countries
    if defaults and (not places or places == ("INT",)):
        return defaults, tuple(Reason(f"countries:{code}", f"default of {source.name}") for code in defaults)
    return places, reasons


def _topics(reading: Reading, work: Work, source: Source, vocabulary: Vocabulary) -> tuple[tuple[str, ...], Reasons]:
    ours = {topic.id for topic in vocabulary.topics}
    if said := tuple(topic for topic in work.topics if topic in ours):
        return said, ()
    answer = ask(reading, "topic", title=TOPIC_TITLE)
    best = max(answer.scores.values(), default=0.0)
    chosen = [topic for topic, score in answer.scores.items() if score >= max(TOPIC_LEAST, best * TOPIC_SHARE)]
    chosen = chosen[:MOST_TOPICS]
    reasons = [answer.reason(f"topics:{topic}", topic) for topic in sorted(chosen)]
    extra = sorted(set(source.defaults.topics) - set(chosen))
    reasons += [Reason(f"topics:{topic}", f"default of {source.name}") for topic in extra]
    return tuple(sorted({*chosen, *extra})), tuple(reasons)


def _scope(reading: Reading, work: Work, source: Source) -> Scope | None:
    """Say whether a work is about the subject itself or only about something near: badges, say."""
    if said := work.scope or source.defaults.scope:
        return said
    core = any(True for _ in reading.of("core"))
    near = any(True for _ in reading.of("near", *reading.prose))
    return Scope.RELATED if near and not core else Scope.CORE


def _policy(reading: Reading, work: Work, judged: Work, source: Source) -> tuple[Work, Reasons]:
    """Add what only policies have: official or not, instrument, stage, jurisdiction."""
    if judged.kind is not EntryKind.POLICY:
        return judged, ()
    instrument = ask(reading, "instrument")
    by_public_body = any(True for _ in reading.of("official"))
    default = source.defaults.official
    said = work.official if work.official is not None else default
    official = said if said is not None else by_public_body and judged.level in _PUBLIC
    best_instrument = instrument.best() or source.defaults.instrument
    stage, why_stage = stage_of(reading, best_instrument)
    reasons = [instrument.reason("instrument", best_instrument)] if best_instrument and official else []
    made = replace(
        judged,
        official=official,
        instrument=work.instrument or (Instrument(best_instrument) if best_instrument and official else None),
        stage=work.stage or stage,
        jurisdiction=work.jurisdiction or _jurisdiction(reading, judged, source),
    )
    return made, (*reasons, why_stage)


def _jurisdiction(reading: Reading, judged: Work, source: Source) -> str | None:
    """Say where a policy rules: the Union, the EHEA, the one country it names, or the part of it that is named."""
    if source.defaults.jurisdiction:
        return source.defaults.jurisdiction
    if judged.level in (Level.EU, Level.EHEA):
        return str(judged.level)
    nations = [code for code in judged.countries if code not in ("EU", "EHEA", "INT")]
    region = ask(reading, "region").best()
    if region and region.partition("-")[0] in nations and judged.level is not Level.INSTITUTION:
        return region
    return nations[0] if len(nations) == 1 else None


def _evidence(reading: Reading, work: Work, judged: Work) -> tuple[Work, Reasons]:
    if judged.kind not in _RESEARCH or work.evidence_type:
        return judged, ()
    answer = ask(reading, "evidence")
    best = answer.best(2.0)
    if best is None:
        return judged, ()
    return replace(judged, evidence_type=EvidenceType(best)), (answer.reason("evidence_type", best),)


# What no word tells: a source's defaults alone fill it.
_FILLED = ("form", "publisher", "evidence_type", "peer_reviewed", "open_access", "licence")


def _filled(judged: Work, work: Work, source: Source) -> Work:
    """Fill what neither record nor words say: from the source's defaults, and on its own site whose the work is."""
    said = {name: getattr(source.defaults, name) for name in _FILLED}
    if said["publisher"] is None and judged.kind not in _IN_PRINT and _is_at_home(work, source):
        said["publisher"] = source.publisher
    new = {
        name: value
        for name, value in said.items()
        if value is not None and getattr(work, name) is None and getattr(judged, name) is None
    }
    return replace(judged, **new) if new else judged


def _is_at_home(work: Work, source: Source) -> bool:
    """Whether a work stands on its source's own host: what a list shows from elsewhere is another's."""
    return bool(source.hosts) and text.host_of(work.url or "") in source.hosts
