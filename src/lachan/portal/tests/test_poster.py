from __future__ import annotations

import pytest
from django.test import Client

from lachan.portal.tests.conftest import MakePlace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["active", "provisional"])
def test_an_open_place_leads_to_its_form(client: Client, make_place: MakePlace, status: str) -> None:
    place = make_place(status=status)
    for address in (f"/q/{place.code}", f"/q/{place.code}/", f"/q/{place.code.lower()}"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert (
            answer["Location"] == f"/khai/{place.code}/"
        )  # without a fragment of its own: the browser keeps the poster's


@pytest.mark.parametrize(
    ("status", "code", "words"), [("suspended", 200, "tạm ngưng"), ("closed", 410, "đã đóng")]
)
def test_a_place_that_is_off_says_so(
    client: Client, make_place: MakePlace, status: str, code: int, words: str
) -> None:
    answer = client.get(f"/q/{make_place(status=status).code}")
    assert answer.status_code == code
    assert words in answer.content.decode()
    assert 'href="/khai/"' in answer.content.decode()


@pytest.mark.parametrize("code", ["ZZZZZZZZ", "x", "a" * 300, "%00%00", "%F0%9F%98%80", "..%2e", "<script>"])
def test_an_unknown_code_is_explained(client: Client, code: str) -> None:
    answer = client.get(f"/q/{code}")
    assert answer.status_code == 404
    assert "Không có điểm nào mang mã này" in answer.content.decode()
    assert "<script>" not in answer.content.decode().replace('<script type="module"', "")
