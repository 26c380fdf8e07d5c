"""What is past its term goes, what isn't stays, and each step leaves an event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from lachan.base.models import PeriodKey
from lachan.gate.declarations.models import Declaration, Entry, FollowUp, FollowUpNote, OneTimeCode
from lachan.gate.declarations.selectors.open import open_entry
from lachan.gate.declarations.selectors.payload import opened
from lachan.gate.declarations.services import follow_up, one_time_code, retention
from lachan.gate.declarations.tests import small
from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.messaging.models import Message
from lachan.registry.audit import sealing
from lachan.registry.people.models import Alias, Identifier, Merge, NameKey, Person
from lachan.registry.people.services import merge
from lachan.registry.places.models import PlaceImport

pytestmark = pytest.mark.django_db
SINCE = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _province() -> None:
    small.units(SINCE.date())
    small.places(SINCE)


def later(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def test_every_kind_of_the_policy_is_seen_to() -> None:
    for entry in policies.load("retention"):
        spoken_for = set(retention.STEPS) | retention.KEPT_WHOLE | retention.NOT_STORED | retention.ELSEWHERE
        assert set(entry["kinds"]) == spoken_for


def test_the_term_is_that_of_the_day() -> None:
    assert retention.days(datetime(2021, 7, 22, tzinfo=UTC))["declarations"] == 180
    assert retention.days(datetime(2024, 7, 22, tzinfo=UTC))["declarations"] == 90


def test_a_month_is_closed_only_when_its_last_day_is_past_the_term(now: datetime) -> None:
    entry = small.declared(now)  # 22 July; the month ends on 1 August, UTC
    declaration = Declaration.objects.get(pk=entry.declaration)
    kept = later(datetime(2021, 8, 1, tzinfo=UTC), 180)
    assert retention.purge(kept - timedelta(seconds=1))["declarations"] == 0
    assert opened(declaration, now)["record"]["name"] == "Nguyễn Thị Hoa"
    assert retention.purge(kept)["declarations"] == 1
    with pytest.raises(InvalidInput, match="period_purged"):
        opened(declaration, kept)
    assert not PeriodKey.objects.filter(period="2021-07").exists()
    assert retention.unreadable(declaration)
    assert Declaration.objects.filter(pk=declaration.pk).exists()  # append-only: the row itself stays


def test_opening_does_not_make_the_key_anew(now: datetime) -> None:
    entry = small.declared(now)
    after = later(now, 400)
    retention.purge(after)
    with pytest.raises(InvalidInput):
        opened(Declaration.objects.get(pk=entry.declaration), after)
    assert not PeriodKey.objects.filter(period="2021-07").exists()


def test_the_list_forgets_after_90_days_but_not_what_is_open(now: datetime) -> None:
    done = small.declared(now, "Trần Văn An")
    flagged = small.declared(now, "Lê Thị Bình", sick=True)
    small.work(now)
    assert FollowUp.objects.filter(declaration=flagged.declaration, open=True).exists()
    retention.purge(later(now, 89))
    assert Entry.objects.count() == 2
    counts = retention.purge(later(now, 91))
    assert counts["listing"] == 1
    assert not Entry.objects.filter(pk=done.pk).exists()
    assert Entry.objects.filter(pk=flagged.pk).exists()


def test_pages_of_a_declaration_past_its_term_still_open(now: datetime) -> None:
    officer = small.officer("binh", "commune_health_worker", small.HOA, SINCE)
    entry = small.declared(now, sick=True)
    small.work(now)
    after = later(now, 400)
    retention.purge(after)
    scope = officer.scope("declarations.view", after)
    found = open_entry(officer, scope, entry.pk, after)
    assert found and found.entry == entry and found.payload is None


def test_a_person_goes_with_the_month_of_the_last_declaration(now: datetime) -> None:
    small.declared(now)
    small.work(now)
    august = later(now, 20)
    small.declared(august)  # the same person again, so that her record lasts a month longer
    small.work(august)
    small.declared(now, "Lê Văn Cường", national_id="056090004321")
    small.work(august)
    assert retention.purge(datetime(2021, 8, 1, tzinfo=UTC) + timedelta(days=180))["people"] == 1
    [left] = Person.objects.all()
    assert left.name == "Nguyễn Thị Hoa" and left.identifiers.exists()
    end = datetime(2021, 9, 1, tzinfo=UTC) + timedelta(days=180)
    assert retention.purge(end - timedelta(seconds=1))["people"] == 0
    assert retention.purge(end)["people"] == 1
    for table in (Person, Identifier, NameKey, Alias):
        assert not table.objects.exists()
    sealing.seal_all(end)
    assert sealing.verify(end).ok


def test_a_person_whom_the_list_still_names_stays(now: datetime) -> None:
    small.declared(now, sick=True)  # her follow-up stands open, so her line in the list stays
    small.work(now)
    end = later(now, 400)
    assert retention.purge(end)["people"] == 0
    FollowUp.objects.update(open=False)
    assert retention.purge(end)["people"] == 1
    assert not Person.objects.exists()


def test_records_that_were_joined_go_together(now: datetime) -> None:
    officer = small.officer("an", "commune_health_worker", small.HOA, SINCE)
    small.declared(now)
    small.declared(now, national_id="225123456")  # the old id of nine digits
    small.work(now)
    one, two = Person.objects.order_by("id")
    merge(one, two, reason="cùng một người", by=officer, now=now)
    assert retention.purge(later(now, 400))["people"] == 1
    assert not Person.objects.exists() and not Merge.objects.exists()


def test_notes_lose_their_words_once_the_work_is_closed(now: datetime) -> None:
    officer = small.officer("an", "commune_health_worker", small.HOA, SINCE)
    small.declared(now, sick=True)
    small.work(now)
    row = FollowUp.objects.get()
    follow_up.note(row.pk, FollowUp.Status.CALLED, "sốt hai ngày", by=officer, now=now)
    retention.purge(later(now, 181))
    assert FollowUpNote.objects.get().text == "sốt hai ngày"
    FollowUp.objects.update(open=False)
    assert retention.purge(later(now, 182))["follow_up"] == 1
    note = FollowUpNote.objects.get()
    assert note.text == "" and note.status == FollowUp.Status.CALLED


def test_codes_and_the_messages_that_carried_them(now: datetime) -> None:
    one_time_code.send("+84905123456", "lookup", now=now)
    assert retention.purge(now)["otp"] == 0
    assert retention.purge(later(now, 2))["otp"] == 1
    assert not OneTimeCode.objects.exists() and not Message.objects.exists()


def test_ended_sessions(now: datetime) -> None:
    Session.objects.create(session_key="a", session_data="x", expire_date=later(now, -15))
    Session.objects.create(session_key="b", session_data="x", expire_date=later(now, 1))
    assert retention.purge(now)["sessions"] == 1
    assert Session.objects.get().session_key == "b"


def test_reports_of_imports_and_uploads_that_nobody_applied(now: datetime) -> None:
    """Both hold phones of owners."""

    def uploaded(at: datetime) -> PlaceImport:
        return PlaceImport.objects.create(
            filename="a.xlsx", content=b"x", report="{}", made_by=uuid7(), made_at=at
        )

    old, waiting, fresh = uploaded(later(now, -31)), uploaded(later(now, -2)), uploaded(now)
    applied = uploaded(later(now, -29))
    PlaceImport.objects.filter(pk=applied.pk).update(applied_at=now, content=None)
    assert retention.purge(now, dry_run=True)["imports"] == 1
    assert retention.purge(now)["imports"] == 1
    kept = dict(PlaceImport.objects.values_list("pk", "content"))
    assert kept == {waiting.pk: None, fresh.pk: b"x", applied.pk: None} and old.pk not in kept
    told = "".join(event.data for event in small.events(retention.PURGED))
    assert "imports" in told and "uploads" in told


def test_a_dry_run_counts_and_changes_nothing(now: datetime) -> None:
    small.declared(now)
    after = later(now, 400)
    before = (Entry.objects.count(), PeriodKey.objects.count(), len(small.events(retention.PURGED)))
    counts = retention.purge(after, dry_run=True)
    assert counts["listing"] == 1 and counts["declarations"] == 1
    assert before == (Entry.objects.count(), PeriodKey.objects.count(), 0)
    assert not small.events(retention.RUN)


def test_batches_and_events(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for name in ("Một", "Hai", "Ba", "Bốn", "Năm"):
        small.declared(now, f"Trần Thị {name}")
    after = later(now, 100)
    assert retention.purge(after)["listing"] == 5
    rows = [event.data for event in small.events(retention.PURGED) if "listing" in event.data]
    assert len(rows) == 3
    assert len(small.events(retention.RUN)) == 1
    sealing.seal_all(after)
    assert sealing.verify(after).ok
    assert retention.purge(after)["listing"] == 0
