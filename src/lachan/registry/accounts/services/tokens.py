"""One-time tokens: 32 random bytes in the link, their SHA-256 in the row."""

from __future__ import annotations

import secrets
from hashlib import sha256

LENGTH = 43  # of 32 bytes in base64url


def make() -> tuple[str, bytes]:
    """A fresh token and what to store of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
