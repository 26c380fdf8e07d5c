"""What the Python kernel decides at a gate, and how it writes, chains and reads a log, as JSON for gates.test.ts.

Given lines of a log as a JSON array on standard input, with the argument ``parse``: what it makes of each.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import date
from typing import Any
from uuid import UUID

from lachan.kernel import scanlog
from lachan.kernel.codes import vectors as codes
from lachan.kernel.codes.wire import encode, pack, to_base45
from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import GUARDS, HOW, KINDS, RESULTS, GateRules
from lachan.kernel.ids import short_code, uuid7
from lachan.kernel.plates import parse_plate
from lachan.kernel.reading import KINDS as KINDS_OF_TEXT
from lachan.kernel.reading import reading_of
from lachan.kernel.tests import samples

SEED, CASES = 2021, 1500
DAYS = (date(2021, 7, 22), date(2021, 11, 1), date(2026, 11, 24))
VALUES: dict[str, tuple[Any, ...]] = {
    "how": HOW,
    "verified": (True, False),
    "declared_result": ("green", "attention", "stop", None),
    "declared_age_h": (None, 0, 1, 24, 25, 72, 73, 1.5),
    "area_level_from": (None, 0, 1, 2, 3, 4),
    "symptoms": (True, False, None),
    "test_result": ("negative", "positive", "pending", None),
    "test_age_h": (None, 0, 1, 72, 73, -1, "3"),
    "doses": (None, 0, 1, 2, 3),
    "days_since_last_dose": (None, 0, 13, 14, 400),
    "days_since_recovery": (None, 0, 180, 181),
    "hold": (True, False),
    "temperature": (None, 360, 374, 375, 379, 380, 410, 36.5, "hot"),
    "has_travel_paper": (True, False),
    "paper_expired": (True, False),
    "hc1_ok": (True, False, None),
    "appointment": ("before", "now", "after", None),
    "appointment_here": (True, False, None),
    "role": ("driver", "companion", "person", ""),
    "direction": ("in", "out", ""),
    **dict.fromkeys(GUARDS, (False, False, None, False, False, None, False, True, 0, 1, "no", [])),
}


def gates(rng: random.Random) -> list[dict[str, Any]]:
    cases = []
    for _ in range(CASES):
        day, kind = rng.choice(DAYS), rng.choice(KINDS)
        context = {key: rng.choice(values) for key, values in VALUES.items() if rng.random() < 0.7}
        decision = GateRules.at(day, kind).decide(context)
        decided = {"result": decision.result, "reasons": [one.rule_id for one in decision.reasons]}
        cases.append({"rules": f"{day}/{kind}", "context": context, "said": decided})
    return cases


def chains(rng: random.Random) -> list[dict[str, Any]]:
    cases = []
    for size in range(1, 12):
        log, first = UUID(int=rng.getrandbits(128)), rng.choice((1, 2, 255, 256, 2**31, 2**40))
        lines = ["".join(rng.choices('{"a":Nguyễn\u00a0😀', k=rng.randrange(60))) for _ in range(size)]
        head = scanlog.head_after(scanlog.GENESIS, [line.encode() for line in lines])
        signed = scanlog.to_sign(log, first, scanlog.GENESIS, head)
        cases.append(
            {"log": str(log), "first": first, "lines": lines, "head": head.hex(), "signed": signed.hex()}
        )
    return cases


WORDS = {
    "how": HOW,
    "outcomes": scanlog.OUTCOMES,
    "directions": scanlog.DIRECTIONS,
    "roles": scanlog.ROLES,
    "results": RESULTS,
    "guards": GUARDS,
}
LIMITS: dict[str, Any] = {
    "bytes": scanlog.MOST_BYTES, "seq": scanlog.MOST_SEQ, "up": scanlog.MOST_UP, "count": scanlog.MOST_COUNT, "reasons": scanlog.MOST_REASONS,
    "reason": scanlog.LONGEST_REASON_ID, "override": scanlog.LONGEST_OVERRIDE, "dest": scanlog.MOST_DESTINATIONS, "path": scanlog.LONGEST_PATH,
    "coldest": scanlog.COLDEST, "hottest": scanlog.HOTTEST, "texts": scanlog.TEXTS, "person": scanlog.PERSON, "paper": scanlog.PAPER,
    "vpass": scanlog.VEHICLE_PASS,
}  # fmt: skip
NAMES = ("Nguyễn Văn An", 'Trần Thị "Bưởi"', "Y\u00a0Brông", "Đỗ \\ 😀", "")


def _id(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128)))


def _scan_id(rng: random.Random) -> str:
    tail = UUID(int=rng.getrandbits(128)).bytes[6:]
    return str(
        UUID(
            bytes=uuid7(rng.randrange(2**41)).bytes[:6]
            + bytes((0x70 | tail[0] & 15, tail[1], 0x80 | tail[2] & 63))
            + tail[3:]
        )
    )


def _maybe(rng: random.Random, value: Any, otherwise: Any) -> Any:
    return value if rng.random() < 0.6 else otherwise


def said(rng: random.Random) -> dict[str, Any]:
    """A scan as a device has it, its keys in the order of the log."""

    def filled(fields: dict[str, int]) -> dict[str, str]:
        return {name: rng.choice(NAMES)[:most].strip() for name, most in fields.items()}

    how = rng.choice(HOW)
    return {
        "v": 1, "id": _scan_id(rng), "at": f"2021-07-{rng.randint(1, 31):02}T08:00:00.{rng.randrange(1000):03}Z", "up": _maybe(rng, rng.randrange(10**9), None),
        "shift": _maybe(rng, _id(rng), None), "place": _id(rng), "dir": rng.choice(scanlog.DIRECTIONS), "how": how, "verified": rng.random() < 0.5,
        "result": rng.choice(RESULTS), "reasons": _maybe(rng, ["clear", "only_claim"], []), "rules": "gates/2021-05-29",
        "over": _maybe(rng, {"result": rng.choice(RESULTS), "reason": "giấy giả"}, None), "outcome": rng.choice(scanlog.OUTCOMES),
        "to": rng.choice(NAMES), "serial": _maybe(rng, f"{rng.getrandbits(128):032x}", ""), "declaration": _maybe(rng, _id(rng), ""),
        "group": _maybe(rng, _id(rng), ""), "role": rng.choice(scanlog.ROLES), "temp": rng.choice((None, 30, 36.8, 41.5, 45)), "plate": "79A12345",
        "paper": _maybe(rng, filled(scanlog.PAPER), None), "vpass": _maybe(rng, filled(scanlog.VEHICLE_PASS), None),
        "dest": _maybe(rng, ["56/568/22330/"], []), "person": _maybe(rng, filled(scanlog.PERSON), None),
        "n": rng.randint(1, 200) if how == "count" else 1, "why": rng.choice(NAMES), "app": "1.0", "bundle": "b1",
    }  # fmt: skip


def bodies(rng: random.Random) -> list[dict[str, Any]]:
    cases = []
    for seq in range(1, 200):
        line = said(rng)
        numbered = {"v": 1, "id": line["id"], "seq": seq, **line}
        body = json.dumps(numbered, ensure_ascii=False, separators=(",", ":"))
        scanlog.parse(body.encode())
        cases.append({"line": line, "seq": seq, "body": body})
    return cases


SPOILT = (
    "",
    "",
    " ",
    "0",
    "Z",
    "|",
    "\n",
    "\r\n",
    "é",
    "ſ",
    "ı",
    "\ud800",
    "\u2028",
    "٣",
    ":",
    "#",
    "/",
    "😀",
    "\ufeff",
    "-",
)


def texts(rng: random.Random) -> list[str]:
    """Codes and cards, whole and spoilt; what people type; noise."""
    good = [case["text"] for case in codes.build()["cases"] if len(case["text"]) < 3000] + [
        *samples.SCANS,
        samples.SIGNED,
    ]
    enrol = "LCE1:" + "A-_z" * 5 + "Aa." + "B" * 22
    good += [
        f"https://x.vn/quet/#{enrol}",
        enrol.replace(":", "%3A"),
        "https://x.vn/q/7K2M9QXT#LC1:AB%20C",
        "HTTPS://X.VN/VAO/7K2M9QXT/",
    ]
    good += [
        f"LC1:{to_base45(pack(b'kid.', encode({0: kind, 7: bytes(16)}), bytes(64)))}" for kind in range(24)
    ]
    good += ["HC1:6BF", "shc:/5676", "056190000001", "225 123 456", "0905 123 456", "(0258) 3822861", "+1 (650) 253-0000", "0016502530000",
             "5600000042", "DN4565600000042", "79A-123.45", "79MĐ1-234.56", "80-136-NG-12", "TM-12-34", "PP 2A-1234", "b1234567", "7K2M 9QXT", short_code(UUID(int=7)), short_code(UUID(int=8)).lower()]  # fmt: skip
    found = list(good)
    for _ in range(4000):
        text = rng.choice(good)
        at, drop = rng.randrange(len(text)), rng.randrange(3)
        found.append(text[:at] + rng.choice(SPOILT) + text[at + drop :])
    found += ["".join(rng.choices(" 0123456789+-().ABKMO\u00a0", k=rng.randint(1, 20))) for _ in range(4000)]
    found += [short_code(UUID(int=rng.getrandbits(128))) for _ in range(50)]
    return [*found, "https://x.vn/", "\ud800", "", "\0", "x" * 9000, "#" * 8192, "😀" * 8192]


def readings(rng: random.Random) -> list[dict[str, str]]:
    found = ((text, reading_of(text)) for text in texts(rng))
    return [{"text": text, "kind": one.kind, "value": one.value} for text, one in found]


def plates(rng: random.Random) -> list[dict[str, Any]]:
    written = [
        "79A-123.45",
        "79MĐ1-234.56",
        "79mđ123456",
        "PP 2A-1234",
        "không rõ",
        "abcd",
        "ı2345",
        "٧٩A12345",
        " " * 50 + "79A1234",
    ]
    written += [
        "".join(rng.choices("0123456789ABDNTMGQĐđ .-\u00a0é", k=rng.randint(1, 16))) for _ in range(500)
    ]
    return [{"text": text, "plate": plate_or_none(text)} for text in written]


def plate_or_none(text: str) -> str | None:
    try:
        return parse_plate(text)
    except InvalidInput:
        return None


def parsed(line: str) -> str:
    try:
        scanlog.parse(line.encode("utf-8", "surrogatepass"))
    except InvalidInput as error:
        return f"{error.code} {error.field or ''}".strip()
    return ""


def main() -> None:
    if sys.argv[1:] == ["parse"]:
        json.dump([parsed(line) for line in json.load(sys.stdin)], sys.stdout)
        return
    rng = random.Random(SEED)
    rules = {f"{day}/{kind}": GateRules.at(day, kind).to_json() for day in DAYS for kind in KINDS}
    vectors = {
        "rules": rules,
        "gates": gates(rng),
        "chains": chains(rng),
        "bodies": bodies(rng),
        "words": WORDS,
        "limits": LIMITS,
        "readings": readings(rng),
        "kinds": KINDS_OF_TEXT,
        "plates": plates(rng),
    }
    json.dump(vectors, sys.stdout)


if __name__ == "__main__":
    main()
