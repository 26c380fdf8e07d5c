"""Where declarations are written: a store a database, one writer thread, many declarations a transaction."""

from lachan.gate.intake.stores.contract import Kept, Outcome, Store, Unavailable
from lachan.gate.intake.stores.writer import Busy, GroupWriter, Lane

__all__ = ["Busy", "GroupWriter", "Kept", "Lane", "Outcome", "Store", "Unavailable"]
