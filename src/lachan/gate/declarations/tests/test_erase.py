"""A granted deletion takes away what only this declaration caused, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lachan.gate.declarations.models import DataRequest, Declaration, Entry, FollowUp, FollowUpNote
from lachan.gate.declarations.services import follow_up, requests
from lachan.gate.declarations.services.erase import Erasure
from lachan.gate.declarations.tests import small
from lachan.registry.audit import sealing
from lachan.registry.people import selectors as people
from lachan.registry.people.models import Alias, Identifier, NameKey, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(officer: Callable[..., Any]) -> Any:
    return officer("tram", "commune_health_worker", small.HOA)


def grant(entry: Entry, by: Any, now: datetime) -> Erasure | None:
    asked = requests.ask(DataRequest.Kind.DELETE, entry, "Xin xóa số 0905123456", now=now)
    return requests.decide(asked, DataRequest.Status.DONE, "Đã xóa", by=by, now=now)


def test_who_declared_once_is_forgotten(worker: Any, now: datetime) -> None:
    entry = small.declared(now, sick=True)
    small.work(now)
    row = FollowUp.objects.get()
    follow_up.note(row.pk, "called", "gọi chị Hoa, sốt hai ngày", by=worker, now=now)
    follow_up.note(row.pk, "closed", "đã khỏi", by=worker, now=now)
    done = grant(entry, worker, now)
    assert done == Erasure("erased", 2)
    for table in (Person, Identifier, NameKey, Alias):
        assert not table.objects.exists()
    assert {note.text for note in FollowUpNote.objects.all()} == {""}
    assert [note.status for note in FollowUpNote.objects.order_by("id")] == ["called", "closed"]
    assert DataRequest.objects.get().text == "" and DataRequest.objects.get().answer == "Đã xóa"
    assert not people.search(worker.scope("people.view", now), "Hoa")
    assert Declaration.objects.filter(pk=entry.declaration).exists()  # append-only, and opened by nobody
    [event] = small.events("declaration.erased", entry.declaration)
    assert '"person":"erased"' in event.data
    assert small.events("person.erased")
    sealing.seal_all(now)
    assert sealing.verify(now).ok


def test_who_declared_twice_keeps_the_record(worker: Any, now: datetime) -> None:
    first, second = small.declared(now), small.declared(now)
    small.work(now)
    assert grant(first, worker, now) == Erasure("kept", 0)
    assert Person.objects.get().name == "Nguyễn Thị Hoa"
    assert grant(second, worker, now) == Erasure("erased", 0)  # the first no longer speaks of her
    assert not Person.objects.exists()


def test_another_of_the_same_name_is_not_touched(worker: Any, now: datetime) -> None:
    entry = small.declared(now, national_id="056190000001")
    other = small.declared(now, national_id="056190000002", phone="0905999999")
    small.work(now)
    grant(entry, worker, now)
    [left] = Person.objects.all()
    assert Alias.objects.get(person=left).alias == other.alias
    assert NameKey.objects.filter(person=left.pk).exists()


def test_what_is_erased_before_the_worker_came_makes_no_record(worker: Any, now: datetime) -> None:
    entry = small.declared(now, sick=True)
    assert grant(entry, worker, now) == Erasure("none", 0)
    small.work(now)
    assert not Person.objects.exists() and not FollowUp.objects.exists()


def test_declaring_again_does_not_lead_back_to_what_was_erased(worker: Any, now: datetime) -> None:
    entry = small.declared(now)
    small.work(now)
    grant(entry, worker, now)
    again = small.declared(now)
    small.work(now)
    entry.refresh_from_db()
    assert again.alias != entry.alias
    assert Person.objects.count() == 1


def test_nothing_is_written_of_the_erased_and_nothing_reopened(worker: Any, now: datetime) -> None:
    entry = small.declared(now, sick=True)
    small.work(now)
    row = FollowUp.objects.get()
    follow_up.note(row.pk, "called", "", by=worker, now=now)
    grant(entry, worker, now)
    for refused in (
        lambda: follow_up.undo(row.pk, by=worker, now=now),
        lambda: follow_up.note(row.pk, "called", "chị Hoa", by=worker, now=now),
    ):
        with pytest.raises(follow_up.FollowUpRefused, match="follow_up_erased"):
            refused()
    row.refresh_from_db()
    assert not row.open and row.status == FollowUp.Status.CLOSED


def test_the_page_says_what_went_and_what_stays(at: Any, worker: Any, now: datetime) -> None:
    entry = small.declared(now, sick=True)
    small.declared(now)
    small.work(now)
    asked = requests.ask(DataRequest.Kind.DELETE, entry, "", now=now)
    address = f"/cb/yeu-cau/{asked.pk}/"
    client = at(worker)
    assert "tờ khai khác" in client.get(address).content.decode()
    page = client.post(address, {"status": "done", "answer": "Đã xóa"}, follow=True).content.decode()
    assert "Hồ sơ của người này còn" in page
    detail = client.get(f"/cb/to-khai/{entry.pk}/").content.decode()
    assert 'data-testid="undo"' not in detail and "Ghi lại" not in detail
