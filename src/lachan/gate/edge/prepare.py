"""From the lines of a batch to rows: read, pseudonymised, sealed. Pure: no database, no clock.

A line that can't be read is no reason to stop a log: it becomes a row marked `broken`, sealed like the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from lachan.gate.declarations.prepare import NotReady, World
from lachan.gate.declarations.prepare.make import EARLIEST, LATE, alias_of, occurred_at
from lachan.gate.edge.rows import Row
from lachan.kernel import scanlog
from lachan.kernel.clock import ms_at
from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import RESULTS
from lachan.kernel.identifiers import Passport, parse_national_id
from lachan.kernel.ids import uuid7
from lachan.kernel.questionnaire import formats
from lachan.kernel.scanlog import Line
from lachan.registry.audit.rows import sqlite_time

BROKEN = "broken"
FOREIGN = "foreign"
RANKS: dict[str, int] = {result: rank for rank, result in enumerate(RESULTS)}
BROKEN_RESULT = RANKS["hold"]
BEFORE_ENROLMENT = timedelta(minutes=10)
MOST_RULESET = 20
MOST_REASONS = 400


@dataclass(frozen=True, slots=True)
class Site:
    """Where a shift stands."""

    place: UUID
    unit: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose lines these are. `sites`: the shifts that the same phone was enrolled for before, which may have left lines in
    it; a line that names any other shift is `foreign`, and counted where the device stands."""

    device: UUID
    log: UUID
    shift: UUID
    site: Site
    enrolled_at: datetime
    revoked_at: datetime | None
    sites: Mapping[UUID, Site]


class Maker:
    """Makes rows of one batch. Raises NotReady while the world lacks this month's data key."""

    def __init__(self, origin: Origin, world: World, now: datetime) -> None:
        key = world.data_keys.get(period := f"{now.year:04}-{now.month:02}")
        if key is None:
            raise NotReady(period)
        self._origin = origin
        self._world = world
        self._now = now
        self._at = sqlite_time(now)
        self._period = period
        self._seen: set[UUID] = set()
        self._log, self._device = origin.log.hex, origin.device.hex
        self._site = _columns(origin.shift, origin.site)
        self._earliest = origin.enrolled_at - BEFORE_ENROLMENT
        self._usual = max(self._earliest, now - LATE, EARLIEST), min(now, origin.revoked_at or now)
        self._sealed = key.sealer()

    def row(self, seq: int, line: Line | None, text: bytes, digest: bytes) -> Row:
        """The row of a line; `line` is None where it can't be read. An id twice in a batch: the second is broken."""
        if line is None:
            return self._unread(seq, text, digest)
        id, over = line.id, line.over
        if id in self._seen:
            return self.broken(seq, text, digest)
        self._seen.add(id)
        since, until = self._usual
        if since <= line.at < until and over is None:
            at, flags = sqlite_time(line.at), ""
        else:
            at, flags = self._moment(line)
        shift, place, unit = self._site
        if line.shift != self._origin.shift or line.place != self._origin.site.place:
            (shift, place, unit), flags = self._elsewhere(line, flags)
        return (
            id.hex, self._log, seq, digest, self._device, shift, place, unit, line.dir, line.how, line.verified,
            RANKS[line.result], _joined(line.reasons), _ruleset(line.rules),
            RANKS[over.result] if over else None, line.outcome, self._alias(line) if line.person else None,
            line.serial or None, line.declaration.replace("-", "") or None, line.group.replace("-", "") or None, line.role,
            self._plate(line.plate) if line.plate else None, None if line.temp is None else f"{line.temp:.1f}", line.n,
            self._period, self._sealed(text, id.bytes), flags, at, self._at,
        )  # fmt: skip

    def _unread(self, seq: int, text: bytes, digest: bytes) -> Row:
        """What a broken line still tells of its id is kept, so that it too stands once."""
        id = scanlog.identity(text).id
        if id is None or id in self._seen:
            return self.broken(seq, text, digest)
        self._seen.add(id)
        return self.broken(seq, text, digest, id)

    def broken(self, seq: int, text: bytes, digest: bytes, id: UUID | None = None) -> Row:
        """A row for a line that can't be read, or whose id stands for another line and so gets one of the server's."""
        id = id or uuid7(ms_at(self._now))
        return (
            id.hex, self._log, seq, digest, self._device, *self._site, "", BROKEN, False, BROKEN_RESULT, "", "", None, "",
            None, None, None, None, "", None, None, 1, self._period, self._sealed(text, id.bytes), BROKEN, self._at,
            self._at,
        )  # fmt: skip

    def _moment(self, line: Line) -> tuple[str, str]:
        """When it was, and what is odd about it; nothing odd refuses a scan."""
        origin, claimed = self._origin, line.at
        moment, odd = occurred_at(claimed, self._now)
        flags = list(odd)
        if not odd and claimed < self._earliest and line.shift in (None, origin.shift):
            flags.append("clock_behind")
        if origin.revoked_at is not None and claimed >= origin.revoked_at:
            flags.append("after_revocation")
        if line.over is not None:
            flags.append("overridden")
        return (self._at if moment is self._now else sqlite_time(moment)), " ".join(flags)

    def _elsewhere(self, line: Line, flags: str) -> tuple[tuple[str, str, str], str]:
        """Where a line belongs that doesn't name the device's own shift and place. What it names but wasn't given to this
        phone counts for nothing: else one device could write into any gate's numbers."""
        origin, shift = self._origin, line.shift or self._origin.shift
        site = origin.site if shift == origin.shift else origin.sites.get(shift)
        if site is not None and site.place == line.place:
            return _columns(shift, site), flags
        return self._site, f"{flags} {FOREIGN}".lstrip()

    def _alias(self, line: Line) -> str | None:
        """The pseudonym by the rule of declarations, where the line tells enough of the person."""
        record = record_of(line.person or {})
        return alias_of(record, self._world, line.id).hex if _tells(record) else None

    def _plate(self, plate: str) -> str:
        return self._world.keyring.blind("plate", plate).hex()


