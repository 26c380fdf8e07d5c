"""Verbs that write places."""

from lachan.registry.places.details import Details
from lachan.registry.places.services.imports import abandoned, apply_import, forget_old, preview, upload
from lachan.registry.places.services.register import MOST_WAITING, self_register
from lachan.registry.places.services.state import approve, close, reopen, suspend
from lachan.registry.places.services.write import create, create_many, reissue, update

__all__ = [
    "MOST_WAITING",
    "Details",
    "abandoned",
    "apply_import",
    "approve",
    "close",
    "create",
    "create_many",
    "forget_old",
    "preview",
    "reissue",
    "reopen",
    "self_register",
    "suspend",
    "update",
    "upload",
]
