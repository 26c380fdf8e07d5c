"""Whose HC1 signatures count: keys by key id, what each may sign, and when."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from lachan.kernel.codes.hc1.dcc import KINDS
from lachan.kernel.errors import InvalidInput

__all__ = ["ALGORITHMS", "Hc1Key", "Hc1Trust"]

ALGORITHMS = {"ES256": -7, "PS256": -37}
"""Their COSE numbers (RFC 9053): ECDSA on P-256, RSA-PSS with a salt of 32 bytes; both with SHA-256."""
LEAST_RSA_BITS = 2048
KID_BYTES = 8
_ES256 = ec.ECDSA(hashes.SHA256())
_PS256 = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)

Key: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True)
class Hc1Key:
    """One issuer's key. `kid`: the first 8 bytes of SHA-256 of its certificate. `usage`: kinds of `dcc.KINDS`."""

    kid: bytes
    key: Key
    usage: frozenset[str] = frozenset(KINDS)
    not_before: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    not_after: datetime | None = None

    def __post_init__(self) -> None:
        if isinstance(self.key, ec.EllipticCurvePublicKey):
            good = self.key.curve.name == "secp256r1"
        else:
            good = isinstance(self.key, rsa.RSAPublicKey) and self.key.key_size >= LEAST_RSA_BITS
        if not good or not self.kid or not self.usage <= frozenset(KINDS):
            raise InvalidInput("key_broken")

    @property
    def alg(self) -> str:
        """What it signs with: "ES256" or "PS256"."""
        return "ES256" if isinstance(self.key, ec.EllipticCurvePublicKey) else "PS256"

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether this is the key's signature, as COSE writes it, over `data`."""
        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, data, _PS256, hashes.SHA256())
                return True
            if len(signature) != 64:
                return False
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            self.key.verify(encode_dss_signature(r, s), data, _ES256)
        except InvalidSignature:
            return False
        return True

    def to_json(self) -> dict[str, Any]:
        """As a device keeps it: {kid, alg, spki, usage, not_before, not_after}; times in whole seconds."""
        return {
            "kid": self.kid.hex(),
            "alg": self.alg,
            "spki": urlsafe_b64encode(self._spki()).rstrip(b"=").decode(),
            "usage": [kind for kind in KINDS if kind in self.usage],
            "not_before": int(self.not_before.timestamp()),
            "not_after": None if self.not_after is None else int(self.not_after.timestamp()),
        }

    def _spki(self) -> bytes:
        key: Key = self.key
        if isinstance(key, rsa.RSAPublicKey):
            # Written anew: browsers don't take a key that its certificate restricted to RSA-PSS.
            key = key.public_numbers().public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @classmethod
    def from_json(cls, item: Any) -> Hc1Key:
        """The key of `to_json`'s form. Raises InvalidInput("key_broken")."""
        try:
            key: Any = load_der_public_key(urlsafe_b64decode(item["spki"] + "=" * (-len(item["spki"]) % 4)))
            begins, ends = item.get("not_before", 0), item.get("not_after")
            made = cls(
                bytes.fromhex(item["kid"]),
                key,
                frozenset(item["usage"]),
                datetime.fromtimestamp(begins, UTC),
                None if ends is None else datetime.fromtimestamp(ends, UTC),
            )
        except InvalidInput:
            raise
        except (
            Exception
        ):  # a stored list that somebody edited: whatever is wrong in it, the answer is the same
            raise InvalidInput("key_broken") from None
        if made.alg != item.get("alg"):
            raise InvalidInput("key_broken")
        return made


@dataclass(frozen=True, slots=True)
class Hc1Trust:
    """The keys. Two certificates may share a key id by chance, so an id finds several."""

    keys: tuple[Hc1Key, ...] = ()
    _by_kid: Mapping[bytes, tuple[Hc1Key, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_kid: dict[bytes, tuple[Hc1Key, ...]] = {}
        for key in self.keys:
            by_kid[key.kid] = (*by_kid.get(key.kid, ()), key)
        object.__setattr__(self, "_by_kid", by_kid)

    def of(self, kid: bytes) -> tuple[Hc1Key, ...]:
        """The keys of an id."""
        return self._by_kid.get(kid, ())

    def to_json(self) -> list[dict[str, Any]]:
        """Every key, in the order of their ids."""
        return [key.to_json() for key in sorted(self.keys, key=lambda key: key.kid)]

    @classmethod
    def from_json(cls, items: Iterable[Any]) -> Hc1Trust:
        """The list of `to_json`'s form. Raises InvalidInput("key_broken")."""
        return cls(tuple(Hc1Key.from_json(item) for item in items))
