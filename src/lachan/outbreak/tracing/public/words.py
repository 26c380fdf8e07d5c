"""A setting as everybody reads it, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language

from lachan.kernel import diseases
from lachan.outbreak.tracing.asks import ASKS, known
from lachan.outbreak.tracing.selectors.published import Published


def words_of(one: Published, today: date) -> dict[str, Any]:
    row = one.row
    return {
        "row": row,
        "place": one.place,
        "where": one.where,
        "disease": diseases.named(row.disease, "en" if get_language() == "en" else "vi", today),
        "asks": [ASKS[code] for code in known(row.asks)],
        "from_ms": int(row.from_at.timestamp() * 1000),
        "to_ms": int(row.to_at.timestamp() * 1000),
    }
