"""One at a time, where rows alone can't say what belongs together."""

from __future__ import annotations

import hashlib

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Until the transaction ends, nobody else who asks for the same name goes on; what they then read has what this one wrote.

    PostgreSQL: an advisory lock of the transaction. SQLite: the IMMEDIATE transaction is that lock.
    """
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
