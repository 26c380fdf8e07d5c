import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.errors import InvalidInput

RING = Keyring.generate()
DATA_KEY = DataKey.generate()
BYTES = st.binary(max_size=200)


def refused(code, attempt, *args):
    with pytest.raises(InvalidInput) as caught:
        attempt(*args)
    assert str(caught.value) == code


@given(BYTES, BYTES)
def test_what_is_sealed_opens_again(plaintext, aad):
    assert RING.open(RING.seal(plaintext, aad), aad) == plaintext
    assert DATA_KEY.open(DATA_KEY.seal(plaintext, aad), aad) == plaintext


@given(BYTES, st.data())
def test_any_changed_byte_is_noticed(plaintext, data):
    for key in (RING, DATA_KEY):
        blob = bytearray(key.seal(plaintext, b"people.phone"))
        blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
        refused("sealed_broken", key.open, bytes(blob), b"people.phone")


@given(st.binary(max_size=80))
def test_any_bytes_open_or_are_refused(blob):
    refused("sealed_broken", RING.open, blob, b"")
    refused("sealed_broken", DATA_KEY.open, blob, b"")


def test_a_field_moved_to_another_place_does_not_open():
    blob = RING.seal(b"0912345678", b"people.phone|1")
    refused("sealed_broken", RING.open, blob, b"people.phone|2")


def test_sealing_twice_gives_different_bytes_in_the_documented_layout():
    first, second = RING.seal(b"same", b""), RING.seal(b"same", b"")
    assert first != second
    assert first[0] == RING.current == 1
    assert len(first) == 1 + 12 + len(b"same") + 16


def test_after_rotation_old_fields_open_and_can_be_resealed():
    ring = Keyring.generate()
    old = ring.seal(b"secret", b"a")
    assert ring.reseal(old, b"a") is None
    assert ring.rotate() == ring.current == 2
    assert ring.open(old, b"a") == b"secret"
    moved = ring.reseal(old, b"a")
    assert moved[0] == 2
    assert ring.open(moved, b"a") == b"secret"
    assert ring.reseal(moved, b"a") is None


def test_resealing_a_broken_field_is_refused():
    ring = Keyring.generate()
    old = ring.seal(b"secret", b"a")
    ring.rotate()
    refused("sealed_broken", ring.reseal, old, b"another place")
    refused("sealed_broken", ring.reseal, b"", b"a")


def test_another_ring_opens_nothing():
    refused("sealed_broken", Keyring.generate().open, RING.seal(b"x", b""), b"")


def test_a_ring_survives_its_file(tmp_path):
    ring = Keyring.generate()
    blob, index = ring.seal(b"x", b"a"), ring.blind("phone", "0912")
    ring.rotate()
    ring.rotate_index()
    path = tmp_path / "keys.json"
    ring.save(path)
    ring.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]
    loaded = Keyring.load(path)
    assert (loaded.current, loaded.index_current) == (2, 2)
    assert loaded.open(blob, b"a") == b"x"
    assert loaded.blind_all("phone", "0912")[1] == index
    assert Keyring.loads(ring.dumps()).blind("a", "b") == ring.blind("a", "b")


@pytest.mark.parametrize("part", ["seal", "index"])
@pytest.mark.parametrize(
    "change",
    [
        lambda half: half.update(current=9),
        lambda half: half.update(keys={}),
        lambda half: half.update(keys={"1": "AAAA"}),
        lambda half: half.update(keys={"one": half["keys"]["1"]}),
        lambda half: half.update(keys={"1": "*" * 44}),
        lambda half: half.update(keys=["x"]),
        lambda half: half.pop("current"),
    ],
)
def test_a_broken_ring_file_is_refused(part, change):
    saved = json.loads(Keyring.generate().dumps())
    change(saved[part])
    refused("keyring_broken", Keyring.loads, json.dumps(saved))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, "\0", '{"seal": 1, "index": 2}'])
def test_what_is_no_ring_is_refused(text):
    refused("keyring_broken", Keyring.loads, text)


