"""The pages that take codes back and give them back, and that of the keys of HC1 certificates."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lachan.gate.checkpoints.models import Hc1Issuers, RevokedSerial, Shift
from lachan.gate.checkpoints.services.enrol import offer
from lachan.gate.checkpoints.services.passes import given_out, note_passes
from lachan.gate.checkpoints.tests.phones import Phone
from lachan.gate.declarations.models import Declaration
from lachan.gate.declarations.tests import small

LIST = "/cb/chot/ma/"


@pytest.fixture
def declared(province: None, now: datetime) -> Any:
    """A declaration whose phone got a pass."""
    answer = small.declare(now)
    note_passes(Declaration.objects.filter(pk=answer.id))
    return answer


@pytest.fixture
def boss(officer: Any) -> Any:
    """Whoever answers for the whole province."""
    return officer("quantri", "province_admin", "56/")


@pytest.fixture
def staff(boss: Any, at: Any) -> Any:
    return at(boss)


def revoke(client: Any, declaration: Any, reason: str = "Mất thẻ") -> Any:
    return client.post(
        reverse("checkpoints:code_revoke", args=[declaration]), {"reason": reason}, follow=True
    )


def bundle_of(phone: Any, shift: Shift, chief: Any, now: datetime) -> dict[str, Any]:
    """What a device that enrols now is told."""
    made: Phone = phone()
    return dict(json.loads(made.enrol(offer(shift, by=chief, now=now)).json()["bundle"]["bundle"]))


@pytest.mark.parametrize("by", ["code", "number", "pass", "card"])
def test_codes_are_found_by_whatever_is_at_hand(declared: Any, staff: Any, by: str) -> None:
    text = {
        "code": declared.code,
        "number": small.answers()["phone"],
        "pass": given_out(declared.id)[0].hex,
        "card": str(declared.id),
    }[by]
    page = staff.post(LIST, {"q": text}).content.decode()
    assert reverse("checkpoints:code_revoke", args=[declared.id]) in page and declared.code in page
    assert len(small.events("declaration.read", declared.id)) == 1


def test_a_second_look_comes_before_it_and_the_next_rules_carry_it(
    declared: Any, staff: Any, phone: Any, shift: Shift, chief: Any, now: datetime
) -> None:
    look = staff.get(reverse("checkpoints:code_revoke", args=[declared.id])).content.decode()
    assert declared.code in look and small.answers()["name"] in look and not RevokedSerial.objects.exists()
    page = revoke(staff, declared.id).content.decode()
    serials = set(given_out(declared.id))
    assert set(RevokedSerial.objects.values_list("serial", flat=True)) == serials and "Mất thẻ" in page
    assert set(bundle_of(phone, shift, chief, now)["revoked"]) == {one.hex for one in serials}
    assert len(small.events("serial.revoked")) == 2


def test_it_is_undone_code_by_code(
    declared: Any, staff: Any, phone: Any, shift: Shift, chief: Any, now: datetime
) -> None:
    revoke(staff, declared.id)
    on_phone, card = given_out(declared.id)
    staff.post(reverse("checkpoints:code_restore", args=[on_phone]))
    assert bundle_of(phone, shift, chief, now)["revoked"] == [card.hex]
    assert len(small.events("serial.restored", on_phone)) == 1
    assert staff.post(reverse("checkpoints:code_restore", args=[on_phone])).status_code == 404


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_without_a_reason_nothing_is_revoked(declared: Any, staff: Any, reason: str) -> None:
    assert revoke(staff, declared.id, reason).status_code == 422
    assert not RevokedSerial.objects.exists()


def test_another_district_neither_sees_nor_revokes_nor_undoes(
    declared: Any, boss: Any, officer: Any, at: Any
) -> None:
    stranger = at(officer("xa", "district_officer", small.OTHER))
    found = stranger.post(LIST, {"q": declared.code}).content.decode()
    assert str(declared.id) not in found and not small.events("declaration.read")
    assert revoke(stranger, declared.id).status_code == 404
    revoke(at(boss), declared.id)
    stranger = at(officer("xa2", "district_officer", small.OTHER))
    assert "Mất thẻ" not in stranger.get(LIST).content.decode()
    card = given_out(declared.id)[1]
    assert stranger.post(reverse("checkpoints:code_restore", args=[card])).status_code == 404
    assert RevokedSerial.objects.count() == 2


def test_a_code_of_nobody_known_is_the_provinces(boss: Any, officer: Any, at: Any, province: None) -> None:
    serial = "ab" * 16
    address = reverse("checkpoints:serial_revoke", args=["abababab-abab-abab-abab-abababababab"])
    assert address in at(boss).post(LIST, {"q": serial}).content.decode()
    district = at(officer("huyen", "district_officer", small.OTHER))
    assert address not in district.post(LIST, {"q": serial}).content.decode()
    assert district.post(address, {"reason": "Thẻ giả"}).status_code == 404
    at(boss).post(address, {"reason": "Thẻ giả"})
    assert RevokedSerial.objects.get().serial.hex == serial


@pytest.mark.parametrize("text", ["", "Nguyễn Văn An", "79A12345", "LC1:rác", "\x00"])
def test_what_means_no_code_is_told_beside_the_field(staff: Any, province: None, text: str) -> None:
    assert staff.post(LIST, {"q": text}).status_code == 422


def certificate(now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DSC")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
    )
    return made.sign(key, hashes.SHA256())


def upload(client: Any, data: bytes) -> Any:
    return client.post("/cb/chot/hc1/", {"file": SimpleUploadedFile("ds", data)}, follow=True)


@pytest.mark.parametrize("form", ["json", "pem", "der"])
def test_a_list_of_keys_is_taken_shown_and_in_the_next_rules(
    staff: Any, phone: Any, shift: Shift, chief: Any, now: datetime, form: str
) -> None:
    one = certificate(now)
    der = one.public_bytes(Encoding.DER)
    data = {
        "json": json.dumps([b64encode(der).decode()]).encode(),
        "pem": one.public_bytes(Encoding.PEM),
        "der": der,
    }[form]
    page = upload(staff, data).content.decode()
    [kid] = [key["kid"] for key in json.loads(Hc1Issuers.objects.get().keys)]
    assert kid in page and (now + timedelta(days=9)).strftime("%d/%m/%Y") in page
    assert [key["kid"] for key in bundle_of(phone, shift, chief, now)["hc1"]] == [kid]
    assert len(small.events("issuers.imported")) == 1


def test_what_cant_be_taken_is_named_and_nothing_at_all_is_no_list(
    staff: Any, now: datetime, province: None
) -> None:
    good = b64encode(certificate(now).public_bytes(Encoding.DER)).decode()
    page = upload(staff, json.dumps([good, "rác"]).encode()).content.decode()
    assert "Chứng thư thứ 2" in page and Hc1Issuers.objects.get().refused == 1
    for data in (b"rac", b"[]", json.dumps(["rác"]).encode()):
        assert upload(staff, data).status_code == 422
    assert Hc1Issuers.objects.count() == 1


def test_a_key_is_removed(staff: Any, phone: Any, shift: Shift, chief: Any, now: datetime) -> None:
    both = [b64encode(certificate(now).public_bytes(Encoding.DER)).decode() for _ in range(2)]
    upload(staff, json.dumps(both).encode())
    first, second = [key["kid"] for key in json.loads(Hc1Issuers.objects.get().keys)]
    page = staff.post(reverse("checkpoints:hc1_remove", args=[first]), follow=True).content.decode()
    assert second in page and first not in page
    assert [key["kid"] for key in bundle_of(phone, shift, chief, now)["hc1"]] == [second]
    assert len(small.events("issuers.removed")) == 1
    assert staff.post(reverse("checkpoints:hc1_remove", args=[first])).status_code == 404


def test_who_may_not_sees_neither_page(officer: Any, at: Any, province: None) -> None:
    client = at(officer("chot", "checkpoint_officer", small.OTHER))
    assert [client.get(path).status_code for path in (LIST, "/cb/chot/hc1/")] == [403, 403]
