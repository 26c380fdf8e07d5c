"""Households and people, as arrays: one element a person. A million takes seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lachan.web.demo import names
from lachan.web.demo.geography import Commune, shares

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SIZES = np.array([0.10, 0.17, 0.20, 0.27, 0.14, 0.08, 0.04])
"""Shares of households of one to seven people; the mean is about 3.6, as in the census of 2019."""
STREETS = (
    "Nguyễn Trãi", "Lê Lợi", "Trần Phú", "Hùng Vương", "2 tháng 4", "23 tháng 10", "Nguyễn Thị Minh Khai", "Lê Hồng Phong",
    "Phan Bội Châu", "Trần Quý Cáp", "Hai Bà Trưng", "Phạm Văn Đồng", "Điện Biên Phủ", "Ngô Gia Tự", "Lý Thường Kiệt",
)  # fmt: skip
BIRTH_PROVINCES = (
    (56, 0.86),
    (54, 0.03),
    (58, 0.02),
    (52, 0.02),
    (66, 0.02),
    (79, 0.02),
    (1, 0.01),
    (49, 0.02),
)
PREFIXES = (
    "96", "97", "98", "86", "32", "33", "34", "35", "36", "37", "38", "39", "90", "93", "89", "70", "76", "77", "78", "79",
    "91", "94", "88", "81", "82", "83", "84", "85",
)  # fmt: skip
OLD_CARD, NO_CARD, ALONE = 0.12, 0.02, 8


@dataclass(slots=True)
class Population:
    """`home`: index of the commune. `birth`: ISO dates. `national_id` and `insurance` are empty where someone has none;
    `phone` is the household's for a child. `job`: index of the place where one works or learns, -1 for none."""

    household: Ints
    home: Ints
    male: Flags
    age: Ints
    birth: list[str]
    name: list[str]
    national_id: list[str]
    insurance: list[str]
    phone: list[str]
    address: list[str]
    job: Ints
    chronic: Flags
    doses: Ints
    residence: list[str]  # path of the unit: that of `home`, but for travellers (see `send_away`)

    def __len__(self) -> int:
        return len(self.household)


def make(rng: np.random.Generator, count: int, found: list[Commune], today: date) -> Population:
    """About `count` people (whole households) as of `today`."""
    household, seat = _households(rng, count)
    number = int(household[-1]) + 1
    home_of = rng.choice(len(found), size=number, p=shares(found))
    age, male = _ages(rng, household, seat), _sexes(rng, seat)
    family = names.surnames(rng, number)[household]
    own = (seat == 1) | ((seat > 1) & (age > 60))  # who married in bears another name
    family[own] = names.surnames(rng, int(own.sum()))
    birth, years = _births(rng, age, today)
    home = home_of[household]
    total = len(household)
    return Population(
        household, home, male, age, birth, names.full_names(rng, family, male, age),
        _national_ids(rng, male, age, years), _insurance(rng, total), _phones(rng, household, age),
        _addresses(rng, household, home, found), np.full(total, -1), rng.random(total) < np.clip((age - 30) / 130, 0.01, 0.4),
        np.where(age >= 12, rng.choice(4, size=total, p=[0.06, 0.09, 0.5, 0.35]), 0),
        [found[at].path for at in home.tolist()],
    )  # fmt: skip


def send_away(rng: np.random.Generator, people: Population, units: list[str], share: float = 0.06) -> Flags:
    """Make some grown-ups live in other provinces: they come home through a checkpoint. Returns who."""
    away = (people.age >= 18) & (people.age < 65) & (rng.random(len(people)) < share) & bool(units)
    picks = rng.integers(0, max(1, len(units)), len(people))
    for at in np.flatnonzero(away).tolist():
        people.residence[at] = units[picks[at]]
    return away


