from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lachan.gate.declarations.lookup import limits
from lachan.kernel.clock import FixedClock
from lachan.messaging import services as messaging
from lachan.registry.places.models import Place
from lachan.registry.units import tree
from lachan.registry.units.models import Unit

pytestmark = pytest.mark.django_db
TOLD = {
    "name": "Tạp hóa Cô Ba",
    "kind": "shop",
    "unit": "vinh hoa",
    "address": "12 Phạm Văn Đồng",
    "owner_name": "Nguyễn Thị Ba",
    "owner_phone": "0912 345 678",
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    fixed = FixedClock(datetime(2021, 7, 20, 3, tzinfo=UTC))
    monkeypatch.setattr("lachan.base.middleware.CLOCK", fixed)
    return fixed


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Bodies of the messages that were queued."""
    bodies: list[str] = []
    monkeypatch.setattr(messaging, "queue", lambda phone, body, **more: bodies.append(body))
    return bodies


@pytest.fixture(autouse=True)
def _units(clock: FixedClock) -> Any:
    limits.CODES_OF_ADDRESS.forget()
    for path, name in (("56/", "Khánh Hòa"), ("56/568/", "Nha Trang"), ("56/568/22327/", "Vĩnh Hòa")):
        parts = path.strip("/").split("/")
        parent = "/".join(parts[:-1]) + "/" if len(parts) > 1 else None
        fields = {
            "code": parts[-1],
            "level": len(parts),
            "structure": "2021",
            "parent_id": parent,
            "folded": name,
        }
        Unit.objects.create(
            path=path, name=name, full_name=f"Phường {name}", valid_from=date(2021, 7, 1), **fields
        )
    tree.forget()
    yield
    tree.forget()


def digits(body: str) -> str:
    found = re.search(r"\b[0-9]{6}\b", body)
    assert found
    return found[0]


def test_a_shop_registers_and_has_its_poster_at_once(client: Client, sent: list[str]) -> None:
    assert client.get("/dang-ky-diem/").status_code == 200
    assert client.post("/dang-ky-diem/", TOLD).headers["Location"] == "/dang-ky-diem/ma/"
    assert not Place.objects.exists()
    assert "Tạp hóa Cô Ba" in client.get("/dang-ky-diem/ma/").content.decode()
    answer = client.post("/dang-ky-diem/ma/", {"digits": digits(sent[0])})
    place = Place.objects.get()
    assert (place.status, place.unit, place.owner_phone) == ("provisional", "56/568/22327/", "+84912345678")
    assert answer.headers["Location"] == f"/dang-ky-diem/xong/{place.code}/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert f"/ma/diem/{place.code}.svg" in page
    assert client.get(f"/ma/diem/{place.code}.svg").headers["Content-Type"] == "image/svg+xml"
    assert client.get(f"/ma/diem/{place.code}/to-dan.pdf").content.startswith(b"%PDF")
    assert client.get("/dang-ky-diem/ma/").status_code == 302


def test_a_wrong_or_old_code_makes_nothing(client: Client, sent: list[str], clock: FixedClock) -> None:
    client.post("/dang-ky-diem/", TOLD)
    wrong = "000000" if digits(sent[0]) != "000000" else "111111"
    assert client.post("/dang-ky-diem/ma/", {"digits": wrong}).status_code == 422
    clock.advance(timedelta(minutes=6))
    assert client.post("/dang-ky-diem/ma/", {"digits": digits(sent[0])}).status_code == 422
    assert not Place.objects.exists()
    client.post("/dang-ky-diem/ma/gui-lai/")
    assert client.post("/dang-ky-diem/ma/", {"digits": digits(sent[1])}).status_code == 302


def test_the_session_holds_no_phone_in_the_clear(client: Client, sent: list[str]) -> None:
    client.post("/dang-ky-diem/", TOLD)
    kept = json.dumps(dict(client.session.items()), ensure_ascii=False)
    assert not any(told in kept for told in ("912345678", "Cô Ba", "Nguyễn Thị Ba"))


def test_a_result_is_shown_only_to_the_browser_that_registered(client: Client, sent: list[str]) -> None:
    client.post("/dang-ky-diem/", TOLD)
    client.post("/dang-ky-diem/ma/", {"digits": digits(sent[0])})
    code = Place.objects.get().code
    assert Client().get(f"/dang-ky-diem/xong/{code}/").status_code == 404


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": ""}, "name"),
        ({"kind": "checkpoint"}, "kind"),
        ({"unit": "không có nơi này"}, "unit"),
        ({"owner_phone": "12"}, "owner_phone"),
        ({"name": "a" * 500}, "name"),
        ({"name": "\x00"}, "name"),
        ({"owner_name": "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")}, "owner_name"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_no_code_is_sent(
    client: Client, sent: list[str], more: dict[str, str], words: str
) -> None:
    answer = client.post("/dang-ky-diem/", {**TOLD, **more})
    assert answer.status_code == 422
    assert f'id="id_{words}-error"' in answer.content.decode()
    assert sent == []


def test_codes_are_not_sent_again_and_again(client: Client, sent: list[str]) -> None:
    client.post("/dang-ky-diem/", TOLD)
    assert client.post("/dang-ky-diem/", TOLD).status_code == 422
    assert len(sent) == 1
