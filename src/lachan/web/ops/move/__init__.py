"""Moving an installation's rows from one store to another: SQLite to PostgreSQL, or back."""

from lachan.web.ops.move.moving import Moved, MoveError, move

__all__ = ["MoveError", "Moved", "move"]
