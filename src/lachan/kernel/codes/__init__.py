"""Signed codes (LC1): venue posters, person passes, paper cards, form serials, booked hours, and
a phone's own offline claims.

`issue` signs, `present` adds the holder's fresh signature, `read` verifies offline against a `TrustList`, `peek` shows
what a code merely claims. The wire format is in docs/formats/signed-codes.md; `vectors` writes its test vectors.
"""

from lachan.kernel.codes.appointments import Booking, issue_appointment
from lachan.kernel.codes.claims import (
    KINDS,
    PURPOSES,
    Appointment,
    CardPass,
    Claims,
    FormSerial,
    HolderClaim,
    PersonPass,
    VenuePass,
)
from lachan.kernel.codes.keys import PublicKey, SigningKey
from lachan.kernel.codes.lc1 import ERRORS, PREFIX, Peeked, Verified, issue, peek, present, read
from lachan.kernel.codes.store import KeyStore, StoredKey
from lachan.kernel.codes.trust import TrustEntry, TrustList

__all__ = [
    "ERRORS",
    "KINDS",
    "PREFIX",
    "PURPOSES",
    "Appointment",
    "Booking",
    "CardPass",
    "Claims",
    "FormSerial",
    "HolderClaim",
    "KeyStore",
    "Peeked",
    "PersonPass",
    "PublicKey",
    "SigningKey",
    "StoredKey",
    "TrustEntry",
    "TrustList",
    "VenuePass",
    "Verified",
    "issue",
    "issue_appointment",
    "peek",
    "present",
    "read",
]
