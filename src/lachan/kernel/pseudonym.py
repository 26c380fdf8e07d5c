"""Under which pseudonym someone is known, from what is said of her: the same wherever she is spoken of."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from lachan.kernel.ids import uuid_of
from lachan.kernel.text import fold


def pseudonym(record: Mapping[str, Any], alias: Callable[[str, str], bytes], itself: str) -> UUID:
    """By national id, else passport, else insurance number, else name and birth with the phone or, for a child without
    one, the commune: two children of one name and birthday aren't one person. `itself` where the record names nobody.

    `record`: values by role (`national_id`, `passport`, `insurance`, `name`, `phone`, `birth`, `residence`).
    """
    for role in ("national_id", "passport", "insurance"):
        if value := record.get(role):
            return uuid_of(alias("person", f"{role}:{value}"))
    if (name := record.get("name")) and ((phone := record.get("phone")) or record.get("birth")):
        near = phone or record.get("residence") or ""
        return uuid_of(alias("person", f"name:{near}|{fold(name)}|{record.get('birth') or ''}"))
    return uuid_of(alias("person", itself))
