from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import PURPOSES, CardPass, KeyStore, SigningKey, TrustEntry, TrustList, issue, read
from lachan.kernel.codes.wire import encode, from_base45, pack, to_base45, to_be_signed
from lachan.kernel.errors import InvalidInput

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)
ANCHOR = SigningKey.derive(b"anchor")
KEYS = [SigningKey.derive(b"issuer %d" % number) for number in range(4)]

MOMENT = st.integers(0, 2**32 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ENTRY = st.builds(
    TrustEntry,
    st.sampled_from([key.public for key in KEYS]),
    st.frozensets(st.sampled_from(sorted(PURPOSES))),
    MOMENT,
    st.none() | MOMENT.filter(lambda moment: moment.timestamp() >= 1),
    st.booleans(),
)
TRUST = st.builds(
    TrustList,
    st.lists(ENTRY, unique_by=lambda entry: entry.kid, max_size=4),
    MOMENT,
    MOMENT,
    st.frozensets(st.binary(min_size=16, max_size=16), max_size=4),
)


def refused(code, attempt, *args):
    with pytest.raises(InvalidInput) as caught:
        attempt(*args)
    assert str(caught.value) == code


def verified(text):
    return TrustList.verify(text, [ANCHOR.public])


def simple(**changes):
    named = {
        "entries": [TrustEntry(KEYS[0].public)],
        "issued_at": NOW,
        "expires_at": NOW + timedelta(days=7),
        **changes,
    }
    return TrustList(**named)


def signed(fields):
    payload = encode(fields)
    return "LCT1:" + to_base45(pack(ANCHOR.kid, payload, ANCHOR.sign(to_be_signed(ANCHOR.kid, payload))))


@given(TRUST)
def test_a_signed_list_survives(trust):
    assert verified(trust.sign(ANCHOR)) == trust


def test_an_end_at_the_epoch_is_refused_since_zero_is_written_for_no_end():
    with pytest.raises(InvalidInput, match="trust_broken"):
        TrustEntry(KEYS[0].public, not_after=datetime(1970, 1, 1, tzinfo=UTC))


def test_only_an_anchor_may_sign():
    text = simple().sign(KEYS[0])
    refused("trust_key_unknown", verified, text)
    refused("trust_key_unknown", TrustList.verify, text, [])
    assert TrustList.verify(text, [ANCHOR.public, KEYS[0].public]).entries


@given(st.data())
def test_any_changed_byte_is_noticed(data):
    frame = bytearray(from_base45(simple().sign(ANCHOR)[5:]))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidInput):
        verified("LCT1:" + to_base45(bytes(frame)))


@given(st.text() | st.text().map("LCT1:".__add__) | st.binary().map(lambda data: "LCT1:" + to_base45(data)))
def test_any_text_is_refused_calmly(text):
    with pytest.raises(InvalidInput):
        verified(text)


def test_a_list_has_an_end():
    text = simple().sign(ANCHOR)
    end = NOW + timedelta(days=7)
    assert TrustList.verify(text, [ANCHOR.public], FixedClock(end - timedelta(seconds=1)))
    refused("trust_expired", TrustList.verify, text, [ANCHOR.public], FixedClock(end))


def test_a_code_is_never_taken_for_a_list():
    code = issue(CardPass(bytes(16), NOW), ANCHOR)
    refused("trust_broken", verified, "LCT1:" + code[4:])
    refused("trust_broken", verified, code)
    refused("code_cose", read, "LC1:" + simple().sign(ANCHOR)[5:], simple(), CLOCK)


GOOD_ENTRY = [KEYS[0].public.raw, 0, 0, [1, 2], 0]
GOOD_MAP = {0: 16, 4: 2000000000, 6: 1700000000, 20: [GOOD_ENTRY], 21: []}


@pytest.mark.parametrize(
    "change",
    [
        {0: 2},
        {4: b""},
        {6: 2**32},
        {20: b""},
        {20: [GOOD_ENTRY, GOOD_ENTRY]},
        {20: [GOOD_ENTRY[:4]]},
        {20: [[bytes(64), *GOOD_ENTRY[1:]]]},
        {20: [["x", *GOOD_ENTRY[1:]]]},
        {20: [[*GOOD_ENTRY[:3], 1, 0]]},
        {20: [[*GOOD_ENTRY[:3], [[1]], 0]]},
        {20: [[*GOOD_ENTRY[:4], 2]]},
        {21: [1]},
        {21: b""},
        {22: 1},
    ],
)
def test_a_wrong_map_is_refused_though_an_anchor_signed_it(change):
    assert verified(signed(GOOD_MAP))
    refused("trust_broken", verified, signed({**GOOD_MAP, **change}))


def test_a_purpose_of_a_later_version_is_skipped():
    trust = verified(signed({**GOOD_MAP, 20: [[*GOOD_ENTRY[:3], [1, 99], 0]]}))
    assert trust.entries[0].purposes == {"venue"}


def test_a_list_too_long_is_refused_before_decoding():
    refused("trust_too_long", verified, "LCT1:" + "0" * (4 * 1024 * 1024))


def test_unknown_purposes_and_double_keys_are_refused():
    refused("trust_broken", TrustEntry, KEYS[0].public, frozenset({"everything"}))
    refused("trust_broken", TrustList, [TrustEntry(KEYS[0].public)] * 2, NOW, NOW)


def test_the_list_of_a_key_store_follows_rotation_and_revocation(tmp_path):
    store = KeyStore.open(tmp_path, create=True)
    first = issue(CardPass(bytes(16), NOW), store.current)
    stale = KeyStore.open(tmp_path)
    store.rotate(CLOCK)
    second = issue(CardPass(bytes(16), NOW), store.current)
    trust = verified(TrustList.of(stale, CLOCK, days=3).sign(ANCHOR))
    assert trust.expires_at == NOW + timedelta(days=3)
    assert {read(text, trust, CLOCK).status for text in (first, second)} == {"valid"}
    store.revoke(store.current.kid, CLOCK)
    trust = TrustList.of(store, CLOCK)
    refused("code_key_revoked", read, second, trust, CLOCK)
    assert read(first, trust, CLOCK).status == "valid"


def test_revoked_serials_are_carried(tmp_path):
    store = KeyStore.open(tmp_path, create=True)
    trust = TrustList.of(store, CLOCK, revoked_serials=[bytes(16)])
    code = issue(CardPass(bytes(16), NOW), store.current)
    refused("code_revoked", read, code, verified(trust.sign(ANCHOR)), CLOCK)
