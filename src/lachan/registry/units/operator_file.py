"""A province's own list of communes, and its mapping to the structure of July 2025, from CSV files.

Communes: ward_code, full_name, district_code; and, where known, full_name_en, pop2019 (or population), lat, lon,
new_codes_2025 (codes joined by commas). Mapping: old_ward_code, old_district_code, new_ward_code, divided.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.units.sources import COMMUNE, OPERATOR, Link, Row, make_row

MOST_BYTES = 8 * 1024 * 1024
COMMUNE_COLUMNS = {"ward_code", "full_name", "district_code"}
MAPPING_COLUMNS = {"old_ward_code", "old_district_code", "new_ward_code"}
_CODE = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that wasn't taken, and why (a code of lachan.base.messages)."""

    line: int
    reason: str
    value: str = ""


@dataclass(slots=True)
class Parsed:
    """What a file gave."""

    rows: list[Row] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read_communes(data: bytes, districts: Mapping[str, Row], later: Mapping[str, str]) -> Parsed:
    """Communes of structure "2021". `districts`: code → the district's row; `later`: code of 2025 → path.

    Raises InvalidInput: too_large, malformed, units_file_columns. Bad lines are refused one by one.
    """
    parsed = Parsed()
    seen: set[str] = set()
    for line, record in _records(data, COMMUNE_COLUMNS):
        try:
            row = _commune(record, districts)
            if row.path in seen:
                raise InvalidInput("units_file_twice", value=row.code)
        except InvalidInput as error:
            parsed.refused.append(Refused(line, error.code, str(error.params.get("value", ""))))
            continue
        seen.add(row.path)
        parsed.rows.append(row)
        parsed.links.extend(_followers(row.path, _codes(record.get("new_codes_2025", "")), later))
    return parsed


def read_mapping(
    data: bytes, districts: Mapping[str, Row], later: Mapping[str, str], known: set[str]
) -> Parsed:
    """Links old commune → new commune. A link to or from an unknown commune is refused. Raises like read_communes."""
    parsed = Parsed()
    after: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for line, record in _records(data, MAPPING_COLUMNS):
        district = districts.get(_code(record["old_district_code"], 3))
        before = f"{district.path}{_code(record['old_ward_code'], 5)}/" if district else ""
        new = later.get(_code(record["new_ward_code"], 5))
        if before not in known or new is None:
            value = record["new_ward_code"] if before in known else record["old_ward_code"]
            parsed.refused.append(Refused(line, "units_file_unknown_commune", value[:20]))
            continue
        after[before][new] = record.get("divided", "").strip().casefold() in {"true", "1", "x", "yes"}
    for before, news in after.items():
        parsed.links.extend(Link(before, new, flag or len(news) > 1, OPERATOR) for new, flag in news.items())
    return parsed


def _records(data: bytes, needed: set[str]) -> Iterator[tuple[int, dict[str, str]]]:
    if len(data) > MOST_BYTES:
        raise InvalidInput("too_large")
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        missing = needed - set(reader.fieldnames or ())
        if missing:
            raise InvalidInput("units_file_columns", value=", ".join(sorted(missing)))
        for record in reader:
            yield reader.line_num, {key: value or "" for key, value in record.items() if isinstance(key, str)}
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInput("malformed") from None


def _commune(record: Mapping[str, str], districts: Mapping[str, Row]) -> Row:
    code, district = _code(record["ward_code"], 5), districts.get(_code(record["district_code"], 3))
    if not code:
        raise InvalidInput("units_file_code", value=record["ward_code"][:20])
    if district is None:
        raise InvalidInput("units_file_unknown_district", value=record["district_code"][:20])
    full_name = clean_line(record["full_name"], 120)
    if not any(map(str.isalpha, full_name)):
        raise InvalidInput("name_empty")
    return make_row(
        f"{district.path}{code}/",
        COMMUNE,
        "2021",
        full_name,
        [district.folded],
        name_en=clean_line(record.get("full_name_en", ""), 120),
        latitude=_number(record.get("lat", ""), -90, 90),
        longitude=_number(record.get("lon", ""), -180, 180),
        population=_count(record.get("pop2019") or record.get("population") or ""),
        source=OPERATOR,
    )


def _code(text: str, width: int) -> str:
    """A GSO code with its leading zeros, which spreadsheet programs drop; empty when it isn't one."""
    text = text.strip()
    return text.zfill(width) if _CODE.fullmatch(text) and len(text) <= width else ""


def _codes(text: str) -> list[str]:
    return [code for part in text.split(",") if (code := _code(part, 5))]


def _followers(path: str, codes: list[str], later: Mapping[str, str]) -> Iterator[Link]:
    found = [later[code] for code in dict.fromkeys(codes) if code in later]
    for after in found:
        yield Link(path, after, len(found) > 1, OPERATOR)


def _number(text: str, low: float, high: float) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput("units_file_number", value=text[:20]) from None
    if not (math.isfinite(value) and low <= value <= high):
        raise InvalidInput("units_file_number", value=text[:20])
    return value


def _count(text: str) -> int | None:
    value = _number(text, 0, 50_000_000)
    return None if value is None else round(value)
