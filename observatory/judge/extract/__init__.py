"""What a page says of its work: bytes → work fields. Pure; never raises on rubbish.

Each way of saying it (Highwire, visible labels, JSON-LD and microdata, Dublin Core, OpenGraph) is read into a work of its own;
the first that has a field wins. What the source itself said of its item comes before all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.judge.extract.body import text_of_page, visible
from observatory.judge.extract.linked import linked
from observatory.judge.extract.metas import Metas, dublin_core, highwire, opengraph
from observatory.judge.layers import fill
from observatory.model import Finding, Page, View, Work

_ORDER = ("record", "page", "listed")  # whose word counts first
MOST_PAGE = 1_000_000  # bytes read of a page: its head and beginning say what it is (3.5 MB cost trafilatura 13 s)


def extract(finding: Finding) -> Finding:
    """Read a finding's page, if it has one, into its work; the page itself is left behind.

    A page that can't be read leaves what the source said of it.
    """
    if finding.page is None:
        return finding
    try:
        found = read_page(finding.page)
    except UnreadableError:
        return replace(finding, page=None)
    return replace(finding, page=None, work=_joined(finding.work, found))


def read_page(page: Page) -> Work:
    """Read a page. UnreadableError when it holds nothing or something else than a page."""
    root = markup.html(page.body[:MOST_PAGE], page.content_type)
    metas = Metas.of(root)
    shown, said_as_data = visible(root, page.url), linked(root, page.url)
    layers = [highwire(metas, page.url), shown, said_as_data, dublin_core(metas), opengraph(metas, root, page.url)]
    return replace(fill(layers), text=text_of_page(root))


def combine(views: Sequence[View]) -> Work:
    """Make one work of an item's views: a full record's word counts first, then its own page's, then the list's."""
    ordered = sorted(views, key=lambda view: _rank(view.finding.role))
    return fill([view.finding.work for view in ordered])


def _joined(said: Work, found: Work) -> Work:
    """Put what a page says under what its source said; a title that only adds the site's name gives way to the page's own."""
    joined = fill([said, found])
    given, own = text.clean(said.title), text.clean(found.title)
    if own and (not given or (given != own and given.startswith(own) and len(own) > 10)):
        joined = replace(joined, title=own)
    return joined


def _rank(role: str) -> tuple[int, str]:
    return (_ORDER.index(role) if role in _ORDER else len(_ORDER), role)
