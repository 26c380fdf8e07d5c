"""The edge endpoint in OpenAPI 3.1, its schemas taken from the structs that read and write the bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lachan.gate.edge.app import SCANS
from lachan.gate.edge.wire import MOST_ITEMS, Batch
from lachan.gate.intake.openapi import Invalid, Problem


class Synced(msgspec.Struct):
    """How far the log has come: the next number expected and the chain's head before it (base64url). `taken`: scans that
    this batch brought; fewer than were sent where some stood already. `revoked`: the device gets no rules any more."""

    next: int
    head: str
    taken: int
    recorded_at: datetime
    revoked: bool = False


class LogElsewhere(msgspec.Struct):
    """`gap`: send again from `next`. `fork`: the log holds other lines; ask for a new log (`/api/edge/state`, `closed`)
    and append there what hasn't been taken, under the same ids."""

    error: str
    message: str
    next: int
    head: str


def paths() -> dict[str, Any]:
    """The `paths` of the endpoint."""
    body = {"required": True, "content": {"application/json": {"schema": _ref("ScanBatch")}}}
    operation = {
        "operationId": "syncScans",
        "summary": f"Send up to {MOST_ITEMS} lines of a device's log, signed by its key",
        "tags": ["edge"],
        "requestBody": body,
        "responses": _responses(),
    }
    return {SCANS: {"post": operation}}


def schemas() -> dict[str, Any]:
    """The `components.schemas` that the paths refer to."""
    _, found = msgspec.json.schema_components(
        [Batch, Synced, LogElsewhere, Problem, Invalid], ref_template="#/components/schemas/{name}"
    )
    batch = found.pop("Batch")
    batch["title"] = "ScanBatch"
    batch["properties"]["items"]["maxItems"] = MOST_ITEMS
    batch["properties"]["items"]["minItems"] = 1
    return {**found, "ScanBatch": batch}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _response(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ref(name)}}}


def _responses() -> dict[str, Any]:
    wait = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
    later = {"429": "Too often", "503": "The store can't write now"}
    return {
        "200": _response("Recorded, durably; also when some or all were there", "Synced"),
        "401": _response("Unknown device, or not its signature", "Problem"),
        "405": _response("Only POST", "Problem"),
        "408": _response("The body came too slowly", "Problem"),
        "409": _response("The log stands elsewhere", "LogElsewhere"),
        "413": _response("Too large", "Problem"),
        "415": _response("Not JSON", "Problem"),
        "422": _response("Refused; names every field and item", "Invalid"),
        **{status: {**_response(text, "Problem"), "headers": wait} for status, text in later.items()},
    }
