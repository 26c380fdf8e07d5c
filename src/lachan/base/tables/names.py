"""What a table was called by whoever brought it."""

from __future__ import annotations

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line

MOST = 200


def short_name(filename: str) -> str:
    """The file's own name without folders, at most MOST characters, the ending kept; "-" for one that no text may hold."""
    try:
        return clean_line(filename.rpartition("/")[2], 2000)[-MOST:] or "-"
    except InvalidInput:
        return "-"
