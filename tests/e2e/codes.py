"""Codes that people hold up at a gate, made by the kernel's own issuing functions with the keys of the running product."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import (
    Booking,
    CardPass,
    HolderClaim,
    KeyStore,
    PersonPass,
    SigningKey,
    issue,
    issue_appointment,
    present,
)
from lachan.kernel.ids import uuid7
from lachan.kernel.tests import hc1_writer
from tests.e2e.product import ROOT, Product
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


def authority() -> hc1_writer.Issuer:
    """One that signs health certificates, of these days."""
    return replace(hc1_writer.Issuer.make("ES256"), since=now().replace(microsecond=0) - timedelta(days=190))


class Province:
    """Whoever holds the product's signing keys; and a health authority whose certificates it has made known to its gates."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.store = KeyStore.open(product.data / "keys" / "signing")
        self.authority = authority()
        self.trust(self.authority)

    def trust(self, issuer: hc1_writer.Issuer) -> None:
        """As an operator imports the list of issuers."""
        listed = self.product.data / "issuers.json"
        listed.write_text(json.dumps([issuer.base64]))
        command = [sys.executable, "-m", "lachan.web", "hc1", str(listed)]
        environment = {**os.environ, "LACHAN_DATA": str(self.product.data)}
        for name in ("LACHAN_TEST_DATA", "DATABASE_URL"):
            environment.pop(name, None)
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]

    def certificate(self, *, by: hc1_writer.Issuer | None = None, ago: timedelta = timedelta(days=1)) -> str:
        """A vaccination of half a year ago, its certificate issued so long ago for 90 days."""
        dose = (now() - timedelta(days=180)).date().isoformat()
        content = hc1_writer.dcc("v", dt=dose)
        issued = now() - ago
        return hc1_writer.issue(
            content, by or self.authority, issued=issued, expires=issued + timedelta(days=90)
        )

    def appointment(
        self, place: UUID, *, starts: timedelta = timedelta(hours=1), key: SigningKey | None = None
    ) -> str:
        """The code of an hour that starts so long from now."""
        begins = now() + starts
        booking = Booking(
            uuid7(), UUID(int=2), place, "Trung tâm Y tế Nha Trang", "56/568/22327/", begins, begins + timedelta(hours=1),
        )  # fmt: skip
        return issue_appointment(booking, key or self.store.current)

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


def claim(name: str = "Nguyễn Thị Ngoại Tuyến", **said: Any) -> str:
    """What a phone without a network shows: its own declaration, signed by itself alone."""
    own = SigningKey.generate()
    body = {"id": str(uuid7()), "form": "domestic", "answers": {"name": name, "no_symptoms": True, **said}}
    claims = HolderClaim(
        uuid7().bytes, own.public, now() - MINUTE, body=json.dumps(body, ensure_ascii=False).encode()
    )
    return present(issue(claims, own), own, FixedClock(now()))


def insurance(name: str = "Nguyễn Thị Bảo Hiểm", number: str = "DN4565600300999") -> str:
    """What an insurance card's QR says."""
    hidden = name.encode().hex()
    return f"{number}|{hidden}|17/05/1990|2|4b68c3a16e682048c3b261|56 - 001|01/01/2021|-|28/12/2020|56000000042|-|4|01/01/2025|0a1b-7102|$"


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
