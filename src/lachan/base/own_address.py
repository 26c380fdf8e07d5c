"""Addresses that are given to one person: an id that leads to the row, and a keyed hash that proves it was given."""

from __future__ import annotations

from base64 import b32encode
from uuid import UUID

from django.utils.crypto import constant_time_compare

from lachan.base import keys

LENGTH = 16  # characters of base32: 80 bits


def code_of(purpose: str, row: UUID) -> str:
    """The code in the address of this row, for this purpose alone."""
    return b32encode(keys.keyring().alias(purpose, row.hex)[:10]).decode().lower()


def proves(purpose: str, row: UUID, code: str) -> bool:
    """Whether the code is the row's own."""
    return constant_time_compare(code.lower(), code_of(purpose, row))
