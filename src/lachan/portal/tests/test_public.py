from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lachan.gate.declarations.models import UnitDay
from lachan.kernel import policies
from lachan.portal import retention
from lachan.portal.tests.conftest import VINH_HOA
from lachan.portal.views import authority
from lachan.web import certificate

pytestmark = pytest.mark.django_db


def test_home_offers_the_one_thing_first(client: Client) -> None:
    page = client.get("/").content.decode()
    assert page.index('href="/khai/"') < page.index('href="/cua-toi/"') < page.index('href="/tra-cuu/"')
    assert 'href="tel:19009095"' in page
    assert "Hôm nay đã có" not in page


def test_home_counts_today_alone(client: Client, now: datetime) -> None:
    UnitDay.objects.create(unit=VINH_HOA, day=date(2021, 7, 22), green=1200, stop=34)
    UnitDay.objects.create(unit=VINH_HOA, day=date(2021, 7, 21), green=77)
    UnitDay.objects.create(unit="01/001/00001/", day=date(2021, 7, 22), green=900)
    assert "<strong>1.234</strong>" in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["/", "/giup-do/", "/rieng-tu/", "/chung-thu/"])
def test_pages_ask_for_no_session(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert not page.cookies


def test_the_language_is_the_readers(client: Client) -> None:
    page = client.get("/giup-do/?lang=en")
    assert page.cookies["lc_lang"].value == "en"
    assert '<html lang="en"' in page.content.decode()


def test_privacy_says_what_the_policy_says(client: Client) -> None:
    page = client.get("/rieng-tu/").content.decode()
    entry = policies.load("retention").at(date(2021, 7, 22))
    assert entry.document in page
    for rule in entry["kinds"].values():
        assert rule["basis"] in page


def test_every_kind_and_action_of_retention_has_words() -> None:
    for entry in policies.load("retention"):
        assert set(entry["kinds"]) <= set(retention.KINDS)
        assert {rule["action"] for rule in entry["kinds"].values()} <= set(retention.ACTIONS)


def test_the_authority_is_served_as_it_is(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    assert "Không cần cài gì" in client.get("/chung-thu/").content.decode()
    assert client.get("/chung-thu/lachan-authority.crt").status_code == 404
    certificate.ensure(tmp_path, "192.0.2.7")
    page = client.get("/chung-thu/").content.decode()
    found = authority.certificate()
    assert found is not None
    assert authority.fingerprint(found) in page
    answer = client.get("/chung-thu/lachan-authority.crt")
    assert answer["Content-Type"] == "application/x-x509-ca-cert"
    assert authority.x509.load_der_x509_certificate(answer.content) == found
    assert found.not_valid_after_utc > datetime(2021, 1, 1, tzinfo=UTC)
    assert b"PRIVATE" not in answer.content
