"""The ledger of the site's use: counts a day, and nothing about anybody. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from observatory.catalogue import codec
from observatory.catalogue.database import Database
from observatory.catalogue.tables import ledger_use
from observatory.model import DayOfUse


class UseOfSite(Database):
    """The days on which the site's use was counted."""

    def use(self) -> tuple[DayOfUse, ...]:
        """Read all days, oldest first."""
        rows = self._rows(select(ledger_use.c.data).order_by(ledger_use.c.day))
        return tuple(codec.unpack(DayOfUse, row.data) for row in rows)

    def keep_use(self, days: Iterable[DayOfUse]) -> None:
        """Write days, in place of former counts of the same days."""
        self._replace(ledger_use, [{"day": day.day, "data": codec.pack(day)} for day in days])
