"""Typed readers of environment variables; each also accepts NAME_FILE holding the value (for secrets)."""

from __future__ import annotations

import os
from pathlib import Path

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(SystemExit):
    """A setting that can't be read stops the start with one clear line."""


def text(name: str, default: str = "") -> str:
    """The variable's value, or the content of the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE={path}: {error.strerror}") from None
    return os.environ.get(name, default)


def boolean(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise BadSetting(f"{name}={value!r}: expected one of 1, true, yes, on, 0, false, no, off")


def integer(name: str, default: int, *, low: int | None = None, high: int | None = None) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r}: expected a whole number") from None
    if (low is not None and number < low) or (high is not None and number > high):
        raise BadSetting(f"{name}={number}: expected {low} to {high}")
    return number


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()
