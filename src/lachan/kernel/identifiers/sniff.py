"""What a scanned text is, told by its form, and the reader for each kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import LONGEST_SCAN
from lachan.kernel.identifiers.cccd_card import CccdCard, parse_cccd_card
from lachan.kernel.identifiers.insurance_qr import InsuranceCard, parse_insurance_qr
from lachan.kernel.identifiers.national_qr import NationalQr, parse_national_qr

_PREFIXES = (
    ("LC1:", "lc1"),
    ("HC1:", "hc1"),
    ("shc:/", "shc"),
    ("https://", "url"),
    ("http://", "url"),
)
_NATIONAL_DATE = re.compile(r"[0-9]{4}(?:-[0-9*xX]{2}){0,2}")
_CARD_DATE = re.compile(r"[0-9]{8}|[0-9]{2}/[0-9]{2}/[0-9]{4}")
_CARD_NUMBER = re.compile(r"[0-9]{12}")
_INSURANCE_NUMBER = re.compile(r"[0-9]{10}|[A-Za-z]{2}[0-9A-Za-z]{13}")

_READERS: dict[str, Callable[[str], CccdCard | NationalQr | InsuranceCard]] = {
    "cccd_card": parse_cccd_card,
    "national_qr": parse_national_qr,
    "insurance_card": parse_insurance_qr,
}


def sniff(text: str) -> str:
    """The kind of a scanned text, by its form alone.

    ``lc1``, ``hc1``, ``shc`` (signed codes), ``national_qr``, ``cccd_card``, ``insurance_card``, ``url`` or
    ``unknown``. Never raises; the reader of the kind may still refuse the text.
    """
    trimmed = text.strip(" \t\r\n\ufeff\x00")
    for prefix, kind in _PREFIXES:
        if trimmed.startswith(prefix) or (prefix.islower() and trimmed[:8].lower().startswith(prefix)):
            return kind
    if len(trimmed) > LONGEST_SCAN:
        return "unknown"
    return _kind_of_fields([field.strip() for field in trimmed.split("|")])


def _kind_of_fields(fields: list[str]) -> str:
    if len(fields) < 4:
        return "unknown"
    if _CARD_NUMBER.fullmatch(fields[0]) and len(fields) > 4 and any(map(_CARD_DATE.fullmatch, fields[2:4])):
        return "cccd_card"
    if fields[3] in ("0", "1") and _NATIONAL_DATE.fullmatch(fields[2]) and not _is_insurance(fields):
        return "national_qr"
    return "insurance_card" if _is_insurance(fields) else "unknown"


def _is_insurance(fields: list[str]) -> bool:
    """An insurance card has its sex where the national QR has its kind; only its address is hexadecimal."""
    return (
        len(fields) > 4
        and _INSURANCE_NUMBER.fullmatch(fields[0]) is not None
        and (len(fields) > 6 or "/" in fields[2])
    )


def read_any(text: str) -> CccdCard | NationalQr | InsuranceCard:
    """Read whichever identity code was scanned.

    Raises ``InvalidInput``: ``scan_signed`` for a signed code (``params["kind"]``), which needs its own verifier;
    ``scan_url``; ``scan_unknown``; or what the reader of the kind raises.
    """
    kind = sniff(text)
    if kind in _READERS:
        return _READERS[kind](text)
    if kind in ("lc1", "hc1", "shc"):
        raise InvalidInput("scan_signed", kind=kind)
    raise InvalidInput("scan_url" if kind == "url" else "scan_unknown")
