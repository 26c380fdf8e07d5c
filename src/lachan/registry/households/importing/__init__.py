"""Reading a table of households: one person a row."""

from lachan.registry.households.importing.columns import COLUMNS, Mapping, map_columns
from lachan.registry.households.importing.rows import Reading, RefusedRow, Taken, read_rows

__all__ = ["COLUMNS", "Mapping", "Reading", "RefusedRow", "Taken", "map_columns", "read_rows"]
