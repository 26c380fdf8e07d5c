"""Proving a phone: a code is sent to it, the citizen types it in, the session speaks for the phone.

Any page may send someone through it (`ask`), naming the address to come back to. Nothing said on the way depends on
whether the phone or a declaration is known.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass

from lachan.base import keys
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.gate.declarations.lookup import citizen, limits
from lachan.gate.declarations.services import one_time_code
from lachan.gate.declarations.services.one_time_code import CodeRefused
from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import mask_phone

KEY = "citizen_asked"
PURPOSE = "lookup"
AAD = b"session.citizen_asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way to `phone`; after it the citizen goes on to `then`."""

    phone: str
    then: str

    @property
    def hint(self) -> str:
        return mask_phone(self.phone)


def ask(request: Request, phone: str, then: str) -> None:
    """Send a code to an E.164 phone. `then` is an address of our own. Raises CodeRefused otp_too_often."""
    now = request.clock.now()
    if not limits.CODES_OF_ADDRESS.take(client_address(request), now):
        raise CodeRefused("otp_too_often")
    one_time_code.send(phone, PURPOSE, now=now)
    sealed = keys.keyring().seal(phone.encode(), AAD)
    request.session[KEY] = {"phone": b64encode(sealed).decode(), "then": then}


def asked(request: Request) -> Asked | None:
    """Whom this session waits for; None when no code was asked for."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict):
        return None
    try:
        return Asked(keys.keyring().open(b64decode(kept["phone"]), AAD).decode(), kept["then"])
    except (InvalidInput, ValueError, KeyError):  # sealed under a ring that is gone
        request.session.pop(KEY, None)
        return None


def confirm(request: Request, waiting: Asked, digits: str) -> None:
    """Sign the citizen in by the digits. Raises CodeRefused otp_wrong, otp_expired, otp_tries."""
    one_time_code.check(waiting.phone, PURPOSE, digits, now=request.clock.now())
    request.session.pop(KEY, None)
    citizen.sign_in(request, waiting.phone)
