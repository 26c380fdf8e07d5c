"""What the installable page is made of."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lachan.gate.declarations.citizen import offline
from lachan.gate.declarations.models import Declaration
from lachan.gate.declarations.prepare import Submission
from lachan.gate.declarations.services.submit import submit
from lachan.gate.declarations.tests import small
from lachan.kernel import codes
from lachan.kernel.ids import uuid7
from lachan.registry.places.models import Place


def test_the_worker_is_never_cached_and_rules_the_whole_site(
    visitor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sw.js").write_text("self.addEventListener('fetch', () => {});")
    monkeypatch.setattr(offline, "worker_path", lambda: tmp_path / "sw.js")
    answer = visitor.get("/sw.js")
    assert answer["Cache-Control"] == "no-store" and answer["Service-Worker-Allowed"] == "/"
    assert answer["Content-Type"].startswith("text/javascript") and b"fetch" in answer.content


def test_the_manifest_names_icons_that_exist(visitor: Client) -> None:
    from django.contrib.staticfiles import finders

    manifest = json.loads(visitor.get("/manifest.webmanifest").content)
    assert manifest["start_url"] == "/cua-toi/" and manifest["display"] == "standalone"
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in manifest["icons"])


def test_the_bundle_carries_form_rules_words_and_place(visitor: Client) -> None:
    place = Place.objects.get(code=Place.objects.values_list("code", flat=True).first())
    answer = visitor.get(f"/khai/form.json?place={place.code}")
    bundle = json.loads(answer.content)
    assert bundle["form"]["resourceType"] == "Questionnaire" and bundle["place"]["name"] == place.name
    assert bundle["rules"]["returnWindowDays"] == 21 and bundle["rules"]["rules"][0]["when"]
    assert bundle["texts"]["required"] == {"vi": "Mục này bắt buộc.", "en": bundle["texts"]["required"]["en"]}
    assert "owner" not in json.dumps(bundle["place"])
    again = visitor.get(f"/khai/form.json?place={place.code}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and not again.content


@pytest.mark.parametrize("query", ["form=khong-co", "place=ZZZZZZZZ", "form=%00"])
def test_no_bundle_for_what_is_not_there(visitor: Client, query: str) -> None:
    assert visitor.get(f"/khai/form.json?{query}").status_code == 404


HOLDER = codes.SigningKey.derive(b"a phone")


def declared(now: Any) -> tuple[UUID, str]:
    from base64 import urlsafe_b64encode

    answers = {
        "name": "Nguyễn Thị Hoa", "birth": "1990", "sex": "female", "nationality": "VN", "phone": "0905123456", "residence": small.HOA,
        "address": "12 Trần Phú", "no_symptoms": True, "no_contact": True, "pledge": True,
    }  # fmt: skip
    holder = urlsafe_b64encode(HOLDER.public.raw).rstrip(b"=").decode()
    answer = submit(Submission(id=uuid7(), form="domestic", answers=answers, holder=holder), now)
    assert answer.pass_text
    return answer.id, answer.pass_text


def ask(client: Client, declaration: UUID, shown: str) -> Any:
    body = json.dumps({"id": str(declaration), "shown": shown})
    return client.post("/khai/the.json", body, content_type="application/json")


def test_a_card_for_the_phone_that_declared_and_no_other(visitor: Client, clock: Any) -> None:
    declaration, pass_text = declared(clock.now())
    answer = ask(visitor, declaration, codes.present(pass_text, HOLDER, clock))
    card = codes.peek(answer.json()["card"])
    assert card.kind == "card" and card.claims.serial == declaration.bytes  # type: ignore[union-attr]
    assert ask(visitor, declaration, pass_text).status_code == 403
    stranger = codes.SigningKey.derive(b"another phone")
    assert ask(visitor, declaration, codes.present(pass_text, stranger, clock)).status_code == 403
    other, _text = declared(clock.now())
    assert ask(visitor, other, codes.present(pass_text, HOLDER, clock)).status_code == 403


def test_a_screenshot_gets_no_card(visitor: Client, clock: Any) -> None:
    declaration, pass_text = declared(clock.now())
    shown = codes.present(pass_text, HOLDER, clock)
    clock.advance(timedelta(seconds=61))
    assert ask(visitor, declaration, shown).status_code == 403
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"id": 1}', b"\xff", b'{"id":"x","shown":"LC1:"}'])
def test_a_bad_request_for_a_card_is_refused(visitor: Client, body: bytes) -> None:
    assert visitor.post("/khai/the.json", body, content_type="application/json").status_code == 403
