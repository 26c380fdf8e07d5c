"""The follow-up queue: how it fills, who works it, and every step undone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from lachan.gate.declarations.consumers.follow_up import queue_flagged
from lachan.gate.declarations.models import AreaLevel, FollowUp, FollowUpNote
from lachan.gate.declarations.tests import small

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
