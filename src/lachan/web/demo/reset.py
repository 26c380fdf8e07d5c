"""Emptying a demo's database, for a demo with another seed. Refuses wherever the data may be real."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction

from lachan.base import period_keys
from lachan.gate.declarations.models import Declaration
from lachan.registry.accounts.models import User

KEPT = {"units", "contenttypes", "auth"}
"""Apps whose rows stay: the administrative units are no part of the demo."""


def empty() -> str:
    """Delete every row but the units'. Returns why it was refused, "" when it was done.

    Refused when an account is not the demo's, or there are declarations and no demo account: that is no demo.
    """
    demo, real = User.objects.filter(is_demo=True).exists(), User.objects.filter(is_demo=False).exists()
    if real or (not demo and Declaration.objects.exists()):
        return "This database holds more than a demo; nothing was deleted."
    with transaction.atomic(), connection.constraint_checks_disabled():
        for model in apps.get_models():
            if model._meta.app_label not in KEPT and model._meta.managed:
                _delete_all(model._meta.db_table)
        connection.check_constraints()
    period_keys.forget()
    return ""


def _delete_all(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