def _households(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    """Each person's household, and her seat in it: 0 head, 1 the spouse, then children and parents."""
    mean = float((SIZES * np.arange(1, 8)).sum())
    sizes = rng.choice(np.arange(1, 8), size=int(count / mean) + 8, p=SIZES / SIZES.sum())
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    household = np.repeat(np.arange(len(sizes)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return household, np.arange(len(household)) - first


def _ages(rng: np.random.Generator, household: Ints, seat: Ints) -> Ints:
    head = np.clip(rng.normal(46, 13, int(household[-1]) + 1), 19, 88)[household]
    spouse = head + rng.normal(-2, 4, len(seat))
    child = np.clip(head - rng.normal(28, 5, len(seat)), 0, 45)
    parent = np.clip(head + rng.normal(26, 4, len(seat)), 45, 97)
    is_parent = (seat > 1) & (head < 55) & (rng.random(len(seat)) < 0.16)
    age = np.where(seat == 0, head, np.where(seat == 1, spouse, np.where(is_parent, parent, child)))
    return np.clip(age, 0, 97).astype(np.int64)


def _sexes(rng: np.random.Generator, seat: Ints) -> Flags:
    male = rng.random(len(seat)) < np.where(seat == 0, 0.7, 0.51)
    spouse = np.flatnonzero(seat == 1)
    male[spouse] = ~male[spouse - 1]
    return male


def _births(rng: np.random.Generator, age: Ints, today: date) -> tuple[list[str], Ints]:
    """A birth date that makes someone as old as `age` today; one old person in five knows only the year."""
    days = (
        np.datetime64(today)
        - (age * 365.2425).astype("timedelta64[D]")
        - rng.integers(60, 365, len(age)).astype("timedelta64[D]")
    )
    whole = days.astype(str)
    only_year = (age > 68) & (rng.random(len(age)) < 0.2)
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return [
        text[:4] if short else text for text, short in zip(whole.tolist(), only_year.tolist(), strict=True)
    ], years


def _national_ids(rng: np.random.Generator, male: Flags, age: Ints, years: Ints) -> list[str]:
    """Citizen ids that say the same as the person's sex and birth; some old people show the card of nine digits."""
    total = len(age)
    codes, weights = zip(*BIRTH_PROVINCES, strict=True)
    province = rng.choice(codes, size=total, p=weights)
    century = (years // 100 - 19) * 2 + ~male
    serial = _serials(rng, total)
    old = (age > 40) & (rng.random(total) < OLD_CARD)
    none = (age < ALONE) | (rng.random(total) < NO_CARD)
    card = 225_000_000 + serial
    return [
        "" if without else str(nine) if is_old else f"{p:03d}{c}{y:02d}{s:06d}"
        for without, is_old, nine, p, c, y, s in zip(
            none.tolist(), old.tolist(), card.tolist(), province.tolist(), century.tolist(), (years % 100).tolist(),
            serial.tolist(), strict=True,
        )
    ]  # fmt: skip


def _serials(rng: np.random.Generator, total: int) -> Ints:
    """Six digits that no two of a million people share."""
    return (np.arange(total) * 7919 + int(rng.integers(0, 1_000_000))) % 1_000_000


def _insurance(rng: np.random.Generator, total: int) -> list[str]:
    """The social insurance number on the card: ten digits; one person in three gives it."""
    given = rng.random(total) < 0.33
    numbers = 5_600_000_000 + 37 * rng.permutation(total)
    return [str(number) if has else "" for number, has in zip(numbers.tolist(), given.tolist(), strict=True)]


def _phones(rng: np.random.Generator, household: Ints, age: Ints) -> list[str]:
    """Mobile numbers as people write them. Children and some of the old have that of the household."""
    total = len(household)
    own = np.char.add(
        np.char.add("0", np.array(PREFIXES)[rng.integers(0, len(PREFIXES), total)]), _digits(rng, total)
    )
    shared = (age < 13) | ((age > 70) & (rng.random(total) < 0.5))
    first = np.searchsorted(household, household)
    return np.where(shared, own[first], own).tolist()


def _digits(rng: np.random.Generator, total: int) -> NDArray[np.str_]:
    return np.char.zfill(rng.integers(0, 10_000_000, total).astype(str), 7)


def _addresses(rng: np.random.Generator, household: Ints, home: Ints, found: list[Commune]) -> list[str]:
    """A street in a ward, a hamlet in a rural commune; the same for a household."""
    number = int(household[-1]) + 1
    streets, numbers = rng.integers(0, len(STREETS), number), rng.integers(1, 480, number)
    first = home[np.searchsorted(household, np.arange(number))]
    of_house = [
        f"{n} {STREETS[s]}" if found[commune].urban else f"Thôn {n % 9 + 1}"
        for n, s, commune in zip(numbers.tolist(), streets.tolist(), first.tolist(), strict=True)
    ]
    return [of_house[at] for at in household.tolist()]
