"""What could stop this installation, for pages: the floor that knows the checks registers them here at its start.

alarms.register("disk", doctor.disk)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

OK, WARN, FAIL = "ok", "warn", "fail"
FRESH = timedelta(minutes=2)


class Finding(Protocol):
    """What a check says: `state` is ok, warn or fail; `text` is the technical detail, `remedy` what to do."""

    @property
    def check(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def remedy(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Broken:
    """A check that itself failed: never silence."""

    check: str
    text: str
    state: str = FAIL
    remedy: str = ""


Check = Callable[[datetime], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of a moment. `slow`: whether the checks that read the whole store were among them."""

    at: datetime
    findings: tuple[Finding, ...]
    slow: bool

    @property
    def raised(self) -> list[Finding]:
        """What isn't well, the worst first."""
        return sorted((one for one in self.findings if one.state != OK), key=lambda one: one.state != FAIL)


_checks: dict[str, tuple[Check, bool]] = {}
_last: dict[str, Report] = {}
_lock = Lock()


def register(name: str, check: Check, *, slow: bool = False) -> None:
    """Add a check; the same name replaces it. A slow one runs only when someone asks for it."""
    _checks[name] = (check, slow)


def report(now: datetime, *, slow: bool = False) -> Report:
    """Run the checks now, and remember what they said."""
    found: list[Finding] = []
    for name, (check, is_slow) in _checks.items():
        if is_slow and not slow:
            continue
        try:
            found.extend(check(now))
        except Exception as error:
            found.append(Broken(name, f"{type(error).__name__}: {error}"))
    fresh = Report(now, tuple(found), slow)
    with _lock:
        _last["report"] = fresh
    return fresh


def recent(now: datetime) -> Report:
    """The last report if it is at most two minutes old, else a new one without the slow checks."""
    with _lock:
        last = _last.get("report")
    return last if last is not None and abs(now - last.at) < FRESH else report(now)


def forget() -> None:
    """Drop the last report (between tests)."""
    with _lock:
        _last.clear()
