"""The intake in OpenAPI 3.1, its schemas taken from the structs that read and write the bodies."""

from __future__ import annotations

from typing import Any

import msgspec

from lachan.gate.declarations.prepare import Answer, Submission
from lachan.gate.intake.app import BATCH, DECLARATIONS
from lachan.gate.intake.wire import MOST_ITEMS


class Problem(msgspec.Struct):
    """Why a request was not taken as a whole."""

    error: str
    message: str


class WrongField(msgspec.Struct):
    """One refused field: `field` is a name of Submission or a linkId of the form; `message` is for the reader."""

    field: str
    code: str
    message: str


class Invalid(msgspec.Struct):
    """What is wrong, every field at once."""

    error: str
    fields: list[WrongField]


class ItemResult(msgspec.Struct):
    """What became of one item of a batch. `status`: 201 or 200 with the answer; 409; 422 with the fields; 429 where its
    device or its venue sends too often, to be sent again after `retry_after` seconds."""

    id: str
    status: int
    answer: Answer | None = None
    error: str | None = None
    message: str | None = None
    retry_after: int | None = None
    fields: list[WrongField] | None = None


class BatchResult(msgspec.Struct):
    """One result an item, in the order sent."""

    results: list[ItemResult]


def paths() -> dict[str, Any]:
    """The `paths` of the two endpoints."""
    return {
        DECLARATIONS: {"post": _operation("declare", "Send one declaration", _ref("Submission"), _single())},
        BATCH: {"post": _operation("declareMany", "Send declarations kept while offline", _many(), _batch())},
    }


def schemas() -> dict[str, Any]:
    """The `components.schemas` that the paths refer to."""
    _, found = msgspec.json.schema_components(
        [Submission, Answer, Problem, Invalid, BatchResult], ref_template="#/components/schemas/{name}"
    )
    return found


def _operation(name: str, summary: str, schema: dict[str, Any], responses: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}, "application/cbor": {"schema": schema}}
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["intake"],
        "requestBody": {"required": True, "content": content},
        "responses": {**responses, **_refusals()},
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _response(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ref(name)}}}


def _single() -> dict[str, Any]:
    return {
        "201": _response("Recorded, durably", "Answer"),
        "200": _response("Recorded before under the same id: the same answer", "Answer"),
        "409": _response("The id stands for another declaration", "Problem"),
    }


def _batch() -> dict[str, Any]:
    return {"200": _response("One result an item", "BatchResult")}


def _many() -> dict[str, Any]:
    items = {"type": "array", "items": _ref("Submission"), "maxItems": MOST_ITEMS}
    return {"type": "object", "required": ["items"], "properties": {"items": items}}


def _refusals() -> dict[str, Any]:
    wait = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
    later = {"429": "Too often", "503": "The store can't write now"}
    return {
        "405": _response("Only POST", "Problem"),
        "408": _response("The body came too slowly", "Problem"),
        "413": _response("Too large", "Problem"),
        "415": _response("Neither JSON nor CBOR", "Problem"),
        "422": _response("Refused; names every field", "Invalid"),
        **{status: {**_response(text, "Problem"), "headers": wait} for status, text in later.items()},
    }
