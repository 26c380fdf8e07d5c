from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import KeyStore, PublicKey, SigningKey
from lachan.kernel.errors import InvalidInput

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
KEY = SigningKey.derive(b"test")


def refused(code, attempt, *args, **named):
    with pytest.raises(InvalidInput) as caught:
        attempt(*args, **named)
    assert str(caught.value) == code


def pem_of(key):
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def test_the_kid_is_the_start_of_the_hash_of_the_der_key():
    key = serialization.load_pem_public_key(KEY.public.to_pem().encode())
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert KEY.kid == KEY.public.kid == sha256(der).digest()[:4]


@given(st.binary(max_size=100))
def test_signatures_are_64_bytes_and_verify(data):
    signature = KEY.sign(data)
    assert len(signature) == 64
    assert KEY.public.verify(signature, data)
    assert not KEY.public.verify(signature, data + b"!")
    assert not SigningKey.derive(b"other").public.verify(signature, data)


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, bytes(63), bytes(32) + b"\1" * 32])
def test_impossible_signatures_are_refused(signature):
    assert not KEY.public.verify(signature, b"data")


def test_a_key_survives_every_form():
    key = SigningKey.generate()
    assert SigningKey.from_pem(key.to_pem()).public == key.public
    assert SigningKey.from_pem(key.to_pem(b"pass"), b"pass").public == key.public
    assert PublicKey.from_pem(key.public.to_pem()) == key.public
    assert PublicKey.from_jwk(key.jwk()) == key.public
    assert PublicKey.from_raw(key.public.raw) == key.public
    assert hash(PublicKey.from_jwk(key.jwk())) == hash(key.public)
    assert key.public != key


def test_the_jwk_of_a_signing_key_holds_no_secret():
    key = SigningKey.generate()
    assert "d" not in key.jwk()
    assert key.private_jwk()["d"] not in repr(key) + repr(key.public)


def test_wrong_keys_are_refused():
    refused("key_broken", SigningKey.from_pem, "nonsense")
    refused("key_broken", SigningKey.from_pem, KEY.to_pem(b"pass"), b"word")
    refused("key_broken", SigningKey.from_pem, KEY.to_pem(b"pass"))
    refused("key_broken", SigningKey.from_pem, pem_of(ed25519.Ed25519PrivateKey.generate()))
    refused("key_broken", SigningKey.from_pem, pem_of(ec.generate_private_key(ec.SECP384R1())))
    refused("key_broken", PublicKey.from_pem, KEY.to_pem())
    refused("key_broken", PublicKey.from_raw, bytes(64))
    refused("key_broken", PublicKey.from_raw, KEY.public.raw[:-1])


@pytest.mark.parametrize(
    "change", [{"kty": "RSA"}, {"crv": "P-384"}, {"x": None}, {"y": "AA"}, {"x": "ỡ" * 43}, {"x": "A" * 43}]
)
def test_wrong_jwks_are_refused(change):
    refused("key_broken", PublicKey.from_jwk, {**KEY.jwk(), **change})


def test_a_store_is_made_once_and_found_again(tmp_path):
    folder = tmp_path / "new" / "keys"
    refused("keystore_missing", KeyStore.open, folder)
    store = KeyStore.open(folder, create=True)
    again = KeyStore.open(folder, create=True)
    assert again.current.public == store.current.public
    assert len(again.all()) == 1
    assert folder.stat().st_mode & 0o777 == 0o700
    files = [path for path in folder.iterdir() if path.name != ".lock"]
    assert len(files) == 2
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_rotation_keeps_the_old_key_for_verifying(tmp_path):
    store = KeyStore.open(tmp_path, create=True)
    first = store.current
    second = store.rotate(FixedClock(NOW), overlap_days=30)
    assert store.current is second
    new, old = KeyStore.open(tmp_path).all()
    assert (new.key.public, new.not_before, new.not_after) == (second.public, NOW, None)
    assert (old.key.public, old.not_after, old.revoked) == (first.public, NOW + timedelta(days=30), False)
    assert store.get(first.kid).key.public == first.public
    assert store.get(b"none") is None


def test_another_process_sees_a_rotation_after_reload(tmp_path):
    store, other = KeyStore.open(tmp_path, create=True), KeyStore.open(tmp_path)
    store.rotate(FixedClock(NOW))
    assert other.current.public != store.current.public
    other.reload()
    assert other.current.public == store.current.public


def test_two_stale_processes_lose_no_key(tmp_path):
    store, other = KeyStore.open(tmp_path, create=True), KeyStore.open(tmp_path)
    store.rotate(FixedClock(NOW))
    other.rotate(FixedClock(NOW + timedelta(days=1)))
    assert len(KeyStore.open(tmp_path).all()) == 3


def test_revoking_the_current_key_replaces_it_first(tmp_path):
    store = KeyStore.open(tmp_path, create=True)
    stolen = store.current
    store.revoke(stolen.kid, FixedClock(NOW))
    assert store.current.kid != stolen.kid
    assert KeyStore.open(tmp_path).get(stolen.kid).revoked
    refused("key_unknown", store.revoke, b"none", FixedClock(NOW))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"keys": [], "current": "00000000"}', '{"keys": [{}], "current": ""}']
)
def test_a_broken_index_is_refused(tmp_path, text):
    KeyStore.open(tmp_path, create=True)
    (tmp_path / "keys.json").write_text(text)
    refused("keystore_broken", KeyStore.open, tmp_path, create=True)


def test_a_swapped_key_file_is_refused(tmp_path):
    store = KeyStore.open(tmp_path, create=True)
    (tmp_path / f"{store.current.kid.hex()}.pem").write_text(SigningKey.generate().to_pem())
    refused("keystore_broken", KeyStore.open, tmp_path)
