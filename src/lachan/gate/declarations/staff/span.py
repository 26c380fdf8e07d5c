"""A stretch of time in the two largest words that say it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400


def words(span: timedelta) -> str:
    """ "3 giờ 20 phút", "2 ngày 4 giờ"; less than a minute, or a clock that ran ahead, is "dưới 1 phút"."""
    seconds = int(span.total_seconds())
    if seconds < MINUTE:
        return _("dưới 1 phút")
    if seconds < HOUR:
        return _("%(number)s phút") % {"number": seconds // MINUTE}
    if seconds < DAY:
        return _two(seconds // HOUR, _("%(number)s giờ"), seconds % HOUR // MINUTE, _("%(number)s phút"))
    return _two(seconds // DAY, _("%(number)s ngày"), seconds % DAY // HOUR, _("%(number)s giờ"))


def _two(large: int, large_words: str, small: int, small_words: str) -> str:
    first = large_words % {"number": large}
    return f"{first} {small_words % {'number': small}}" if small else first
