from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client

from lachan.gate.declarations.models import UnitDay
from lachan.kernel import policies
from lachan.portal import retention
from lachan.portal.tests.conftest import VINH_HOA

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
    made = _make_authority(tmp_path / "tls")
    page = client.get("/chung-thu/").content.decode()
    assert made.fingerprint(hashes.SHA256()).hex(" ").upper() in page
    assert "22/07/2031" in page
    answer = client.get("/chung-thu/lachan-authority.crt")
    assert answer["Content-Type"] == "application/x-x509-ca-cert"
    assert answer.content == made.public_bytes(serialization.Encoding.DER)


def _make_authority(folder: Path) -> x509.Certificate:
    """A certificate beside its private key, as the machine keeps them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lá Chắn, máy này")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2021, 7, 22, tzinfo=UTC))
        .not_valid_after(datetime(2031, 7, 22, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    (folder / "authority.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made


def test_a_broken_certificate_is_as_none(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "authority.pem").write_text("-----BEGIN")
    assert "Không cần cài gì" in client.get("/chung-thu/").content.decode()
