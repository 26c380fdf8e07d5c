from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lachan.base import alarms
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import PlaceHour, Shift
from lachan.gate.declarations.models import DataRequest, FollowUp, PaperForm, PlaceDay, UnitDay, UnitHour
from lachan.gate.declarations.selectors.counters import Counts
from lachan.gate.declarations.tests import small
from lachan.kernel.ids import uuid7
from lachan.portal import bars
from lachan.portal.selectors import communes, silence, waiting
from lachan.portal.tests.conftest import NHA_TRANG, PROVINCE, VINH_HAI, VINH_HOA, MakePlace, SignIn

TODAY = date(2021, 7, 22)


def follow_up(now: datetime, unit: str = VINH_HOA, kind: str = "flagged", late: bool = False) -> None:
    FollowUp.objects.create(
        declaration=uuid7(), entry=uuid7(), kind=kind, unit=unit, result=2, created_at=now, updated_at=now,
        due_at=now + timedelta(hours=-1 if late else 1),
    )  # fmt: skip


def cards(client: Client) -> dict[str, int]:
    shown = client.get("/cb/").context["cards"]
    return {str(card.label): card.value for card in shown}


def test_a_commune_worker_sees_what_waits_in_her_commune(
    sign_in: SignIn, make_place: MakePlace, now: datetime
) -> None:
    for unit in (VINH_HOA, VINH_HAI):
        follow_up(now, unit)
        DataRequest.objects.create(kind="delete", declaration=uuid7(), unit=unit, made_at=now)
        make_place(unit=unit, status="provisional")
    follow_up(now, late=True)
    follow_up(now, kind="arrival")
    assert cards(sign_in("commune_health_worker", VINH_HOA)) == {
        "Theo dõi quá hạn": 1,
        "Người phải dừng lại": 3,
        "Khai báo cần theo dõi": 2,
        "Người đến từ vùng nguy cơ": 1,
        "Yêu cầu đính chính, xóa": 1,
        "Điểm chờ duyệt": 1,
        "Tờ giấy chờ nhập lần hai": 0,
        "Việc của tôi": 0,
        "Việc chưa ai nhận": 0,
    }


def test_pressing_cards_come_first_and_lead_to_their_lists(sign_in: SignIn, now: datetime) -> None:
    follow_up(now, late=True)
    shown = sign_in("district_officer", NHA_TRANG).get("/cb/").context["cards"]
    assert [card.kind for card in shown][:3] == ["stop", "stop", "attention"]
    assert all(card.kind == "" for card in shown[3:])


def test_paper_waits_for_somebody_else_than_the_first_keyer(sign_in: SignIn, now: datetime) -> None:
    client = sign_in("data_entry", NHA_TRANG)
    mine, others = client.user.pk, uuid7()  # type: ignore[attr-defined]
    for number, (status, by) in enumerate(
        [("once", mine), ("once", others), ("different", mine), ("done", others)]
    ):
        PaperForm.objects.create(
            serial=str(number),
            batch=uuid7(),
            form="domestic",
            unit=VINH_HOA,
            status=status,
            first_by=by,
            created_at=now,
        )
    assert cards(client) == {"Tờ giấy hai lần nhập khác nhau": 1, "Tờ giấy chờ nhập lần hai": 1}


def test_every_source_asks_for_a_permission_that_some_role_carries(now: datetime) -> None:
    from lachan.registry.accounts.roles import all_permissions

    assert {permission for permission, _ in waiting.SOURCES} <= all_permissions(now)


@pytest.mark.parametrize(
    "role",
    ["province_admin", "it_officer", "province_leader", "district_officer", "commune_health_worker",
     "checkpoint_officer", "data_entry", "inspector", "auditor"],
)  # fmt: skip
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_opens_for_every_role(sign_in: SignIn, role: str, language: str) -> None:
    client = sign_in(role)
    client.cookies["lc_lang"] = language
    assert client.get("/cb/").status_code == 200


def test_an_account_without_a_post_is_told_kindly(sign_in: SignIn, now: datetime) -> None:
    client = sign_in("a_role_that_was_dropped")
    assert "Chưa có việc nào cho bạn" in client.get("/cb/").content.decode()
    assert Client().get("/cb/")["Location"].startswith("/tai-khoan/login/")


