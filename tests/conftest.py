"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from web.server import Web


@pytest.fixture
def web() -> Iterator[Web]:
    """A small web on loopback (tests/web/server.py)."""
    with Web() as made:
        yield made
