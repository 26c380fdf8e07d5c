import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import (
    ERRORS,
    CardPass,
    FormSerial,
    HolderClaim,
    PersonPass,
    SigningKey,
    TrustEntry,
    TrustList,
    VenuePass,
    issue,
    peek,
    present,
    read,
    vectors,
)
from lachan.kernel.codes.wire import ALPHABET, encode, from_base45, pack, to_base45, to_be_signed
from lachan.kernel.errors import InvalidInput

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)
ISSUER = SigningKey.derive(b"issuer")
HOLDER = SigningKey.derive(b"holder")
TRUST = TrustList([TrustEntry(ISSUER.public)], NOW, NOW + timedelta(days=7))

SERIAL = st.binary(min_size=16, max_size=16)
PAST = st.integers(0, int(NOW.timestamp())).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
FUTURE = st.integers(int(NOW.timestamp()) + 1, 2**32 - 1).map(lambda s: datetime.fromtimestamp(s, UTC))


def words(most):
    return st.text(min_size=1, max_size=most // 4)


VENUES = st.builds(
    VenuePass,
    st.uuids(),
    words(300),
    words(64),
    SERIAL,
    st.dates(date(1970, 1, 1), NOW.date()),
    st.none() | FUTURE,
)
PERSONS = st.builds(PersonPass, SERIAL, words(64), PAST, FUTURE)
CARDS = st.builds(CardPass, SERIAL, PAST, st.none() | FUTURE)
FORMS = st.builds(FormSerial, SERIAL, words(64), PAST, st.none() | FUTURE)
CLAIMS = st.one_of(
    st.builds(
        HolderClaim,
        SERIAL,
        st.just(HOLDER.public),
        PAST,
        digest=st.binary(min_size=32, max_size=32),
        place=st.none() | st.uuids(),
    ),
    st.builds(HolderClaim, SERIAL, st.just(HOLDER.public), PAST, body=st.binary(min_size=1, max_size=1500)),
)
CARD = CardPass(bytes(16), NOW)
PERSON = PersonPass(bytes(16), "allow", NOW, NOW + timedelta(days=3))
HELD = dataclasses.replace(PERSON, holder=HOLDER.public)
CLAIM = HolderClaim(bytes(16), HOLDER.public, NOW, digest=bytes(32))


def refused(code, attempt, *args, **named):
    with pytest.raises(InvalidInput) as caught:
        attempt(*args, **named)
    assert str(caught.value) == code


def signed(fields, key=ISSUER):
    payload = encode(fields)
    return "LC1:" + to_base45(pack(key.kid, payload, key.sign(to_be_signed(key.kid, payload))))


@given(st.one_of(VENUES, PERSONS, CARDS, FORMS))
def test_what_is_issued_reads_back(claims):
    text = issue(claims, ISSUER)
    verified = read(text, TRUST, CLOCK)
    assert (verified.claims, verified.kind, verified.kid) == (claims, claims.kind, ISSUER.kid)
    assert verified.status == "valid"
    assert set(text) <= set(ALPHABET)


@given(CLAIMS)
def test_a_holders_claim_is_never_more_than_unconfirmed(claims):
    verified = read(issue(claims, HOLDER), TRUST, CLOCK)
    assert (verified.claims, verified.status, verified.presented_at) == (claims, "unconfirmed", None)


@given(st.one_of(VENUES, PERSONS, CARDS, FORMS), st.data())
def test_any_changed_byte_of_the_frame_is_refused(claims, data):
    frame = bytearray(from_base45(issue(claims, ISSUER)[4:]))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidInput):
        read("LC1:" + to_base45(bytes(frame)), TRUST, CLOCK)


@given(st.data())
def test_any_changed_character_is_refused(data):
    shown = present(issue(HELD, ISSUER), HOLDER, CLOCK)
    assert read(shown, TRUST, CLOCK).presented_at == NOW
    at = data.draw(st.integers(0, len(shown) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda letter: letter != shown[at]))
    with pytest.raises(InvalidInput):
        read(shown[:at] + other + shown[at + 1 :], TRUST, CLOCK)


