"""What a device sends, and who it is: signed by its own key, for one address, at one moment."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.http import HttpRequest, JsonResponse
from django.utils.http import http_date

from lachan.base.messages import text_of
from lachan.gate.checkpoints.models import Device
from lachan.kernel.codes import PublicKey
from lachan.kernel.errors import InvalidInput

DOMAIN = b"LCD1"
SLACK = timedelta(seconds=300)
MOST_BYTES = 16 * 1024
REMEMBERED = 50_000

S = TypeVar("S", bound=msgspec.Struct)


class Enrol(msgspec.Struct):
    """POST /api/edge/enrol. `code`, `key`, `proof` in base64url.

    `was`: the device that this phone has been until now; `was_sig`: that one's signature, so that scans it left unsent
    still count at the gate where they were made.
    """

    code: str
    key: str
    proof: str
    name: str
    platform: str = ""
    app: str = ""
    was: UUID | None = None
    was_sig: str = ""


class Signed(msgspec.Struct):
    """Who asks. `ts`: Unix seconds by the device's clock; `sig`: base64url over DOMAIN || path || ts || device."""

    device: UUID
    ts: int
    sig: str


class AskBundle(Signed):
    """POST /api/edge/bundle. `have`: the version that the device holds."""

    have: str = ""
    app: str = ""
    waiting: int | None = None


class AskState(Signed):
    """POST /api/edge/state. `closed`: the log holds something else than the province's, give me another one."""

    log: UUID
    closed: bool = False
    app: str = ""
    waiting: int | None = None


class Unknown(Exception):
    """Not a device that may ask: 401. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(request: HttpRequest, kind: type[S]) -> S:
    """The body. Raises InvalidInput: too_large, malformed (with the field as far as it is known)."""
    if len(request.body) > MOST_BYTES:
        raise InvalidInput("too_large")
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        where = str(error).rpartition("`$.")[2].rstrip("`") if "`$." in str(error) else None
        raise InvalidInput("malformed", field=where) from None


def raw(text: str, length: int, field: str) -> bytes:
    """Bytes of base64url text. Raises InvalidInput("malformed") naming the field."""
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) < 200 else b""
    except ValueError:
        found = b""
    if len(found) != length:
        raise InvalidInput("malformed", field=field)
    return found


class Seen:
    """Calls that were answered already, as long as their time would still count."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()

    def first(self, call: bytes, now: datetime) -> bool:
        """Whether this call is new; it isn't any more afterwards."""
        with self._lock:
            while self._seen and (
                len(self._seen) > REMEMBERED or next(iter(self._seen.values())) < now - 2 * SLACK
            ):
                self._seen.popitem(last=False)
            if call in self._seen:
                return False
            self._seen[call] = now
            return True

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()


SEEN = Seen()


def device_of(request: HttpRequest, asked: Signed, now: datetime) -> Device:
    """The device that signed this call, revoked or not; each call counts once. Raises Unknown."""
    device = Device.objects.filter(pk=asked.device).first()
    if device is None:
        raise Unknown("device_unknown")
    signature = _signature(asked.sig)
    if not PublicKey.from_raw(bytes(device.public_key)).verify(signature, to_sign(request.path, asked)):
        raise Unknown("device_signature")
    if abs(asked.ts - now.timestamp()) > SLACK.total_seconds():
        raise Unknown("device_clock")
    # r alone: whoever has one signature can write its twin (r, n - s) without the key
    if not SEEN.first(to_sign(request.path, asked) + signature[:32], now):
        raise Unknown("device_replayed")
    return device


def to_sign(path: str, asked: Signed) -> bytes:
    return DOMAIN + path.encode() + (asked.ts % 2**64).to_bytes(8, "big") + asked.device.bytes


def _signature(text: str) -> bytes:
    try:
        return raw(text, 64, "sig")
    except InvalidInput:
        raise Unknown("device_signature") from None


def answer(data: dict[str, Any], now: datetime, status: int = 200) -> JsonResponse:
    """JSON with the server's clock, by which a device mends its own."""
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Date"] = http_date(now.timestamp())
    response["Cache-Control"] = "no-store"
    return response


def refused(code: str, now: datetime, status: int, **more: Any) -> JsonResponse:
    """`error` is for the device, `message` for its officer."""
    params = more.pop("params", {})
    return answer({"error": code, "message": text_of(code, params), **more}, now, status)
