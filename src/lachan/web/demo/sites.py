"""The demo's places: checkpoints on the province's roads, markets, schools, offices, factories, facilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lachan.web.demo import names
from lachan.web.demo.geography import Commune, shares
from lachan.web.demo.population import STREETS, Ints, Population

CHECKPOINTS: tuple[tuple[str, str], ...] = (
    ("Rọ Tượng", "22603"), ("Lương Sơn", "22384"), ("Đèo Cả", "22492"), ("Khánh Lê", "22651"), ("Cam Thịnh Đông", "22480"),
)  # fmt: skip
"""Checkpoints on Highways 1 and 27C, by the commune in which they lie."""
STATIONS: tuple[tuple[str, str, str, str], ...] = (
    ("Sân bay Cam Ranh", "22408", "transport", "entry"), ("Ga Nha Trang", "22351", "transport", "domestic"),
    ("Bến xe phía Bắc Nha Trang", "22327", "transport", "domestic"), ("Bến xe Cam Ranh", "22417", "transport", "domestic"),
    ("Cảng Nha Trang", "22378", "transport", "domestic"),
)  # fmt: skip
KINDS: tuple[tuple[str, float, str], ...] = (
    ("market", 0.17, "domestic"), ("shop", 0.22, "domestic"), ("office", 0.2, "domestic"), ("school", 0.12, "domestic"),
    ("factory", 0.08, "domestic"), ("facility", 0.12, "facility"), ("lodging", 0.06, "domestic"), ("worship", 0.03, "domestic"),
)  # fmt: skip
SHOPS = (
    "Quán cơm",
    "Cà phê",
    "Tạp hóa",
    "Nhà thuốc",
    "Tiệm tóc",
    "Quán phở",
    "Cửa hàng xăng dầu",
    "Nhà hàng",
)
OFFICES = (
    "Ủy ban nhân dân", "Bưu điện", "Kho bạc", "Chi nhánh ngân hàng", "Công ty Du lịch", "Điện lực", "Văn phòng công chứng",
)  # fmt: skip
FACTORIES = ("Nhà máy thủy sản", "Xí nghiệp may", "Nhà máy đường", "Xưởng đóng tàu", "Nhà máy nước khoáng")
SCHOOLS = ("Trường Tiểu học", "Trường THCS", "Trường THPT", "Trường Mầm non")
WORSHIP = ("Chùa", "Nhà thờ", "Đình")
WORKING = frozenset({"office", "factory", "shop", "market", "facility", "lodging", "transport"})


@dataclass(slots=True)
class Site:
    """A place before it is a row. `commune`: its index; `pull`: how many visits it draws, roughly, a day.

    `code` is given with the row, by the service that makes places."""

    name: str
    kind: str
    form: str
    commune: int
    address: str
    pull: float
    provisional: bool = False
    code: str = ""


def make(rng: np.random.Generator, count: int, found: list[Commune]) -> list[Site]:
    """About `count` places: the fixed ones first, then each commune's health station as far as they reach, then others."""
    by_code = {one.path.rsplit("/", 2)[1]: at for at, one in enumerate(found)}
    sites = [
        _site(rng, f"Chốt kiểm soát {name}", "checkpoint", "checkpoint", by_code[code], found, 60)
        for name, code in CHECKPOINTS
        if code in by_code
    ]
    sites += [
        _site(rng, name, kind, form, by_code[code], found, 18)
        for name, code, kind, form in STATIONS
        if code in by_code
    ]
    stations = rng.permutation(len(found))[: max(0, (count - len(sites)) // 5)]
    near = [by_code[code] for code in ("22327", "22330") if code in by_code]
    for at in dict.fromkeys([*near, *stations.tolist()]):
        sites.append(_site(rng, f"Trạm Y tế {found[at].name}", "facility", "facility", at, found, 6))
    sites += [_named(rng, found, at) for at in _spread(rng, found, count - len(sites), near)]
    for one in sites[-max(2, count // 25) :]:
        one.provisional = one.kind in {"shop", "lodging", "market", "office"}
    return sites


def _spread(rng: np.random.Generator, found: list[Commune], count: int, near: list[int]) -> list[int]:
    """Communes of the places to come; the two wards of the demo's own accounts get a few more."""
    if count <= 0:
        return []
    some = [near[at % len(near)] for at in range(count // 8)] if near else []
    return some + rng.choice(len(found), size=count - len(some), p=shares(found)).tolist()


def _named(rng: np.random.Generator, found: list[Commune], commune: int) -> Site:
    weights = np.array([share for _, share, _ in KINDS])
    kind, _, form = KINDS[int(rng.choice(len(KINDS), p=weights / weights.sum()))]
    return _site(rng, _name(rng, kind, found[commune].name), kind, form, commune, found, _pull(rng, kind))


def _pull(rng: np.random.Generator, kind: str) -> float:
    usual = {"market": 20, "office": 12, "factory": 14, "facility": 10, "school": 6, "shop": 5}.get(kind, 3)
    return float(usual * rng.lognormal(0, 0.5))


def _name(rng: np.random.Generator, kind: str, commune: str) -> str:
    def one(of: tuple[str, ...]) -> str:
        return of[int(rng.integers(0, len(of)))]

    own = one(tuple(names.FEMALE_ADULTS.split()))
    return {
        "market": f"Chợ {commune}",
        "shop": f"{one(SHOPS)} {own}",
        "office": f"{one(OFFICES)} {commune}",
        "school": f"{one(SCHOOLS)} {commune}",
        "factory": f"{one(FACTORIES)} {commune}",
        "facility": f"Phòng khám {own}",
        "lodging": f"Khách sạn {own}",
        "worship": f"{one(WORSHIP)} {commune}",
    }[kind]


def _site(
    rng: np.random.Generator, name: str, kind: str, form: str, commune: int, found: list[Commune], pull: float
) -> Site:
    street = f"{int(rng.integers(1, 300))} {STREETS[int(rng.integers(0, len(STREETS)))]}"
    address = (
        street
        if found[commune].urban
        else "Quốc lộ 1"
        if kind == "checkpoint"
        else f"Thôn {int(rng.integers(1, 9))}"
    )
    return Site(name, kind, form, commune, address, pull)


def employ(rng: np.random.Generator, people: Population, sites: list[Site], found: list[Commune]) -> None:
    """Give grown-ups a place of work and children a school, in their own district where there is one."""
    district = np.array([one.district for one in found])
    for wanted, some in (
        (WORKING, (people.age >= 18) & (people.age < 60) & (rng.random(len(people)) < 0.7)),
        (frozenset({"school"}), (people.age >= 6) & (people.age < 18)),
    ):
        mine = np.array([at for at, one in enumerate(sites) if one.kind in wanted])
        if len(mine):
            people.job[some] = _near(rng, district[people.home[some]], district, mine, sites)


def _near(
    rng: np.random.Generator, homes: np.ndarray, district: np.ndarray, mine: Ints, sites: list[Site]
) -> Ints:
    """For each home's district one of the places there by their pull, else one anywhere."""
    there = np.array([district[sites[at].commune] for at in mine])
    pull = np.array([sites[at].pull for at in mine])
    chosen = np.empty(len(homes), dtype=np.int64)
    for name in np.unique(homes):
        of_district = homes == name
        local = there == name
        pool, weight = (mine[local], pull[local]) if local.any() else (mine, pull)
        chosen[of_district] = rng.choice(pool, size=int(of_district.sum()), p=weight / weight.sum())
    return chosen
