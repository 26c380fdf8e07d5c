"""What an owner told, kept sealed in the session until the phone is proved."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict

from lachan.base import keys
from lachan.base.http import Request
from lachan.kernel.errors import InvalidInput
from lachan.registry.places.services import Details

KEY = "place_registration"
DONE = "place_registered"
AAD = b"session.place_registration"
MOST_DONE = 10


def keep(request: Request, details: Details) -> None:
    sealed = keys.keyring().seal(json.dumps(asdict(details)).encode(), AAD)
    request.session[KEY] = b64encode(sealed).decode()


def kept(request: Request) -> Details | None:
    """The details; None when nothing waits, or when they were sealed under a ring that is gone."""
    try:
        sealed = b64decode(request.session.get(KEY, ""))
        return Details(**json.loads(keys.keyring().open(sealed, AAD))) if sealed else None
    except (InvalidInput, ValueError, TypeError):
        forget(request)
        return None


def forget(request: Request) -> None:
    request.session.pop(KEY, None)


def registered(request: Request, code: str) -> None:
    """Remember in this session that it registered a place."""
    request.session[DONE] = [code, *request.session.get(DONE, [])][:MOST_DONE]


def may_see(request: Request, code: str) -> bool:
    return code in request.session.get(DONE, [])
