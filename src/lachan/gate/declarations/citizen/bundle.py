"""What the offline page carries with it: the form, the rules, the words for refusals, the place."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils.translation import override

from lachan.base import keys
from lachan.base.messages import TEXTS, text_of
from lachan.kernel import policies
from lachan.kernel.questionnaire import Questionnaire
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Bundle:
    """`body` is JSON in UTF-8; `etag` changes whenever anything in it does."""

    body: bytes
    etag: str


def make(form: Questionnaire, place: Place | None, day: date) -> Bundle:
    """The bundle of a form on a day, at a place if one is given."""
    body = json.dumps(
        {
            "form": dict(form.source),
            "rules": rules(day),
            "texts": texts(),
            "place": described(place) if place else None,
            "issuers": issuers(),
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    return Bundle(body, f'"{sha256(body).hexdigest()[:20]}"')


def rules(day: date) -> dict[str, Any]:
    """The decision rules of a day, as `frontend/src/kernel/decisions.ts` reads them."""
    entry = policies.load("declarations").at(day)
    payload = entry.payload
    return {
        "version": entry.version,
        "returnWindowDays": payload["return_window_days"],
        "rules": [
            {**_reason(rule, entry.document), "when": json.loads(rule["when"])} for rule in payload["rules"]
        ],
        "fallback": _reason(payload["fallback"], entry.document),
        "broken": _reason(payload["broken"], entry.document),
    }


def _reason(raw: Any, document: str) -> dict[str, Any]:
    return {
        "rule": raw["id"],
        "result": raw["result"],
        "text": {"vi": raw["reason_vi"], "en": raw["reason_en"]},
        "advice": {"vi": raw["advice_vi"], "en": raw["advice_en"]},
        "document": raw.get("document", document),
    }


def texts() -> dict[str, dict[str, str]]:
    """code → sentence in each language, its parameters still open: one source for the server and for the page."""
    found: dict[str, dict[str, str]] = {code: {} for code in TEXTS}
    for lang in LANGUAGES:
        with override(lang):
            for code in TEXTS:
                found[code][lang] = str(TEXTS[code])
            found.setdefault("", {})[lang] = text_of("")
    return found


def issuers() -> list[dict[str, Any]]:
    """The keys whose posters count, so that the phone refuses a forged one. Times in seconds since 1970."""
    return [
        {
            "key": urlsafe_b64encode(stored.key.public.raw).rstrip(b"=").decode(),
            "notBefore": int(stored.not_before.timestamp()),
            "notAfter": int(stored.not_after.timestamp()) if stored.not_after else None,
            "revoked": stored.revoked,
        }
        for stored in keys.keystore().all()
    ]


def described(place: Place) -> dict[str, str]:
    """What the page says of a place."""
    return {
        "id": str(place.pk),
        "code": place.code,
        "name": place.name,
        "unit": place.unit,
        "where": units.label(place.unit),
        "address": place.address,
        "status": place.status,
        "form": place.form,
    }
