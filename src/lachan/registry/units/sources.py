"""All of Vietnam's units in both structures, read from the package `vietnamadminunits` (MIT). No database here.

The package holds the three tiers of early 2025 and the two tiers since 1 July 2025, with the mapping between them. It
has no history before: an operator's file gives a province's communes of 2021 (see operator_file.py).
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lachan.kernel.text import fold, nfc

CHANGE = date(2025, 7, 1)
"""Resolution 202/2025/QH15 and Law 72/2025/QH15: no districts, 34 provinces, from this day."""
LISTED_FROM = date(2021, 7, 1)
"""From when the three-tier list counts; its units are older, mostly."""
PACKAGE = "vietnamadminunits"
OPERATOR = "operator"

PROVINCE, DISTRICT, COMMUNE = 1, 2, 3

_ENGLISH = {
    "Tỉnh": "Province",
    "Thành phố": "City",
    "Quận": "District",
    "Huyện": "District",
    "Thị xã": "Town",
    "Phường": "Ward",
    "Xã": "Commune",
    "Thị trấn": "Township",
    "Đặc khu": "Special zone",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One unit as it will stand in the table."""

    path: str
    code: str
    level: int
    structure: str
    name: str
    full_name: str
    kind: str
    folded: str
    name_en: str = ""
    later_name: str = ""
    later_full_name: str = ""
    valid_from: date = LISTED_FROM
    valid_to: date | None = CHANGE
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    source: str = PACKAGE

    @property
    def parent(self) -> str | None:
        above = self.path[: self.path[:-1].rfind("/") + 1]
        return above or None


@dataclass(frozen=True, slots=True)
class Link:
    """`after` follows `before`; several links of one `before` mean that it was divided."""

    before: str
    after: str
    divided: bool
    source: str = PACKAGE


def split_name(full_name: str) -> tuple[str, str]:
    """("Phường", "Vĩnh Hòa") of "Phường Vĩnh Hòa"; a name without a known kind has the kind ""."""
    text = " ".join(nfc(full_name).split())
    for kind in _ENGLISH:
        if text.startswith(f"{kind} "):
            return kind, text[len(kind) + 1 :]
    return "", text


def english_name(kind: str, name: str) -> str:
    """ "Vinh Hoa Ward", as signs and passports write it: no accents, the kind behind."""
    decomposed = unicodedata.normalize("NFD", name)
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return f"{bare.translate(str.maketrans('Đđ', 'Dd'))} {_ENGLISH.get(kind, '')}".strip()


def make_row(path: str, level: int, structure: str, full_name: str, above: Iterable[str], **more: Any) -> Row:
    """A row whose derived parts (kind, folded, English) follow from its full name and the names above it."""
    kind, name = split_name(full_name)
    folded = fold(" ".join([name, *above]))[:240]
    english = more.pop("name_en", "") or english_name(kind, name)
    code = path.rstrip("/").rpartition("/")[2]
    return Row(
        path, code, level, structure, name, " ".join(nfc(full_name).split()), kind, folded, english, **more
    )


def folder() -> Path:
    """The package's data folder, without importing it: its import loads megabytes that we don't need."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(PACKAGE)
    return Path(spec.origin).parent / "data"


def _query(sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{folder() / 'dataset.db'}?mode=ro&immutable=1", uri=True)) as store:
        return store.execute(sql).fetchall()


_THREE_TIERS = """select province, provinceCode, provinceLat, provinceLon, district, districtCode, districtLat,
    districtLon, ward, wardCode, wardLat, wardLon, provinceKey, districtKey, wardKey from admin_units_legacy"""
_TWO_TIERS = """select province, provinceCode, ward, wardCode, wardLat, wardLon, provinceKey, wardKey from admin_units"""


def three_tiers() -> list[Row]:
    """Structure "2021": provinces, districts, communes, each above those below it."""
    rows: dict[str, Row] = {}
    later = {code: name for name, code in _query("select distinct province, provinceCode from admin_units")}
    for p, pc, plat, plon, d, dc, dlat, dlon, w, wc, wlat, wlon, *_ in _query(_THREE_TIERS):
        province, district = f"{pc}/", f"{pc}/{dc}/"
        if province not in rows:
            rows[province] = _province(province, p, later.get(pc), plat, plon)
        above = [rows[province].name]
        if district not in rows:
            rows[district] = make_row(district, DISTRICT, "2021", d, above, latitude=dlat, longitude=dlon)
        if wc:
            above = [rows[district].name, *above]
            path = f"{district}{wc}/"
            rows[path] = make_row(path, COMMUNE, "2021", w, above, latitude=wlat, longitude=wlon)
    return sorted(rows.values(), key=lambda row: (row.level, row.path))


def _province(path: str, full_name: str, later: str | None, latitude: float, longitude: float) -> Row:
    row = make_row(path, PROVINCE, "2021", full_name, [], latitude=latitude, longitude=longitude)
    if later is None:
        return row
    row = replace(row, valid_to=None)
    if later == row.full_name:
        return row
    return replace(row, later_full_name=later, later_name=split_name(later)[1])


def two_tiers() -> list[Row]:
    """Structure "2025": the communes; their provinces are rows of `three_tiers` that live on."""
    rows = []
    for p, pc, w, wc, lat, lon, *_ in _query(_TWO_TIERS):
        above, dates = [split_name(p)[1]], {"valid_from": CHANGE, "valid_to": None}
        rows.append(make_row(f"{pc}/{wc}/", COMMUNE, "2025", w, above, latitude=lat, longitude=lon, **dates))
    return sorted(rows, key=lambda row: row.path)


def succession() -> list[Link]:
    """What follows what on 1 July 2025, communes and provinces. The five island districts without communes included."""
    before = {
        f"{p}_{d}_{w or ''}": f"{pc}/{dc}/{wc}/" if wc else f"{pc}/{dc}/" for p, pc, d, dc, w, wc in _keys()
    }
    after = {
        (p, w): f"{pc}/{wc}/"
        for p, pc, w, wc in _query("select provinceKey, provinceCode, wardKey, wardCode from admin_units")
    }
    mapping = json.loads((folder() / "converter_2025.json").read_text(encoding="utf-8"))
    links = {*_whole(mapping, before, after), *_divided(mapping, before, after), *_provinces(mapping)}
    return sorted(links, key=lambda link: (link.before, link.after))


def _keys() -> list[tuple[Any, ...]]:
    return _query(
        "select provinceKey, provinceCode, districtKey, districtCode, wardKey, wardCode from admin_units_legacy"
    )


def _whole(mapping: Any, before: dict[str, str], after: dict[tuple[str, str], str]) -> Iterator[Link]:
    for province, communes in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                if old in before and (province, commune) in after:
                    yield Link(before[old], after[province, commune], False)


def _divided(mapping: Any, before: dict[str, str], after: dict[tuple[str, str], str]) -> Iterator[Link]:
    for province, olds in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in olds.items():
            found = {after[key] for new in news if (key := (province, new["newWardKey"])) in after}
            for path in found if old in before else ():
                yield Link(before[old], path, len(found) > 1)


def _provinces(mapping: Any) -> Iterator[Link]:
    olds = dict(_query("select distinct provinceKey, provinceCode from admin_units_legacy"))
    news = dict(_query("select distinct provinceKey, provinceCode from admin_units"))
    for new, merged in mapping["DICT_PROVINCE"].items():
        for old in merged:
            if olds[old] != news[new]:
                yield Link(f"{olds[old]}/", f"{news[new]}/", False)
