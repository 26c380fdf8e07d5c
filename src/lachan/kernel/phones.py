"""Phone numbers: typed in any way, before or after 2018, stored as E.164."""

from __future__ import annotations

import re

import phonenumbers

from lachan.kernel.errors import InvalidInput

# The conversion of 11-digit mobile numbers to 10 digits, 15 September 2018 to 30 June 2019, as the Ministry of
# Information and Communications announced it on 29 May 2018: the first digits change, the last seven stay.
CONVERTED_IN_2018 = {
    # MobiFone
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    # VinaPhone
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    # Viettel
    "162": "32",
    "163": "33",
    "164": "34",
    "165": "35",
    "166": "36",
    "167": "37",
    "168": "38",
    "169": "39",
    # Vietnamobile
    "186": "56",
    "188": "58",
    # Gmobile
    "199": "59",
}

_LONGEST = 40
_TRUNK = r"(?:(?:\+84|0084|84)0?|0)?"
# Whole ranges of operators: phonenumbers knows blocks inside them, and learns new blocks later than people get them.
_MOBILE = re.compile(_TRUNK + r"((?:3[0-9]|5[125689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7})")
_OLD_MOBILE = re.compile(_TRUNK + "(" + "|".join(CONVERTED_IN_2018) + ")([0-9]{7})")
_SEPARATORS = str.maketrans("", "", " \u00a0\t.-‐‑–—/()")
_ALLOWED = re.compile(r"\+?[0-9]+")
_EXTENSION = re.compile(r"(?i)\s*(?:;ext=|ext\.?|x|#|máy lẻ|nhánh)\s*[0-9]{1,6}$")


def parse_phone(s: str, region: str = "VN") -> str:
    """A phone number as E.164 (``+84912345678``).

    Spaces, dots, hyphens, slashes and brackets are ignored; a number without ``+`` is read as one of ``region``.
    Vietnamese 11-digit mobiles of before 2018 become those of today. Raises ``InvalidInput``:
    ``phone_empty``, ``phone_too_long``, ``phone_extension``, ``phone_character``, ``phone_invalid``.
    """
    if len(s) > _LONGEST:
        raise InvalidInput("phone_too_long", max=_LONGEST)
    compact = s.strip().translate(_SEPARATORS)
    if region == "VN" and (mobile := _vietnamese_mobile(compact)):
        return mobile
    if not compact:
        raise InvalidInput("phone_empty")
    if _EXTENSION.search(s):
        raise InvalidInput("phone_extension")
    if not _ALLOWED.fullmatch(compact):
        raise InvalidInput("phone_character")
    return _any_number(compact, region)


def _vietnamese_mobile(compact: str) -> str | None:
    """The usual case, without the general parser, which takes fifty times as long."""
    if match := _MOBILE.fullmatch(compact):
        return "+84" + match[1]
    if match := _OLD_MOBILE.fullmatch(compact):
        return "+84" + CONVERTED_IN_2018[match[1]] + match[2]
    return None


def _any_number(compact: str, region: str) -> str:
    try:
        number = phonenumbers.parse(compact, region)
    except phonenumbers.NumberParseException:
        raise InvalidInput("phone_invalid") from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidInput("phone_invalid")
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # +84 120… typed in another region, or 0084…
    return (_vietnamese_mobile(e164) or e164) if e164.startswith("+84") else e164


def display_phone(e164: str) -> str:
    """A stored number as people write it: ``0258 3822 861``, and ``+44 20 7946 0958`` from abroad.

    What isn't a number comes back unchanged: a page never fails on a stored value.
    """
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    style = form.NATIONAL if number.country_code == 84 else form.INTERNATIONAL
    shown: str = phonenumbers.format_number(number, style)
    return shown


def mask_phone(e164: str) -> str:
    """A number that its owner recognises and nobody else can call: ``091*****78``."""
    national = "0" + e164[3:] if e164.startswith("+84") else e164
    if len(national) < 8:
        return "*" * len(national)
    return national[:3] + "*" * (len(national) - 5) + national[-2:]
