"""The supervisor's pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from lachan.gate.checkpoints.models import Device, EnrolCode, Shift
from lachan.gate.checkpoints.selectors import devices, shifts
from lachan.gate.checkpoints.services import enrol
from lachan.gate.checkpoints.services.shifts import InvalidInput, close_shift, open_shift
from lachan.gate.checkpoints.tests.phones import Phone, from_b64url
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.registry.places.models import Place

HOUR = timedelta(hours=1)


def device(shift: Shift, now: datetime, name: str = "Máy 1", **other: Any) -> Device:
    row = {
        "place": shift.place, "unit": shift.unit, "shift": shift.pk, "name": name, "public_key": bytes(64),
        "enrolled_at": now, "enrolled_by": shift.made_by, "last_seen_at": now, "bundle": "abcdef0123", "bundle_at": now,
        **other,
    }  # fmt: skip
    return Device.objects.create(**row)


def form(place: str = small.GATE, **other: Any) -> dict[str, Any]:
    return {
        "place": place,
        "name": "Ca sáng",
        "starts_at": "2021-07-22T08:00",
        "ends_at": "2021-07-22T16:00",
        **other,
    }


def test_a_shift_is_opened_and_its_page_shows_a_code_at_once(at: Any, chief: Any, gate: Place) -> None:
    client = at(chief)
    answer = client.post("/cb/chot/ca/moi/", form())
    shift = Shift.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/cb/chot/ca/{shift.pk}/"
    assert shift.place == gate.pk and shift.unit == gate.unit and shift.made_by == chief.pk
    assert shift.starts_at.isoformat() == "2021-07-22T01:00:00+00:00"
    assert small.events("shift.opened", shift.pk)
    first, second = (client.get(answer["Location"]).content.decode() for _ in range(2))
    assert 'hx-trigger="submit, load"' in first and 'hx-trigger="submit"' in second
    assert not EnrolCode.objects.exists()  # looking makes no code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": "Không có"}, "place"),
        ({"place": small.MARKET}, "place"),  # another district's
        ({"place": "a\x00b"}, "place"),
        ({"name": ""}, "name"),
        ({"ends_at": "2021-07-22T07:00"}, "ends_at"),
        ({"ends_at": "2021-07-24T16:00"}, "ends_at"),
        ({"starts_at": "2021-07-20T08:00", "ends_at": "2021-07-20T16:00"}, "ends_at"),
        ({"starts_at": "2022-07-20T08:00", "ends_at": "2022-07-20T16:00"}, "starts_at"),
        ({"starts_at": "hôm nay"}, "starts_at"),
    ],
)
def test_what_is_wrong_with_a_shift_is_said_beside_its_field(
    at: Any, chief: Any, gate: Place, change: dict[str, Any], field: str
) -> None:
    answer = at(chief).post("/cb/chot/ca/moi/", form(**change))
    assert answer.status_code == 422 and not Shift.objects.exists()
    assert f'id="id_{field}-error"' in answer.content.decode()


def test_a_place_is_found_by_name_without_accents(at: Any, chief: Any, gate: Place) -> None:
    assert at(chief).post("/cb/chot/ca/moi/", form("ro tuong")).status_code == 302


def test_no_shift_at_a_closed_place(chief: Any, gate: Place, now: datetime) -> None:
    gate.status = Place.Status.CLOSED
    with pytest.raises(InvalidInput, match="shift_place_closed"):
        open_shift(gate, "Ca", now, now + HOUR, by=chief, now=now)


def test_the_code_on_the_page_enrols_a_phone(at: Any, chief: Any, shift: Shift, now: datetime) -> None:
    client = at(chief)
    page = client.post(f"/cb/chot/ca/{shift.pk}/ma/")
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    text = page.content.decode()
    assert "<svg" in text and "LCE1" not in text  # the code stands in the drawing alone
    code = EnrolCode.objects.get()
    state = client.get(f"/cb/chot/ca/{shift.pk}/ma/{code.pk}/").content.decode()
    assert "15:00" in state
    address = page.context["address"]
    one = Phone(client)
    answer = one.post("/api/edge/enrol", one.claim(from_b64url(re.split(r"LCE1:|\.", address)[-2])))
    assert answer.status_code == 201
    over = client.get(f"/cb/chot/ca/{shift.pk}/ma/{code.pk}/")
    assert "Máy 1" in over.content.decode() and over["HX-Retarget"] == "#enrol"


def test_a_code_runs_down_and_can_be_taken_back(at: Any, chief: Any, shift: Shift, clock: Any) -> None:
    client = at(chief)
    client.post(f"/cb/chot/ca/{shift.pk}/ma/", HTTP_HX_REQUEST="true")
    code = EnrolCode.objects.get()
    clock.advance(timedelta(minutes=5, seconds=25))
    assert "9:35" in client.get(f"/cb/chot/ca/{shift.pk}/ma/{code.pk}/").content.decode()
    client.post(f"/cb/chot/ca/{shift.pk}/ma/{code.pk}/bo/")
    code.refresh_from_db()
    assert code.withdrawn_at == clock.now() and small.events("enrol_code.withdrawn", shift.pk)
    assert client.get(f"/cb/chot/ca/{shift.pk}/ma/{uuid4()}/").status_code == 404


def test_no_code_once_the_shift_is_over(at: Any, chief: Any, shift: Shift, now: datetime) -> None:
    client = at(chief)
    client.post(f"/cb/chot/ca/{shift.pk}/dong/")
    shift.refresh_from_db()
    assert shift.closed_at == now and shift.closed_by == chief.pk and small.events("shift.closed", shift.pk)
    answer = client.post(f"/cb/chot/ca/{shift.pk}/ma/", HTTP_HX_REQUEST="true")
    assert answer.status_code == 204 and answer["HX-Refresh"] == "true" and not EnrolCode.objects.exists()
    assert 'data-testid="enrol"' not in client.get(f"/cb/chot/ca/{shift.pk}/").content.decode()
    assert not close_shift(shift, by=chief, now=now)


def test_who_only_looks_can_change_nothing(at: Any, officer: Any, shift: Shift, now: datetime) -> None:
    client = at(officer("chot", "checkpoint_officer", small.CAM))
    page = client.get(f"/cb/chot/ca/{shift.pk}/").content.decode()
    assert 'data-testid="enrol"' not in page and "/dong/" not in page
    row = device(shift, now)
    assert "/thu-hoi/" not in client.get(f"/cb/chot/thiet-bi/{row.pk}/").content.decode()
    for path in (f"ca/{shift.pk}/ma/", f"ca/{shift.pk}/dong/", f"thiet-bi/{row.pk}/thu-hoi/"):
        assert client.post(f"/cb/chot/{path}", {"reason": "x"}).status_code == 403
    assert "/ca/moi/" not in client.get("/cb/chot/").content.decode()


def test_another_districts_gates_are_not_found(at: Any, officer: Any, shift: Shift, now: datetime) -> None:
    row = device(shift, now)
    client = at(officer("khac", "district_officer", small.TOWN))
    for path in (f"ca/{shift.pk}/", f"ca/{shift.pk}/thiet-bi/", f"thiet-bi/{row.pk}/"):
        assert client.get(f"/cb/chot/{path}").status_code == 404
    for path in (f"ca/{shift.pk}/ma/", f"ca/{shift.pk}/dong/", f"thiet-bi/{row.pk}/thu-hoi/"):
        assert client.post(f"/cb/chot/{path}", {"reason": "x"}).status_code == 404
    assert str(shift.pk) not in client.get("/cb/chot/").content.decode()
    assert str(row.pk) not in client.get("/cb/chot/thiet-bi/").content.decode()
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_device_is_revoked_on_its_page(at: Any, chief: Any, shift: Shift, now: datetime) -> None:
    row, client = device(shift, now), at(chief)
    refused = client.post(f"/cb/chot/thiet-bi/{row.pk}/thu-hoi/", {"reason": ""})
    assert refused.status_code == 422 and "id_reason-error" in refused.content.decode()
    client.post(f"/cb/chot/thiet-bi/{row.pk}/thu-hoi/", {"reason": "Mất máy, số 0905123456"})
    row.refresh_from_db()
    assert row.revoked_at == now and row.revoked_by == chief.pk
    [event] = small.events("device.revoked", row.pk)
    assert "0905123456" not in event.data
    assert "Mất máy" in client.get(f"/cb/chot/thiet-bi/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("other", "state"),
    [
        ({}, "well"),
        ({"waiting": 3}, "waiting"),
        ({"bundle_at": None}, "stale"),
        ({"silent_for": 31}, "silent"),
    ],
)
def test_what_is_the_matter_with_a_device(
    shift: Shift, now: datetime, other: dict[str, Any], state: str
) -> None:
    other = dict(other)
    if minutes := other.pop("silent_for", 0):
        other["last_seen_at"] = now - timedelta(minutes=minutes)
    [row] = devices.rows_of(Device.objects.filter(pk=device(shift, now, **other).pk), now)
    assert row.state == state


def test_a_revoked_or_resting_device_is_not_called_silent(shift: Shift, now: datetime) -> None:
    row = device(shift, now)
    later = shift.ends_at + HOUR
    assert devices.rows_of(Device.objects.all(), later)[0].state == "resting"
    Device.objects.filter(pk=row.pk).update(revoked_at=now)
    assert devices.rows_of(Device.objects.all(), now + 3 * HOUR)[0].state == "revoked"


def test_devices_that_need_a_look_stand_first(at: Any, chief: Any, shift: Shift, now: datetime) -> None:
    device(shift, now, "Tốt")
    device(shift, now, "Im", last_seen_at=now - HOUR)
    device(shift, now, "Chờ", waiting=9)
    device(shift, now, "Bỏ", revoked_at=now)
    client = at(chief)
    shown = [row.device.name for row in client.get("/cb/chot/thiet-bi/").context["rows"]]
    assert shown == ["Im", "Chờ", "Tốt", "Bỏ"]
    named = [row.device.name for row in client.get("/cb/chot/thiet-bi/?sort=name").context["rows"]]
    assert named == sorted(named, key=str.casefold)
    one = client.get("/cb/chot/thiet-bi/?tinh_trang=silent").context["rows"]
    assert [row.device.name for row in one] == ["Im"]
    assert not client.get("/cb/chot/thiet-bi/?q=zzz").context["rows"]
    assert len(client.get(f"/cb/chot/thiet-bi/?q={small.GATE}").context["rows"]) == 4


def test_the_list_judges_devices_as_a_devices_own_page_does(
    shift: Shift, gate: Place, chief: Any, now: datetime
) -> None:
    over = open_shift(gate, "Ca cũ", now - 9 * HOUR, now - HOUR, by=chief, now=now - 9 * HOUR)
    for of in (shift, over):
        for seen in (now, now - 5 * HOUR):
            for bundle in (None, now, now - 100 * HOUR):
                for waiting in (0, 3):
                    for revoked in (None, now):
                        device(
                            of, now, last_seen_at=seen, bundle_at=bundle, waiting=waiting, revoked_at=revoked
                        )
    told = {row.pk: devices.STATES[row.worry] for row in devices.judged(Device.objects.all(), now)}  # type: ignore[attr-defined]
    assert {row.device.pk: row.state for row in devices.rows_of(Device.objects.all(), now)} == told
    assert set(told.values()) == set(devices.STATES)


def test_lists_of_hundreds_are_paged_counted_and_filtered_whole(
    at: Any, chief: Any, gate: Place, shift: Shift, now: datetime
) -> None:
    for number in range(60):
        open_shift(gate, f"Ca {number:02}", now + HOUR, now + 2 * HOUR, by=chief, now=now)
        device(shift, now, f"Máy {number:02}", waiting=number)
    device(shift, now, "Cũ nhất, im", id=UUID(int=1), last_seen_at=now - 5 * HOUR)
    client = at(chief)
    for path, total, sorts in (
        ("/cb/chot/", 61, ("starts", "ends", "place", "devices")),
        ("/cb/chot/thiet-bi/", 61, ("worry", "name", "seen", "waiting")),
    ):
        for sort in sorts:
            first = client.get(f"{path}?sort={sort}")
            assert first.context["total"] == total and "61 kết quả" in first.content.decode()
            second = client.get(path, {"sort": sort, "cursor": first.context["page"].next})
            ids = [row.pk for page in (first, second) for row in page.context["page"].rows]
            assert len(ids) == len(set(ids)) == total and not second.context["page"].next
    [silent] = client.get("/cb/chot/thiet-bi/?tinh_trang=silent").context["rows"]
    assert silent.device.name == "Cũ nhất, im"
    most = client.get("/cb/chot/thiet-bi/?sort=waiting").context["rows"]
    assert [row.device.waiting for row in most[:3]] == [59, 58, 57]


def test_shifts_are_found_by_place_state_and_code(
    at: Any, chief: Any, gate: Place, shift: Shift, now: datetime
) -> None:
    coming = open_shift(gate, "Ca đêm", now + 9 * HOUR, now + 17 * HOUR, by=chief, now=now)
    client = at(chief)

    def shown(query: str) -> list[str]:
        return [row.shift.name for row, *_ in client.get(f"/cb/chot/?{query}").context["rows"]]

    assert shown("") == [coming.name, shift.name]
    assert shown("tinh_trang=running") == [shift.name] and shown("tinh_trang=coming") == [coming.name]
    assert shown("tinh_trang=over") == [] and shown("q=ro+tuong") == [coming.name, shift.name]
    assert shown(f"q={small.GATE}") == [coming.name, shift.name] and shown("q=%00") == []
    assert shown("q=Ca+%C4%91%C3%AAm") == [coming.name] and shown("sort=ends") == [shift.name, coming.name]
    assert client.get("/cb/chot/").context["counts"] == {"running": 1, "coming": 1, "over": 0}


@pytest.mark.parametrize(
    "query", ["sort=zzz", "tinh_trang=zzz", "don_vi=zzz", "q=" + "a" * 300, "q=%27%22%3C"]
)
def test_a_list_bears_any_query(at: Any, chief: Any, shift: Shift, query: str) -> None:
    for path in ("/cb/chot/", "/cb/chot/thiet-bi/"):
        assert at(chief).get(f"{path}?{query}").status_code == 200


def test_empty_lists_say_what_to_do(at: Any, chief: Any, gate: Place) -> None:
    assert "/cb/chot/ca/moi/" in at(chief).get("/cb/chot/").content.decode()
    assert "/cb/chot/" in at(chief).get("/cb/chot/thiet-bi/").content.decode()


def test_a_shift_is_as_long_as_the_policy_lets_it(chief: Any, gate: Place, now: datetime) -> None:
    longest = EdgeTerms.at(local_day(now)).longest_shift
    made = open_shift(gate, "Ca", now, now + longest, by=chief, now=now)
    assert shifts.state_of(made, now) == "running"
    offered = enrol.offer(made, by=chief, now=made.ends_at - timedelta(minutes=5))
    assert offered.row.expires_at == made.ends_at
