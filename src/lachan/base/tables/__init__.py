"""Tables that people bring: XLSX, ODS or CSV of any encoding, measured before they are opened."""

from lachan.base.tables.names import short_name
from lachan.base.tables.reading import MOST_BYTES, MOST_ROWS, Cells, Table, read_cells, read_table, text_of

__all__ = ["MOST_BYTES", "MOST_ROWS", "Cells", "Table", "read_cells", "read_table", "short_name", "text_of"]
