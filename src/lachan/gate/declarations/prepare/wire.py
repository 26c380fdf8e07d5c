"""What a phone sends and what it gets back, and how a submission is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import msgspec

Lang = Literal["vi", "en"]
PUBLIC_CHANNELS = frozenset({"web", "page", "edge"})
"""Channels that the open intake may name; staff and paper declarations come in through Django's services."""
CHANNELS = PUBLIC_CHANNELS | {"staff", "paper"}


class Submission(msgspec.Struct, kw_only=True):
    """One declaration as it was filled in. `id` is made by the phone (UUIDv7): sending it again is the same row.

    `answers`: by linkId, raw. `occurred_at`: the device's clock; without an offset it is Vietnam's time.
    `holder`: the phone's P-256 public point, base64url of x || y (64 bytes); with it the answer carries a signed pass.
    """

    id: UUID
    form: str
    answers: dict[str, Any]
    place: str = ""
    occurred_at: datetime | None = None
    lang: Lang = "vi"
    holder: str | None = None
    channel: str = "web"
    device: str = ""


class Batch(msgspec.Struct):
    """Submissions of one device that was offline, or of an edge box."""

    items: list[msgspec.Raw]


class Reason(msgspec.Struct):
    """Why a declaration wasn't green, in the reader's language, with the document behind the rule."""

    rule: str
    result: str
    text: str
    advice: str = ""
    document: str = ""


class Answer(msgspec.Struct, kw_only=True):
    """What the citizen is shown. `flags`: what is odd about the submission (`clock_ahead`, `clock_behind`, `late`)."""

    id: UUID
    code: str
    result: str
    reasons: list[Reason]
    recorded_at: datetime
    expires_at: datetime
    pass_text: str | None = msgspec.field(name="pass", default=None)
    flags: tuple[str, ...] = ()
    confirmed: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class FieldError:
    """One refused field: a name of Submission, or a linkId of the form. `code` is put into words by base.messages."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Refused(ValueError):
    """A submission that can't be accepted. Names every field at once."""

    def __init__(self, fields: list[FieldError], lang: str = "vi") -> None:
        super().__init__("invalid: " + ", ".join(f"{error.field}={error.code}" for error in fields[:10]))
        self.fields = fields
        self.lang = lang


class NotReady(RuntimeError):
    """The world lacks what a submission needs for now (the month's data key): try again in a moment."""


_encoder = msgspec.json.Encoder(order="deterministic")


def digest_of(submission: Submission) -> bytes:
    """SHA-256 of what was said, so that a retry is told from another declaration under the same id.

    Language and device may change between tries. Raises Refused for answers that no JSON could have carried.
    """
    said = (submission.form, submission.place, submission.answers, submission.occurred_at, submission.holder)
    try:
        return sha256(_encoder.encode(said)).digest()
    except _UNFIT:
        raise Refused(
            [FieldError(key, "wrong_type") for key in _unfit(submission.answers)], submission.lang
        ) from None


_UNFIT = (TypeError, ValueError, OverflowError, RecursionError)


def _unfit(answers: Mapping[str, Any]) -> list[str]:
    """The answers that JSON can't carry: named each by its linkId."""
    return [key[:64] for key in list(answers)[:200] if not _fits(answers[key])] or ["answers"]


def _fits(value: Any) -> bool:
    try:
        _encoder.encode(value)
    except _UNFIT:
        return False
    return True
