"""A device as a test plays it: its key, its code, its signed calls."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.gate.checkpoints.services.enrol import Offered
from lachan.kernel.codes import PublicKey, SigningKey


def b64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_b64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def code_of(offered: Offered) -> tuple[bytes, bytes]:
    """The code and the fingerprint that the QR's address carries."""
    code, print_of_key = offered.address.rpartition("#LCE1:")[2].split(".")
    return from_b64url(code), from_b64url(print_of_key)


class Phone:
    def __init__(self, client: Any) -> None:
        self.client = client
        self.key = SigningKey.generate()
        self.id = self.log = UUID(int=0)

    def post(self, path: str, body: dict[str, Any], **headers: Any) -> Any:
        return self.client.post(path, json.dumps(body), content_type="application/json", **headers)

    def claim(self, code: bytes, **other: Any) -> dict[str, Any]:
        raw = self.key.public.raw
        proof = self.key.sign(b"LCE1" + code + raw)
        return {
            "code": b64url(code),
            "key": b64url(raw),
            "proof": b64url(proof),
            "name": "Máy 1",
            "platform": "Android",
            "app": "1.0",
            **other,
        }

    def enrol(self, offered: Offered, **other: Any) -> Any:
        answer = self.post("/api/edge/enrol", self.claim(code_of(offered)[0], **other))
        if answer.status_code == 201:
            self.id, self.log = UUID(answer.json()["device"]), UUID(answer.json()["log"])
        return answer

    def signed(self, path: str, when: datetime, **body: Any) -> dict[str, Any]:
        ts = int(when.timestamp())
        signature = self.key.sign(b"LCD1" + path.encode() + ts.to_bytes(8, "big") + self.id.bytes)
        return {"device": str(self.id), "ts": ts, "sig": b64url(signature), **body}

    def bundle(self, when: datetime, have: str = "", **body: Any) -> Any:
        return self.post("/api/edge/bundle", self.signed("/api/edge/bundle", when, have=have, **body))

    def state(self, when: datetime, **body: Any) -> Any:
        body.setdefault("log", str(self.log))
        return self.post("/api/edge/state", self.signed("/api/edge/state", when, **body))


def opened(envelope: dict[str, str], anchors: list[dict[str, str]]) -> dict[str, Any]:
    """The bundle, if one of the anchors signed it."""
    keys = [PublicKey.from_jwk(anchor) for anchor in anchors]
    [key] = [key for key in keys if key.kid.hex() == envelope["kid"]]
    assert key.verify(from_b64url(envelope["sig"]), b"LCB1" + envelope["bundle"].encode())
    return dict(json.loads(envelope["bundle"]))
