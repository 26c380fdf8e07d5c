"""The citizen id (căn cước công dân, CCCD): 12 digits."""

from __future__ import annotations

from dataclasses import dataclass, field

from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import digits_of

# The provinces and cities of 2004-2025, by the codes that the numbers carry. Numbers keep theirs for life, so
# mergers of provinces change nothing here.
# fmt: off
_PROVINCES = frozenset(f"{code:03}" for code in (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46,
    48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94,
    95, 96,
))
# fmt: on
_FIRST_ABROAD = "100"  # births registered abroad carry a country's code from here on


@dataclass(frozen=True, slots=True)
class Cccd:
    """A citizen id and what its digits say. Where a birth was registered is not where somebody lives.

    ``sex`` is ``"male"`` or ``"female"``; ``century`` is the first two digits of the year of birth (19, 20).
    """

    number: str = field(repr=False)
    province: str
    sex: str
    birth_year: int
    century: int

    @property
    def random(self) -> str:
        """The last six digits, which mean nothing."""
        return self.number[6:]

    def __str__(self) -> str:
        return self.number


def check_cccd(number: str) -> str:
    """Twelve ASCII digits, unchanged, if their province and century can be. Raises like `parse_cccd`."""
    province = number[:3]
    if province not in _PROVINCES and province < _FIRST_ABROAD:
        raise InvalidInput("cccd_province")
    if number[3] > "3":
        raise InvalidInput("cccd_century")
    return number


def parse_cccd(s: str) -> Cccd:
    """Read a citizen id; spaces, dots and hyphens are ignored. There is no check digit.

    Digits: 3 province or country of birth registration, 1 century and sex (0 male and 1 female of 19xx, 2 and 3 of
    20xx), 2 year of birth, 6 random (Circular 59/2021/TT-BCA). Raises ``InvalidInput``: ``cccd_length``,
    ``cccd_digits``, ``cccd_province``, ``cccd_century``.
    """
    number = check_cccd(digits_of(s, 12, "cccd"))
    kind = int(number[3])
    century = 19 + kind // 2
    return Cccd(
        number=number,
        province=number[:3],
        sex="female" if kind % 2 else "male",
        birth_year=century * 100 + int(number[4:6]),
        century=century,
    )
