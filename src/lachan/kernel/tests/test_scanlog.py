"""The log's chain and its lines: what is missing, changed or moved is noticed; nothing that a stranger writes breaks it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel import scanlog
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7

PLACE = "0190a2f0-0000-7000-8000-000000000001"


def written(**more: Any) -> dict[str, Any]:
    base = {
        "v": 1, "id": str(uuid7()), "seq": 1, "at": "2021-07-22T08:00:00.123Z", "place": PLACE, "how": "cccd",
        "result": "pass",
    }  # fmt: skip
    return {**base, **more}


def line(**more: Any) -> bytes:
    return json.dumps(written(**more), ensure_ascii=False).encode()


FULL = {
    "up": 12345, "shift": PLACE, "dir": "in", "verified": True, "reasons": ["clear", "only_claim"], "rules": "gates/2021-05-29",
    "over": {"result": "hold", "reason": "nghi giấy giả"}, "outcome": "handed_over", "to": "Trạm y tế Vĩnh Hòa",
    "serial": "ab" * 16, "declaration": PLACE, "group": PLACE, "role": "driver", "temp": 36.8, "plate": "79A12345",
    "paper": {"kind": "Giấy đi đường", "number": "12/GĐĐ", "issuer": "UBND phường", "until": "2021-07-30"},
    "vpass": {"number": "QR-1", "until": "2021-08-01"}, "dest": ["56/568/22330/"],
    "person": {"name": "Nguyễn Văn An", "birth": "1990", "sex": "male", "national_id": "056090000001"},
    "app": "1.0", "bundle": "abc",
}  # fmt: skip


def test_a_full_line_reads_back() -> None:
    found = scanlog.parse(line(**FULL))
    assert found.person is not None and found.person["name"] == "Nguyễn Văn An"
    assert found.temp == 36.8 and found.over is not None and found.over.result == "hold"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2), ("id", "7c9e6679-7425-40de-944b-e07fc1f90ae7"), ("id", "x"), ("seq", 0), ("seq", -1), ("seq", 2**41), ("seq", "1"),
        ("at", "2021-07-22T08:00:00"), ("at", "hôm qua"), ("how", "magic"), ("result", "green"), ("result", None), ("outcome", "eaten"),
        ("role", "cat"), ("dir", "up"), ("temp", 20), ("temp", 99.9), ("temp", "36"), ("n", 0), ("n", 2), ("reasons", ["x y"]),
        ("reasons", ["a"] * 21), ("reasons", "clear"), ("dest", ["x"] * 11), ("serial", "AB" * 16), ("serial", "ab"), ("declaration", "1"),
        ("group", PLACE.upper() + "x"), ("plate", "7" * 17), ("to", "x" * 121), ("why", "\x00"), ("app", "\u202e"), ("person", {"soul": "x"}),
        ("person", {"name": "x" * 101}), ("paper", {"kind": 1}), ("over", {"result": "pass"}), ("over", {"result": "pass", "reason": ""}),
        ("verified", "yes"), ("place", ""), ("up", -1),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as raised:
        scanlog.parse(line(**{field: value}))
    assert raised.value.code == "line_field" and raised.value.field == field


def test_only_a_count_counts_many() -> None:
    assert scanlog.parse(line(how="count", n=25, why="giờ cao điểm")).n == 25


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"id":1}',
        b"[" * 5000,
        b'"' + b"a" * 9000,
        b'{"a":"\\ud800"}',
    ],
)
def test_garbage_is_refused_and_tells_no_identity(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        scanlog.parse(raw)
    assert scanlog.identity(raw) == (None, None)


def test_a_broken_line_still_tells_whose_it_is() -> None:
    said = written(how="magic", seq=7)
    assert scanlog.identity(json.dumps(said).encode()) == (UUID(said["id"]), 7)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"id":"%s","seq":9}', (True, 9)), (b'{"v":1,"id":"%s","seq":9,"at":"2021-07', (True, 9)), (b'{"v":1,"id":"%s","se', (True, None)),
        (b'{"v":1,"id":"%s","seq":12', (True, None)), (b'{"v":1,"id":"%s","seq":1000000000000000000000}', (True, None)),
        (b'{"v":1,"id":"%s","seq":"7"}', (True, None)), (b'{"id":7,"seq":7,"was":"%s"}', (False, 7)), (b'["%s"]', (False, None)),
        (b'{"v":1,"id":"\xff%s","seq":9}', (False, None)), (b'{"v":1,"id":"%s","seq":true}', (True, None)),
    ],
)  # fmt: skip
def test_a_broken_line_tells_what_it_has(raw: bytes, expected: tuple[bool, int | None]) -> None:
    scan = uuid7()
    found = scanlog.identity(raw % str(scan).encode())
    assert found == (scan if expected[0] else None, expected[1])


def test_an_id_of_another_kind_is_none() -> None:
    assert scanlog.identity(b'{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","seq":1}') == (None, 1)


def longest(letter: str) -> dict[str, Any]:
    def filled(fields: dict[str, int]) -> dict[str, str]:
        return {name: letter * most for name, most in fields.items()}

    return {
        **FULL, **filled(scanlog.TEXTS), "seq": scanlog.MOST_SEQ, "up": scanlog.MOST_UP, "how": "count", "n": scanlog.MOST_COUNT,
        "reasons": ["r" * scanlog.LONGEST_REASON_ID] * scanlog.MOST_REASONS, "dest": [letter * scanlog.LONGEST_PATH] * scanlog.MOST_DESTINATIONS,
        "over": {"result": "advise", "reason": letter * scanlog.LONGEST_OVERRIDE}, "outcome": "sent_to_test", "role": "companion",
        "paper": filled(scanlog.PAPER), "vpass": filled(scanlog.VEHICLE_PASS), "person": filled(scanlog.PERSON),
    }  # fmt: skip


@pytest.mark.parametrize("letter", ["x", '"', "\\", "ễ", "😀", "\u0301"])
def test_a_line_with_every_text_at_its_longest_is_read(letter: str) -> None:
    assert len(line(**longest(letter))) <= scanlog.MOST_BYTES
    assert scanlog.parse(line(**longest(letter))).n == scanlog.MOST_COUNT


@pytest.mark.parametrize("field", [*scanlog.TEXTS, "paper", "vpass", "person", "dest", "over"])
@pytest.mark.parametrize("bad", ["\x00", "a\nb", "\u202e", "\u2028", "\uffff", "x" * 2000])
def test_a_text_that_cannot_be_is_named(field: str, bad: str) -> None:
    shape = {
        "paper": {"kind": bad},
        "vpass": {"number": bad},
        "person": {"name": bad},
        "dest": [bad],
        "over": {"result": "hold", "reason": bad},
    }
    with pytest.raises(InvalidInput) as raised:
        scanlog.parse(line(**{field: shape.get(field, bad)}))
    assert (raised.value.code, raised.value.field) == ("line_field", field)


def test_a_name_of_ten_thousand_letters_and_half_a_letter_are_refused() -> None:
    for raw, code in (
        (line(person={"name": "ễ" * 10_000}), "line_too_long"),
        (line(to="?").replace(b"?", b"\\ud800"), "line_broken"),
        (line(to="?").replace(b"?", b"\xed\xa0\x80"), "line_broken"),
        (line(seq=10**30), "line_field"), (line(up=10**400), "line_field"), (line(temp=1e308), "line_field"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=code):
            scanlog.parse(raw)


def test_texts_that_newer_phones_can_type_are_taken() -> None:
    found = scanlog.parse(
        line(to="Bà\u00a0Năm \U0001fae8", person={"name": "A\u200dB"})
    )  # a space that keeps words together, a face of 2023
    assert found.to.startswith("Bà")


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:01"), ("2031-07-22T08:00:00.123Z", "2031-07-22T08:00:00.123"),
        ("2011-07-22T08:00:00Z", "2011-07-22T08:00:00"), ("2021-07-22T08:00:00+07:00", "2021-07-22T01:00:00"),
    ],
)  # fmt: skip
def test_a_clock_ten_years_off_refuses_nothing(said: str, utc: str) -> None:
    assert scanlog.parse(line(at=said)).at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "+010000-01-01T00:00:00Z",
    ],
)
def test_a_moment_that_is_none_is_named(said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        scanlog.parse(line(at=said))
    assert raised.value.field == "at"


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert scanlog.parse(line(colour="green")).how == "cccd"


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(raw: bytes) -> None:
    try:
        scanlog.parse(raw)
    except InvalidInput:
        pass
    scanlog.identity(raw)


@given(st.dictionaries(st.sampled_from(sorted(FULL)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6,
)))  # fmt: skip
def test_any_values_are_refused_by_name_or_read(values: dict[str, Any]) -> None:
    try:
        scanlog.parse(json.dumps(written(**values)).encode())
    except InvalidInput as error:
        assert error.code in {"line_field", "line_broken", "line_too_long"}
        assert error.code != "line_field" or error.field in values


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=12), st.data())
def test_a_cut_a_change_and_a_swap_change_the_head(lines: list[bytes], data: st.DataObject) -> None:
    whole = scanlog.head_after(scanlog.GENESIS, lines)
    at = data.draw(st.integers(0, len(lines) - 1))
    cut = lines[:at] + lines[at + 1 :]
    assert scanlog.head_after(scanlog.GENESIS, cut) != whole
    changed = [*lines[:at], lines[at] + b"x", *lines[at + 1 :]]
    assert scanlog.head_after(scanlog.GENESIS, changed) != whole
    middle = scanlog.head_after(scanlog.GENESIS, lines[:at])
    assert scanlog.head_after(middle, lines[at:]) == whole


def test_what_is_signed_binds_the_log_and_the_place_in_it() -> None:
    log, other = uuid7(), uuid7()
    said = {scanlog.to_sign(one, first, bytes(32), b"h" * 32) for one in (log, other) for first in (1, 2)}
    assert len(said) == 4 and all(len(each) == 4 + 16 + 8 + 64 for each in said)


NEVER = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF}  # fmt: skip


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("where", ["to", "person"])
def test_each_character_is_taken_or_refused_however_it_is_written(escaped: bool, where: str) -> None:
    near = {point + step for point in NEVER for step in (-1, 0, 1)} - set(range(0xD801, 0xDFFF)) - {-1}
    for point in near | {0x22, 0x5C, 0x2F, 0x1F600, 0x10FFFF}:
        text = f"a{chr(point)}b"
        said = written(**{where: {"name": text} if where == "person" else text})
        raw = json.dumps(said, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
        try:
            scanlog.parse(raw)
        except InvalidInput:
            assert point in NEVER, hex(point)
        else:
            assert point not in NEVER, hex(point)
