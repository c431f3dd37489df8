"""What the rules think of a work: relevance, kind, topics, countries …, each with its reasons. Pure.

Facts come first (what the source or record says), then words; a source's defaults fill what neither says.
"""

from __future__ import annotations

from observatory.judge.lexicon import Words, lexicon, words
from observatory.model import Reason, Relevance, Source, Verdict, Vocabulary, Work


def classify(work: Work, source: Source, vocabulary: Vocabulary) -> Verdict:
    """Judge a work as one source shows it."""
    title, lead = words(work.title), words(work.summary or "")
    score, reasons = _relevance(title, lead, source, vocabulary)
    relevance = Relevance.YES if score >= 2 else Relevance.NO
    judged = Work(
        kind=work.kind or source.defaults.kind,
        topics=_topics(title, lead, vocabulary) or source.defaults.topics,
        countries=work.countries or source.defaults.countries,
        level=work.level or source.defaults.level,
        language=work.language or source.defaults.language,
    )
    return Verdict(relevance, score, judged, tuple(reasons))


def _relevance(title: Words, lead: Words, source: Source, vocabulary: Vocabulary) -> tuple[float, list[Reason]]:
    reasons = []
    for name, weight, said in (("title", 4.0, title), ("lead", 2.0, lead)):
        if hit := next((h for h in lexicon(vocabulary).find(said) if h.cue.about == "core"), None):
            reasons.append(Reason("relevance", f"“{said.said(hit)}” in the {name}", weight))
    if source.on_topic:
        reasons.append(Reason("relevance", f"{source.name} is about micro-credentials", 2.0))
    return sum(reason.weight for reason in reasons), reasons


def _topics(title: Words, lead: Words, vocabulary: Vocabulary) -> tuple[str, ...]:
    find = lexicon(vocabulary).find
    return tuple(sorted({h.cue.value for said in (title, lead) for h in find(said) if h.cue.about == "topic"}))
