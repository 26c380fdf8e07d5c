"""The hot path's middle: a submission becomes rows and an answer without touching a database.

Used by the intake (which writes rows by the hundred), by Django's services and by the benchmarks, so that all of them
write the same. Imports no Django.
"""

from lachan.gate.declarations.prepare.make import (
    alias_of,
    answer_again,
    holder_key,
    make_answer,
    occurred_at,
    prepare,
)
from lachan.gate.declarations.prepare.rows import (
    DECLARATION_COLUMNS,
    ENTRY_COLUMNS,
    TABLES,
    Prepared,
    for_sqlite,
)
from lachan.gate.declarations.prepare.wire import (
    CHANNELS,
    PUBLIC_CHANNELS,
    Answer,
    Batch,
    FieldError,
    NotReady,
    Reason,
    Refused,
    Submission,
    digest_of,
)
from lachan.gate.declarations.prepare.world import HoldInfo, LevelInfo, PlaceInfo, World

__all__ = [
    "CHANNELS",
    "DECLARATION_COLUMNS",
    "ENTRY_COLUMNS",
    "PUBLIC_CHANNELS",
    "TABLES",
    "Answer",
    "Batch",
    "FieldError",
    "HoldInfo",
    "LevelInfo",
    "NotReady",
    "PlaceInfo",
    "Prepared",
    "Reason",
    "Refused",
    "Submission",
    "World",
    "alias_of",
    "answer_again",
    "digest_of",
    "for_sqlite",
    "holder_key",
    "make_answer",
    "occurred_at",
    "prepare",
]