def test_numbers_are_of_the_jurisdiction(sign_in: SignIn) -> None:
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=5, attention=1)
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY - timedelta(days=1), green=7)
    UnitDay.objects.create(unit=VINH_HAI, day=TODAY, green=100)
    context = sign_in("commune_health_worker", VINH_HOA).get("/cb/").context
    assert (context["today"].total, context["yesterday"].total, context["chart"].total) == (6, 7, 13)
    lines = sign_in("province_leader").get("/cb/14-ngay.csv")
    assert b"".join(lines.streaming_content).decode().splitlines()[-1] == "22/07/2021,105,1,0,106"
    assert sign_in("auditor").get("/cb/14-ngay.csv").status_code == 403


def test_today_is_compared_with_as_much_of_yesterday(sign_in: SignIn, now: datetime) -> None:
    """now is 08:30 of 22/07: eight hours are over."""
    for hours_ago, green, stop in ((1, 5, 1), (0, 50, 0), (24, 90, 0), (25, 3, 2), (26, 1, 0)):
        at = now.replace(minute=0) - timedelta(hours=hours_ago)
        UnitHour.objects.create(unit=VINH_HOA, hour=at, green=green, stop=stop)
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=55, stop=1)
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY - timedelta(days=1), green=300, stop=4)
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY - timedelta(days=2), green=200)
    page = sign_in("commune_health_worker", VINH_HOA).get("/cb/")
    total, stop, _, green = page.context["day"].figures
    assert (total.today, total.so_far, total.then, total.yesterday, total.before) == (56, 6, 6, 304, 200)
    assert (green.so_far, green.then, green.more) == (5, 4, "+1")
    assert (stop.more, stop.kind, green.kind) == ("−1", "stop", "")
    assert "0–8 giờ: 6; hôm qua cùng giờ 6 (=)" in page.content.decode()


def test_just_after_midnight_nothing_is_compared(sign_in: SignIn, clock: Any) -> None:
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=1)
    clock.set(datetime(2021, 7, 21, 17, 20, tzinfo=UTC))
    page = sign_in("commune_health_worker", VINH_HOA).get("/cb/").content.decode()
    assert "hôm qua cùng giờ" not in page and "có từ 1 giờ sáng" in page


def test_every_figure_of_the_leader_opens_a_list_that_she_may_see(
    sign_in: SignIn, make_place: MakePlace, now: datetime
) -> None:
    small.units(date(2020, 1, 1))
    place = make_place(unit=VINH_HOA)
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=5, attention=1, stop=1)
    PlaceDay.objects.create(place=place.pk, day=TODAY - timedelta(days=9), green=1, last_at=now)
    follow_up(now, late=True)
    PlaceHour.objects.create(place=place.pk, unit=VINH_HOA, hour=now.replace(minute=0), passed=3)
    for role in ("province_leader", "province_admin", "inspector", "it_officer"):
        client = sign_in(role)
        page = client.get("/cb/").content.decode()
        main = page.split("<main")[1]
        for url in set(re.findall(r'<a [^>]*href="(/[^"#]*)', main)):
            answer = client.get(html.unescape(url))
            assert answer.status_code == 200, (role, url)
            if hasattr(answer, "close"):
                answer.close()


def test_the_table_tells_who_is_behind_and_by_how_much(sign_in: SignIn, now: datetime) -> None:
    small.units(date(2020, 1, 1))
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=99, attention=9)
    for hours in (1, 27):
        FollowUp.objects.create(
            declaration=uuid7(), entry=uuid7(), kind="flagged", unit=VINH_HAI, result=1, created_at=now,
            updated_at=now, due_at=now - timedelta(hours=hours),
        )  # fmt: skip
    follow_up(now, VINH_HOA)
    first, second = communes.rows(Scope.of([NHA_TRANG]), now, follow_up=Scope.of([NHA_TRANG]))
    assert (first.path, first.waiting.overdue, first.waiting.open, first.longest) == (
        VINH_HAI, 2, 2, "1 ngày 3 giờ"
    )  # fmt: skip
    assert (second.path, second.waiting.overdue, second.waiting.open, second.longest) == (VINH_HOA, 0, 1, "")
    leader = sign_in("province_leader").get("/cb/")
    assert leader.context["sort"] == "late" and "Quá hạn lâu nhất" in leader.content.decode()
    operator = sign_in("it_officer").get("/cb/")
    assert operator.context["sort"] == "flagged" and "Quá hạn lâu nhất" not in operator.content.decode()
    assert cards(sign_in("district_officer", NHA_TRANG))["Theo dõi quá hạn"] == 2


