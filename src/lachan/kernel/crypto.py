"""Encryption of fields at rest, blind indexes for looking them up, and data keys that can be thrown away.

Sealed field (AES-256-GCM): ``version(1) || nonce(12) || ciphertext || tag(16)``. The version names the master key, so
old rows stay readable after a rotation and `Keyring.reseal` moves them forward. Nonces are random: rotate well before
2**32 fields are sealed under one key (NIST SP 800-38D, 8.3).

Blind index: the first 16 bytes of HMAC-SHA256 under a key of its own, versioned apart from the master keys, so that
rotating the encryption never changes an index. HMAC is computed over precomputed inner and outer states (RFC 2104):
copying two hash states is what makes a lookup cost about a microsecond.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lachan.kernel.errors import InvalidInput

__all__ = ["DataKey", "Keyring"]

KEY_BYTES = 32
NONCE_BYTES = 12
NONCES_DRAWN = 64
INDEX_BYTES = 16
_SHORTEST = NONCE_BYTES + 16  # a nonce and the tag of an empty field
_MOST_VERSIONS = 255  # the version is one byte
_BLOCK = 64  # SHA-256's block, for HMAC's padding
_MOST_STATES = 512


class Keyring:
    """Versioned 32-byte master keys, and versioned index keys beside them.

    `current` and `index_current` are the versions that new fields and new indexes use. Nothing here prints a key.
    """

    def __init__(
        self, keys: dict[int, bytes], current: int, index_keys: dict[int, bytes], index_current: int
    ) -> None:
        _check_ring(keys, current)
        _check_ring(index_keys, index_current)
        self._keys = dict(keys)
        self._index_keys = dict(index_keys)
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._states: dict[tuple[int, str, str], tuple[Any, Any]] = {}
        self.current = current
        self.index_current = index_current

    def __repr__(self) -> str:
        return f"Keyring(current={self.current}, index_current={self.index_current})"

    # keeping

    @classmethod
    def generate(cls) -> Keyring:
        """A new ring with one master key and one index key, both version 1."""
        return cls({1: secrets.token_bytes(KEY_BYTES)}, 1, {1: secrets.token_bytes(KEY_BYTES)}, 1)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read a file that `save` wrote. Raises InvalidInput("keyring_broken"), or OSError when there is none."""
        return cls.loads(path.read_text("utf-8", errors="replace"))

    @classmethod
    def loads(cls, text: str) -> Keyring:
        """Read the JSON of `dumps`, from an environment variable for instance. Raises InvalidInput("keyring_broken")."""
        try:
            saved = json.loads(text)
            seal, index = saved["seal"], saved["index"]
            return cls(_read_keys(seal), int(seal["current"]), _read_keys(index), int(index["current"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise InvalidInput("keyring_broken") from None

    def dumps(self) -> str:
        """The ring as JSON, keys in base64. Whoever holds it can read everything."""
        ring = {
            "seal": {"current": self.current, "keys": _written(self._keys)},
            "index": {"current": self.index_current, "keys": _written(self._index_keys)},
        }
        return json.dumps(ring, indent=1)

    def save(self, path: Path) -> None:
        """Write the ring, mode 0600, replacing the file in one step so that a crash never leaves half a ring."""
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(self.dumps() + "\n")
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(path)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise

    def rotate(self) -> int:
        """Add a new master key and make it current; older ones still open what they sealed. Returns its version."""
        version = _next_version(self._keys)
        self._keys[version] = secrets.token_bytes(KEY_BYTES)
        self._ciphers[version] = AESGCM(self._keys[version])
        self.current = version
        return version

    def rotate_index(self) -> int:
        """Add a new index key and make it current. Stored indexes must then be rebuilt; until they are, look rows up
        with `blind_all`. Returns its version."""
        version = _next_version(self._index_keys)
        self._index_keys[version] = secrets.token_bytes(KEY_BYTES)
        self.index_current = version
        return version

    # sealing

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypt under the current key. `aad` names the place of the field (table, column, row id), so that a sealed
        value copied to another place doesn't open there."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, plaintext, aad)
        return self.current.to_bytes(1, "big") + nonce + sealed

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Decrypt what `seal` made. Raises InvalidInput("sealed_broken") when the key is unknown, the blob was changed
        or the place isn't its own."""
        cipher = self._ciphers.get(blob[0]) if blob else None
        if cipher is None:
            raise InvalidInput("sealed_broken")
        return _decrypt(cipher, blob[1:], aad)

    def reseal(self, blob: bytes, aad: bytes) -> bytes | None:
        """The same field under the current key, or None when it is sealed under it already."""
        if blob and blob[0] == self.current:
            return None
        return self.seal(self.open(blob, aad), aad)

    # indexes

    def blind(self, kind: str, value: str) -> bytes:
        """16 bytes that equal values of one kind share, and that tell nothing without the index key. Normalise the
        value first (digits only, NFC): the index of "0912 345 678" isn't that of "0912345678"."""
        return self._mac(self.index_current, "blind", kind, value)

    def blind_all(self, kind: str, value: str) -> list[bytes]:
        """The index under every index key, current first: what a lookup must ask for during an index rotation."""
        return [self._mac(version, "blind", kind, value) for version in self._index_versions()]

    def alias(self, kind: str, value: str) -> bytes:
        """A 16-byte pseudonym for append-only rows; never equal to the blind index of the same value."""
        return self._mac(self.index_current, "alias", kind, value)

    def alias_all(self, kind: str, value: str) -> list[bytes]:
        """The pseudonym under every index key, current first."""
        return [self._mac(version, "alias", kind, value) for version in self._index_versions()]

    def _index_versions(self) -> list[int]:
        others = sorted(
            (version for version in self._index_keys if version != self.index_current), reverse=True
        )
        return [self.index_current, *others]

    def _mac(self, version: int, domain: str, kind: str, value: str) -> bytes:
        states = self._states.get((version, domain, kind)) or self._prepare(version, domain, kind)
        inner, outer = states[0].copy(), states[1].copy()
        inner.update(value.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return bytes(outer.digest()[:INDEX_BYTES])

    def _prepare(self, version: int, domain: str, kind: str) -> tuple[Any, Any]:
        key = self._index_keys[version].ljust(_BLOCK, b"\0")
        inner = sha256(bytes(byte ^ 0x36 for byte in key) + _framed(domain) + _framed(kind))
        states = inner, sha256(bytes(byte ^ 0x5C for byte in key))
        if len(self._states) >= _MOST_STATES:  # kinds are a handful of constants; this only bounds a mistake
            self._states.clear()
        self._states[version, domain, kind] = states
        return states


class DataKey:
    """An AES-256 key for one period (a month of declarations, say), kept only wrapped. Throw the wrapped key away and
    every field it sealed is gone, in backups too.

    Sealed field: ``nonce(12) || ciphertext || tag(16)``.
    """

    __slots__ = ("_cipher", "_key")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise InvalidInput("sealed_broken")
        self._key = key
        self._cipher = AESGCM(key)

    def __repr__(self) -> str:
        return "DataKey(…)"

    @classmethod
    def generate(cls) -> DataKey:
        """A fresh random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def wrap(self, keyring: Keyring, period: str) -> bytes:
        """The key sealed by the ring's current master key, tied to its period. Move it forward with
        ``DataKey.unwrap(…).wrap(…)`` after a rotation."""
        return keyring.seal(self._key, _wrapping(period))

    @classmethod
    def unwrap(cls, keyring: Keyring, period: str, blob: bytes) -> DataKey:
        """The key of `wrap`. Raises InvalidInput("sealed_broken") for another period, another ring or a changed blob."""
        return cls(keyring.open(blob, _wrapping(period)))

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypt; `aad` names the place of the field."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plaintext, aad)

    def sealer(self) -> Callable[[bytes, bytes], bytes]:
        """`seal` for hundreds of fields in a row: the nonces are as random, but drawn from the system a block at a time.
        For one thread, and not to be kept: a forked process would draw the same ones."""
        encrypt = self._cipher.encrypt
        nonces: list[bytes] = []

        def seal(plaintext: bytes, aad: bytes) -> bytes:
            if not nonces:
                block = os.urandom(NONCE_BYTES * NONCES_DRAWN)
                nonces.extend(block[at : at + NONCE_BYTES] for at in range(0, len(block), NONCE_BYTES))
            nonce = nonces.pop()
            return nonce + encrypt(nonce, plaintext, aad)

        return seal

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Decrypt what `seal` made. Raises InvalidInput("sealed_broken")."""
        return _decrypt(self._cipher, blob, aad)


def _decrypt(cipher: AESGCM, blob: bytes, aad: bytes) -> bytes:
    if len(blob) < _SHORTEST:
        raise InvalidInput("sealed_broken")
    try:
        return cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], aad)
    except InvalidTag:
        raise InvalidInput("sealed_broken") from None


def _framed(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(2, "big") + data


def _wrapping(period: str) -> bytes:
    return b"lachan.datakey.v1" + _framed(period)


def _check_ring(keys: dict[int, bytes], current: int) -> None:
    sizes_hold = all(
        len(key) == KEY_BYTES and 1 <= version <= _MOST_VERSIONS for version, key in keys.items()
    )
    if not sizes_hold or current not in keys:
        raise InvalidInput("keyring_broken")


def _next_version(keys: dict[int, bytes]) -> int:
    version = max(keys) + 1
    if version > _MOST_VERSIONS:
        raise InvalidInput("keyring_full")
    return version


def _written(keys: dict[int, bytes]) -> dict[str, str]:
    return {str(version): b64encode(key).decode() for version, key in sorted(keys.items())}


def _read_keys(saved: dict[str, Any]) -> dict[int, bytes]:
    return {int(version): b64decode(key, validate=True) for version, key in saved["keys"].items()}
