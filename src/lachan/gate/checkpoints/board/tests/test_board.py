"""The board: what is counted, whose it is, what worries most; the search that says why; the file without names."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from lachan.base import keys
from lachan.gate.checkpoints.board import bars, figures, search
from lachan.gate.checkpoints.models import Device, GateResult, PlaceHour, Scan, Shift
from lachan.gate.checkpoints.services.passes import note_passes, serial_of
from lachan.gate.declarations.models import Declaration
from lachan.gate.declarations.tests import small
from lachan.kernel import codes
from lachan.kernel.clock import local_day, ms_at
from lachan.kernel.codes import CardPass, PersonPass, SigningKey
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db
SILENT = timedelta(minutes=30)
CCCD = "056190123456"


@pytest.fixture
def post(province: None, now: datetime) -> Place:
    return Place.objects.order_by("code")[0]


def shift(place: Place, now: datetime, **more: Any) -> Shift:
    values = {"starts_at": now - timedelta(hours=2), "ends_at": now + timedelta(hours=6), **more}
    return Shift.objects.create(
        place=place.pk, unit=place.unit, name="Ca sáng", made_by=uuid7(), made_at=now, **values
    )


def device(of: Shift, now: datetime, **more: Any) -> Device:
    values = {"last_seen_at": now, "waiting": 0, **more}
    return Device.objects.create(
        place=of.place, unit=of.unit, shift=of.pk, name="Máy 1", public_key=bytes(64), enrolled_at=now,
        enrolled_by=uuid7(), **values,
    )  # fmt: skip


def hour(place: Place, at: datetime, **counts: int) -> None:
    PlaceHour.objects.create(
        place=place.pk, unit=place.unit, hour=at.replace(minute=0, second=0, microsecond=0), **counts
    )


def scan(place: Place, at: datetime, **more: Any) -> Scan:
    values = {"how": "cccd", "result": GateResult.PASS, "period": "2021-07", "payload": b"", **more}
    return Scan.objects.create(
        id=uuid7(ms_at(at)), log=uuid7(), seq=1, digest=bytes(32), device=uuid7(), place=place.pk, unit=place.unit,
        occurred_at=at, recorded_at=at, **values,
    )  # fmt: skip


def alias(number: str) -> UUID:
    return UUID(bytes=keys.keyring().alias("person", f"national_id:{number}"))


def scope_of(place: Place) -> Any:
    from lachan.base.scope import Scope

    return Scope((place.unit,))


def test_a_day_adds_up_by_post_and_by_hour(post: Place, now: datetime) -> None:
    hour(post, now, passed=7, held=2, unscanned=11)
    hour(post, now - timedelta(hours=1), advised=3, referred=1)
    (found,) = figures.posts(scope_of(post), local_day(now), now, SILENT)
    assert (found.today.through, found.today.stopped) == (24, 3)
    assert figures.by_hour([found])[figures.hour_now(now)].through == 20
    assert sum(flow.through for flow in found.hours) == figures.total([found]).through == 24


def test_a_silent_device_of_a_running_shift_comes_first(post: Place, now: datetime) -> None:
    other = Place.objects.exclude(pk=post.pk).order_by("code")[0]
    device(shift(post, now), now - timedelta(hours=1), last_seen_at=now - timedelta(minutes=31), waiting=37)
    device(shift(other, now), now)
    hour(other, now, held=9)
    from lachan.base.scope import Scope

    first, second = figures.posts(Scope(("56/",)), local_day(now), now, SILENT)
    assert first.place.pk == post.pk and len(first.silent) == 1 and first.waiting == 37
    assert second.silent == [] and second.on_shift


def test_a_device_of_a_closed_or_ended_shift_is_not_silent(post: Place, now: datetime) -> None:
    old = now - timedelta(hours=3)
    device(shift(post, now, ends_at=now - timedelta(hours=1)), old, last_seen_at=old)
    device(shift(post, now, closed_at=old), old, last_seen_at=old)
    (found,) = figures.posts(scope_of(post), local_day(now), now, SILENT)
    assert found.silent == [] and not found.on_shift and len(found.devices) == 2


def test_hours_bear_their_number_and_stand_on_a_scale() -> None:
    hours = bars.chart([figures.Flow(passed=n, advised=1, held=n // 2, referred=n % 3) for n in range(24)])
    assert [bar.label for bar in hours.drawing.bars if bar.label] == [str(hour) for hour in range(0, 24, 3)]
    assert hours.drawing.most == max(flow.through for flow in hours.flows) <= hours.drawing.top
    assert [part.kind for part in hours.drawing.bars[5].parts] == ["green", "attention", "stop"]
    assert bars.chart([figures.Flow()] * 24).drawing.most == 0


def test_reasons_count_only_those_held_or_referred(post: Place, now: datetime) -> None:
    scan(post, now, result=GateResult.HOLD, reasons="test_old no_paper")
    scan(post, now, result=GateResult.REFER, reasons="test_old")
    scan(post, now, result=GateResult.PASS, reasons="welcome")
    assert figures.reasons(post.pk, local_day(now)) == [("test_old", 2), ("no_paper", 1)]


@pytest.mark.parametrize("text", ["", "   ", "Nguyễn Văn An", "12", "\x00", "x" * 60, "０５６", "-1"])
def test_what_is_no_number_finds_nobody(province: None, text: str) -> None:
    with pytest.raises(InvalidInput, match="search_number"):
        search.wanted(text)


def test_a_person_and_a_vehicle_are_found_inside_the_jurisdiction(post: Place, now: datetime) -> None:
    plate = UUID(bytes=keys.keyring().blind("plate", "79A12345"))
    mine = scan(post, now, alias=alias(CCCD))
    by_car = scan(post, now, plate_index=plate)
    assert [one.pk for one in search.scans(scope_of(post), search.wanted("056 190 123456"), now)] == [mine.pk]
    assert [one.pk for one in search.scans(scope_of(post), search.wanted("79A-123.45"), now)] == [by_car.pk]
    from lachan.base.scope import Scope

    assert not search.scans(Scope(("79/",)), search.wanted(CCCD), now).exists()


def test_the_pages(post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]) -> None:
    client = at(officer("huyen", "district_officer", post.unit))
    hour(post, now, passed=5, held=1)
    scan(post, now, result=GateResult.HOLD, reasons="test_old", alias=alias(CCCD))
    assert post.name in client.get(reverse("checkpoints:board")).content.decode()
    page = client.get(reverse("checkpoints:post", args=[post.pk])).content.decode()
    assert "test_old" in page
    assert client.get(reverse("checkpoints:post", args=[uuid7()])).status_code == 404


def test_a_search_asks_why_and_leaves_its_trace_without_the_number(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    client, url = at(officer("huyen", "district_officer", post.unit)), reverse("checkpoints:find")
    scan(post, now, alias=alias(CCCD))
    client.post(url, {"q": CCCD, "ly_do": ""})
    assert not Event.objects.filter(kind="scan.searched").exists()
    assert post.name in client.post(url, {"q": CCCD, "ly_do": "trace"}).content.decode()
    event = Event.objects.get(kind="scan.searched")
    assert json.loads(event.data) == {"found": 1, "why": "trace"} and event.subject == alias(CCCD)
    assert CCCD not in event.data


def test_everyone_whose_scans_a_search_shows_has_an_event(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    """A family declares with one phone: whoever looks for the phone sees them all."""
    client, url = at(officer("huyen", "district_officer", post.unit)), reverse("checkpoints:find")
    plate = UUID(bytes=keys.keyring().blind("plate", "79A12345"))
    for number in (CCCD, "056190123457", CCCD):
        scan(post, now, alias=alias(number), plate_index=plate)
    scan(post, now, plate_index=plate)
    client.post(url, {"q": "79A-123.45", "ly_do": "incident"})
    told = {
        event.subject: json.loads(event.data)["found"] for event in Event.objects.filter(kind="scan.searched")
    }
    assert told == {alias(CCCD): 2, alias("056190123457"): 1, None: 1}


@pytest.mark.parametrize("written", ["code", "digits", "card"])
def test_a_pass_or_a_card_under_a_reader_finds_its_person(post: Place, now: datetime, written: str) -> None:
    """What was scanned of the code itself, and what the same person showed elsewhere."""
    declaration = Declaration.objects.get(pk=small.declare(now).id)
    note_passes([declaration])
    serial = serial_of(declaration.pk)
    by_code = scan(post, now, serial=declaration.pk if written == "card" else serial)
    elsewhere = scan(post, now, alias=declaration.alias)
    card = CardPass(declaration.pk.bytes, now)
    personal = PersonPass(serial.bytes, "green", now, now + timedelta(days=1))
    text = {
        "code": codes.issue(personal, SigningKey.generate()),  # searched for, not believed
        "digits": serial.hex.upper(),
        "card": codes.issue(card, SigningKey.generate()),
    }[written]
    found = search.scans(scope_of(post), search.wanted(text + "\n"), now)
    assert {one.pk for one in found} == {by_code.pk, elsewhere.pk}


def test_the_file_of_a_day_has_no_name_and_no_number(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    client = at(officer("huyen", "district_officer", post.unit))
    scan(post, now, alias=alias(CCCD), temperature="36.6", count=3)
    answer = client.get(reverse("checkpoints:export_csv"))
    text = b"".join(answer.streaming_content).decode()
    assert len(text.strip().splitlines()) == 2 and post.name in text and CCCD not in text
    assert json.loads(Event.objects.get(kind="scan.exported").data)["rows"] == 1


def lines(client: Any, url: str, **query: Any) -> list[UUID]:
    return [one[0].pk for one in client.get(url, query).context["rows"]]


def test_the_scans_behind_a_number_are_listed_counted_and_paged_without_names(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    other = Place.objects.exclude(pk=post.pk).order_by("code")[0]
    client, url = at(officer("huyen", "district_officer", "56/")), reverse("checkpoints:scans")
    many = [scan(post, now - timedelta(minutes=number), alias=alias(CCCD)) for number in range(60)]
    held = scan(other, now, result=GateResult.HOLD, reasons="not_declared", outcome="turned_back")
    rush = scan(other, now, result=GateResult.ADVISE, how="count", count=40)
    yesterday = scan(post, now - timedelta(days=1), result=GateResult.REFER)
    page = client.get(url)
    assert page.context["total"] == 62 and len(page.context["rows"]) == 50
    assert len(client.get(url, {"cursor": page.context["page"].next}).context["rows"]) == 12
    assert {many[59].pk, held.pk}.isdisjoint(lines(client, url, kq="0", diem=other.code))
    assert lines(client, url, kq="stopped") == [held.pk] == lines(client, url, xu_ly="turned_back")
    assert lines(client, url, kq="unscanned") == [rush.pk] and lines(client, url, kq="1") == []
    assert lines(client, url, ngay=f"{local_day(now) - timedelta(days=1)}") == [yesterday.pk]
    text = client.get(url, {"kq": "stopped"}).content.decode()
    assert "Chưa khai báo y tế" in text and other.name in text and CCCD not in text
    for wrong in ({"diem": "không có"}, {"diem": "\x00"}, {"don_vi": "79/"}, {"kq": "9"}, {"ngay": "x"}):
        assert lines(client, url, **wrong) == []
    assert lines(at(officer("khac", "district_officer", "79/")), url) == []


def test_the_boards_numbers_lead_to_their_scans(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    client = at(officer("huyen", "district_officer", "56/"))
    hour(post, now, passed=5, held=1)
    board = client.get(reverse("checkpoints:board")).content.decode()
    one = client.get(reverse("checkpoints:post", args=[post.pk])).content.decode()
    day = local_day(now)
    assert f"/cb/chot/luot/?ngay={day}&amp;kq=2" in board
    assert f"/cb/chot/luot/?ngay={day}&amp;diem={post.code}&amp;kq=3" in one


def test_a_search_goes_on_to_its_next_page_and_each_page_has_its_event(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    client, url = at(officer("huyen", "district_officer", post.unit)), reverse("checkpoints:find")
    for number in range(51):
        scan(post, now - timedelta(minutes=number), alias=alias(CCCD))
    asked = {"q": CCCD, "ly_do": "trace"}
    first = client.post(url, asked)
    assert first.context["total"] == 51 and len(first.context["page"].rows) == 50
    second = client.post(url, {**asked, "cursor": first.context["page"].next})
    assert len(second.context["page"].rows) == 1 and not second.context["page"].next
    events = Event.objects.filter(kind="scan.searched").order_by("id")
    assert [json.loads(event.data)["found"] for event in events] == [50, 1]


def test_a_role_without_the_right_sees_nothing(
    post: Place, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    client = at(officer("nhap", "data_entry", post.unit))
    for name in ("board", "scans", "find", "export_xlsx", "export_csv"):
        assert client.get(reverse(f"checkpoints:{name}")).status_code == 403


def test_a_rule_speaks_in_the_readers_words_and_an_old_one_by_its_id(now: datetime) -> None:
    from django.utils.translation import override

    from lachan.gate.checkpoints.board.words import reason_words

    with override("en"):
        assert "declaration" in reason_words("not_declared", local_day(now))
    assert reason_words("not_declared", local_day(now)) == "Chưa khai báo y tế"
    assert reason_words("abolished", local_day(now)) == "abolished"


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1999-12-31", "2019-12-31", "9999-12-31", "2999-01-01", "hôm qua", "\x00"]
)
def test_a_day_that_cannot_be_breaks_no_page(
    post: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any], day: str
) -> None:
    client = at(officer("huyen", "district_officer", post.unit))
    for name, given in (("board", []), ("post", [post.pk]), ("export_csv", [])):
        assert client.get(reverse(f"checkpoints:{name}", args=given), {"ngay": day}).status_code in (200, 302)
