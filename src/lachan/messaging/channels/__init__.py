"""Channels: one folder each, found by name. A new channel is a copy of `console/` with its own `send`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a channel gets: an address in its own form (E.164 for phones) and the words."""

    id: str
    to: str
    body: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of it. `in_doubt`: the provider may or may not have taken it; it is never resent by itself."""

    state: str  # "sent", "delivered", "failed", "in_doubt"
    provider_id: str = ""
    error: str = ""


class Channel(Protocol):
    """The contract. `ready` says in one line why the channel can't send, or is empty."""

    name: str

    def ready(self) -> str: ...

    def send(self, message: Outgoing) -> Receipt: ...


class UnknownChannel(LookupError):
    """No folder of that name under messaging/channels."""


def get(name: str) -> Channel:
    """The channel of that name; raises UnknownChannel."""
    if not name.isidentifier():
        raise UnknownChannel(name)
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise UnknownChannel(name) from error
    channel: Channel = module.CHANNEL
    return channel
