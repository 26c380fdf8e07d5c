"""What is sealed can be opened as long as its month's key stands in the table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from lachan.base import keys, period_keys
from lachan.base.models import PeriodKey
from lachan.kernel.crypto import DataKey
from lachan.kernel.errors import InvalidInput

NOW = datetime(2021, 7, 22, tzinfo=UTC)
PERIOD = "2021-07"


def standing() -> DataKey:
    row = PeriodKey.objects.get(period=PERIOD)
    return DataKey.unwrap(keys.keyring(), PERIOD, bytes(row.wrapped))


@pytest.mark.django_db
def test_a_key_whose_row_was_rolled_back_seals_nothing_more() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        period_keys.data_key(PERIOD, NOW)
        raise RuntimeError
    sealed = period_keys.data_key(PERIOD, NOW).seal(b"x", b"a")
    period_keys.forget()
    assert standing().open(sealed, b"a") == b"x"


@pytest.mark.django_db(transaction=True)
def test_a_key_is_made_once_and_kept() -> None:
    sealed = period_keys.data_key(PERIOD, NOW).seal(b"x", b"a")
    assert period_keys.data_key(PERIOD, NOW) is period_keys.data_key(PERIOD, NOW)
    assert standing().open(sealed, b"a") == b"x"
    PeriodKey.objects.all().delete()
    period_keys.forget()
    with pytest.raises(InvalidInput) as purged:
        period_keys.existing_key(PERIOD)
    assert purged.value.code == "period_purged"
