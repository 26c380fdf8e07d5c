"""Whose request it is: the peer, or what a trusted reverse proxy says of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any


class Addresses:
    """`trusted`: addresses or networks of reverse proxies; `unix` trusts whoever comes without an address."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._networks = [ipaddress.ip_network(each, strict=False) for each in trusted if each != "unix"]
        self.trusts = lru_cache(maxsize=4096)(self._trusts)

    def _trusts(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)

    def of(self, scope: Mapping[str, Any]) -> str:
        """The client's address: the last one in X-Forwarded-For that isn't a trusted proxy, if the peer is one."""
        peer = peer_of(scope)
        if not self._networks or not self.trusts(peer):
            return peer
        for hop in reversed(forwarded(scope)):
            if not self.trusts(hop):
                return hop
        return peer


def peer_of(scope: Mapping[str, Any]) -> str:
    """The address that the connection came from."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def forwarded(scope: Mapping[str, Any]) -> list[str]:
    """The hops that X-Forwarded-For names, valid addresses only."""
    hops: list[str] = []
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            hops += [part.strip() for part in value.decode("latin-1").split(",")[:20]]
    return [hop for hop in hops if _is_address(hop)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
