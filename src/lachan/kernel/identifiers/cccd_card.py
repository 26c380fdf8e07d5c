"""The QR on the citizen id card: ``CCCD|CMND|Name|ddMMyyyy|Nam/Nữ|Address|ddMMyyyy``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from lachan.kernel.clock import PartialDate
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import (
    address_of,
    birth_of,
    day_of,
    ddmmyyyy,
    name_of,
    named,
    sex_of_word,
    split_scan,
)
from lachan.kernel.identifiers.cccd import Cccd, parse_cccd
from lachan.kernel.identifiers.cmnd import Cmnd, parse_cmnd
from lachan.kernel.text import clean_line

_SEX_WORDS = {"male": "Nam", "female": "Nữ"}
_OLD_NUMBER = re.compile(r"[0-9]*")
_LIKE_A_DATE = re.compile(r"[0-9]{8}|[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{4}")
_LONGEST_EXTRA = 200


@dataclass(frozen=True, slots=True)
class CccdCard:
    """What a citizen id card's QR says; unsigned, so it is a claim until somebody has seen the card.

    ``extra`` keeps what later cards add after the date of issue (such as the parents' names), unread.
    """

    cccd: Cccd
    cmnd: Cmnd | None = field(repr=False)
    name: str = field(repr=False)
    birth: PartialDate = field(repr=False)
    sex: str
    address: str = field(repr=False)
    issued: date | None
    extra: tuple[str, ...] = field(default=(), repr=False)

    @property
    def consistent(self) -> bool:
        """Whether sex and year of birth are those in the number: nearly always, so ask when they aren't."""
        return self.cccd.sex == self.sex and self.cccd.birth_year == self.birth.year


def parse_cccd_card(text: str) -> CccdCard:
    """Read the QR of a citizen id card.

    Accepts seven fields, six where the old number or the date of issue is left out, and more at the end, as
    the card of since 1 July 2024 has. Raises ``InvalidInput`` with the field: ``cccd_card_format``, what ``parse_cccd``,
    ``clean_name`` and ``parse_date`` raise, ``sex_unknown``.
    """
    fields = split_scan(text, "cccd_card")
    cccd = named("cccd", lambda: parse_cccd(fields[0]))
    has_old = len(fields) > 1 and _OLD_NUMBER.fullmatch(fields[1]) is not None
    rest = fields[2 if has_old else 1 :]
    if len(rest) < 4:
        raise InvalidInput("cccd_card_format")
    issued, extra = _issued_and_extra(rest[4:])
    return CccdCard(
        cccd=cccd,
        cmnd=_cmnd_of(fields[1]) if has_old else None,
        name=name_of(rest[0]),
        birth=birth_of(rest[1]),
        sex=sex_of_word(rest[2]),
        address=address_of(rest[3]),
        issued=issued,
        extra=extra,
    )


def _cmnd_of(text: str) -> Cmnd | None:
    """The old number; some cards repeat a twelve-digit number there, which says nothing new."""
    return named("cmnd", lambda: parse_cmnd(text)) if len(text) == 9 else None


def _issued_and_extra(fields: list[str]) -> tuple[date | None, tuple[str, ...]]:
    issued = None
    if fields and (not fields[0] or _LIKE_A_DATE.fullmatch(fields[0])):
        issued = day_of(fields[0], "issued")
        fields = fields[1:]
    extra = named("extra", lambda: [clean_line(value, _LONGEST_EXTRA) for value in fields])
    while extra and not extra[-1]:
        extra.pop()
    return issued, tuple(extra)


def write_cccd_card(card: CccdCard) -> str:
    """The text of a card's QR, in the form of seven fields; ``parse_cccd_card`` gives the card back."""
    if card.sex not in _SEX_WORDS:
        raise InvalidInput("sex_unknown", field="sex")
    return "|".join(
        (
            card.cccd.number,
            card.cmnd.number if card.cmnd else "",
            name_of(card.name),
            ddmmyyyy(card.birth),
            _SEX_WORDS[card.sex],
            address_of(card.address),
            ddmmyyyy(card.issued),
            *(extra.replace("|", " ") for extra in card.extra),
        )
    )