def test_who_stands_at_a_checkpoint_opens_the_scanner_and_the_shift(
    sign_in: SignIn, make_place: MakePlace, now: datetime
) -> None:
    small.units(date(2020, 1, 1))
    place = make_place("Chốt Rọ Tượng", VINH_HOA, kind="checkpoint")
    values = {"place": place.pk, "unit": VINH_HOA, "made_by": uuid7(), "made_at": now}
    for name, begins, hours in (("Ca sáng", -1, 8), ("Ca tối", 9, 8), ("Ca hôm kia", -48, 8)):
        starts = now + timedelta(hours=begins)
        Shift.objects.create(name=name, starts_at=starts, ends_at=starts + timedelta(hours=hours), **values)
    page = sign_in("checkpoint_officer", VINH_HOA).get("/cb/")
    assert [row[0].name for row in page.context["shifts"]] == ["Ca sáng", "Ca tối"]
    assert page.context["doors"].first[0].url == "/quet/"
    assert sign_in("province_leader").get("/cb/").context["shifts"] == []


def test_home_opens_all_that_a_role_may_do(sign_in: SignIn) -> None:
    def urls(role: str) -> set[str]:
        doors = sign_in(role).get("/cb/").context["doors"]
        return {door.url for door in (*doors.first, *doors.more)}

    checkpoints = {"/cb/chot/", "/cb/chot/bang/", "/cb/chot/thiet-bi/"}
    officer, leader = urls("checkpoint_officer"), urls("province_leader")
    assert checkpoints <= officer & leader and "/quet/" in officer - leader  # who leads stands at no gate
    assert {"/cb/viec/", "/cb/vung/", "/cb/cach-ly/"} <= leader
    assert {*checkpoints, "/quet/", "/cb/chot/tim/", "/cb/so-khach/", "/cb/theo-doi/"} <= urls(
        "district_officer"
    )
    assert urls("auditor") == {"/cb/nhat-ky/"} and "/cb/chot/tim/" not in officer


def test_communes_by_what_presses(make_place: MakePlace, now: datetime) -> None:
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=99, attention=1)
    UnitDay.objects.create(unit=VINH_HAI, day=TODAY, green=2, stop=2)
    make_place(unit=VINH_HOA)
    first, second = communes.rows(Scope.of([NHA_TRANG]), now, "flagged")
    assert (first.path, first.flagged, first.rate, first.silent) == (VINH_HAI, 2, 50.0, 0)
    assert (second.path, second.flagged, second.rate, second.silent) == (VINH_HOA, 1, 1.0, 1)
    assert communes.rows(Scope.of([NHA_TRANG]), now, "total")[0].path == VINH_HOA
    assert communes.rows(Scope(), now) == []


def test_a_place_is_silent_after_three_days(make_place: MakePlace, now: datetime) -> None:
    for back, name in ((0, "nay"), (2, "kia"), (3, "xưa")):
        place = make_place(name)
        PlaceDay.objects.create(place=place.pk, day=TODAY - timedelta(days=back), green=1, last_at=now)
    assert [place.name for place in silence.places(Scope.of([PROVINCE]), now)] == ["xưa"]


def test_alarms_stand_on_the_operators_home(sign_in: SignIn, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        alarms, "_checks", {"disk": (lambda now: [alarms.Broken("disk", "0 MB free")], False)}
    )
    assert "Máy chủ có 1 điều hỏng" in sign_in("it_officer").get("/cb/").content.decode()
    assert "điều hỏng" not in sign_in("commune_health_worker").get("/cb/").content.decode()


def test_the_last_day_and_each_third_before_it_bear_their_date() -> None:
    drawn = bars.chart([(TODAY - timedelta(days=13 - back), Counts(green=back)) for back in range(14)])
    labels = [bar.label for bar in drawn.drawing.bars]
    assert labels[-1] == "22/07" and labels[-4] == "19/07" and len([one for one in labels if one]) == 5
    assert drawn.drawing.bars[-1].title == "22/07/2021: 13" and drawn.total == sum(range(14))
