"""Keep identity out of logs: the last net, under code that shouldn't log it in the first place."""

from __future__ import annotations

import logging
import re

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

# What looks like a number of a person and is something a log needs: it is matched first and kept.
_KEPT = (
    r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9A-Za-z])",
    r"(?<![0-9])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?)?(?![0-9])",
    rf"(?<![0-9.])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9.])",
    r"(?<![0-9.])0\.[0-9]+(?![0-9.])",
    r"(?<![0-9])1[0-9]{12}(?![0-9])",
)
_MASKED = {
    "code": r"(?:LC1|HC1)(?::|%3[Aa])[0-9A-Z $%*+\-./:]+|shc:/[0-9/]+",
    "insurance": r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{3}(?:[A-Za-z]{2}[0-9]{8}|[0-9]{10})(?![0-9])",
    "passport": r"(?<![0-9A-Za-z])[A-Z][0-9]{7,8}(?![0-9A-Za-z])",
    "phone": r"(?<!\d)(?:\+[1-9]|00[1-9]|0)(?:[ .\-]?\d){8,13}(?!\d)",
    "id": r"(?<!\d)(?:\d{9,}|\d{3}(?P<gap>[ .\-])\d{3}(?P=gap)\d{3}(?:(?P=gap)\d{3})?)(?!\d)",
}
_PATTERN = re.compile(
    "(?P<kept>" + "|".join(_KEPT) + ")|" + "|".join(f"(?P<{name}>{form})" for name, form in _MASKED.items())
)
_LABELS = {"code": "[code]", "insurance": "[insurance]", "passport": "[id]", "phone": "[phone]", "id": "[id]"}


def _replacement(match: re.Match[str]) -> str:
    for name, label in _LABELS.items():
        found = match[name]
        if found is not None:
            return _label(label, found)
    return match[0]


def _label(label: str, found: str) -> str:
    """A CCCD starts with 0 as phone numbers do; twelve digits without a + are an id."""
    digits = sum(character.isdigit() for character in found)
    return "[id]" if label == "[phone]" and digits == 12 and found[0] != "+" else label


def redact(text: str) -> str:
    """The text without citizen ids, phone and insurance numbers, passports and signed codes.

    Errs towards masking: any run of 9 digits or more goes, and so do spaced and dotted phone numbers and ids. Ids
    of rows (UUIDs), ISO times, Unix times in milliseconds, IPv4 addresses and fractions of a second stay.
    """
    return _PATTERN.sub(_replacement, text)


class RedactingFilter(logging.Filter):
    """Redacts a record's message, traceback and stack before any handler formats them. Never raises."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._message(record)
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        try:
            return redact(record.getMessage())
        except Exception as error:
            # A record whose arguments don't fit must not take the request down, nor print them.
            return (
                f"[message that can't be formatted: {type(error).__name__} in {record.name}:{record.lineno}]"
            )