@given(st.data())
def test_any_cut_is_refused(data):
    shown = present(issue(HELD, ISSUER), HOLDER, CLOCK)
    start = data.draw(st.integers(0, len(shown)))
    end = data.draw(st.integers(start, len(shown)))
    if (start, end) != (0, len(shown)):
        with pytest.raises(InvalidInput):
            read(shown[start:end], TRUST, CLOCK)


@given(
    st.one_of(
        st.text(),
        st.text().map("LC1:".__add__),
        st.text(ALPHABET).map("LC1:".__add__),
        st.binary().map(lambda data: "LC1:" + to_base45(data)),
        st.binary().map(lambda data: "LC1:" + to_base45(pack(b"kid!", data, bytes(64)))),
    )
)
def test_any_text_is_refused_with_a_known_code(text):
    for attempt in (lambda: read(text, TRUST, CLOCK), lambda: peek(text)):
        with pytest.raises(InvalidInput) as caught:
            attempt()
        assert caught.value.code in ERRORS


def test_the_text_is_capped_before_it_is_decoded():
    refused("code_too_long", read, "LC1:" + "0" * 4093, TRUST, CLOCK)
    refused("code_too_long", peek, "nonsense" * 1000)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {0: 5, 6: 1, 7: bytes(16)},
        {0: 16},
        {0: "card", 6: 1, 7: bytes(16)},
        {0: 3, 7: bytes(16)},
        {0: 3, 6: 1},
        {0: 3, 6: 1, 7: bytes(15)},
        {0: 3, 6: b"1", 7: bytes(16)},
        {0: 3, 6: 2**32, 7: bytes(16)},
        {0: 3, 6: 1, 7: "0" * 16},
        {0: 3, 6: 1, 7: bytes(16), 14: "allow"},
        {0: 3, 6: 1, 7: bytes(16), 63: 0},
        {0: 2, 4: 2**31, 6: 1, 7: bytes(16), 14: ""},
        {0: 2, 4: 2**31, 6: 1, 7: bytes(16), 14: "x" * 65},
        {0: 2, 4: 2**31, 6: 1, 7: bytes(16), 14: b"allow"},
        {0: 2, 6: 1, 7: bytes(16), 14: "allow"},
        {0: 2, 4: 2**31, 6: 1, 7: bytes(16), 8: bytes(64), 14: "allow"},
        {0: 1, 9: bytes(16), 10: "a", 11: "b", 12: bytes(16), 13: 2**32 - 1},
        {0: 6, 6: 1, 7: bytes(16), 8: HOLDER.public.raw},
        {0: 6, 6: 1, 7: bytes(16), 8: HOLDER.public.raw, 16: bytes(32), 17: b"x"},
        {0: 6, 6: 1, 7: bytes(16), 8: HOLDER.public.raw, 17: b""},
        {0: 6, 6: 1, 7: bytes(16), 8: HOLDER.public.raw, 17: bytes(1501)},
    ],
)
def test_wrong_claims_are_refused_though_the_issuer_signed_them(fields):
    refused("code_cose", read, signed(fields), TRUST, CLOCK)


def test_keys_from_64_may_be_ignored():
    verified = read(signed({0: 3, 6: 1, 7: bytes(16), 64: "later"}), TRUST, CLOCK)
    assert verified.claims == CardPass(bytes(16), datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "claims",
    [
        CardPass(b"short", NOW),
        CardPass(bytes(16), NOW.replace(tzinfo=None)),
        CardPass(bytes(16), datetime(2106, 3, 1, tzinfo=UTC)),
        CardPass(bytes(16), datetime(1969, 1, 1, tzinfo=UTC)),
        dataclasses.replace(PERSON, decision=""),
        dataclasses.replace(PERSON, decision="ỡ" * 22),
        dataclasses.replace(PERSON, decision="\ud800"),
        VenuePass(UUID(int=1), "x" * 301, "79", bytes(16), NOW.date()),
        VenuePass(UUID(int=1), "x", "79", bytes(16), date(1969, 12, 31)),
    ],
)
def test_claims_that_could_not_be_read_are_never_issued(claims):
    refused("code_claims", issue, claims, ISSUER)


