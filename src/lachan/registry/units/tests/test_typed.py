from __future__ import annotations

from datetime import date

import pytest

from lachan.base import typed
from lachan.kernel.text import fold
from lachan.registry.units.models import Agency

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("so y te", True),
        ("TẾ SỞ", True),
        ("y t", True),
        ("te so khac", False),
        ("ế", False),
        ("o y", False),
        ("sở\x00y tế", False),
        ("\x00", False),
        ("", True),
    ],
)
def test_each_word_begins_a_word_of_the_name(text, found):
    Agency.objects.create(
        name="Sở Y tế", folded=fold("Sở Y tế"), kind="department", unit="56/", valid_from=date(2020, 1, 1)
    )
    assert Agency.objects.filter(typed.names(text, 80)).exists() is found
