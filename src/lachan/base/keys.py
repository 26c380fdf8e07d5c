"""The installation's keys, opened once a process: encryption ring, signing keys, and the data keys of each period."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from lachan.kernel.codes import KeyStore
from lachan.kernel.crypto import Keyring


def folder() -> Path:
    return Path(settings.KEYS)


@lru_cache(maxsize=4)
def _keyring(folder: Path | str) -> Keyring:
    return Keyring.load(Path(folder) / "ring.json")


@lru_cache(maxsize=4)
def _keystore(path: Path) -> KeyStore:
    return KeyStore.open(path)


def keyring() -> Keyring:
    """The encryption ring. Raises FileNotFoundError before `lachan keys make`."""
    return _keyring(settings.KEYS)


def keystore() -> KeyStore:
    """The province's signing keys."""
    return _keystore(folder() / "signing")


def forget() -> None:
    """Read the keys again from disk (after a rotation, and between tests)."""
    _keyring.cache_clear()
    _keystore.cache_clear()


def make() -> bool:
    """Create whatever keys are missing; True if any was made. Never overwrites."""
    import secrets

    path = folder()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = False
    if not (path / "ring.json").exists():
        Keyring.generate().save(path / "ring.json")
        made = True
    if not (path / "signing").exists():
        KeyStore.open(path / "signing", create=True)
        made = True
    secret = path / "django-secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        made = True
    return made


def period_of(moment: datetime) -> str:
    """The period whose data key seals a row recorded at this moment: one calendar month, `2021-07`."""
    return f"{moment.year:04d}-{moment.month:02d}"
