"""What is taken away when its term is over: reports of imports, and what patients told in the investigation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lachan.outbreak.cases.models import Case, LineListImport

ANSWERS: dict[str, bytes | None] = {"answers": b""}


def imports_before(before: datetime) -> QuerySet[LineListImport]:
    """Reports of line lists, with the rows that were refused."""
    return LineListImport.objects.filter(made_at__lt=before)


def told_before(before: datetime) -> QuerySet[Case]:
    """Cases that nobody has touched since, with answers: the case stays for the register, the answers go."""
    return Case.objects.filter(updated_at__lt=before).exclude(answers=b"")


def needed() -> QuerySet[Case]:
    """Cases whose patient must still be reached: neither excluded nor ended."""
    return Case.objects.filter(outcome=Case.Outcome.NONE, merged_into=None).exclude(
        classification=Case.Classification.NO_CASE
    )
