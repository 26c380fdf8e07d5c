"""Two officers at once, as PostgreSQL lets them: what each of them can't see yet must not be lost between them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.tests.world import NOW, case_of, edge, moment, somebody

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]
ACTIVE = Contact.Status.ACTIVE


def both_at_once(one: Exposure, other: Exposure, by: Any) -> None:
    """Confirm each in a transaction of its own; neither ends before the other has come as far as it can."""
    failed: list[BaseException] = []

    def second() -> None:
        try:
            services.confirm([other], by=by, now=NOW)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        services.confirm([one], by=by, now=NOW)
        thread.start()
        thread.join(1)
    thread.join(30)
    assert not thread.is_alive() and not failed, failed


def test_whoever_hangs_on_two_confirmations_is_followed(transactional_db: None, tracer: Any) -> None:
    ill, near, far = (somebody(name) for name in ("Lê Ca", "Lê Gần", "Lê Xa"))
    case_of(ill)
    first = edge(ill, near, moment(18), status="proposed")
    onward = edge(near, far, moment(19), status="proposed")
    both_at_once(first, onward, tracer)
    assert set(Contact.objects.filter(status=ACTIVE).values_list("alias", flat=True)) == {near, far}


def test_two_proofs_of_one_contact_make_one_contact(transactional_db: None, tracer: Any) -> None:
    ill, near = somebody("Lê Ca"), somebody("Lê Gần")
    case_of(ill)
    both_at_once(*(edge(ill, near, moment(day), status="proposed") for day in (18, 19)), by=tracer)
    [contact] = Contact.objects.filter(status=ACTIVE)
    assert (contact.alias, contact.last_exposure) == (near, moment(19, 9))
