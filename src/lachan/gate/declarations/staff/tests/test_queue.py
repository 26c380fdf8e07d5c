"""The follow-up queue: how it fills, who works it, and every step undone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lachan.base.scope import Scope
from lachan.gate.declarations.consumers.follow_up import queue_flagged
from lachan.gate.declarations.models import AreaLevel, FollowUp, FollowUpNote
from lachan.gate.declarations.selectors import queue
from lachan.gate.declarations.staff.span import words
from lachan.gate.declarations.tests import small
from lachan.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
QUEUE = "/cb/theo-doi/"


@pytest.fixture
def worker(officer):
    return officer("tram", "commune_health_worker", small.HOA)


@pytest.fixture
def flagged(province, now):
    small.declared(now, sick=True, place=small.MARKET)
    small.work(now)
    return FollowUp.objects.get()


def where() -> list[tuple[str, str]]:
    return sorted(FollowUp.objects.values_list("kind", "unit"))


def test_a_flagged_declaration_waits_where_the_person_lives(flagged, now):
    assert where() == [("flagged", small.HOA)]
    assert flagged.due_at == now + timedelta(hours=24)


def test_one_from_another_province_waits_where_she_is(province, now):
    entry = small.declared(now, sick=True, place=small.MARKET)
    type(entry).objects.filter(pk=entry.pk).update(residence="79/760/26734/")
    small.work(now)
    assert where() == [("flagged", small.HAI)]


@pytest.mark.parametrize("level, arrives", [(2, False), (3, True), (4, True)])
def test_an_arrival_from_a_risk_area_waits_at_the_destination(province, now, level, arrives):
    AreaLevel.objects.create(unit=small.OTHER, level=level, document="QĐ 1", valid_from=now)
    small.declared(now, residence=small.CAM, destination=small.HOA)
    small.work(now)
    assert (("arrival", small.HOA) in where()) == arrives


def test_who_has_been_in_a_risk_area_arrives_from_it(province, now):
    AreaLevel.objects.create(unit=small.CAM, level=4, document="QĐ 1", valid_from=now)
    small.declared(now, residence=small.HAI, destination=small.HOA, visited_units=[small.CAM])
    small.work(now)
    assert ("arrival", small.HOA) in where()


def test_who_stays_at_home_does_not_arrive(province, now):
    AreaLevel.objects.create(unit=small.TOWN, level=4, document="QĐ 1", valid_from=now)
    small.declared(now, residence=small.HOA, destination=small.HOA)
    small.work(now)
    assert all(kind == "flagged" for kind, _ in where())


def test_the_worker_may_run_twice(flagged, now):
    from lachan.registry.audit import consumers, store

    rows = store.sealed(0, 100)
    queue_flagged(
        [consumers._event(seq, row) for seq, _, _, row in rows if row.kind == "declaration.received"], now
    )
    assert FollowUp.objects.count() == 1
    assert len(small.events("follow_up.opened")) == 1


def test_the_queue_keeps_to_the_jurisdiction(at, officer, worker, flagged):
    assert "Nguyễn Thị Hoa" in at(worker).get(QUEUE).content.decode()
    other = officer("cam", "commune_health_worker", small.CAM)
    assert "Nguyễn Thị Hoa" not in at(other).get(QUEUE).content.decode()
    for name in ("note", "undo"):
        assert (
            at(other)
            .post(reverse(f"declarations:{name}", args=[flagged.id]), {"status": "called"})
            .status_code
            == 404
        )
    assert at(other).get(reverse("declarations:call", args=[flagged.id])).status_code == 404
    assert not FollowUpNote.objects.exists() and not small.events("declaration.read")


def test_who_may_only_look_records_nothing(at, officer, flagged):
    leader = officer("lanhdao", "province_leader", small.PROVINCE)
    page = at(leader).get(QUEUE).content.decode()
    assert "Nguyễn Thị Hoa" in page and reverse("declarations:note", args=[flagged.id]) not in page
    assert (
        at(leader).post(reverse("declarations:note", args=[flagged.id]), {"status": "called"}).status_code
        == 403
    )


def test_a_note_and_its_undoing_stand_in_the_row(at, worker, flagged):
    client = at(worker)
    htmx = {"HTTP_HX_REQUEST": "true"}
    done = client.post(
        reverse("declarations:note", args=[flagged.id]), {"status": "called", "text": "Hẹn gọi lại"}, **htmx
    )
    row = done.content.decode()
    assert row.lstrip().startswith("<tr") and "Hẹn gọi lại" in row and "Hoàn tác" in row
    assert json.loads(done["HX-Trigger"])["toast"]["level"] == "success"
    flagged.refresh_from_db()
    assert (flagged.status, flagged.assigned_to) == ("called", worker.pk)
    back = client.post(reverse("declarations:undo", args=[flagged.id]), **htmx).content.decode()
    flagged.refresh_from_db()
    assert flagged.status == "waiting" and "Hẹn gọi lại" not in back
    assert [event.kind for event in small.events("follow_up.noted") + small.events("follow_up.undone")] == [
        "follow_up.noted",
        "follow_up.undone",
    ]


def test_undoing_a_note_gives_the_row_back_to_whose_it_was(at, officer, worker, flagged):
    colleague = officer("tram2", "commune_health_worker", small.HOA)
    client, note = at(worker), reverse("declarations:note", args=[flagged.id])
    undo = reverse("declarations:undo", args=[flagged.id])

    def whose():
        flagged.refresh_from_db()
        return flagged.assigned_to

    client.post(note, {"status": "called"})
    assert whose() == worker.pk
    client.post(undo)
    assert whose() is None
    client.post(note, {"status": "called"})
    client.post("/cb/theo-doi/giao/", {"id": [str(flagged.id)], "to": str(colleague.pk)})
    client.post(note, {"status": "advised"})
    client.post(undo)
    assert whose() == colleague.pk
    client.post(undo)  # her first note goes; the row was given away since, and stays so
    assert whose() == colleague.pk


def waiting(now: datetime, result: int, hours: float, unit: str = small.HOA, **more: Any) -> FollowUp:
    """Work that was declared so many hours ago."""
    at = now - timedelta(hours=hours)
    return FollowUp.objects.create(
        declaration=uuid7(), entry=uuid7(), kind="flagged", unit=unit, result=result, created_at=at, updated_at=at,
        due_at=at + timedelta(hours=2 if result == 2 else 24), **more,
    )  # fmt: skip


@pytest.mark.parametrize("narrow", [40, 0])
def test_what_is_most_urgent_leads_and_pages_keep_the_order(province, now, monkeypatch, narrow):
    monkeypatch.setattr(queue, "NARROW", narrow)
    old_attention, stop_new = waiting(now, 1, 90, small.HAI), waiting(now, 2, 1)
    stop_old = waiting(now, 2, 30, small.HAI)
    attention = waiting(now, 1, 2)
    waiting(now, 2, 50, status="closed", open=False)
    waiting(now, 2, 50, small.CAM)
    wanted = [stop_old, stop_new, old_attention, attention]
    found, cursor = [], ""
    while True:
        page = queue.page(Scope((small.TOWN,)), queue.QueueFilters(), now, cursor, size=2)
        found += page.rows
        cursor = page.next
        if not cursor:
            break
    assert [row.id for row in found] == [row.id for row in wanted]
    late = queue.page(Scope((small.TOWN,)), queue.QueueFilters(state="overdue"), now).rows
    assert [row.id for row in late] == [stop_old.id, old_attention.id]
    stops = queue.page(Scope((small.TOWN,)), queue.QueueFilters(result=2), now).rows
    assert [row.id for row in stops] == [stop_old.id, stop_new.id]
    assert queue.page(Scope(), queue.QueueFilters(), now).rows == []


@pytest.mark.parametrize("narrow", [40, 0])
def test_the_order_of_urgency_is_read_from_an_index(province, now, monkeypatch, narrow):
    if connection.vendor != "sqlite":
        pytest.skip("the plan in words of SQLite")
    monkeypatch.setattr(queue, "NARROW", narrow)
    with CaptureQueriesContext(connection) as asked:
        queue.page(Scope((small.TOWN,)), queue.QueueFilters(), now)
    sql = next(one["sql"] for one in asked if "declarations_followup" in one["sql"] and "LIMIT" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "follow_up_unit_urgent" in plan if narrow else "follow_up_urgent" in plan
    assert "TEMP B-TREE" not in plan


def test_the_page_says_its_order_and_how_long_each_waits(at, worker, flagged, clock, now):
    page = at(worker).get(QUEUE).content.decode()
    assert "Khẩn nhất ở trên" in page and "Chờ dưới 1 phút" in page
    clock.set(now + timedelta(hours=27, minutes=20))
    page = at(worker).get(QUEUE).content.decode()
    assert "Chờ 1 ngày 3 giờ" in page and "Quá hạn 3 giờ 20 phút" in page
    assert "Mới nhất ở trên" in at(worker).get(f"{QUEUE}?tinh_trang=all").content.decode()


@pytest.mark.parametrize(
    "span, said",
    [
        ({"seconds": -5}, "dưới 1 phút"),
        ({"seconds": 59}, "dưới 1 phút"),
        ({"minutes": 1}, "1 phút"),
        ({"minutes": 60}, "1 giờ"),
        ({"hours": 3, "minutes": 20}, "3 giờ 20 phút"),
        ({"days": 1}, "1 ngày"),
        ({"days": 2, "hours": 4, "minutes": 59}, "2 ngày 4 giờ"),
    ],
)
def test_a_span_in_two_words(span, said):
    assert words(timedelta(**span)) == said


def test_the_tiles_follow_a_note_at_once(at, worker, flagged):
    client, htmx = at(worker), {"HTTP_HX_REQUEST": "true"}
    note = reverse("declarations:note", args=[flagged.id])
    done = client.post(note, {"status": "closed"}, **htmx)
    assert 'id="queue-tiles" hx-swap-oob="true"' in done.content.decode()
    assert done.context["counts"]["open"] == 0
    back = client.post(reverse("declarations:undo", args=[flagged.id]), **htmx)
    assert back.context["counts"]["open"] == 1
    panel = client.post(note, {"status": "called", "panel": "1"}, **htmx).content.decode()
    assert "queue-tiles" not in panel


def test_who_may_not_open_a_declaration_gets_no_link_to_it(at, officer, worker, flagged):
    assert "/cb/to-khai/" in at(worker).get(f"{QUEUE}?loai=flagged").content.decode().split("data-rows")[1]
    leader = officer("lanhdao", "province_leader", small.PROVINCE)
    page = at(leader).get(QUEUE).content.decode()
    assert "Nguyễn Thị Hoa" in page and "/cb/to-khai/" not in page


def test_nobody_undoes_the_note_of_another(at, officer, worker, flagged):
    at(worker).post(reverse("declarations:note", args=[flagged.id]), {"status": "advised"})
    other = officer("tram2", "commune_health_worker", small.HOA)
    response = at(other).post(reverse("declarations:undo", args=[flagged.id]), HTTP_HX_REQUEST="true")
    assert json.loads(response["HX-Trigger"])["toast"]["level"] == "error"
    flagged.refresh_from_db()
    assert flagged.status == "advised" and not flagged.open


@pytest.mark.parametrize(
    "sent", [{"status": "isolated"}, {"status": ""}, {}, {"status": "called", "text": "a\x00b"}]
)
def test_what_cannot_be_noted_is_said_and_changes_nothing(at, worker, flagged, sent):
    response = at(worker).post(reverse("declarations:note", args=[flagged.id]), sent, HTTP_HX_REQUEST="true")
    assert response.status_code == 200
    assert json.loads(response["HX-Trigger"])["toast"]["level"] == "error"
    assert not FollowUpNote.objects.exists()


def test_without_scripts_one_comes_back_to_where_one_was(at, worker, flagged):
    address = reverse("declarations:note", args=[flagged.id])
    assert (
        at(worker).post(address, {"status": "called", "next": f"{QUEUE}?loai=flagged"}).url
        == f"{QUEUE}?loai=flagged"
    )
    assert at(worker).post(address, {"status": "called", "next": "https://evil.example/"}).url == QUEUE


def test_the_phone_is_shown_on_asking_and_the_read_recorded(at, worker, flagged):
    assert "905123456" not in at(worker).get(QUEUE).content.decode()
    page = (
        at(worker)
        .get(reverse("declarations:call", args=[flagged.id]), HTTP_HX_REQUEST="true")
        .content.decode()
    )
    assert 'href="tel:+84905123456"' in page
    [read] = small.events("declaration.read")
    assert json.loads(read.data) == {"why": "call"} and read.actor == worker.pk


def test_work_is_given_to_colleagues_of_the_jurisdiction_only(at, officer, worker, flagged):
    colleague = officer("tram2", "commune_health_worker", small.HOA)
    stranger = officer("cam", "commune_health_worker", small.CAM)
    client = at(worker)
    client.post("/cb/theo-doi/giao/", {"id": [str(flagged.id), "nonsense"], "to": str(stranger.pk)})
    flagged.refresh_from_db()
    assert flagged.assigned_to is None
    client.post("/cb/theo-doi/giao/", {"id": [str(flagged.id)], "to": str(colleague.pk)})
    flagged.refresh_from_db()
    assert flagged.assigned_to == colleague.pk
    assert small.events("follow_up.assigned", flagged.id)[0].actor == worker.pk
    client.post("/cb/theo-doi/giao/", {"id": [str(flagged.id)], "to": ""})
    flagged.refresh_from_db()
    assert flagged.assigned_to is None


def test_rows_of_others_are_not_given_away(at, officer, flagged):
    other = officer("cam", "commune_health_worker", small.CAM)
    at(other).post("/cb/theo-doi/giao/", {"id": [str(flagged.id)], "to": str(other.pk)})
    flagged.refresh_from_db()
    assert flagged.assigned_to is None


def test_filters_and_overdue(at, worker, flagged, clock, now):
    client = at(worker)
    assert [one.row.id for one in client.get(f"{QUEUE}?loai=flagged").context["rows"]] == [flagged.id]
    assert client.get(f"{QUEUE}?loai=arrival").context["rows"] == []
    assert client.get(f"{QUEUE}?tinh_trang=overdue").context["rows"] == []
    clock.set(now + timedelta(hours=25))
    assert client.get(f"{QUEUE}?tinh_trang=overdue").context["rows"][0].overdue
    assert client.get(f"{QUEUE}?cua_toi=on").context["rows"] == []
    client.post(reverse("declarations:note", args=[flagged.id]), {"status": "closed"})
    assert client.get(QUEUE).context["rows"] == []
    assert len(client.get(f"{QUEUE}?tinh_trang=closed").context["rows"]) == 1
    assert client.get(f"{QUEUE}?tinh_trang=x").status_code == 200
