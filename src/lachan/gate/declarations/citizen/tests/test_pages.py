"""Declaring with HTML alone: what Zalo's and Facebook's in-app browsers, and phones without storage, must manage."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from lachan.gate.declarations.citizen import limits
from lachan.gate.declarations.lookup.limits import Limit
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.tests import small
from lachan.registry.places.models import Place

GOOD = {
    "name": "Nguyễn Thị Hoa",
    "birth": "17/05/1990",
    "sex": "female",
    "nationality": "VN",
    "national_id": "056190001234",
    "phone": "0905 123 456",
    "address": "12 Trần Phú",
    "no_symptoms": "true",
    "no_contact": "true",
    "pledge": "on",
}
FORM = "/khai/mau/domestic/"


def filled(client: Client, address: str = FORM, **more: str) -> dict[str, str]:
    page = client.get(address).content.decode()
    identifier = re.search(r'name="_id" value="([^"]+)"', page)
    assert identifier
    return {**GOOD, "residence": small.HOA, "_id": identifier[1], **more}


def test_every_question_of_the_form_is_on_the_page(visitor: Client) -> None:
    from lachan.kernel.questionnaire import forms

    for form_id, dated in forms().items():
        page = visitor.get(f"/khai/mau/{form_id}/").content.decode()
        for item in dated.versions[-1].questions():
            assert f'name="{item.link_id}"' in page, (form_id, item.link_id)


def test_declares_without_scripts_and_shows_the_decision(visitor: Client) -> None:
    answer = visitor.post(FORM, filled(visitor), follow=True)
    page = answer.content.decode()
    row = Declaration.objects.get()
    assert answer.redirect_chain[-1][0] == f"/ket-qua/{row.id}/"
    assert "Được vào" in page and Entry.objects.get().code in page and "<svg" in page
    assert "056190001234" not in page


def test_sending_twice_is_one_declaration(visitor: Client) -> None:
    sent = filled(visitor)
    first, second = visitor.post(FORM, sent), visitor.post(FORM, sent)
    assert first["Location"] == second["Location"]
    assert Declaration.objects.count() == 1


def test_a_venue_and_an_address_send_only_so_many_a_minute(
    visitor: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ADDRESSES", Limit(3, limits.MINUTE))
    monkeypatch.setattr(limits, "PLACES", Limit(1, limits.MINUTE))
    venue = (
        f"/khai/{Place.objects.filter(form='domestic', status='active').values_list('code', flat=True)[0]}/"
    )
    other = {"REMOTE_ADDR": "203.0.113.9"}
    assert visitor.post(venue, filled(visitor, venue)).status_code == 302
    refused = visitor.post(venue, filled(visitor, venue), **other)
    assert (
        "quá nhiều lần" in refused.content.decode() and 'value="Nguyễn Thị Hoa"' in refused.content.decode()
    )
    assert [visitor.post(FORM, filled(visitor)).status_code for _ in range(3)] == [302, 302, 200]
    assert visitor.post(FORM, filled(visitor), **other).status_code == 302
    clock.advance(limits.MINUTE)
    assert visitor.post(venue, filled(visitor, venue)).status_code == 302
    assert Declaration.objects.count() == 5


def test_errors_stand_beside_the_fields_and_what_was_typed_is_kept(visitor: Client) -> None:
    page = visitor.post(FORM, filled(visitor, national_id="12", phone="", name="Lê Văn Mít")).content.decode()
    assert Declaration.objects.count() == 0
    assert 'id="id_national_id-error"' in page and 'id="id_phone-error"' in page
    assert 'value="Lê Văn Mít"' in page and 'value="12"' in page
    assert "Mục này bắt buộc." in page


def test_the_language_changes_and_keeps_what_was_typed(visitor: Client) -> None:
    page = visitor.post(FORM, {"_lang": "en", "name": "Lê Văn Mít", "no_symptoms": "false"}).content.decode()
    assert "Full name" in page and 'value="Lê Văn Mít"' in page
    assert "lc-errors" not in page
    assert visitor.cookies["lc_lang"].value == "en"


@pytest.mark.parametrize("typed", ["56/568/22327/", "Vĩnh Hòa", "vinh hoa", "VINH HOA"])
def test_a_commune_may_be_typed_without_accents(visitor: Client, typed: str) -> None:
    visitor.post(FORM, filled(visitor, residence=typed))
    assert Entry.objects.get().residence == small.HOA


def test_a_commune_that_is_none_is_refused(visitor: Client) -> None:
    page = visitor.post(FORM, filled(visitor, residence="Đâu đó")).content.decode()
    assert 'id="id_residence-error"' in page and not Declaration.objects.exists()


def test_unticked_symptoms_are_answered_no_only_when_asked(visitor: Client) -> None:
    from lachan.gate.declarations.citizen.forms import DeclarationForm
    from lachan.kernel.clock import parse_date
    from lachan.kernel.questionnaire import form_at

    today = parse_date("2021-07-22").earliest()
    asked = DeclarationForm(
        form_at("domestic", today), "vi", today, {**GOOD, "no_symptoms": "false", "fever": "on"}
    )
    asked.is_valid()
    assert asked.answers["fever"] is True and asked.answers["cough"] is False
    unasked = DeclarationForm(
        form_at("domestic", today), "vi", today, {**GOOD, "no_symptoms": "true", "fever": "on"}
    )
    unasked.is_valid()
    assert "cough" not in unasked.answers


def test_declares_at_a_place(visitor: Client) -> None:
    place = Place.objects.filter(status=Place.Status.ACTIVE).first()
    assert place
    address = f"/khai/{place.code}/"
    assert place.name in visitor.get(address).content.decode()
    visitor.post(address, filled(visitor, address))
    assert Entry.objects.get().place == place.pk


def test_a_closed_place_says_so_before_the_form(visitor: Client) -> None:
    place = Place.objects.first()
    Place.objects.filter(pk=place.pk).update(status=Place.Status.CLOSED)  # type: ignore[union-attr]
    answer = visitor.get(f"/khai/{place.code}/")  # type: ignore[union-attr]
    assert answer.status_code == 410 and '<form class="lc-form' not in answer.content.decode()


@pytest.mark.parametrize("address", ["/khai/ZZZZZZZZ/", "/khai/mau/khong-co/", "/khai/?ma=ZZZZZZZZ"])
def test_what_is_not_there_is_said_in_words(visitor: Client, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status_code == 404 and "<h1" in answer.content.decode()


def test_a_result_opens_only_where_it_was_declared(visitor: Client) -> None:
    visitor.post(FORM, filled(visitor))
    row = Declaration.objects.get()
    for address in (f"/ket-qua/{row.id}/", f"/ket-qua/{row.id}/the/"):
        assert visitor.get(address).status_code == 200
        assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    "hostile",
    [
        {"name": "x" * 10_000}, {"name": "a\x00b"}, {"birth": "32/13/99999"}, {"_id": "khong"}, {"_id": "00000000-0000-4000-8000-000000000000"},
        {"sex": "__proto__"}, {"doses": "9" * 400}, {"doses": "1e309"}, {"doses": "nan"}, {"symptom_onset": "\ud800"}, {"residence": "|" * 9000},
        {"visited_units": "\n".join(["vinh hoa"] * 500)},
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words(visitor: Client, hostile: dict[str, Any]) -> None:
    sent = {**filled(visitor), "no_symptoms": "false", "fever": "on", **hostile}
    body = urlencode({key: value.encode("utf-8", "surrogatepass") for key, value in sent.items()})
    answer = visitor.post(FORM, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 302)
