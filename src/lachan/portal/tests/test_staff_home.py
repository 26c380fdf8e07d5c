from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lachan.base import alarms
from lachan.base.scope import Scope
from lachan.gate.declarations.models import DataRequest, FollowUp, PaperForm, PlaceDay, UnitDay
from lachan.gate.declarations.selectors.counters import Counts
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
    assert [card.kind for card in shown][:2] == ["stop", "attention"]
    assert all(card.kind == "" for card in shown[2:])


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


def test_communes_by_what_presses(make_place: MakePlace, now: datetime) -> None:
    UnitDay.objects.create(unit=VINH_HOA, day=TODAY, green=99, attention=1)
    UnitDay.objects.create(unit=VINH_HAI, day=TODAY, green=2, stop=2)
    make_place(unit=VINH_HOA)
    first, second = communes.rows(Scope.of([NHA_TRANG]), now)
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


COUNTS = st.builds(Counts, st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 10**3))


@given(st.lists(COUNTS, max_size=20))
def test_bars_stay_in_the_picture_and_keep_proportion(days: list[Counts]) -> None:
    drawn = bars.chart([(TODAY + timedelta(days=number), counts) for number, counts in enumerate(days)])
    for bar in drawn.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= drawn.width
        heights = sum(part.height for part in bar.parts)
        assert heights <= drawn.height + 0.3
        assert bar.counts.total == 0 or abs(heights - drawn.height * bar.counts.total / drawn.most) <= 0.3
        assert len(bar.parts) == sum(
            value > 0 for value in (bar.counts.green, bar.counts.attention, bar.counts.stop)
        )