def _columns(shift: UUID, site: Site) -> tuple[str, str, str]:
    return shift.hex, site.place.hex, site.unit


IDENTIFYING = frozenset({"national_id", "passport", "insurance"})
_READ: dict[str, Callable[[str, date], str]] = {
    "national_id": formats.national_id,
    "insurance": formats.insurance,
    "name": formats.name,
    "phone": formats.phone,
    "birth": formats.partial_date,
}


def record_of(person: Mapping[str, str]) -> dict[str, str]:
    """As much of who someone is as makes the pseudonym, as declarations keep it, so that both come to the same one.

    The first number of an identity paper is enough; what can't be read is left out.
    """
    record: dict[str, str] = {}
    for role, read in _READ.items():
        text = person.get(role)
        if not text:
            continue
        try:
            record[role] = read(text, date.max)
        except InvalidInput:
            if role == "national_id" and (number := _passport(text)):
                return {"passport": number}
            continue
        if role in IDENTIFYING:
            return record
    return record


def _passport(text: str) -> str | None:
    """Devices have one field for all identity papers."""
    try:
        found = parse_national_id(text)
    except InvalidInput:
        return None
    return found.number if isinstance(found, Passport) else None


def _tells(record: Mapping[str, str]) -> bool:
    """Whether the pseudonym would be somebody's, and not that of the line alone."""
    return not IDENTIFYING.isdisjoint(record) or (
        "name" in record and ("phone" in record or "birth" in record)
    )


@lru_cache(maxsize=2000)
def _joined(reasons: tuple[str, ...]) -> str:
    text = " ".join(reasons)
    return text if len(text) <= MOST_REASONS else text[:MOST_REASONS].rpartition(" ")[0]


@lru_cache(maxsize=200)
def _ruleset(version: str) -> str:
    """`gates/2021-07-24` as the column keeps it: the date."""
    return version.rpartition("/")[2][:MOST_RULESET]


def read(text: bytes) -> Line | None:
    """A line, or None where it can't be read."""
    try:
        return scanlog.parse(text)
    except InvalidInput:
        return None