def test_a_version_is_one_byte():
    ring = Keyring.generate()
    for _ in range(254):
        ring.rotate()
    assert ring.open(ring.seal(b"x", b""), b"") == b"x"
    refused("keyring_full", ring.rotate)


def test_no_key_is_ever_printed():
    saved = json.loads(RING.dumps())
    assert saved["seal"]["keys"]["1"] not in repr(RING)
    assert repr(DATA_KEY) == "DataKey(…)"


@given(st.text(max_size=30), st.text(max_size=30))
def test_blind_indexes_are_equal_exactly_for_equal_values(left, right):
    assert (RING.blind("phone", left) == RING.blind("phone", right)) == (left == right)


def test_the_blind_index_is_hmac_sha256():
    key = bytes(range(32))
    ring = Keyring({1: bytes(32)}, 1, {1: key}, 1)
    framed = b"\x00\x05blind" + b"\x00\x05phone" + "số 1".encode()
    assert ring.blind("phone", "số 1") == hmac.digest(key, framed, "sha256")[:16]
    assert ring.alias("phone", "số 1") == hmac.digest(key, framed.replace(b"blind", b"alias"), "sha256")[:16]


def test_kind_value_and_domain_are_separated():
    results = {
        RING.blind("phone", "1"),
        RING.alias("phone", "1"),
        RING.blind("phon", "e1"),
        RING.blind("cccd", "1"),
        RING.blind("", "phone1"),
        Keyring.generate().blind("phone", "1"),
    }
    assert len(results) == 6
    assert {len(result) for result in results} == {16}


def test_rotating_the_master_key_changes_no_index():
    ring = Keyring.generate()
    before = ring.blind("phone", "1"), ring.alias("phone", "1")
    ring.rotate()
    assert (ring.blind("phone", "1"), ring.alias("phone", "1")) == before


def test_while_indexes_are_rebuilt_lookups_ask_for_all_versions():
    ring = Keyring.generate()
    first, first_alias = ring.blind("phone", "1"), ring.alias("phone", "1")
    assert ring.rotate_index() == 2
    second = ring.blind("phone", "1")
    assert second != first
    assert ring.blind_all("phone", "1") == [second, first]
    assert ring.alias_all("phone", "1") == [ring.alias("phone", "1"), first_alias]


def test_the_cache_of_hash_states_is_bounded():
    ring = Keyring.generate()
    wanted = ring.blind("k0", "v")
    for number in range(2000):
        ring.blind(f"k{number}", "v")
    assert len(ring._states) <= 512
    assert ring.blind("k0", "v") == wanted


def test_a_lone_surrogate_has_an_index_too():
    assert len(RING.blind("name", "\ud800")) == 16


def test_a_data_key_is_bound_to_its_period_and_ring():
    ring = Keyring.generate()
    key = DataKey.generate()
    sealed = key.seal(b"visit", b"row 1")
    wrapped = key.wrap(ring, "2026-03")
    ring.rotate()
    assert DataKey.unwrap(ring, "2026-03", wrapped).open(sealed, b"row 1") == b"visit"
    refused("sealed_broken", DataKey.unwrap, ring, "2026-04", wrapped)
    refused("sealed_broken", DataKey.unwrap, Keyring.generate(), "2026-03", wrapped)
    refused("sealed_broken", DataKey.generate().open, sealed, b"row 1")


def test_a_sealed_field_is_no_wrapped_key():
    field = RING.seal(bytes(32), b"people.note")
    refused("sealed_broken", DataKey.unwrap, RING, "2026-03", field)
    refused("sealed_broken", DataKey, b"short")


def test_fields_sealed_in_a_row_open_alone_and_no_two_nonces_are_equal() -> None:
    key = DataKey.generate()
    seal = key.sealer()
    sealed = [seal(b"visit", bytes([number])) for number in range(200)]
    assert all(key.open(field, bytes([number])) == b"visit" for number, field in enumerate(sealed))
    assert len({field[:12] for field in sealed}) == 200
    refused("sealed_broken", key.open, sealed[0], bytes([1]))
