"""Number plates, as they are typed and as they are kept: ``79A12345``. One grammar for forms, gates and searches.

Mirrored in ``frontend/src/kernel/plates.ts``; shared vectors hold both together.
"""

from __future__ import annotations

import re

from lachan.kernel.errors import InvalidInput

LONGEST = 40
_GROUPING = str.maketrans("", "", " .-\u2013\u2014\u00a0\t\r\n")
_WRITTEN = re.compile(r"[0-9A-Za-zĐđ]{4,12}")
_VIETNAMESE = re.compile(
    r"[0-9]{2}[A-Z]{1,2}[0-9]{4,6}"  # civil: province, series, number (a motorcycle's series may end in a digit)
    r"|[0-9]{5}(?:NG|QT|NN|CV)[0-9]{2}"  # foreign missions and people: province, country, kind, number
    r"|[A-Z]{2}[0-9]{4}"  # the army
)


def parse_plate(text: str) -> str:
    """A plate in capitals and digits, Đ as D; of any country: 4 to 12 letters and digits with a digit among them.

    Raises InvalidInput("plate_format").
    """
    bare = text.translate(_GROUPING) if len(text) <= LONGEST else ""
    if not _WRITTEN.fullmatch(bare) or bare.isalpha():
        raise InvalidInput("plate_format")
    return bare.upper().replace("Đ", "D")


def is_vietnamese(plate: str) -> bool:
    """Whether a plate, as ``parse_plate`` gives it, has the form of one of Viet Nam: told by itself, without being asked for."""
    return _VIETNAMESE.fullmatch(plate) is not None
