"""Codes that people hold up at a gate, made by the kernel's own issuing functions with the keys of the running product."""

from __future__ import annotations

import json
import secrets
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import CardPass, KeyStore, PersonPass, SigningKey, issue, present
from lachan.kernel.ids import uuid7
from tests.e2e.product import Product
from tests.smoke import answers

CCCD = "056190{number}|225001122|{name}|17051990|Nữ|12 Trần Phú, Vĩnh Hòa, Nha Trang, Khánh Hòa|22042021"
NATIONAL = "056190{number}|{name}|1990-05-17|0|QID{number}|<2<<0905123456<"
MINUTE = timedelta(minutes=1)


def now() -> datetime:
    return datetime.now(UTC)


def cccd(name: str = "Nguyễn Thị Căn Cước", number: str = "300777") -> str:
    """What an identity card's QR says."""
    return CCCD.format(name=name, number=number)


def national(name: str = "NGUYEN THI QUOC GIA", number: str = "300888") -> str:
    """The national personal QR."""
    return NATIONAL.format(name=name, number=number)


@dataclass
class Wallet:
    """A citizen's phone: its key, the pass that it was given, and for which declaration."""

    key: SigningKey
    text: str
    declaration: str = ""

    def shown(self, ago: timedelta = timedelta(0), at: datetime | None = None) -> str:
        """The pass as the phone shows it, so long ago: a screenshot if that is more than a minute."""
        return present(self.text, self.key, FixedClock((at or now()) - ago))


class Province:
    """Whoever holds the product's signing keys."""

    def __init__(self, product: Product) -> None:
        self.store = KeyStore.open(product.data / "keys" / "signing")

    def wallet(
        self,
        decision: str = "green",
        *,
        key: SigningKey | None = None,
        since: timedelta = timedelta(hours=1),
        life: timedelta = timedelta(hours=24),
        serial: bytes = b"",
    ) -> Wallet:
        """A phone with a pass given so long ago; `key`: another signer than the province."""
        own, begun = SigningKey.generate(), now() - since
        serial = serial or secrets.token_bytes(16)
        pass_ = PersonPass(serial, decision, begun, begun + life, own.public)
        return Wallet(own, issue(pass_, key or self.store.current))

    def card(self, serial: bytes = b"", *, since: timedelta = timedelta(hours=1)) -> str:
        """A paper card, good for a week."""
        begun = now() - since
        return issue(
            CardPass(serial or secrets.token_bytes(16), begun, begun + timedelta(days=7)), self.store.current
        )


def altered(text: str) -> str:
    """The same code with one character of its signed content changed: a "green" that somebody painted."""
    at = len("LC1:") + 60
    other = "A" if text[at] != "A" else "B"
    return text[:at] + other + text[at + 1 :]


def declared(product: Product, name: str = "Nguyễn Thị Qua Chốt", **more: Any) -> Wallet:
    """A declaration sent by a phone with a key of its own, and the pass that it got."""
    own, id = SigningKey.generate(), str(uuid7())
    said = {**answers(product.url), "name": name, **more}
    body = {
        "id": id, "form": "domestic", "answers": said, "lang": "vi", "channel": "web", "holder": _b64url(own.public.raw),
    }  # fmt: skip
    request = urllib.request.Request(
        f"{product.url}/api/intake/declarations",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return Wallet(own, json.load(answer)["pass"], id)


def serial_of(text: str) -> UUID:
    """The serial that a code of ours carries."""
    from lachan.kernel.codes import peek

    return UUID(bytes=peek(text).claims.serials[0])


def _b64url(raw: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(raw).rstrip(b"=").decode()
