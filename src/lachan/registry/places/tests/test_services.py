from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.base import keys
from lachan.base.scope import Scope
from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import TrustList, read
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.models import Event
from lachan.registry.places import codes, selectors, services
from lachan.registry.places.models import Place
from lachan.registry.places.services import Details
from lachan.registry.places.tests.conftest import NHA_TRANG, NOW, VINH_HAI, VINH_HOA, Officer

pytestmark = pytest.mark.django_db
CLOCK = FixedClock(NOW)


def kinds(place: Place) -> list[str]:
    return [event.kind for event in reversed(selectors.history(place))]


def details(**more: Any) -> Details:
    return Details(**{"name": "Chợ Vĩnh Hải", "kind": "market", "unit": VINH_HAI, **more})


def verify(text: str, revoked: list[bytes] | None = None) -> Any:
    trust = TrustList.of(keys.keystore(), CLOCK, revoked_serials=revoked or [])
    return read(text, trust, CLOCK).claims


def test_a_place_has_a_code_and_a_poster_signed_by_the_province(shop: Place) -> None:
    assert codes.parse_code(shop.code) == shop.code and len(shop.code) == 8
    claims = verify(shop.venue_code)
    assert (claims.place, claims.name, claims.unit) == (shop.id, "Cửa hàng Bách hóa 12", VINH_HOA)
    assert kinds(shop) == ["place.created"]
    fresh = Place.objects.get()
    assert fresh.owner_phone == "+84912345678"
    assert b"912345678" not in bytes(Place.objects.values_list("owner_phone_index", flat=True)[0])


