"""Addresses of pages that other parts own; empty where that part isn't there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def to(name: str, *args: Any, **query: str) -> str:
    """The address of a named page with a query; "" without such a page."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address
