"""Vietnamese identity numbers, and the codes that carry them to a gate."""

from lachan.kernel.identifiers.cccd import Cccd, check_cccd, parse_cccd
from lachan.kernel.identifiers.cccd_card import CccdCard, parse_cccd_card, write_cccd_card
from lachan.kernel.identifiers.cmnd import Cmnd, parse_cmnd
from lachan.kernel.identifiers.insurance_qr import (
    InsuranceCard,
    parse_insurance_number,
    parse_insurance_qr,
    write_insurance_qr,
)
from lachan.kernel.identifiers.national_id import Passport, mask_id, parse_national_id, parse_passport
from lachan.kernel.identifiers.national_qr import NationalQr, parse_national_qr, write_national_qr
from lachan.kernel.identifiers.sniff import read_any, sniff

__all__ = [
    "Cccd",
    "CccdCard",
    "Cmnd",
    "InsuranceCard",
    "NationalQr",
    "Passport",
    "check_cccd",
    "mask_id",
    "parse_cccd",
    "parse_cccd_card",
    "parse_cmnd",
    "parse_insurance_number",
    "parse_insurance_qr",
    "parse_national_id",
    "parse_national_qr",
    "parse_passport",
    "read_any",
    "sniff",
    "write_cccd_card",
    "write_insurance_qr",
    "write_national_qr",
]
