"""A community team's round: its own households and no others; every note once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from lachan.kernel.ids import uuid7
from lachan.registry.households import selectors, services
from lachan.registry.households.models import Hamlet, Household, RoundNote, Team
from lachan.registry.households.tests import small


@pytest.fixture
def team(hamlet: Hamlet, house: Household, officer: Any, now: datetime) -> Team:
    services.ensure_household(hamlet, 70, "Hộ tổ khác", now=now)
    return services.make_team(hamlet, "Tổ 1", 1, 60, now=now)


@pytest.fixture
def goer(team: Team, officer: Any, now: datetime) -> Any:
    user = officer("to.mot", "community_team", small.HOA)
    services.bind(team, user.pk, by=user, now=now)
    return user


def send(client: Any, *items: Any) -> Any:
    return send_as(client, client.session.get("_auth_user_id"), *items)


def send_as(client: Any, account: Any, *items: Any) -> Any:
    body = json.dumps({"account": account, "items": list(items)})
    return client.post("/tuan/ghi/", body, content_type="application/json")


def item(house: Household, now: datetime, **other: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "household": str(house.pk), "occurred_at": now.isoformat(), **other}


def test_a_team_sees_its_own_households_and_no_others(
    at: Any, goer: Any, house: Household, lives: Any
) -> None:
    lives(house, "Nguyễn Thị Hoa", birth="1980")
    other = Household.objects.get(number=70)
    client = at(goer)
    page = client.get("/tuan/").content.decode()
    assert "Trần Văn Bình" in page and "Hộ tổ khác" not in page
    assert "Nguyễn Thị Hoa, 41 tuổi" in client.get(f"/tuan/{house.pk}/").content.decode()
    assert client.get(f"/tuan/{other.pk}/").status_code == 404
    kept = client.get("/tuan/du-lieu.json").json()
    assert [one["head"] for one in kept["households"]] == ["Trần Văn Bình"]
    assert [one["name"] for one in kept["households"][0]["members"]] == ["Nguyễn Thị Hoa"]
    assert "Nguyễn Thị Hoa" in client.get("/tuan/in/").content.decode()
    for path in ("/cb/ho-dan/", f"/cb/ho-dan/{house.pk}/"):
        assert client.get(path).status_code == 403


def test_an_account_without_a_team_is_told_so(at: Any, officer: Any, team: Team, house: Household) -> None:
    client = at(officer("to.hai", "community_team", small.HOA))
    assert "chưa gắn với tổ nào" in client.get("/tuan/").content.decode()
    assert "Trần Văn Bình" not in client.get(f"/tuan/?to={team.pk}").content.decode()
    assert client.get(f"/tuan/{house.pk}/?to={team.pk}").status_code == 404
    assert client.get("/tuan/du-lieu.json").status_code == 404
    assert send(client).status_code == 409


def test_the_health_post_notes_for_any_team_of_its_commune(
    at: Any, officer: Any, team: Team, house: Household
) -> None:
    client = at(officer("tram", "commune_health_worker", small.HOA))
    assert f"/tuan/?to={team.pk}" in client.get("/tuan/").content.decode()
    assert "Trần Văn Bình" in client.get(f"/tuan/?to={team.pk}").content.decode()
    far = at(officer("xa", "commune_health_worker", small.HAI))
    assert "Trần Văn Bình" not in far.get(f"/tuan/?to={team.pk}").content.decode()


def test_a_form_sent_twice_is_one_note_and_a_wrong_one_keeps_what_was_typed(
    at: Any, goer: Any, house: Household, lives: Any
) -> None:
    member, client = lives(house, "Nguyễn Thị Hoa", birth="1980"), at(goer)
    key, id = str(member.pk), str(uuid7())
    form = {"member": key, f"{key}-id": id, f"{key}-temperature": "38,4", f"{key}-symptoms": ["cough"]}
    url = f"/tuan/{house.pk}/"
    wrong = client.post(url, {**form, f"{key}-temperature": "60"})
    assert wrong.status_code == 422 and 'value="60' in wrong.content.decode()
    for _time in range(2):
        assert client.post(url, form).status_code == 302
    note = RoundNote.objects.get()
    assert selectors.said_of(note).temperature == 38.4 and note.member == member and note.made_by == goer.pk
    assert client.post(url, {"member": str(uuid4())}).status_code == 404
    client.post(url, {"member": "", "all-id": str(uuid7()), "all-absent": "on", "all-needs": ["food"]})
    whole = RoundNote.objects.get(member=None)
    assert whole.worry == "absent"
    assert "hôm nay đã thăm 1 trên 1 hộ" in client.get("/tuan/").content.decode()


def test_notes_from_a_phone_that_had_no_network_are_kept_once_each(
    at: Any, goer: Any, house: Household, lives: Any, now: datetime
) -> None:
    member, client = lives(house, "Nguyễn Thị Hoa", birth="1980"), at(goer)
    earlier = now - timedelta(days=2)
    good = [
        item(house, earlier, member=str(member.pk), temperature=36.6),
        item(house, earlier, symptoms=["fever"], absent=False, needs=["food"], note="Cần gạo"),
    ]
    bad = [
        item(Household.objects.get(number=70), now),
        item(house, now, temperature="cao"),
        item(house, now, member=str(uuid4())),
        {**item(house, now), "occurred_at": "hôm nay"},
        {**item(house, now), "id": str(UUID(int=5))},
        {**item(house, now), "household": [1]},
        "không phải ghi chép",
        item(house, now, symptoms="fever"),
        item(house, now, note=5),
        item(house, now - timedelta(days=30)),
    ]
    for _time in range(2):
        results = send(client, *good, *bad).json()["results"]
        assert [one["status"] for one in results] == ["kept"] * 2 + ["refused"] * 10
        assert all(one["message"] for one in results[2:])
    assert RoundNote.objects.count() == 2
    assert {note.occurred_at for note in RoundNote.objects.all()} == {earlier}
    assert len(small.events("round.noted")) == 2


def test_what_a_phone_keeps_ends_with_the_shift_and_tells_of_todays_notes(
    at: Any, goer: Any, officer: Any, team: Team, house: Household, now: datetime
) -> None:
    other = officer("to.hai", "community_team", small.HOA)
    services.bind(team, other.pk, by=other, now=now)
    for by, absent in ((goer, True), (other, False)):
        seen = services.Seen(absent=absent)
        services.round_note(uuid7(), house, None, seen, team=team, occurred_at=now, by=by, now=now)
    before = now - timedelta(days=1)
    services.round_note(uuid7(), house, None, services.Seen(), occurred_at=before, by=other, now=now)
    kept = at(goer).get("/tuan/du-lieu.json").json()
    assert datetime.fromisoformat(kept["until"]) - datetime.fromisoformat(kept["at"]) == timedelta(hours=12)
    assert kept["account"] == str(goer.pk)
    assert kept["symptoms"]["cough"] == {"vi": "Ho", "en": "Cough"}
    notes = kept["households"][0]["notes"]
    assert [(one["mine"], one["worry"]) for one in notes] == [(True, "absent"), (False, "")]


def test_what_one_account_noted_is_not_kept_under_anothers_name(
    at: Any, goer: Any, officer: Any, team: Team, house: Household, now: datetime
) -> None:
    other = officer("to.hai", "community_team", small.HOA)
    services.bind(team, other.pk, by=other, now=now)
    answer = send_as(at(other), str(goer.pk), item(house, now))
    assert (answer.status_code, answer.json()) == (409, {"error": "other_account"})
    assert send_as(at(other), None, item(house, now)).status_code == 409
    assert not RoundNote.objects.exists()


def test_another_teams_notes_of_the_same_door_are_both_kept(
    at: Any, goer: Any, officer: Any, team: Team, house: Household, now: datetime
) -> None:
    other = officer("to.hai", "community_team", small.HOA)
    services.bind(team, other.pk, by=other, now=now)
    send(at(goer), item(house, now, absent=True))
    send(at(other), item(house, now, symptoms=["fever"]))
    assert sorted(note.worry for note in RoundNote.objects.all()) == ["absent", "symptoms"]


def test_a_household_refuses_as_a_whole(
    at: Any, goer: Any, house: Household, lives: Any, now: datetime
) -> None:
    member, client = lives(house, "Nguyễn Thị Hoa", birth="1980"), at(goer)
    asked = [
        item(house, now, refused=True),
        item(house, now, refused=True, member=str(member.pk)),
        item(house, now, refused=1),
    ]
    results = send(client, *asked).json()["results"]
    assert [one["status"] for one in results] == ["kept", "refused", "refused"]
    note = RoundNote.objects.get()
    assert note.worry == "refused" and selectors.said_of(note).refused
    page = client.get(f"/tuan/{house.pk}/").content.decode()
    assert "từ chối" in page and page.count("-refused") == page.count("all-refused") > 0


def test_a_note_that_came_before_its_household_changed_teams_is_kept(
    at: Any, goer: Any, house: Household, now: datetime
) -> None:
    client, one = at(goer), item(house, now)
    assert send(client, one).json()["results"][0]["status"] == "kept"
    Household.objects.filter(pk=house.pk).update(number=61)
    again = [send(client, each).json()["results"][0]["status"] for each in (one, item(house, now))]
    assert again == ["kept", "refused"] and RoundNote.objects.count() == 1


def test_the_page_that_works_without_a_network_holds_nobody(
    client: Any, team: Team, house: Household
) -> None:
    page = client.get("/tuan/vo/").content.decode()
    assert "data-island" in page and "Trần Văn Bình" not in page and "Tổ 1" not in page
    assert client.get("/tuan/du-lieu.json").status_code == 302


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"items": 5}', b"[" * 5000, b'{"items":' + b"[1," * 600 + b"1]}"]
)
def test_what_is_no_list_of_notes_is_refused_whole(at: Any, goer: Any, body: bytes) -> None:
    answer = at(goer).post("/tuan/ghi/", body, content_type="application/json")
    assert answer.status_code == 422 and answer.json() == {"error": "malformed"}
