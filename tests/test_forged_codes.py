"""Signed codes that nobody signed, or that no longer count, through every address that takes a code: never a 500, never
green, and the answer names the field in the reader's language."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from lachan.base import keys, middleware
from lachan.gate.declarations.citizen import limits
from lachan.gate.declarations.models import PaperForm
from lachan.gate.declarations.services import paper
from lachan.gate.declarations.tests import small
from lachan.gate.declarations.tests.conftest import _fresh_tree, officer, province
from lachan.kernel import codes
from lachan.kernel.codes import CardPass, FormSerial, PersonPass, SigningKey, VenuePass
from lachan.kernel.codes.claims import to_fields
from lachan.kernel.codes.wire import encode, from_base45, pack, to_base45, to_be_signed, unpack
from lachan.kernel.ids import uuid7
from lachan.registry.places.models import Place

__all__ = ["_fresh_tree", "officer", "province"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("province")]

STRANGER = SigningKey.derive(b"a forger's press")
HOLDER = SigningKey.derive(b"a phone")
VIETNAMESE = set("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")


@pytest.fixture(autouse=True)
def _our_time(clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(middleware, "CLOCK", clock)
    limits.CARDS.forget()
    yield
    limits.CARDS.forget()


def frame(text: str) -> tuple[bytes, bytes, bytes]:
    """(key id, payload, signature)."""
    return unpack(from_base45(text.removeprefix(codes.PREFIX)))


def coded(kid: bytes, payload: bytes, signature: bytes) -> str:
    return codes.PREFIX + to_base45(pack(kid, payload, signature))


def signed(payload: bytes, key: SigningKey) -> str:
    return coded(key.kid, payload, key.sign(to_be_signed(key.kid, payload)))


def alone(text: str) -> str:
    """Cut so that a single character is left over after the threes of base45, whatever the signature is."""
    letters = text.removeprefix(codes.PREFIX)
    return codes.PREFIX + letters[: (len(letters) - 2) // 3 * 3 + 1]


def expired(claims: Any, now: datetime) -> Any:
    return replace(claims, issued_at=now - timedelta(days=30), expires_at=now - timedelta(seconds=1))


def forgeries(claims: Any, now: datetime) -> dict[str, tuple[str, str]]:
    """name → (a code that says `claims` and mustn't be believed, the refusal)."""
    ours = keys.keystore().current
    kid, payload, signature = frame(codes.issue(claims, ours))
    flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    raw = from_base45(codes.issue(claims, ours).removeprefix(codes.PREFIX))
    later = replace(claims, issued_at=now + timedelta(hours=1))
    unknown = encode({**to_fields(claims), 60: b"x"})
    return {
        "forged": (coded(kid, payload, flipped), "code_signature"),
        "another's signature": (
            coded(kid, payload, STRANGER.sign(to_be_signed(kid, payload))),
            "code_signature",
        ),
        "wrong issuer": (codes.issue(claims, STRANGER), "code_key_unknown"),
        "wrong key id": (coded(b"\0\0\0\0", payload, signature), "code_key_unknown"),
        "expired": (codes.issue(expired(claims, now), ours), "code_expired"),
        "of tomorrow": (codes.issue(later, ours), "code_not_yet_valid"),
        "truncated": (codes.PREFIX + to_base45(raw[:-20]), "code_cose"),
        "its head alone": (codes.PREFIX + to_base45(raw[:14]), "code_cose"),
        "half a payload, signed by us": (signed(payload[:-3], ours), "code_cose"),
        "a field that we don't know, signed by us": (signed(unknown, ours), "code_cose"),
        "no map, signed by us": (signed(b"\x82\x01\x02", ours), "code_cose"),
        "nothing": (codes.PREFIX, "code_cose"),
        "a last character alone": (alone(codes.issue(claims, ours)), "code_base45"),
        "not base45": (codes.PREFIX + "lower", "code_base45"),
        "too long": (codes.PREFIX + "0" * 5000, "code_too_long"),
        "another system's": ("HC1:" + to_base45(raw), "code_prefix"),
    }


def spoken(text: str, lang: str) -> bool:
    return bool(VIETNAMESE & set(text.replace("Lá Chắn", "").lower())) == (lang == "vi")


NAMES = list(
    forgeries(
        CardPass(bytes(16), datetime.fromisoformat("2021-07-22T01:00:00+00:00")),
        datetime.fromisoformat("2021-07-22T01:30:00+00:00"),
    )
)


# the paper card, for the phone that declared


@pytest.fixture
def declaration(now: datetime) -> tuple[UUID, PersonPass]:
    """A declaration, and what its own pass says."""
    holder = urlsafe_b64encode(HOLDER.public.raw).rstrip(b"=").decode()
    answer = small.declare(now, holder=holder)
    claims = codes.peek(answer.pass_text or "").claims
    assert isinstance(claims, PersonPass)
    return answer.id, claims


def ask(declaration: Any, shown: Any, lang: str = "vi", **more: Any) -> Any:
    body = json.dumps({"id": str(declaration), "shown": shown, **more})
    return Client().post(f"/khai/the.json?lang={lang}", body, content_type="application/json")


def refused(answer: Any, field: str, code: str, lang: str) -> None:
    said = answer.json()
    assert answer.status_code == 403 and set(said) == {"error", "fields"}, said
    assert [(each["field"], each["code"]) for each in said["fields"]] == [(field, code)]
    assert spoken(said["fields"][0]["message"], lang), said


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_no_card_for_a_pass_that_is_not_ours(
    declaration: tuple[UUID, PersonPass], clock: Any, name: str, lang: str
) -> None:
    own, claims = declaration
    text, code = forgeries(claims, clock.now())[name]
    refused(ask(own, text, lang), "shown", code, lang)
    shown = codes.present(text, HOLDER, clock)
    refused(ask(own, shown, lang), "shown", code, lang)


def test_no_card_for_codes_of_other_kinds_and_other_people(
    declaration: tuple[UUID, PersonPass], clock: Any
) -> None:
    own, claims = declaration
    now, ours = clock.now(), keys.keystore().current
    others = [
        codes.present(codes.issue(replace(claims, serial=bytes(16)), ours), HOLDER, clock),
        codes.issue(replace(claims, holder=None), ours),
        codes.issue(CardPass(own.bytes, now), ours),
        codes.issue(FormSerial(own.bytes, "domestic", now), ours),
        codes.issue(VenuePass(own, "Chợ", small.HAI, bytes(16), now.date()), ours),
    ]
    for lang in ("vi", "en"):
        found = [ask(own, text, lang) for text in others]
        assert {answer.status_code for answer in found} == {403}
        assert all(spoken(answer.json()["fields"][0]["message"], lang) for answer in found)
        assert "code_other_declaration" in {answer.json()["fields"][0]["code"] for answer in found}


@pytest.mark.parametrize(
    "tail", ["...", "..." + to_base45(bytes(68)), "..." + to_base45(bytes(3)), "...lower"]
)
def test_no_card_for_a_proof_that_is_none(declaration: tuple[UUID, PersonPass], tail: str) -> None:
    own, claims = declaration
    answer = ask(own, codes.issue(claims, keys.keystore().current) + tail)
    assert answer.status_code == 403 and answer.json()["fields"][0]["field"] == "shown"


def test_a_request_for_a_card_that_is_wrong_names_its_field(declaration: tuple[UUID, PersonPass]) -> None:
    own, _claims = declaration
    refused(ask("x", "LC1:"), "id", "wrong_type", "vi")
    refused(ask(own, 7, "en"), "shown", "wrong_type", "en")
    refused(ask(own, "LC1:" + "0" * 9000), "body", "malformed", "vi")
    refused(ask(own, "LC1:\ud800"), "body", "malformed", "vi")


def test_an_address_may_not_ask_for_cards_without_end(
    declaration: tuple[UUID, PersonPass], monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    own, _claims = declaration
    monkeypatch.setattr(limits.CARDS, "times", 3)
    assert [ask(own, "LC1:").status_code for _ in range(4)] == [403, 403, 403, 429]
    answer = ask(own, "LC1:", "en")
    assert answer["Retry-After"] == "60" and answer.json()["error"] == "too_often"
    assert spoken(answer.json()["message"], "en")
    clock.advance(timedelta(seconds=61))
    assert ask(own, "LC1:").status_code == 403


# paper forms


@pytest.fixture
def keyer(officer: Callable[..., Any]) -> Client:
    client = Client()
    client.force_login(officer("mot", "data_entry", small.HAI))
    return client


@pytest.fixture
def printed(keyer: Client, now: datetime) -> FormSerial:
    """What the QR of a printed form says."""
    from lachan.registry.accounts.models import User

    place = Place.objects.get(code=small.MARKET).id
    batch = paper.print_batch("domestic", small.HAI, place, 1, by=User.objects.get(username="mot"), now=now)
    return FormSerial(PaperForm.objects.get(batch=batch).id.bytes, "domestic", now)


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_forged_serial_opens_no_paper_form(
    keyer: Client, printed: FormSerial, now: datetime, name: str, lang: str
) -> None:
    from django.utils.html import escape
    from django.utils.translation import override

    from lachan.base.messages import text_of

    text, code = forgeries(printed, now)[name]
    answer = keyer.get(
        f"{reverse('declarations:paper')}?lang={lang}&so={quote(text, errors='surrogatepass')}"
    )
    page = answer.content.decode()
    assert answer.status_code == 200, "no form was opened"
    with override(lang):
        told = {
            escape(text_of(found))
            for found in (code, "short_code_length", "code_base45", "short_code_character")
        }
    assert any(sentence in page for sentence in told), name


def test_the_sound_serial_opens_its_form(keyer: Client, printed: FormSerial) -> None:
    text = codes.issue(printed, keys.keystore().current)
    answer = keyer.get(reverse("declarations:paper"), {"so": text})
    assert answer.status_code == 302 and str(UUID(bytes=printed.serial)) in answer["Location"]


# codes that are typed, or stand in a poster's address


def typed(now: datetime) -> list[str]:
    """What may stand where a place's or a declaration's short code belongs."""
    poster = VenuePass(Place.objects.get(code=small.MARKET).id, "Chợ", small.HAI, b"0" * 16, now.date())
    ours = codes.issue(poster, keys.keystore().current)
    card = CardPass(uuid7().bytes, now)
    forged = [text for text, _code in forgeries(card, now).values()]
    return [
        ours,
        codes.issue(poster, STRANGER),
        ours[:-20],
        small.MARKET[:-1],
        small.MARKET[:-1] + "U",
        *forged,
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/khai/{}/",
        "/q/{}",
        "/q/{}/",
        "/diem/{}/",
        "/kiem-tra/{}/",
        "/vao/{}/",
        "/so-khach/{}/",
        "/ma/diem/{}.svg",
    ],
)
def test_no_forged_poster_opens_a_place(keyer: Client, now: datetime, address: str) -> None:
    for who in (Client(), keyer):
        for text in typed(now):
            for lang in ("vi", "en"):
                asked = address.format(quote(text, safe="", errors="surrogatepass")) + f"?lang={lang}"
                answer = who.get(asked)
                assert answer.status_code in (200, 302, 403, 404), (asked, answer.status_code)
                assert "Chợ Vĩnh Hải" not in answer.content.decode(), "the market's own page"
                assert small.MARKET not in answer.get("Location", ""), "the market's own page"


def test_the_markets_own_code_opens_it(keyer: Client) -> None:
    """So that the test above can fail."""
    assert "Chợ Vĩnh Hải" in Client().get(f"/khai/{small.MARKET}/").content.decode()
    assert small.MARKET in Client().get(f"/q/{small.MARKET}")["Location"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_forged_poster_is_told_so_where_a_code_is_typed(now: datetime, lang: str) -> None:
    sentence = {"vi": "Không có địa điểm nào mang mã này.", "en": "No place bears this code."}[lang]
    for text in typed(now):
        answer = Client().get(f"/khai/?lang={lang}&ma={quote(text, errors='surrogatepass')}")
        assert answer.status_code == 404 and sentence in answer.content.decode()
        bundle = Client().get(f"/khai/form.json?lang={lang}&place={quote(text, errors='surrogatepass')}")
        assert (bundle.status_code, bundle.json()["error"]) == (404, "place_unknown")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_look_up_refuses_what_is_no_declarations_code(now: datetime, lang: str) -> None:
    from lachan.gate.declarations.lookup.limits import CODES_OF_ADDRESS

    for text in typed(now):
        CODES_OF_ADDRESS.forget()
        sent = {"code": text.encode("utf-8", "replace").decode(), "phone": "0905123456"}
        answer = Client().post(f"/tra-cuu/?lang={lang}", sent)
        assert answer.status_code == 422
        [error] = answer.context["form"].errors["code"]
        assert spoken(str(error), lang), error


def test_staff_search_finds_nothing_by_a_forged_code(
    keyer: Client, officer: Callable[..., Any], now: datetime
) -> None:
    small.declared(now)
    staff = Client()
    staff.force_login(officer("tram", "commune_health_worker", small.HOA))
    for text in typed(now):
        answer = staff.get(f"{reverse('declarations:list')}?q={quote(text, errors='surrogatepass')}")
        assert answer.status_code == 200 and "Nguyễn Thị Hoa" not in answer.content.decode()
