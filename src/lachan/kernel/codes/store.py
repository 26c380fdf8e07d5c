"""The province's signing keys: a folder of PEM files, one per key, and an index that says which one signs."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lachan.kernel.clock import Clock
from lachan.kernel.codes.keys import SigningKey
from lachan.kernel.errors import InvalidInput

__all__ = ["KeyStore", "StoredKey"]

OVERLAP_DAYS = 400
"""How long a replaced key still verifies: a paper card or poster that it signed lives about a year."""

_INDEX = "keys.json"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key and when its signatures count. The current key has no end until another one replaces it."""

    key: SigningKey
    not_before: datetime
    not_after: datetime | None
    revoked: bool = False


class KeyStore:
    """Signing keys in a folder (mode 0700, files 0600). Several processes may share it: changes hold a file lock, and
    others see them after `reload`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys: dict[bytes, StoredKey] = {}
        self._current = b""

    @classmethod
    def open(cls, folder: Path, create: bool = False) -> KeyStore:
        """The store of `folder`; with `create`, a new one with a first key when there is none.

        Raises InvalidInput("keystore_missing") or InvalidInput("keystore_broken").
        """
        store = cls(folder)
        if create and not (folder / _INDEX).exists():
            store._found()
        store.reload()
        return store

    @property
    def current(self) -> SigningKey:
        """The key that signs now."""
        return self._keys[self._current].key

    def all(self) -> list[StoredKey]:
        """Every key, the current one first, then the latest."""
        rest = sorted(self._keys.values(), key=lambda stored: stored.not_before, reverse=True)
        return sorted(rest, key=lambda stored: stored.key.kid != self._current)

    def get(self, kid: bytes) -> StoredKey | None:
        """The key of an id, if the store has it."""
        return self._keys.get(kid)

    def rotate(self, clock: Clock, overlap_days: int = OVERLAP_DAYS) -> SigningKey:
        """Make a new current key; the one it replaces still verifies for `overlap_days`."""
        now = clock.now().replace(microsecond=0)
        with self._locked():
            self.reload()
            old = self._keys[self._current]
            self._keys[self._current] = replace(old, not_after=now + timedelta(days=overlap_days))
            self._add(now)
            self._write_index()
        return self.current

    def revoke(self, kid: bytes, clock: Clock) -> None:
        """Distrust a key at once, and everything it signed. The current key is replaced first.

        Raises InvalidInput("key_unknown").
        """
        if kid == self._current:
            self.rotate(clock)
        with self._locked():
            self.reload()
            stored = self._keys.get(kid)
            if stored is None:
                raise InvalidInput("key_unknown")
            self._keys[kid] = replace(stored, revoked=True)
            self._write_index()

    def reload(self) -> None:
        """Read the folder again. Raises like `open`."""
        try:
            index = json.loads((self.folder / _INDEX).read_text("utf-8"))
            keys = [self._stored(row) for row in index["keys"]]
            current = bytes.fromhex(index["current"])
        except FileNotFoundError:
            raise InvalidInput("keystore_missing") from None
        except (ValueError, KeyError, TypeError, InvalidInput):
            raise InvalidInput("keystore_broken") from None
        self._keys = {stored.key.kid: stored for stored in keys}
        self._current = current
        if current not in self._keys:
            raise InvalidInput("keystore_broken")

    def _stored(self, row: dict[str, Any]) -> StoredKey:
        kid = bytes.fromhex(row["kid"])
        known = self._keys.get(kid)
        key = known.key if known else SigningKey.from_pem(self._pem(kid).read_bytes())
        if key.kid != kid:
            raise InvalidInput("keystore_broken")
        end = row["not_after"]
        return StoredKey(
            key,
            datetime.fromisoformat(row["not_before"]),
            None if end is None else datetime.fromisoformat(end),
            bool(row["revoked"]),
        )

    def _found(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked():
            if (self.folder / _INDEX).exists():  # another process was faster
                return
            self._add(_BEGINNING)
            self._write_index()

    def _add(self, begins: datetime) -> None:
        key = SigningKey.generate()
        while key.kid in self._keys:  # ids are 4 bytes: two keys of one store must never share one
            key = SigningKey.generate()
        self._write(self._pem(key.kid), key.to_pem())
        self._keys[key.kid] = StoredKey(key, begins, None)
        self._current = key.kid

    def _pem(self, kid: bytes) -> Path:
        return self.folder / f"{kid.hex()}.pem"

    def _write_index(self) -> None:
        rows = [
            {
                "kid": stored.key.kid.hex(),
                "not_before": stored.not_before.isoformat(),
                "not_after": stored.not_after and stored.not_after.isoformat(),
                "revoked": stored.revoked,
            }
            for stored in self.all()
        ]
        self._write(
            self.folder / _INDEX, json.dumps({"current": self._current.hex(), "keys": rows}, indent=1)
        )

    def _write(self, path: Path, text: str) -> None:
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(self.folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
