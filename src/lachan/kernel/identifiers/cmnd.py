"""The identity card of before the CCCD (chứng minh nhân dân, CMND): 9 digits."""

from __future__ import annotations

from dataclasses import dataclass, field

from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import digits_of


@dataclass(frozen=True, slots=True)
class Cmnd:
    """An old identity card number. The twelve-digit cards of 2012-2016 already carried a citizen id."""

    number: str = field(repr=False)

    def __str__(self) -> str:
        return self.number


def parse_cmnd(s: str) -> Cmnd:
    """Read an old card's number; spaces, dots and hyphens are ignored.

    Raises ``InvalidInput``: ``cmnd_length``, ``cmnd_digits``, ``cmnd_implausible`` (one digit nine times).
    """
    number = digits_of(s, 9, "cmnd")
    if len(set(number)) == 1:
        raise InvalidInput("cmnd_implausible")
    return Cmnd(number)