def test_no_event_holds_a_phone_or_a_name(shop: Place) -> None:
    text = " ".join(Event.objects.values_list("data", flat=True))
    assert "912" not in text and "Hoa" not in text and shop.code in text


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"name": "  "}, "place_name_empty", "name"),
        ({"name": "x" * 161}, "place_name_too_long", "name"),
        ({"name": "a\x00b"}, "place_name_bad_character", "name"),
        ({"kind": "castle"}, "place_kind", "kind"),
        ({"unit": ""}, "place_unit_missing", "unit"),
        ({"unit": "56/568/"}, "place_unit_not_found", "unit"),
        ({"unit": "99/1/2/"}, "place_unit_not_found", "unit"),
        ({"owner_phone": "123"}, "phone_invalid", "owner_phone"),
        ({"owner_name": "<b>"}, "name_bad_character", "owner_name"),
        ({"form": "nothing"}, "place_form", "form"),
        ({"capacity": 0}, "place_capacity", "capacity"),
        ({"latitude": 109.2}, "place_coordinate", "latitude"),
        ({"address": "x" * 300}, "text_too_long", "address"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(province: None, more: Any, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.create(details(**more), now=NOW)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Place.objects.exists() and not Event.objects.exists()


def test_the_form_follows_the_kind(province: None) -> None:
    assert services.create(details(kind="checkpoint"), now=NOW).form == "checkpoint"
    assert services.create(details(), now=NOW).form == "domestic"


def test_a_new_name_is_signed_again_and_old_posters_still_count(shop: Place, officer: Officer) -> None:
    old = shop.venue_code
    place = services.update(shop, details(name="Bách hóa Hoa", unit=VINH_HOA), by=officer, now=NOW)
    assert verify(place.venue_code).name == "Bách hóa Hoa"
    assert verify(old, selectors.revoked_seeds()).place == shop.id
    assert (place.code, bytes(place.seed)) == (shop.code, bytes(shop.seed))
    assert "owner_phone" in str(selectors.history(place)[0].data)


def test_reissuing_revokes_the_poster_that_was_copied(shop: Place, officer: Officer) -> None:
    old = shop.venue_code
    place = services.reissue(shop, by=officer, now=NOW)
    revoked = selectors.revoked_seeds()
    with pytest.raises(InvalidInput, match="code_revoked"):
        verify(old, revoked)
    assert verify(place.venue_code, revoked).place == shop.id
    assert place.code == shop.code


def test_the_life_of_a_place(shop: Place, officer: Officer) -> None:
    with pytest.raises(InvalidInput, match="place_state"):
        services.approve(shop, by=officer, now=NOW)
    with pytest.raises(InvalidInput, match="place_reason"):
        services.suspend(shop, "  ", by=officer, now=NOW)
    place = services.suspend(shop, "Không tuân thủ 5K", by=officer, now=NOW)
    assert (place.status, place.note) == ("suspended", "Không tuân thủ 5K")
    with pytest.raises(InvalidInput, match="code_revoked"):
        verify(place.venue_code, selectors.revoked_seeds())
    services.reopen(place, by=officer, now=NOW)
    closed = services.close(place, "Sang tên cho 0912345678", by=officer, now=NOW)
    with pytest.raises(InvalidInput, match="place_state"):
        services.update(closed, details(), by=officer, now=NOW)
    assert kinds(place) == ["place.created", "place.suspended", "place.reopened", "place.closed"]


def test_an_owner_registers_and_gets_a_provisional_qr(province: None) -> None:
    told = details(owner_phone="0912345678")
    with pytest.raises(InvalidInput, match="place_phone_unverified"):
        services.self_register(told, phone_verified=False, now=NOW)
    with pytest.raises(InvalidInput, match="place_kind"):
        services.self_register(
            details(owner_phone="0912345678", kind="checkpoint"), phone_verified=True, now=NOW
        )
    with pytest.raises(InvalidInput, match="phone_empty"):
        services.self_register(details(), phone_verified=True, now=NOW)
    place = services.self_register(told, phone_verified=True, now=NOW)
    assert place.status == Place.Status.PROVISIONAL
    assert verify(place.venue_code).place == place.id
    for number in range(services.MOST_WAITING - 1):
        services.self_register(
            details(name=f"Quán {number}", owner_phone="0912345678"), phone_verified=True, now=NOW
        )
    with pytest.raises(InvalidInput, match="place_too_many"):
        services.self_register(told, phone_verified=True, now=NOW)
    services.approve(place, by=None, now=NOW)
    assert selectors.of_phone("+84912345678").count() == services.MOST_WAITING
    services.self_register(told, phone_verified=True, now=NOW)


def test_approval_keeps_the_note(province: None, officer: Officer) -> None:
    made = services.self_register(
        details(owner_phone="0912345678", note="Cổng sau, cạnh chợ"), phone_verified=True, now=NOW
    )
    services.approve(made, by=officer, now=NOW)
    assert Place.objects.get().note == "Cổng sau, cạnh chợ"


def test_search_without_accents_by_code_and_by_phone(shop: Place) -> None:
    def found(text: str) -> list[Place]:
        return list(selectors.search(NHA_TRANG, text))

    for text in (
        "bach hoa",
        "hoa bach",
        "BÁCH",
        "cua h",
        shop.code,
        codes.shown(shop.code).lower(),
        "0912 345 678",
    ):
        assert found(text) == [shop], text
    for text in ("ach hoa", "%", "_", "'", "\x00", "0912345679", "zzz"):
        assert found(text) == [], text
    assert list(selectors.search(Scope.of(["56/569/"]), "bach hoa")) == []
    assert list(selectors.search(Scope(), "bach hoa")) == []
    assert list(selectors.search(NHA_TRANG, unit=VINH_HAI)) == []
    assert list(selectors.search(NHA_TRANG, unit="56/")) == [shop]
    assert selectors.counts(selectors.search(NHA_TRANG))["active"] == 1


def test_a_code_is_found_as_typed_and_never_used_twice(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert selectors.by_code(f" {shop.code[:4].lower()}-{shop.code[4:]} ") == shop
    assert selectors.by_code("'; drop table") is None
    drawn = iter([shop.code, shop.code, "00000000", "00000000", "00000001"])
    monkeypatch.setattr(codes, "_random", lambda: next(drawn))
    assert sorted(codes.new_codes(2)) == ["00000000", "00000001"]


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = codes.parse_code(text)
    except InvalidInput as error:
        assert error.code == "place_code"
    else:
        assert codes.parse_code(codes.shown(code).lower()) == code


@given(st.text(min_size=1, max_size=160))
def test_any_name_fits_the_pass(name: str) -> None:
    short = codes._shortened(name.encode("utf-8", "replace").decode())
    assert len(short.encode()) <= codes.MOST_NAME_BYTES
