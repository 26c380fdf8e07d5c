"""Which segment holds which day. One small file, replaced whole, so that a reader sees a build all at once or not at all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lachan.outbreak.tracing.engine.files import replacing
from lachan.outbreak.tracing.engine.segment import HEAD_SIZE, Damaged, Head

__all__ = ["Entry", "Manifest", "read_manifest", "recover", "write_manifest"]

FORMAT = 1
_NAME = re.compile(r"day-(-?\d+)-(\d+)\.seg")


@dataclass(frozen=True, slots=True)
class Entry:
    """A day's segment: its file, how many visits, and the fingerprint (hexadecimal) of what it was built from."""

    file: str
    rows: int
    bytes: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``generation`` counts builds; ``days`` has each day that was built, also one without visits."""

    generation: int = 0
    days: dict[int, Entry] = field(default_factory=dict)

    def dump(self) -> bytes:
        days = {
            str(day): [each.file, each.rows, each.bytes, each.fingerprint]
            for day, each in sorted(self.days.items())
        }
        held = {"format": FORMAT, "generation": self.generation, "days": days}
        return json.dumps({**held, "check": _check(held)}, separators=(",", ":")).encode()


def _check(held: dict[str, object]) -> str:
    return sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def read_manifest(path: Path) -> Manifest | None:
    """None: there is none that can be trusted."""
    try:
        held = json.loads(path.read_bytes())
        check = held.pop("check")
        if check != _check(held) or held["format"] != FORMAT:
            return None
        return Manifest(held["generation"], {int(day): Entry(*entry) for day, entry in held["days"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_manifest(path: Path, manifest: Manifest) -> None:
    with replacing(path) as file:
        file.write(manifest.dump())


def segment_name(day: int, generation: int) -> str:
    return f"day-{day}-{generation:08d}.seg"


def recover(folder: Path) -> Manifest:
    """A manifest from what the segments say of themselves: the newest readable one of each day."""
    found: dict[int, tuple[int, Entry]] = {}
    newest = 0
    for path in folder.glob("day-*.seg"):
        if (name := _NAME.fullmatch(path.name)) is None:
            continue
        day, generation = int(name[1]), int(name[2])
        newest = max(newest, generation)
        try:
            with path.open("rb") as file:
                head = Head.unpack(file.read(HEAD_SIZE))
        except (Damaged, OSError):
            continue
        if head.day == day and generation > found.get(day, (-1, None))[0]:
            found[day] = (generation, entry_of(path.name, head))
    return Manifest(newest, {day: entry for day, (_, entry) in found.items()})


def entry_of(file: str, head: Head) -> Entry:
    return Entry(file, head.rows, head.length, head.fingerprint.hex())
