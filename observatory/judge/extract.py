"""What a page says of its work: bytes → work fields. Pure; never raises on rubbish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from observatory.judge.layers import fill
from observatory.model import Finding, View, Work

_ORDER = ("record", "page", "listed")  # whose word counts first


def extract(finding: Finding) -> Finding:
    """Read a finding's page, if it has one, into its work; the page itself is left behind."""
    return replace(finding, page=None)


def combine(views: Sequence[View]) -> Work:
    """Make one work of an item's views: a full record's word counts first, then its own page's, then the list's."""
    ordered = sorted(views, key=lambda view: _rank(view.finding.role))
    return fill([view.finding.work for view in ordered])


def _rank(role: str) -> tuple[int, str]:
    return (_ORDER.index(role) if role in _ORDER else len(_ORDER), role)
