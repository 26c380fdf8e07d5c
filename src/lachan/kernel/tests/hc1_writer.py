"""Writes HC1 texts and issuers' certificates, for tests only: an issuer of these is not part of the product."""

from __future__ import annotations

import zlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from lachan.kernel.codes.hc1 import Hc1Key
from lachan.kernel.codes.wire import to_base45

NOW = datetime(2022, 1, 20, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ALG = {"ES256": -7, "PS256": -37}
EKU = "1.3.6.1.4.1.1847.2021.1."
BAD_EKU = "1.3.6.1.4.1.0.1847.2021.1."

VACCINATION = {
    "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2,
    "dt": "2021-11-05", "co": "VN", "is": "Bộ Y tế", "ci": "URN:UVCI:01:VN:0A1B2C3D4E5F#K",
}  # fmt: skip
TEST = {
    "tg": "840539006", "tt": "LP6464-4", "nm": "RT-PCR", "sc": "2022-01-18T09:30:00Z", "tr": "260415000",
    "tc": "Viện Pasteur Nha Trang", "co": "VN", "is": "Bộ Y tế", "ci": "URN:UVCI:01:VN:5E4F3A2B1C0D#7",
}  # fmt: skip
RECOVERY = {
    "tg": "840539006", "fr": "2021-10-01", "co": "VN", "is": "Bộ Y tế", "df": "2021-10-12", "du": "2022-03-30",
    "ci": "URN:UVCI:01:VN:9F8E7D6C5B4A#3",
}  # fmt: skip
ENTRIES = {"v": VACCINATION, "t": TEST, "r": RECOVERY}


def dcc(kind: str, **changes: Any) -> dict[str, Any]:
    """A certificate of one kind, its entry changed."""
    name = {"fn": "Nguyễn", "fnt": "NGUYEN", "gn": "Thị Hoa", "gnt": "THI<HOA"}
    return {"ver": "1.3.0", "nam": name, "dob": "1990-05-17", kind: [{**ENTRIES[kind], **changes}]}


@dataclass(frozen=True)
class Issuer:
    """An issuer's key pair and its certificate, good for 200 days from `since`."""

    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    usage: tuple[str, ...] = ()
    since: datetime = NOW - 100 * DAY

    @classmethod
    def make(cls, alg: str, *usage: str) -> Issuer:
        """A fresh one; `usage` are OIDs."""
        if alg == "ES256":
            return cls(ec.generate_private_key(ec.SECP256R1()), usage)
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048), usage)

    @property
    def alg(self) -> str:
        return "ES256" if isinstance(self.private, ec.EllipticCurvePrivateKey) else "PS256"

    @cached_property
    def der(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private.public_key())
            .serial_number(7)
            .not_valid_before(self.since)
            .not_valid_after(self.since + 200 * DAY)
        )
        if self.usage:
            oids = [ObjectIdentifier(oid) for oid in self.usage]
            made = made.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
        return made.sign(self.private, hashes.SHA256()).public_bytes(Encoding.DER)

    @property
    def base64(self) -> str:
        return b64encode(self.der).decode()

    @property
    def kid(self) -> bytes:
        return sha256(self.der).digest()[:8]

    def trusted(self, **changes: Any) -> Hc1Key:
        return Hc1Key(**{"kid": self.kid, "key": self.private.public_key(), **changes})

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
            return self.private.sign(data, pss, hashes.SHA256())
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def token(content: Any, issued: datetime = NOW - DAY, expires: datetime = NOW + 90 * DAY) -> bytes:
    """The claims, as CBOR."""
    times = {4: int(expires.timestamp()), 6: int(issued.timestamp())}
    return cbor2.dumps({1: "VN", **times, -260: {1: content}})


def frame(issuer: Issuer, payload: bytes, header: Any = None, loose: Any = None) -> list[Any]:
    """The four parts of a COSE_Sign1; by default, algorithm and key id are in the protected header."""
    header = {1: ALG[issuer.alg], 4: issuer.kid} if header is None else header
    protected = cbor2.dumps(header)
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    return [protected, loose or {}, payload, issuer.sign(signed)]


def wrap(parts: Any, tags: tuple[int, ...] = (18,)) -> str:
    """The text of a COSE_Sign1 under tags, the outermost first."""
    for tag in reversed(tags):
        parts = cbor2.CBORTag(tag, parts)
    return text(zlib.compress(cbor2.dumps(parts), 9))


def text(packed: bytes) -> str:
    return "HC1:" + to_base45(packed)


def issue(content: Any, issuer: Issuer, **times: datetime) -> str:
    """A certificate as an issuer writes it."""
    return wrap(frame(issuer, token(content, **times)))
