"""Running numbers without gaps, by disease and year: KH-COVID19-21-00001."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from lachan.kernel.text import fold
from lachan.outbreak.cases.models import Series
from lachan.registry.units import selectors as units

DIGITS = 5


def case_codes(disease: str, day: date, count: int = 1) -> list[str]:
    """The next codes of a disease in a year. Only inside the transaction that keeps the cases."""
    return _next(f"{initials()}-{disease.upper()}-{day:%y}", count)


def sample_codes(day: date, count: int = 1) -> list[str]:
    """For labels: M21-000001. Short, so that its QR is small enough for a tube."""
    return _next(f"M{day:%y}", count, digits=6)


def pool_code(day: date) -> str:
    """For a pool's label: G21-00001."""
    return _next(f"G{day:%y}", 1)[0]


def initials() -> str:
    """Of the province's name: KH of Khánh Hòa; its code where the list of units isn't loaded."""
    own = units.by_path(f"{settings.PROVINCE}/")
    words = fold(own.name).split() if own else []
    return "".join(word[0] for word in words).upper() or settings.PROVINCE


def _next(series: str, count: int, digits: int = DIGITS) -> list[str]:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken in the transaction of the row that bears it")
    Series.objects.get_or_create(name=series)
    row = Series.objects.select_for_update().get(pk=series)
    first, row.last = row.last + 1, row.last + count
    row.save(update_fields=["last"])
    return [f"{series}-{number:0{digits}d}" for number in range(first, first + count)]
