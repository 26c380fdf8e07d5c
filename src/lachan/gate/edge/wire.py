"""POST /api/edge/scans: the body, and everything in it that can be wrong, by name of item and field."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from uuid import UUID

import msgspec

from lachan.gate.declarations.prepare import FieldError, Refused
from lachan.kernel.scanlog import MOST_SEQ

MOST_BYTES = 8 * 1024 * 1024
MOST_ITEMS = 500
MOST_WAITING = 2**31 - 1
HEAD_BYTES, SIGNATURE_BYTES = 32, 64


class Batch(msgspec.Struct):
    """Lines of a device's log, oldest first, each byte for byte as it stands there. `first`: number of the first line.

    `prev`, `head`: the chain's head before and after them, `sig`: ES256 over `scanlog.to_sign`, in base64url.
    `waiting`: lines that the device still has; `app`: its version.
    """

    device: UUID
    log: UUID
    first: int
    prev: str
    head: str
    sig: str
    items: list[str]
    waiting: int | None = None
    app: str | None = None


class Parts(msgspec.Struct, frozen=True):
    """The same, its bytes decoded."""

    device: UUID
    log: UUID
    first: int
    before: bytes
    head: bytes
    signature: bytes
    lines: list[bytes]
    waiting: int | None
    app: str | None


_decode = msgspec.json.Decoder(Batch).decode


def read(body: bytes) -> Parts:
    """Raises Refused, naming the field: `items.3` is the fourth item."""
    try:
        batch = _decode(body)
    except msgspec.ValidationError as error:
        raise Refused([FieldError(_field(str(error)), "wrong_type")]) from None
    except (ValueError, RecursionError):
        raise Refused([FieldError("body", "malformed")]) from None
    errors = _bounds(batch)
    before, head = _raw(batch.prev, HEAD_BYTES), _raw(batch.head, HEAD_BYTES)
    signature = _raw(batch.sig, SIGNATURE_BYTES)
    for name, value in (("prev", before), ("head", head), ("sig", signature)):
        if value is None:
            errors.append(FieldError(name, "malformed"))
    lines, bad = _lines(batch.items)
    if errors or bad or before is None or head is None or signature is None:
        raise Refused(errors + bad)
    app = batch.app[:40] if batch.app and batch.app.isprintable() else None
    return Parts(batch.device, batch.log, batch.first, before, head, signature, lines, batch.waiting, app)


def _bounds(batch: Batch) -> list[FieldError]:
    errors = []
    if not 0 < batch.first <= MOST_SEQ:
        errors.append(FieldError("first", "wrong_type"))
    if not batch.items:
        errors.append(FieldError("items", "required"))
    if len(batch.items) > MOST_ITEMS:
        errors.append(FieldError("items", "too_many", {"max": MOST_ITEMS}))
    if batch.waiting is not None and not 0 <= batch.waiting <= MOST_WAITING:
        errors.append(FieldError("waiting", "wrong_type"))
    return errors


def _lines(items: list[str]) -> tuple[list[bytes], list[FieldError]]:
    """UTF-8 of each item; an unpaired surrogate has none."""
    try:
        return [item.encode() for item in items], []
    except UnicodeEncodeError:
        return [], [
            FieldError(f"items.{place}", "malformed") for place, item in enumerate(items) if not _utf8(item)
        ]


def _utf8(item: str) -> bool:
    try:
        item.encode()
    except UnicodeEncodeError:
        return False
    return True


def _raw(text: str, length: int) -> bytes | None:
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) < 100 else b""
    except ValueError:
        return None
    return found if len(found) == length else None


def _field(said: str) -> str:
    """The field that msgspec names, as in ``Expected `str`, got `int` - at `$.items[3]```."""
    if "`$." in said:
        path = said.rpartition("`$.")[2].rstrip("`")
    elif "required field `" in said:
        path = said.partition("required field `")[2].partition("`")[0]
    else:
        path = "body"
    return path.replace("[", ".").replace("]", "").replace(".…", "")[:60]
