"""Reading a body: JSON by msgspec, CBOR by cbor2, both into the same Submission; whatever is wrong names its field."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, get_type_hints
from uuid import UUID

import cbor2
import msgspec

from lachan.gate.declarations.prepare import FieldError, Refused, Submission

MOST_BYTES = 64 * 1024
MOST_BATCH_BYTES = 8 * 1024 * 1024
MOST_ITEMS = 1000
MOST_DEPTH = 8
MOST_NODES = 4000
"""Values in one submission: shared references of CBOR could otherwise grow without end."""
MOST_TEXT = {"form": 40, "place": 40, "channel": 10, "device": 64, "holder": 100}
LARGEST = 2**63

_decode_one = msgspec.json.Decoder(Submission).decode
_decode_any = msgspec.json.Decoder().decode
_HINTS = get_type_hints(Submission)
_REQUIRED = ("id", "form", "answers")


class Malformed(ValueError):
    """The body isn't JSON or CBOR at all. `code` for base.messages."""

    def __init__(self, code: str = "malformed") -> None:
        super().__init__(code)
        self.code = code


class _Items(msgspec.Struct):
    items: list[msgspec.Raw]


_decode_items = msgspec.json.Decoder(_Items).decode


def from_json(body: bytes | msgspec.Raw) -> Submission:
    """Raises Malformed, or Refused naming every field of the wrong type."""
    try:
        submission = _decode_one(body)
    except msgspec.ValidationError:
        return _field_by_field(_anything(body))
    except (ValueError, RecursionError):
        raise Malformed from None
    return _bounded(submission)


def _anything(body: bytes | msgspec.Raw) -> Any:
    try:
        return _decode_any(body)
    except (ValueError, RecursionError):
        raise Malformed from None


def from_cbor(body: bytes) -> Submission:
    """Raises Malformed or Refused, like `from_json`."""
    return from_plain(_cbor(body))


def _cbor(body: bytes) -> Any:
    try:
        return cbor2.loads(body, max_depth=MOST_DEPTH + 4)
    except Exception:  # a decoder fed by strangers: whatever it trips over, the answer is the same
        raise Malformed from None


def from_plain(value: Any) -> Submission:
    """A submission from decoded CBOR."""
    budget = [MOST_NODES]
    if isinstance(value, dict):
        value = {
            str(key)[:64]: item
            if key in ("id", "occurred_at") and isinstance(item, UUID | datetime)
            else _plain(item, budget)
            for key, item in list(value.items())[:100]
        }
    return _field_by_field(value)


def _plain(value: Any, budget: list[int], depth: int = 0) -> Any:
    """What JSON could have carried, or the one object that no type accepts."""
    budget[0] -= 1
    if budget[0] < 0 or depth > MOST_DEPTH:
        raise Malformed("too_large")
    kind = type(value)
    if value is None or kind in (bool, str) or (kind is int and -LARGEST <= value < LARGEST):
        return value
    if kind is float:
        return value if math.isfinite(value) else _NOTHING_WE_TAKE
    if kind is list:
        return [_plain(item, budget, depth + 1) for item in value]
    if kind is dict and all(type(key) is str for key in value):
        return {key: _plain(item, budget, depth + 1) for key, item in value.items()}
    if kind in (date, datetime):
        return value.isoformat()
    if kind is bytes and len(value) == 16:
        return str(UUID(bytes=value))
    return _NOTHING_WE_TAKE


class _Nothing:
    """A value of no type that an answer has; validators refuse it by name of its field."""

    def __repr__(self) -> str:
        return "unsupported"


_NOTHING_WE_TAKE = _Nothing()


def items_of_json(body: bytes) -> list[msgspec.Raw]:
    """The items of a batch, undecoded. Raises Malformed or Refused("items")."""
    try:
        items = _decode_items(body).items
    except msgspec.ValidationError:
        raise Refused([FieldError("items", "wrong_type")]) from None
    except (ValueError, RecursionError):
        raise Malformed from None
    return _counted(items)


def items_of_cbor(body: bytes) -> list[Any]:
    """The same, of a CBOR map."""
    value = _cbor(body)
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise Refused([FieldError("items", "wrong_type")])
    return _counted(items)


def _counted(items: list[Any]) -> list[Any]:
    if len(items) > MOST_ITEMS:
        raise Refused([FieldError("items", "too_many", {"max": MOST_ITEMS})])
    return items


def _field_by_field(value: Any) -> Submission:
    """The slow way, which finds everything wrong at once and not only the first."""
    if not isinstance(value, dict):
        raise Refused([FieldError("body", "wrong_type")])
    found: dict[str, Any] = {}
    errors = [FieldError(name, "required") for name in _REQUIRED if value.get(name) is None]
    for name, hint in _HINTS.items():
        if value.get(name) is None:
            continue
        try:
            found[name] = msgspec.convert(value[name], hint)
        except (ValueError, RecursionError):
            errors.append(FieldError(name, "not_an_option" if name == "lang" else "wrong_type"))
    lang = value.get("lang")
    if errors:
        raise Refused(errors, lang if lang in ("vi", "en") else "")
    return _bounded(Submission(**found))


def _bounded(submission: Submission) -> Submission:
    for name, most in MOST_TEXT.items():
        value = getattr(submission, name)
        if value is not None and len(value) > most:
            raise Refused([FieldError(name, "too_long", {"max": most})], submission.lang)
    return submission


def peeked_id(value: Any) -> str:
    """The id that a refused item of a batch claims, to be told which one it was; empty if it names none."""
    if isinstance(value, msgspec.Raw):
        try:
            value = _decode_any(value)
        except (ValueError, RecursionError):
            return ""
    claimed = value.get("id") if isinstance(value, dict) else None
    return (
        claimed[:64] if isinstance(claimed, str) else str(claimed)[:64] if isinstance(claimed, UUID) else ""
    )
