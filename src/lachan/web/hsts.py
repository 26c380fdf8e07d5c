"""For how long a browser may insist on https for this installation (HTTP Strict Transport Security, RFC 6797)."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

DAYS = 365


def days(public_url: str, data: Path) -> int:
    """A year for a name with a certificate that browsers know. Else 0: with a certificate made here, or at a bare
    address, a browser that insists would shut out whoever doesn't trust this machine's authority."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or _is_address(host):
        return 0
    return 0 if (data / "tls" / f"{host}.pem").exists() else DAYS


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
