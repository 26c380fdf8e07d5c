"""Writing batches of scans through the intake's writer: many batches a transaction, each once."""

from lachan.gate.edge.stores.choose import scans_of

__all__ = ["scans_of"]