def test_a_claim_says_one_thing_and_is_signed_by_its_own_key():
    refused("code_claims", issue, dataclasses.replace(CLAIM, digest=None), HOLDER)
    refused("code_claims", issue, dataclasses.replace(CLAIM, body=b"x"), HOLDER)
    refused("code_claims", issue, dataclasses.replace(CLAIM, digest=None, body=bytes(1501)), HOLDER)
    refused("code_holder_signature", issue, CLAIM, ISSUER)
    refused("code_holder_signature", read, signed(CLAIM.to_map() | {0: 6}, ISSUER), TRUST, CLOCK)


def test_a_claim_may_be_presented_by_its_own_phone_only():
    text = issue(CLAIM, HOLDER)
    assert read(present(text, HOLDER, CLOCK), TRUST, CLOCK).presented_at == NOW
    refused("code_holder_signature", read, present(text, ISSUER, CLOCK), TRUST, CLOCK)


def test_a_stale_screenshot_still_reads_when_freshness_is_not_asked_for():
    shown = present(issue(HELD, ISSUER), HOLDER, CLOCK)
    later = FixedClock(NOW + timedelta(hours=1))
    refused("code_holder_stale", read, shown, TRUST, later)
    assert read(shown, TRUST, later, max_age_holder=timedelta(hours=1)).status == "valid"
    assert read(shown, TRUST, later, max_age_holder=None).presented_at == NOW


def test_a_bare_pass_with_a_holder_counts_only_where_freshness_is_not_asked_for():
    text = issue(HELD, ISSUER)
    refused("code_holder_stale", read, text, TRUST, CLOCK)
    assert read(text, TRUST, CLOCK, max_age_holder=None).status == "unpresented"


def test_the_signature_of_another_moment_does_not_fit():
    text = issue(HELD, ISSUER)
    proof = from_base45(present(text, HOLDER, CLOCK)[len(text) + 3 :])
    moved = (int(NOW.timestamp()) + 30).to_bytes(4, "big") + proof[4:]
    refused("code_holder_signature", read, f"{text}...{to_base45(moved)}", TRUST, CLOCK)


def test_peek_verifies_nothing_and_says_so():
    text = issue(PERSON, SigningKey.derive(b"stranger"))
    peeked = peek(text)
    assert (peeked.kind, peeked.claims) == ("person", PERSON)
    assert not hasattr(peeked, "status")
    refused("code_key_unknown", read, text, TRUST, CLOCK)


def test_a_posters_day_begins_at_midnight_in_viet_nam():
    venue = VenuePass(UUID(int=1), "Chợ", "79", bytes(16), date(2026, 3, 3))
    text = issue(venue, ISSUER)
    midnight = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert read(text, TRUST, FixedClock(midnight)).status == "valid"
    refused("code_not_yet_valid", read, text, TRUST, FixedClock(midnight - timedelta(seconds=61)))


@pytest.mark.parametrize("serial", [b"s" * 16, UUID(int=1).bytes])
def test_one_poster_or_a_whole_place_can_be_revoked(serial):
    trust = dataclasses.replace(TRUST, revoked_serials=frozenset({serial}))
    text = issue(VenuePass(UUID(int=1), "Chợ", "79", b"s" * 16, NOW.date()), ISSUER)
    refused("code_revoked", read, text, trust, CLOCK)


