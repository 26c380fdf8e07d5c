"""What the Python kernel answers, as JSON on standard output: the TypeScript kernel must answer the same.

Run by parity.test.ts with the project's Python; random cases come from a fixed seed.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from lachan.kernel import certlogic, clock, identifiers, phones, text
from lachan.kernel.codes import vectors as codes
from lachan.kernel.decisions import derived
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers.national_qr import NationalQr
from lachan.kernel.questionnaire import enabled, form_at, forms

SEED = 2021
TODAY = date(2021, 8, 16)
WORDS = [
    "Nguyễn",
    "Thị",
    "HOÀ",
    "hòa",
    "Đặng",
    "  An ",
    "Ân",
    "ß",
    "\u200bx",
    "O'Neil",
    "a\x00b",
    "😀",
    "ＡＢ",
    "e\u0301",
    "|",
    "",
]
DATES = [
    "17/05/1990", "1990-05-17", "17051990", "5/1990", "1990-5", "1990", "31/02/2000", "00/00/1985", "00/05/1985", "17/00/1985",
    "170590", "17/5/90", "1/1/1869", "2200", " 17.5.1990 ", "x", "", "29-02-2024", "29/2/2023", "32/01/2000", "１９９０",
]  # fmt: skip
PHONES = [
    "0905 123 456", "+84905123456", "84905123456", "01652345678", "0120.234.5678", "(0258) 3822861", "02583822861", "0084905123456",
    "905123456", "12345", "", "abc", "0905123456 ext 5", "+1 650 253 0000", "+84 (0)905 123 456", "0" * 50, "090512345", "+84 120 2345678",
]  # fmt: skip
NUMBERS = [
    "056190001234", "056 190 001 234", "225123456", "111111111", "05619000123", "003190001234", "100090001234", "056590001234",
    "B1234567", "GD4564512345678", "4512345678", "HS4010120878811", "abc", "", "０５６１９０００１２３４", "1234567", "AB-1234-56",
]  # fmt: skip
SCANS = [
    "056190001234|225123456|Nguyễn Thị Hoa|17051990|Nữ|12 Trần Phú, Vĩnh Hòa, Nha Trang|01012021",
    "056190001234||Nguyễn Văn An|17051990|Nam|Nha Trang",
    "056190001234|Nguyễn Văn An|17051990|Nam|Nha Trang|01012021",
    "056190001234||Nguyễn Văn An|17051990|Nam|Nha Trang|01012021|cha|mẹ",
    "******001234|NGUYEN THI HOA|1990-**-**|0|QID123|<2<4512345678<0905123456<sig",
    "056190001234|NGUYEN THI HOA|1990-05-17|1||",
    "GD4564512345678|4e677579e1bb856e2056c4836e20416e|17/05/1990|1|4e6861205472616e67|56 - 001|01/01/2021|-|-|-|-|4|-|-|$",
    "4512345678|Nguyễn Văn An|1990|2|Nha Trang",
    "LC1:ABC", "HC1:6BF", "https://example.vn/q/ABC", "shc:/5676", "hello", "a|b|c|d", "", "056190001234|x|y",
    "056190001234||Nguyễn Văn An|31021990|Nam|Nha Trang|01012021", "056190001234||Nguyễn Văn An|17051990|???|Nha Trang|01012021",
]  # fmt: skip


def outcome(attempt: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": attempt()}
    except InvalidInput as error:
        return {"error": error.code}


def cases(inputs: list[str], function: Callable[[str], Any]) -> list[dict[str, Any]]:
    return [{"in": item, "out": outcome(lambda item=item: function(item))} for item in inputs]


def scanned(raw: str) -> dict[str, Any]:
    card = identifiers.read_any(raw)
    blank = {
        "name": card.name,
        "birth": card.birth.iso(),
        "sex": card.sex,
        "address": "",
        "nationalId": "",
        "insurance": "",
        "phone": "",
    }
    if isinstance(card, identifiers.CccdCard):
        return {**blank, "kind": "cccd_card", "address": card.address, "nationalId": card.cccd.number}
    if isinstance(card, NationalQr):
        number = "" if card.masked else card.number
        extra = {"nationalId": number, "insurance": card.insurance or "", "phone": card.phone or ""}
        return {**blank, "kind": "national_qr", **extra}
    return {**blank, "kind": "insurance_card", "address": card.address, "insurance": card.number}


# CertLogic: random rules over random data, malformed ones among them.

MOMENTS = [
    "2021-08-16",
    "2021-08",
    "2021",
    "2020-02-29",
    "2021-08-16T10:00:00Z",
    "2021-08-16T10:00:00+07:00",
    "2021-13-01",
    "soon",
]
SCALARS: list[Any] = [0, 1, -3, 72, 1.5, True, False, None, "", "a", "b", *MOMENTS]


def rule(rnd: random.Random, depth: int) -> Any:
    if depth == 0 or rnd.random() < 0.15:
        literal = rnd.choice([value for value in SCALARS if value is not None])
        return rnd.choice(
            [
                literal,
                {
                    "var": rnd.choice(
                        ["a", "b.c", "b.0", "l", "l.1", "", "x..y", "d", "__proto__", "constructor"]
                    )
                },
            ]
        )
    sub = lambda: rule(rnd, depth - 1)  # noqa: E731
    name = rnd.choice(
        ["if", "and", "!", "===", "in", "+", ">", "<", ">=", "<=", "after", "before", "not-after", "not-before", "plusTime", "reduce", "dccDateOfBirth", "extractFromUVCI", "or", "list"]
    )  # fmt: skip
    if name == "list":
        return [sub() for _ in range(rnd.randrange(3))]
    if name == "plusTime":
        return {
            name: [
                rnd.choice(MOMENTS),
                rnd.choice([-40, 0, 3, 13, sub()]),
                rnd.choice(["day", "month", "year", "hour", "week"]),
            ]
        }
    if name == "extractFromUVCI":
        return {
            name: [
                rnd.choice(["URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B", sub()]),
                rnd.choice([0, 1, 3, 9]),
            ]
        }
    count = {"if": 3, "!": 1, "dccDateOfBirth": 1, "reduce": 3}.get(name, 2 if rnd.random() < 0.85 else 3)
    return {name: [sub() for _ in range(count)]}


def data(rnd: random.Random) -> dict[str, Any]:
    pick = lambda: rnd.choice(SCALARS)  # noqa: E731
    return {
        "a": pick(),
        "b": {"c": pick()},
        "l": [pick() for _ in range(rnd.randrange(4))],
        "d": rnd.choice(MOMENTS),
    }


def certlogic_cases() -> list[dict[str, Any]]:
    rnd = random.Random(SEED)
    made = []
    for _ in range(4000):
        r, d = rule(rnd, 4), data(rnd)
        made.append(
            {
                "rule": r,
                "data": d,
                "out": outcome(lambda r=r, d=d: certlogic.to_json(certlogic.evaluate(r, d))),
            }
        )
    return made


# Forms: random answers, good, bad and strange.

SAMPLES: dict[str, list[Any]] = {
    "boolean": [True, False, None, "true", 1],
    "integer": [0, 1, 3, 11, -1, 2.0, 2.5, "2", None],
    "decimal": [36.5, 40, -1, "x", None],
    "date": [
        "2021-08-15",
        "2021-08-17",
        "2021-08-19",
        "2021-02-30",
        "2020-01-01",
        "15/08/2021",
        "1990",
        "2055",
        "",
        None,
        5,
    ],
    "dateTime": [
        "2021-08-15T10:00",
        "2021-08-15T10:00:00Z",
        "2021-08-15T10:00:00+09:00",
        "2021-08-20T10:00",
        "x",
        "",
    ],
}
BY_FORMAT: dict[str, list[Any]] = {
    "name": ["Nguyễn Thị Hoa", "  nguyễn  thị ", "", "<b>", "x" * 101, 7], "phone": ["0905 123 456", "01652345678", "12", "", None],
    "cccd": ["056190001234", "225123456", "B1234567", "12", ""], "passport": ["B1234567", "xx", ""], "insurance": ["GD4564512345678", "zz", ""],
    "unit": ["22327", "568", "56/568/22327/", "56/568/22327", "x", "", "22-327"], "plate": ["79A-123.45", "79a 12345", "!!"], "email": ["a@b.vn", " a@b.vn ", "a@b", ""],
}  # fmt: skip


def answer(rnd: random.Random, item: Any) -> Any:
    if item.format != "partial-date" and item.format in BY_FORMAT:
        value = rnd.choice(BY_FORMAT[item.format])
    elif item.format == "partial-date":
        value = rnd.choice([*DATES, None])
    elif item.type == "choice":
        value = rnd.choice([*(option.code for option in item.options), "??", None])
    else:
        value = rnd.choice(
            SAMPLES.get(
                item.type, ["một dòng", "hai\ndòng  x", "", "a\u202eb", "x" * 300, "\ud7ff\x07", None]
            )
        )
    return [value, value] if rnd.random() < (0.4 if item.repeats else 0.02) else value


def form_cases() -> list[dict[str, Any]]:
    rnd = random.Random(SEED)
    made = []
    for form_id in forms():
        form = form_at(form_id, TODAY)
        for _ in range(150):
            share = rnd.choice([0.3, 0.7, 1.0])
            answers = {item.link_id: answer(rnd, item) for item in form.questions() if rnd.random() < share}
            if rnd.random() < 0.1:
                answers["constructor"] = 1
            made.append(form_case(form_id, form, answers))
    return made


def form_case(form_id: str, form: Any, answers: dict[str, Any]) -> dict[str, Any]:
    clean = form.compile()(answers, TODAY)
    return {
        "form": form_id, "answers": answers, "enabled": sorted(enabled(form, answers)), "clean": clean.answers, "record": clean.record,
        "errors": [[error.field, error.code] for error in clean.errors],
    }  # fmt: skip


def derived_cases() -> list[dict[str, Any]]:
    inputs: list[dict[str, Any]] = [
        {}, {"birth": "1990"}, {"birth": "2010-08"}, {"birth": "1990-08-17"}, {"birth": "1990-08-16", "test_date": "2021-08-13"},
        {"last_dose_date": "2020-02-29", "recovery_date": None, "contact_last": "2021-08-01"},
    ]  # fmt: skip
    return [{"in": item, "out": derived(item, TODAY)} for item in inputs]


def build() -> dict[str, Any]:
    national = NationalQr(
        "056190001234", "Nguyễn Thị Hoa", clock.parse_date("17/05/1990"), sex="female", phone="+84905123456"
    )
    return {
        "today": TODAY.isoformat(),
        "codes": codes.build(),
        "fold": cases(WORDS, text.fold),
        "names": cases(WORDS, text.clean_name),
        "lines": cases([f"{a}\n{b}" for a in WORDS for b in WORDS], lambda item: text.clean_line(item, 40)),
        "dates": cases(DATES, lambda item: clock.parse_date(item).iso()),
        "phones": cases(PHONES, phones.parse_phone),
        "cccd": cases(NUMBERS, lambda item: identifiers.parse_cccd(item).number),
        "insurance": cases(NUMBERS, identifiers.parse_insurance_number),
        "passports": cases(NUMBERS, lambda item: identifiers.parse_passport(item).number),
        "sniff": cases(SCANS, identifiers.sniff),
        "scans": cases(SCANS, scanned),
        "national_qr": [identifiers.write_national_qr(national, mask=mask) for mask in (True, False)],
        "certlogic": certlogic_cases(),
        "questionnaires": {form_id: dict(form_at(form_id, TODAY).source) for form_id in forms()},
        "forms": form_cases(),
        "derived": derived_cases(),
    }


if __name__ == "__main__":
    json.dump(build(), sys.stdout)
