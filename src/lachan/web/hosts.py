"""The names under which a server that someone started by hand answers: this machine's own, and no others.

A server that believed any Host header would put a stranger's name into links and redirects. So a wildcard is never the
answer: what phones on the network may type is counted up here, once, at the start.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from contextlib import suppress

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (compared, not bound)
_SIOCGIFADDR = 0x8915
_NOWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
"""Addresses of documentation (RFC 5737, 3849): asking the routing table for a way there sends nothing."""


def allow(bound: str) -> None:
    """Set LACHAN_HOSTS for a server bound to an address, unless whoever started it did. Before the settings are read."""
    os.environ.setdefault("LACHAN_HOSTS", ",".join(names(bound)))


def names(bound: str) -> list[str]:
    """What a Host header may say of a server bound to `bound`: an address, a name, or a wildcard for all of them."""
    found = list(LOOPBACK)
    if bound in WILDCARDS:
        found += [*map(written, addresses()), *_own_names()]
    elif bound.strip("[]") not in ("127.0.0.1", "localhost", "::1"):
        found += [written(bound.strip("[]")), *_own_names()]
    return list(dict.fromkeys(name for name in found if name))


def written(address: str) -> str:
    """An address as it stands in a Host header: IPv6 in brackets, a name in small letters."""
    try:
        return f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    except ValueError:
        return address.lower().rstrip(".")


def addresses() -> list[str]:
    """This machine's addresses on every network that it is on, as far as the system tells."""
    found = [*_of_interfaces(), *_of_routes(), *_of_name()]
    return list(dict.fromkeys(one for one in found if _is_address(one)))


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def _of_interfaces() -> list[str]:
    """IPv4 of each interface (Linux); elsewhere the other two ways are enough."""
    try:
        import fcntl
    except ImportError:
        return []
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _index, name in socket.if_nameindex():
            asked = struct.pack("256s", name.encode()[:15])
            with suppress(OSError):
                found.append(socket.inet_ntoa(fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, asked)[20:24]))
    return found


def _of_routes() -> list[str]:
    found = []
    for target, family in _NOWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            found.append(str(probe.getsockname()[0]))
    return found


def _of_name() -> list[str]:
    with suppress(OSError):
        return [str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(socket.gethostname(), None)]
    return []


def _own_names() -> list[str]:
    """The host name, alone and as the network's own name service (mDNS) has it."""
    name = socket.gethostname().lower().rstrip(".")
    short = name.partition(".")[0]
    return [name, short, f"{short}.local"] if short else []
