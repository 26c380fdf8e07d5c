"""The records of people that the worker would have made of their declarations, from arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lachan.base import keys
from lachan.gate.declarations.consumers.people import identifiers
from lachan.kernel.text import suffixes
from lachan.registry.people.models import Identifier, Person
from lachan.registry.people.services.names import LONGEST
from lachan.web.demo.bulk import tables
from lachan.web.demo.bulk.declared import Maker
from lachan.web.demo.bulk.ids import times, uuid7s
from lachan.web.demo.bulk.tables import Row
from lachan.web.demo.population import Ints

PERSON = (
    "id", "name", "folded", "birth", "sex", "nationality", "residence", "address", "merged_into_id",
    "last_period", "created_at", "updated_at",
)  # fmt: skip
IDENTIFIER = ("id", "person_id", "kind", "value", "index", "first_seen")
TABLES = ("people_person", "people_identifier", "people_alias", "people_namekey")
CHUNK = 20_000


def load(rng: np.random.Generator, maker: Maker, who: Ints, ms: int, last: str) -> list[str]:
    """Person, identifiers and alias of each of `who` (indexes), made at `ms`, `last` declaring in that month.

    Returns the ids, by index; "" for others.
    """
    ids = [""] * len(maker.people)
    of_alias: dict[str, str] = {}
    for start in range(0, len(who), CHUNK):
        some = who[start : start + CHUNK]
        fresh = uuid7s(rng, np.full(len(some), ms))
        at = times(np.array([ms]))[0]
        for person, id in zip(some.tolist(), fresh, strict=True):
            ids[person] = of_alias.setdefault(maker.alias[person], id)
        made = [(person, id) for person, id in zip(some.tolist(), fresh, strict=True) if ids[person] == id]
        with tables.chunk():
            tables.insert(
                "people_person", PERSON, (_person(maker, person, id, last, at) for person, id in made)
            )
            tables.insert("people_identifier", IDENTIFIER, _identifiers(rng, maker, made, ms, at))
    at = times(np.array([ms]))[0]
    with tables.chunk():
        aliases = ((alias, person, at) for alias, person in sorted(of_alias.items()))
        tables.insert("people_alias", ("alias", "person_id", "since"), aliases)
    return ids


_ADDRESS = f"{Person._meta.db_table}.address".encode()
_VALUE = f"{Identifier._meta.db_table}.value".encode()


def _person(maker: Maker, at: int, id: str, last: str, when: str) -> Row:
    people = maker.people
    address = keys.keyring().seal(people.address[at].encode(), _ADDRESS)
    sex = "m" if people.male[at] else "f"
    return (
        id, people.name[at], maker.folded[at], people.birth[at], sex, "VN", people.residence[at], address, None,
        last, when, when,
    )  # fmt: skip


def _identifiers(
    rng: np.random.Generator, maker: Maker, made: list[tuple[int, str]], ms: int, when: str
) -> Iterator[Row]:
    """As the worker would read them from the person's declaration; a child's phone is her proxy's, so not her own."""
    ring = keys.keyring()
    said = [(id, kind, value) for at, id in made for kind, value in identifiers(maker.identity(at))]
    fresh = uuid7s(rng, np.full(len(said), ms))
    for own, (id, kind, value) in zip(fresh, said, strict=True):
        yield own, id, kind, ring.seal(value.encode(), _VALUE), ring.blind(kind, value), when


def load_names(maker: Maker, ids: list[str], seen: Ints, units: list[str]) -> None:
    """The name index. `seen`: pairs, person * len(units) + unit; each once, sorted in any order."""
    person, unit = seen // len(units), seen % len(units)
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(len(units) + 1))
    for at in sorted(range(len(units)), key=units.__getitem__):
        here = person[order[starts[at] : starts[at + 1]]].tolist()
        keyed = {(ending[:LONGEST], ids[one]) for one in here for ending in suffixes(maker.folded[one])}
        with tables.chunk():
            tables.insert(
                "people_namekey",
                ("unit", "key", "person"),
                [(units[at], key, one) for key, one in sorted(keyed)],
            )
