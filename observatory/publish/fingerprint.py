"""A digest of what a page is made of: equal values give equal digests, in any process."""

from __future__ import annotations

import hashlib


def fingerprint(*values: object) -> str:
    """Digest records, texts, numbers, members of closed lists and tuples of these by their content.

    Their `repr` tells all of it and keeps texts apart whatever they hold. Sets have no order and so no place here.
    A card, which stands on many pages, tells its own digest in place of its content.
    """
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]