def test_the_vectors_say_what_they_are_named_for():
    outcomes = {case["name"]: case["expect"] for case in vectors.build()["cases"]}
    expected = {
        "forged: unknown key": "code_key_unknown",
        "forged: stranger under the issuer's id": "code_signature",
        "forged: decision changed": "code_signature",
        "forged: signature changed": "code_signature",
        "forged: key may not sign this kind": "code_key_unknown",
        "forged: revoked key": "code_key_revoked",
        "forged: claim in another's name": "code_holder_signature",
        "broken: prefix": "code_prefix",
        "broken: lower case": "code_prefix",
        "broken: lower case after the prefix": "code_base45",
        "broken: newline at the end": "code_base45",
        "broken: overflowing group": "code_base45",
        "broken: trailing byte": "code_cose",
        "broken: untagged": "code_cose",
        "broken: two tags": "code_cose",
        "broken: key twice in the map": "code_cose",
        "broken: nesting": "code_cose",
        "broken: too long": "code_too_long",
        "expired pass": "code_expired",
        "pass from the future": "code_not_yet_valid",
        "key past its end": "code_expired",
        "revoked card": "code_revoked",
        "trust list too old": "trust_expired",
        "forged: appointment by a posters-only key": "code_key_unknown",
        "broken: appointment without its place": "code_cose",
        "broken: appointment with something of health": "code_cose",
        "broken: appointment that ends before it starts": "code_cose",
        "appointment, days before": "code_not_yet_valid",
        "appointment, over": "code_expired",
        "appointment, called off": "code_revoked",
        "stale holder: screenshot, 61 s old": "code_holder_stale",
        "stale holder: phone 61 s ahead": "code_holder_stale",
        "stale holder: not presented": "code_holder_stale",
        "holder: another phone": "code_holder_signature",
        "holder: proof of another pass": "code_holder_signature",
        "holder: proof cut short": "code_holder_signature",
        "holder: pass without a holder": "code_holder_signature",
        "holder: empty proof": "code_holder_signature",
    }
    assert {name: outcome["error"] for name, outcome in outcomes.items() if not outcome["ok"]} == expected
    assert {outcome["kind"] for outcome in outcomes.values() if outcome["ok"]} == {
        "venue",
        "person",
        "card",
        "form",
        "appointment",
        "claim",
    }


def test_the_vectors_are_the_same_on_every_run():
    assert vectors.build() == vectors.build()


def test_the_documented_vector_is_the_generated_one():
    document = Path(__file__).parents[4] / "docs" / "formats" / "signed-codes.md"
    text = document.read_text("utf-8")
    built = vectors.build()
    card = next(case for case in built["cases"] if case["name"] == "good card")
    assert f"`{card['text']}`" in text
    assert from_base45(card["text"][4:]).hex() in text.replace(" ", "")
    assert to_be_signed(vectors.ISSUER.kid, encode({0: 3, **vectors.CARD.to_map()})).hex() in text.replace(
        " ", ""
    )
    for key in ("x", "y"):
        assert vectors.ISSUER.jwk()[key] in text
    for code in ERRORS:
        assert f"`{code}`" in text


def test_a_pass_met_before_is_asked_everything_that_can_change():
    """What is remembered of it is its content and its issuer's signature; trust, time, revocation and its holder never."""
    pass_ = PersonPass(bytes(16), "green", NOW - timedelta(hours=1), NOW + timedelta(hours=1), HOLDER.public)
    text = issue(pass_, ISSUER)
    shown = present(text, HOLDER, CLOCK)
    assert read(shown, TRUST, CLOCK).status == "valid"
    later = FixedClock(NOW + timedelta(hours=2))
    gone = TrustList([TrustEntry(ISSUER.public, revoked=True)], NOW, NOW + timedelta(days=7))
    lost = TrustList([TrustEntry(ISSUER.public)], NOW, NOW + timedelta(days=7), frozenset({pass_.serial}))
    nobody = TrustList([TrustEntry(HOLDER.public)], NOW, NOW + timedelta(days=7))
    thief = present(text, SigningKey.derive(b"thief"), CLOCK)
    for again, trust, clock, code in (
        (shown, gone, CLOCK, "code_key_revoked"), (shown, lost, CLOCK, "code_revoked"), (shown, nobody, CLOCK, "code_key_unknown"),
        (shown, TRUST, FixedClock(NOW + timedelta(seconds=61)), "code_holder_stale"), (present(text, HOLDER, later), TRUST, later, "code_expired"),
        (thief, TRUST, CLOCK, "code_holder_signature"), (text, TRUST, CLOCK, "code_holder_stale"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=code):
            read(again, trust, clock)
    assert read(present(text, HOLDER, CLOCK), TRUST, CLOCK).status == "valid"


def test_a_forged_pass_stays_forged_however_often_it_is_shown():
    forged = issue(PersonPass(bytes(16), "green", NOW, NOW + timedelta(hours=1)), ISSUER)
    frame = from_base45(forged[4:])
    changed = "LC1:" + to_base45(frame[:-1] + bytes((frame[-1] ^ 1,)))
    assert read(forged, TRUST, CLOCK).status == "valid"
    for _ in range(3):
        with pytest.raises(InvalidInput, match="code_signature"):
            read(changed, TRUST, CLOCK)
