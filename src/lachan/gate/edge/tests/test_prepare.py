"""Rows of lines: the same pseudonym as a declaration's, broken lines that stand once, clocks that are only marked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lachan.gate.declarations.prepare import NotReady, Submission, World, prepare
from lachan.gate.edge.prepare import BROKEN, FOREIGN, Maker, Origin, Site, read
from lachan.gate.edge.rows import SCAN_COLUMNS
from lachan.kernel.codes import SigningKey
from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.ids import uuid7

NOW = datetime(2021, 7, 22, 8, 0, tzinfo=UTC)
HOME = "56/568/22327/"
WORLD = World(
    Keyring.generate(), SigningKey.generate(), {"2021-07": DataKey.generate()}, units=frozenset({HOME, "56/"})
)
ORIGIN = Origin(
    uuid7(), uuid7(), uuid7(), Site(uuid7(), HOME), NOW - timedelta(hours=6), NOW - timedelta(hours=1), {}
)
BODY = bytes(32)


def maker(origin: Origin = ORIGIN, now: datetime = NOW) -> Maker:
    return Maker(origin, WORLD, now)


def text(id: UUID | None = None, **more: Any) -> bytes:
    said = {
        "v": 1, "id": str(id or uuid7()), "seq": 1, "at": "2021-07-22T06:00:00.000Z", "place": str(ORIGIN.site.place),
        "how": "cccd", "result": "pass", **more,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def made(line: bytes, by: Maker | None = None) -> dict[str, Any]:
    return dict(zip(SCAN_COLUMNS, (by or maker()).row(1, read(line), line, BODY), strict=True))


@pytest.mark.parametrize(
    "person",
    [
        {"national_id": "056185123456", "name": "Ai khác", "phone": "0905000000"},
        {"national_id": "056 185 123 456"},
    ],
)
def test_a_scan_and_a_declaration_come_to_one_pseudonym(person: dict[str, str]) -> None:
    answers = {
        "name": "Lê Thị Cúc", "birth": "1985-02-03", "sex": "female", "nationality": "VN", "national_id": "056185123456",
        "phone": "0905123456", "residence": HOME, "address": "1 Lê Lợi", "no_symptoms": True, "no_contact": True,
        "pledge": True,
    }  # fmt: skip
    declared = prepare(Submission(id=uuid7(), form="domestic", answers=answers), WORLD, NOW)
    assert made(text(person=person))["alias"] == declared.declaration[6].hex


def test_a_name_needs_a_second_fact_and_a_number_must_be_one() -> None:
    alone = {"name": "Lê Thị Cúc"}
    assert made(text(person=alone))["alias"] is None
    assert made(text(person={"national_id": "12345"}))["alias"] is None
    known = made(text(person={**alone, "birth": "03/02/1985"}))["alias"]
    assert (
        known is not None
        and known == made(text(person={"name": "LÊ THỊ CÚC", "birth": "1985-02-03"}))["alias"]
    )
    passport = made(text(person={"national_id": "C1234567"}))["alias"]
    assert passport == WORLD.keyring.alias("person", "passport:C1234567").hex()


def test_a_broken_line_keeps_its_id_so_that_it_too_stands_once() -> None:
    id = uuid7()
    broken = text(id, temp=99)
    by = maker()
    first, again = made(broken, by), made(broken, by)
    assert first["id"] == id.hex and first["flags"] == first["how"] == BROKEN
    assert again["id"] != id.hex and again["flags"] == BROKEN
    opened = WORLD.data_keys["2021-07"].open(first["payload"], UUID(hex=first["id"]).bytes)
    assert opened == broken
    assert made(b"\xff{")["flags"] == BROKEN


@pytest.mark.parametrize(
    ("at", "flags"),
    [
        ("2021-07-22T06:00:00Z", ""),
        ("2021-07-22T07:30:00Z", "after_revocation"),
        ("2021-07-23T08:00:00Z", "clock_ahead after_revocation"),
        ("1970-01-02T00:00:00Z", "clock_behind"),
        ("2021-07-21T00:00:00Z", "clock_behind"),
        ("2021-05-01T00:00:00Z", "late"),
    ],
)
def test_a_clock_is_marked_and_never_refused(at: str, flags: str) -> None:
    assert made(text(at=at))["flags"] == flags


def test_a_line_of_an_earlier_shift_belongs_where_that_shift_stood() -> None:
    shift, site = uuid7(), Site(uuid7(), "56/570/22400/")
    origin = Origin(ORIGIN.device, ORIGIN.log, ORIGIN.shift, ORIGIN.site, NOW, None, {shift: site})
    there = {"shift": str(shift), "place": str(site.place)}
    row = made(text(**there, at="2021-07-20T06:00:00Z"), maker(origin))
    assert (row["shift"], row["place"], row["unit"], row["flags"]) == (
        shift.hex,
        site.place.hex,
        site.unit,
        "",
    )


@pytest.mark.parametrize(
    "named",
    [{"shift": str(uuid7())}, {"place": str(uuid7())}, {"shift": str(uuid7()), "place": str(uuid7())}],
)
def test_a_device_writes_into_no_other_gates_numbers(named: dict[str, str]) -> None:
    row = made(text(**named))
    assert (row["shift"], row["place"], row["unit"], row["flags"]) == (
        ORIGIN.shift.hex, ORIGIN.site.place.hex, HOME, FOREIGN,
    )  # fmt: skip
    assert made(text(**named, at="2021-07-22T07:30:00Z"))["flags"] == f"after_revocation {FOREIGN}"


def test_without_the_months_key_nothing_is_made() -> None:
    with pytest.raises(NotReady):
        maker(now=datetime(2021, 9, 1, tzinfo=UTC))
