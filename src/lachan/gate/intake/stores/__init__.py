"""Where declarations are written: a store a database, one writer thread, many declarations a transaction."""

from lachan.gate.intake.stores.contract import Kept, Outcome, Store, Unavailable
from lachan.gate.intake.stores.writer import Busy, GroupWriter

__all__ = ["Busy", "GroupWriter", "Kept", "Outcome", "Store", "Unavailable"]
