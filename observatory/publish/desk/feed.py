"""The curators' feed: what came to wait and which sources need a look, so that nobody has to come to find nothing. Pure.

It stands beside the desk's pages and leads out of them: to the address of what waits, and to that of a source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from observatory.publish.desk.records import Case, Desk, Report, SourceLine
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import EMPTY, FeedItem, Head, atom, feed_tag
from observatory.publish.output import Output
from observatory.publish.words import Gettext
from observatory.text import safe_url

FILE = "curators.atom"
MOST = 100
FORM = "1"  # raised when the making of the feed changes, so that it is written anew


def output(desk: Desk, say: Gettext) -> Output:
    """Plan the feed, the newest first."""
    items = sorted(_items(desk, say), key=lambda item: (item.updated, item.tag), reverse=True)[:MOST]
    head = Head(
        f"{say('Curators’ desk')} – {desk.site.title}",
        "desk/",
        "",
        say("What waits for a decision, and sources to look at."),
    )
    digest = fingerprint(FORM, desk.site, head, items)
    return Output(FILE, digest, partial(atom, head, items, desk.site))


def _items(desk: Desk, say: Gettext) -> Iterator[FeedItem]:
    for line in desk.sources:
        if line.is_ill:
            yield _source(desk, say, line)
    for case in desk.waiting:
        yield _case(desk, say, case)
    for report in desk.reports:
        yield _report(desk, say, report)


def _source(desk: Desk, say: Gettext, line: SourceLine) -> FeedItem:
    """Tell of a source: one item for each time that it comes to stand so."""
    state = f"{line.state} ({line.cause})" if line.cause else line.state
    told = [line.detail if line.detail not in line.advice else "", line.advice]
    if line.cause and line.last_success:
        told.append(say("last answer on %s") % line.last_success.date().isoformat())
    moment = line.since or line.last_success or EMPTY
    sign = hashlib.sha256(f"{line.state} {moment.isoformat()}".encode()).hexdigest()[:12]
    return FeedItem(
        tag=feed_tag(desk.site, f"desk/source/{line.id}/{sign}"),
        path=safe_url(line.url) or desk.site.url,
        title=say("%(source)s: %(state)s") % {"source": line.name, "state": state},
        published=moment,
        updated=moment,
        text="; ".join(filter(None, told)),
        topics=(("source", say("source")),),
    )


def _case(desk: Desk, say: Gettext, case: Case) -> FeedItem:
    """Tell of an entry that waits: whose it is, why it waits, what speaks for it."""
    entry = case.entry
    reasons = "; ".join(reason.text for reason in entry.reasons if reason.about == "relevance")
    told = [", ".join(case.sources), case.because, reasons, entry.work.summary or ""]
    return FeedItem(
        tag=feed_tag(desk.site, f"desk/waiting/{entry.id}"),
        path=safe_url(entry.work.url or "") or desk.site.url,
        title=say("To decide: %s") % entry.work.title,
        published=entry.first_seen,
        updated=entry.first_seen,
        text=". ".join(part.rstrip(".") for part in told if part),
        authors=tuple(creator.name for creator in entry.work.creators),
        topics=(("decide", say("to decide")),),
    )


def _report(desk: Desk, say: Gettext, report: Report) -> FeedItem:
    """Tell of a step in a policy's life that a text reports."""
    sign, seen = report.proposal.sign, report.proposal.sign.seen or report.found_in.first_seen
    return FeedItem(
        tag=feed_tag(desk.site, f"desk/step/{report.policy.id}/{sign.kind}/{report.found_in.id}"),
        path=safe_url(sign.url) or safe_url(report.found_in.work.url or "") or desk.site.url,
        title=say("A step of %(policy)s is reported: %(step)s")
        % {"policy": report.policy.work.title, "step": sign.kind.value},
        published=seen,
        updated=seen,
        text=f"“{sign.quote}” – {report.found_in.work.title}",
        topics=(("step", say("step of a policy")),),
    )
