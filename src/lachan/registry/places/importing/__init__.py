"""Reading a table of places: bytes → cells → columns by their headers → details or a reason."""

from lachan.base.tables import MOST_BYTES, MOST_ROWS, Table, read_table
from lachan.registry.places.importing.columns import COLUMNS, Mapping, map_columns
from lachan.registry.places.importing.rows import Reading, RefusedRow, read_rows

__all__ = [
    "COLUMNS",
    "MOST_BYTES",
    "MOST_ROWS",
    "Mapping",
    "Reading",
    "RefusedRow",
    "Table",
    "map_columns",
    "read_rows",
    "read_table",
]
