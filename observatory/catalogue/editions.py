"""The ledger of the digest: editions issued and mail sent. Both are only ever added to. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, select

from observatory.catalogue import codec
from observatory.catalogue.database import Database, known_moment, stamp
from observatory.catalogue.tables import ledger_editions, ledger_ids, ledger_sendings
from observatory.errors import DamagedError
from observatory.model import Edition, Sending, SendingState


class Editions(Database):
    """Issued editions and the steps of their sending."""

    def issue(self, editions: Iterable[Edition]) -> None:
        """Write editions to the ledger, all or none; one that stands there already stays as it is."""
        with self.transaction():
            known = self.issued_ids()
            for edition in editions:
                if edition.id not in known:
                    self._connection.execute(
                        ledger_editions.insert(),
                        {
                            "id": edition.id,
                            "rhythm": edition.rhythm.value,
                            "issued_at": stamp(edition.issued_at),
                            "data": codec.pack(edition),
                        },
                    )

    def issued_ids(self) -> frozenset[str]:
        """Give the ids of all periods that were issued, quiet ones too."""
        return frozenset(row.id for row in self._rows(select(ledger_editions.c.id)))

    def editions(self) -> tuple[Edition, ...]:
        """Read all issued editions, oldest first; a quiet period has one without candidates."""
        rows = self._rows(select(ledger_editions.c.data))
        read = (codec.unpack(Edition, row.data) for row in rows)
        return tuple(sorted(read, key=lambda edition: (edition.last, edition.rhythm, edition.id)))

    def first_day(self) -> datetime | None:
        """Say since when this catalogue collects: when its first id was given."""
        rows = self._rows(select(func.min(ledger_ids.c.given_at).label("at")))
        return known_moment(rows[0].at) if rows and rows[0].at else None

    # ------------------------------------------------------------ mail

    def record_sending(self, step: Sending) -> None:
        """Add a step to the ledger; once this returns, it outlives a power cut."""
        row = {
            "list_id": step.list_id,
            "edition": step.edition,
            "state": step.state.value,
            "at": stamp(step.at),
            "message_id": step.message_id,
            "detail": step.detail,
        }
        with self.transaction():
            self._connection.execute(ledger_sendings.insert(), row)

    def sending(self, list_id: str, edition: str) -> Sending | None:
        """Give the last step in the sending of an edition to a list."""
        mine = (ledger_sendings.c.list_id == list_id) & (ledger_sendings.c.edition == edition)
        steps = self._steps(select(ledger_sendings).where(mine).order_by(ledger_sendings.c.number.desc()).limit(1))
        return steps[0] if steps else None

    def sendings(self) -> tuple[Sending, ...]:
        """Read all steps, in the order in which they were taken."""
        return self._steps(select(ledger_sendings).order_by(ledger_sendings.c.number))

    def _steps(self, query: Select[tuple[str, ...]]) -> tuple[Sending, ...]:
        return tuple(
            Sending(
                row.list_id,
                row.edition,
                _state(row.state),
                known_moment(row.at),
                row.message_id,
                row.detail,
            )
            for row in self._rows(query)
        )


def _state(said: str) -> SendingState:
    try:
        return SendingState(said)
    except ValueError as error:
        raise DamagedError(
            f"the ledger holds a sending that is neither begun nor done ({said!r:.40}): restore a backup"
        ) from error
