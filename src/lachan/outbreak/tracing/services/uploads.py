"""A table of contacts, kept sealed between its trial and its import: chosen once, every row's fate readable before and after."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from lachan.base import keys
from lachan.base.tables import Table, read_table, short_name
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.models import ContactImport
from lachan.outbreak.tracing.services.importing import Report, RowReport, import_contacts

KEPT = timedelta(days=1)
"""How long an upload that nobody applied is kept."""


def upload(case: Case, filename: str, data: bytes, *, by: Any, now: datetime) -> ContactImport:
    """Keep a table and try it; nothing else is written. Raises InvalidInput: those of read_table, `contacts_no_header`."""
    kept = ContactImport(case=case.pk, filename=short_name(filename), made_by=by.pk, made_at=now)
    report = import_contacts(case, read_table(data), by=by, now=now, dry_run=True)
    kept.content = keys.keyring().seal(data, _aad(kept))
    kept.report = _written(report)
    with transaction.atomic():
        abandoned(now).update(content=None)
        kept.save(force_insert=True)
    return kept


@transaction.atomic
def apply(kept: ContactImport, case: Case, *, by: Any, now: datetime) -> ContactImport:
    """Take every row of the kept table, which is then forgotten. Raises InvalidInput `import_done` the second time, or when
    the upload has been dropped."""
    kept = ContactImport.objects.select_for_update().get(pk=kept.pk, case=case.pk)
    if kept.content is None:
        raise InvalidInput("import_done")
    kept.report = _written(import_contacts(case, _table(kept), by=by, now=now, dry_run=False))
    kept.content, kept.applied_at = None, now
    kept.save()
    return kept


def report_of(kept: ContactImport) -> Report:
    """What would become, or became, of every row."""
    rows = json.loads(kept.report)
    return Report(tuple(RowReport(number, outcome, reason) for number, outcome, reason in rows))


def abandoned(now: datetime) -> QuerySet[ContactImport]:
    """Uploads that nobody applied in time and that still have their content."""
    return ContactImport.objects.filter(applied_at=None, made_at__lt=now - KEPT, content__isnull=False)


def _table(kept: ContactImport) -> Table:
    assert kept.content is not None  # looked at by the caller
    return read_table(keys.keyring().open(bytes(kept.content), _aad(kept)))


def _written(report: Report) -> str:
    return json.dumps([[row.number, row.outcome, row.reason] for row in report.rows], ensure_ascii=False)


def _aad(kept: ContactImport) -> bytes:
    return b"tracing_contactimport.content" + kept.pk.bytes
