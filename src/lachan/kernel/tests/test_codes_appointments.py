"""The code of a booked hour: what it says and doesn't, when it counts, and that nobody can write one for themselves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import (
    Appointment,
    Booking,
    SigningKey,
    TrustEntry,
    TrustList,
    issue_appointment,
    read,
)
from lachan.kernel.errors import InvalidInput
from lachan.kernel.reading import kind_of

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = SigningKey.derive(b"issuer")
TRUST = TrustList((TrustEntry(KEY.public),), AT - HOUR, AT + timedelta(days=7))
BOOKING = Booking(
    UUID(int=1), UUID(int=2), UUID(int=3), "Trung tâm Y tế Nha Trang", "56/568/22327/", AT, AT + HOUR
)


def test_it_says_who_where_and_when_and_fits_a_small_code() -> None:
    text = issue_appointment(BOOKING, KEY)
    found = read(text, TRUST, FixedClock(AT))
    assert (found.kind, found.status, kind_of(text)) == ("appointment", "valid", "appointment")
    assert found.claims == Appointment(
        BOOKING.id.bytes, BOOKING.person.bytes, BOOKING.place, BOOKING.name, BOOKING.unit, AT, AT + HOUR,
        AT - 12 * HOUR, AT + 13 * HOUR,
    )  # fmt: skip
    assert len(text) < 400  # a code of version 12 at most


@pytest.mark.parametrize(
    ("after", "stands"),
    [(-12 * HOUR, "before"), (timedelta(seconds=-1), "before"), (0 * HOUR, "now"), (HOUR, "after"), (12 * HOUR, "after")],
)  # fmt: skip
def test_where_a_moment_stands_to_the_hour(after: timedelta, stands: str) -> None:
    found = read(issue_appointment(BOOKING, KEY), TRUST, FixedClock(AT + after))
    assert isinstance(found.claims, Appointment) and found.claims.stands(AT + after) == stands


@pytest.mark.parametrize(
    ("after", "code"),
    [(-12 * HOUR - timedelta(seconds=61), "code_not_yet_valid"), (13 * HOUR, "code_expired")],
)
def test_it_counts_on_its_day_alone(after: timedelta, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        read(issue_appointment(BOOKING, KEY), TRUST, FixedClock(AT + after))


def test_hours_out_of_order_are_refused() -> None:
    late = Booking(BOOKING.id, BOOKING.person, BOOKING.place, "Trạm", "56/", AT, AT)
    with pytest.raises(InvalidInput, match="code_claims"):
        issue_appointment(late, KEY)


def test_a_strangers_is_nobodys() -> None:
    with pytest.raises(InvalidInput, match="code_key_unknown"):
        read(issue_appointment(BOOKING, SigningKey.derive(b"stranger")), TRUST, FixedClock(AT))
