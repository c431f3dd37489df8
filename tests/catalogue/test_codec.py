"""Records ↔ JSON: lossless, compact, canonical."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observatory.catalogue import codec
from observatory.model import Entry, EntryKind, Finding, Item, PartialDate, Status, Work

MOMENTS = st.datetimes(timezones=st.just(UTC))
DATES = st.builds(PartialDate, st.integers(1, 9999), st.integers(0, 12), st.just(0)) | st.dates().map(PartialDate.of)
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(PartialDate, DATES)
st.register_type_strategy(float, st.floats(allow_nan=False))


@pytest.mark.parametrize("kind", [Work, Finding, Item, Entry])
def test_every_record_reads_back_as_it_was(kind: type[Any]) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a record of many fields, on a busy machine
    @given(st.from_type(kind))
    def round_trip(record: Any) -> None:
        text = codec.dumps(record)
        assert codec.loads(kind, text) == record
        assert codec.dumps(codec.loads(kind, text)) == text

    round_trip()


def test_defaults_are_left_out() -> None:
    assert codec.dumps(Work(title="Σ", kind=EntryKind.POLICY, date=PartialDate(2022, 6))) == (
        '{"title":"Σ","kind":"policy","date":"2022-06"}'
    )
    assert codec.dumps(Work()) == "{}"


def test_false_is_not_absent() -> None:
    assert codec.loads(Work, codec.dumps(Work(official=False))).official is False
    assert codec.loads(Work, codec.dumps(Work())).official is None


def test_moments_are_written_in_utc() -> None:
    at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    entry = Entry(
        id="a",
        work=Work(),
        status=Status.GONE,
        first_seen=at,
        listed=None,
        announced=False,
        provenances=(),
        reasons=(),
    )
    data = json.loads(codec.dumps(entry))
    assert data["first_seen"] == "2026-11-23T06:00:00Z"
    assert data["listed"] is None  # it has no default, so it is always said


@pytest.mark.parametrize("text", ['{"titel":"x"}', '{"kind":"poem"}', '{"date":"2022-13"}', "[1]", "{"])
def test_what_is_no_such_record_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        codec.loads(Work, text)


def test_types_without_a_codec_are_refused() -> None:
    with pytest.raises(TypeError, match="no codec"):
        codec.dumps(1 + 2j)
