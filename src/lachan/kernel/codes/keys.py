"""P-256 keys for ES256, in the forms that WebCrypto takes: raw ``x || y`` points, raw ``r || s`` signatures, JWK."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from lachan.kernel.codes.wire import KID_BYTES, SIGNATURE_BYTES
from lachan.kernel.errors import InvalidInput

__all__ = ["PublicKey", "SigningKey"]

POINT_BYTES = 64
_CURVE = ec.SECP256R1()
_ES256 = ec.ECDSA(hashes.SHA256())
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# SubjectPublicKeyInfo of a P-256 point, up to and with the 04 that opens an uncompressed point (RFC 5480).
_SPKI = bytes.fromhex("3059301306072A8648CE3D020106082A8648CE3D03010703420004")


class PublicKey:
    """A P-256 point. Equal when the points are; `raw` is x || y (64 bytes), `kid` its 4-byte key id."""

    __slots__ = ("_key", "kid", "raw")

    def __init__(self, key: ec.EllipticCurvePublicKey, raw: bytes | None = None) -> None:
        """`raw` is the key's own x || y, where it is known already: asking the key costs as much as loading it."""
        self._key = key
        self.raw: bytes = _raw(key) if raw is None else raw
        self.kid: bytes = sha256(_SPKI + self.raw).digest()[:KID_BYTES]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"PublicKey(kid={self.kid.hex()})"

    @staticmethod
    def from_raw(raw: bytes) -> PublicKey:
        """The key of a 64-byte x || y. Raises InvalidInput("key_broken") when it isn't a point of the curve."""
        try:
            return _load_raw(raw)
        except ValueError:
            raise InvalidInput("key_broken") from None

    @staticmethod
    def from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
        """The key of a JSON Web Key (EC, P-256). Raises InvalidInput("key_broken")."""
        if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
            raise InvalidInput("key_broken")
        return PublicKey.from_raw(_from_b64url(jwk.get("x")) + _from_b64url(jwk.get("y")))

    @staticmethod
    def from_pem(pem: bytes | str) -> PublicKey:
        """The key of a SubjectPublicKeyInfo PEM. Raises InvalidInput("key_broken")."""
        try:
            key = serialization.load_pem_public_key(_as_bytes(pem))
        except ValueError:
            raise InvalidInput("key_broken") from None
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != _CURVE.name:
            raise InvalidInput("key_broken")
        return PublicKey(key)

    def to_pem(self) -> str:
        """SubjectPublicKeyInfo PEM."""
        return self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode("ascii")

    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key; its ``kid`` is the hexadecimal key id."""
        x, y = _b64url(self.raw[:32]), _b64url(self.raw[32:])
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.kid.hex(), "alg": "ES256"}

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether a 64-byte r || s is this key's signature over `data`."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), data, _ES256)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A P-256 private key. Nothing here prints the secret."""

    __slots__ = ("_key", "_scheme", "kid", "public")

    def __init__(self, key: ec.EllipticCurvePrivateKey, *, deterministic: bool = False) -> None:
        self._key = key
        self._scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True) if deterministic else _ES256
        self.public = PublicKey(key.public_key())
        self.kid = self.public.kid

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid.hex()})"

    @classmethod
    def generate(cls) -> SigningKey:
        """A fresh random key."""
        return cls(ec.generate_private_key(_CURVE))

    @classmethod
    def derive(cls, seed: bytes) -> SigningKey:
        """A key made from a public seed, with repeatable signatures (RFC 6979). For test vectors only."""
        secret = int.from_bytes(sha256(seed).digest(), "big") % (_ORDER - 1) + 1
        return cls(ec.derive_private_key(secret, _CURVE), deterministic=True)

    @classmethod
    def from_pem(cls, pem: bytes | str, password: bytes | None = None) -> SigningKey:
        """The key of a private-key PEM. Raises InvalidInput("key_broken"), for a wrong password too."""
        try:
            key = serialization.load_pem_private_key(_as_bytes(pem), password)
        except (ValueError, TypeError):
            raise InvalidInput("key_broken") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != _CURVE.name:
            raise InvalidInput("key_broken")
        return cls(key)

    def to_pem(self, password: bytes | None = None) -> str:
        """PKCS #8 PEM, encrypted when a password is given."""
        cover: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password:
            cover = serialization.BestAvailableEncryption(password)
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cover
        ).decode("ascii")

    def jwk(self) -> dict[str, str]:
        """The *public* half as a JSON Web Key."""
        return self.public.jwk()

    def private_jwk(self) -> dict[str, str]:
        """The whole key as a JSON Web Key, secret ``d`` included."""
        secret = self._key.private_numbers().private_value.to_bytes(32, "big")
        return {**self.jwk(), "d": _b64url(secret)}

    def sign(self, data: bytes) -> bytes:
        """The 64-byte r || s over SHA-256 of `data`."""
        r, s = decode_dss_signature(self._key.sign(data, self._scheme))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@lru_cache(
    maxsize=8192
)  # loading a point checks that it lies on the curve, which costs as much as half a verification
def _load_raw(raw: bytes) -> PublicKey:
    if len(raw) != POINT_BYTES:
        raise ValueError("a point is 64 bytes")
    return PublicKey(ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + raw), bytes(raw))


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def forget_points() -> None:
    """Empty the cache of loaded points, so that a benchmark meets each phone for the first time."""
    _load_raw.cache_clear()


def _as_bytes(pem: bytes | str) -> bytes:
    return pem.encode("utf-8", "replace") if isinstance(pem, str) else pem


def _b64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_b64url(text: object) -> bytes:
    if not isinstance(text, str) or len(text) != 43:
        raise InvalidInput("key_broken")
    try:
        return urlsafe_b64decode(text + "=")
    except ValueError:
        raise InvalidInput("key_broken") from None
