"""GET /api/openapi.json: the intake's and the edge's endpoints together with Django's own API, if it has one."""

from __future__ import annotations

from typing import Any

import msgspec

from lachan.gate.edge import openapi as edge
from lachan.gate.intake import openapi as intake
from lachan.web.front.proxy import Proxy

DJANGO_API = "/api/ninja/openapi.json"


class OpenApi:
    """Merged once Django has answered."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._merged: dict[str, Any] | None = None

    async def document(self) -> dict[str, Any]:
        if self._merged is None:
            other = await self._proxy.fetch(DJANGO_API)
            merged = merge(own(), _parsed(other))
            if other is None:
                return merged
            self._merged = merged
        return self._merged


def own() -> dict[str, Any]:
    """The front's own document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lá Chắn", "version": "1"},
        "paths": {**intake.paths(), **edge.paths()},
        "components": {"schemas": {**intake.schemas(), **edge.schemas()}},
    }


def merge(base: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both documents' paths and schemas; ours win where both have one."""
    theirs = other.get("components", {}).get("schemas", {})
    return {
        **base,
        "paths": {**other.get("paths", {}), **base["paths"]},
        "components": {**other.get("components", {}), "schemas": {**theirs, **base["components"]["schemas"]}},
    }


def _parsed(body: bytes | None) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
