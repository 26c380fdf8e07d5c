"""The client's address, as the front process told it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The last hop of X-Forwarded-For that is no proxy of ours; the socket's own where nobody stands before Django.

    The front writes that header itself and drops what a stranger sent, so its end can be trusted. At most 45 characters.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _ours(hop, tuple(settings.TRUSTED_PROXIES)):
            return hop[:45]
    return str((hops and hops[0]) or request.META.get("REMOTE_ADDR") or "127.0.0.1")[:45]


@lru_cache(maxsize=1024)
def _ours(hop: str, proxies: tuple[str, ...]) -> bool:
    try:
        address = ip_address(hop)
    except ValueError:
        return False
    return any(address in ip_network(proxy, strict=False) for proxy in proxies if proxy != "unix")
