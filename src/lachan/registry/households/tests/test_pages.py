"""The pages of households and teams."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from lachan.kernel.ids import uuid7
from lachan.registry.households import selectors, services
from lachan.registry.households.models import Hamlet, Household, Member, Team
from lachan.registry.households.services import Seen
from lachan.registry.households.tests import small


@pytest.fixture
def worker(officer: Any) -> Any:
    return officer("tram", "commune_health_worker", small.HOA)


def test_a_household_is_made_filled_and_found(at: Any, worker: Any, now: datetime) -> None:
    client = at(worker)
    form = {
        "unit": "Vĩnh Hòa",
        "hamlet": "Thôn 1",
        "number": "",
        "head": "Trần Văn Bình",
        "address": "5 Lê Lợi",
    }
    house_url = client.post("/cb/ho-dan/moi/", form)["Location"]
    person = {
        "name": "Nguyễn Thị Hoa",
        "birth": "1950",
        "since": "2021-01-01",
        "chronic": "yes",
        "number": "056150001234",
    }
    assert client.post(f"{house_url}them/", person).status_code == 302
    page = client.get(house_url).content.decode()
    assert "Nguyễn Thị Hoa" in page and "bệnh nền" in page and "cao tuổi" in page
    assert small.events("household.read")
    for typed in ("tran van", "nguyen thi hoa", "1"):
        answer = client.post("/cb/ho-dan/", {"q": typed})
        assert "Trần Văn Bình" in client.get(answer["Location"]).content.decode(), typed
    assert "Trần Văn Bình" not in client.get("/cb/ho-dan/?q=le+thi").content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"head": ""}, "Chủ hộ"),
        ({"number": "1"}, "Số hộ này đã có"),
        ({"unit": "Vĩnh Hải"}, "Xã, phường"),
        ({"latitude": "12"}, "Tọa độ"),
        ({"phone": "abc"}, "Điện thoại"),
    ],
)
def test_a_household_that_cant_be_is_refused_beside_its_field(
    at: Any, worker: Any, house: Household, change: dict[str, str], words: str
) -> None:
    form = {"unit": "Vĩnh Hòa", "hamlet": "Tổ dân phố 3", "number": "2", "head": "Lê Thị Cúc", **change}
    answer = at(worker).post("/cb/ho-dan/moi/", form)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Household.objects.count() == 1


def test_members_change_move_out_and_the_household_closes(
    at: Any, worker: Any, house: Household, lives: Any
) -> None:
    member, client = lives(house, "Trần Văn Bình"), at(worker)
    url = f"/cb/ho-dan/nguoi/{member.pk}/"
    assert client.get(url).status_code == 200
    client.post(url, {"relation": "Chủ hộ", "chronic": "no", "pregnant": ""})
    member.refresh_from_db()
    assert (member.relation, member.chronic, member.pregnant) == ("Chủ hộ", False, None)
    assert client.post(f"{url}di/", {"until": "2030-01-01"}).status_code == 422
    client.post(f"/cb/ho-dan/{house.pk}/dong/")
    house.refresh_from_db()
    assert house.closed_at is None
    client.post(f"{url}di/", {"until": "2021-07-20"})
    assert Member.objects.get().until == date(2021, 7, 20)
    assert client.get(url).status_code == 404
    client.post(f"/cb/ho-dan/{house.pk}/dong/")
    house.refresh_from_db()
    assert house.closed_at is not None
    assert "Trần Văn Bình" in client.get(f"/cb/ho-dan/{house.pk}/").content.decode()


def test_another_communes_household_is_not_there(at: Any, officer: Any, house: Household, lives: Any) -> None:
    member, client = lives(house, "Trần Văn Bình"), at(officer("xa", "commune_health_worker", small.HAI))
    for path in (f"{house.pk}/", f"{house.pk}/sua/", f"nguoi/{member.pk}/", f"nguoi/{member.pk}/di/"):
        assert client.get(f"/cb/ho-dan/{path}").status_code == 404
    assert "Trần Văn Bình" not in client.get("/cb/ho-dan/").content.decode()
    assert "Trần Văn Bình" not in client.get("/cb/ho-dan/in/").content.decode()


def test_lists_leave_the_house_with_an_event(at: Any, worker: Any, house: Household, lives: Any) -> None:
    lives(house, "Trần Văn Bình")
    client = at(worker)
    assert "Trần Văn Bình" in client.get("/cb/ho-dan/in/").content.decode()
    assert b"".join(client.get("/cb/ho-dan/xuat.xlsx").streaming_content)[:2] == b"PK"
    assert len(small.events("households.exported")) == 2


def test_teams_are_made_split_bound_and_closed(
    at: Any, worker: Any, officer: Any, hamlet: Hamlet, house: Household, now: datetime
) -> None:
    going = officer("to.mot", "community_team", small.HOA)
    client = at(worker)
    client.post("/cb/ho-dan/to/chia/", {"hamlet": str(hamlet.pk)})
    team = Team.objects.get()
    overlap = {"hamlet": str(hamlet.pk), "name": "Tổ B", "first": "1", "last": "9"}
    assert client.post("/cb/ho-dan/to/", overlap).status_code == 422
    url = f"/cb/ho-dan/to/{team.pk}/"
    assert client.post(f"{url}gan/", {"account": "không có ai"}).status_code == 422
    assert client.post(f"{url}gan/", {"account": "to.mot"}).status_code == 302
    assert selectors.team_of(going.pk) == team
    page = client.get(url).content.decode()
    assert "Trần Văn Bình" in page and "Cán bộ to.mot" in page
    assert "Nhiệt độ" in client.get(f"{url}in/").content.decode()
    client.post(f"{url}go/", {"user": str(going.pk)})
    assert selectors.team_of(going.pk) is None
    client.post(f"{url}dong/")
    team.refresh_from_db()
    assert team.closed_at == now


def test_what_rounds_found_stands_on_the_households_page_in_words(
    at: Any, worker: Any, house: Household, lives: Any, now: datetime
) -> None:
    member = lives(house, "Trần Văn Bình")
    seen = Seen(38.2, ("cough",), False, ("medicine",), "Ho từ hôm qua")
    services.round_note(uuid7(), house, member, seen, occurred_at=now, now=now)
    client = at(worker)
    assert "38,2 °C; Ho; Thuốc; Ho từ hôm qua" in client.get(f"/cb/ho-dan/{house.pk}/").content.decode()
    assert "Có triệu chứng" in client.get("/cb/ho-dan/?tinh_trang=worry").content.decode()
