"""The OpenAPI description of the hub, made from the values that travel."""

from __future__ import annotations

import functools
from typing import Any

import msgspec

from boxoffice import __version__
from boxoffice.domain.journal import Entry
from boxoffice.domain.nouns import KINDS
from boxoffice.domain.stock import Lease
from boxoffice.ports import Receipt
from sync.wire.hub import Arrival, Device, Wish, Word
from sync.wire.hub_feed import NDJSON, TOTAL

_EVENT = {"name": "event", "in": "path", "required": True, "schema": {"type": "string"}}
_CART = {"name": "cart", "in": "path", "required": True, "schema": {"type": "string"}}
_SINCE = {
    "name": "since",
    "in": "query",
    "description": "A cursor of this feed; without one everything comes.",
    "schema": {"type": "string"},
}
_LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
_EVENTS = {
    "name": "event",
    "in": "query",
    "required": True,
    "explode": True,
    "schema": {"type": "array", "items": {"type": "string"}},
}


@functools.cache
def openapi() -> bytes:
    """The description as JSON."""
    return msgspec.json.encode(_description())


def _description() -> dict[str, Any]:
    named = (Arrival, Device, Word, Entry, Receipt, Wish, Lease, *KINDS.values())
    schemas, components = msgspec.json.schema_components(named, ref_template="#/components/schemas/{name}")
    arrival, device, word, entry, receipt, wish, lease, *nouns = schemas
    entries = {"type": "object", "required": ["entries"], "properties": {"entries": {"type": "array", "items": entry}}}
    events = {"type": "object", "properties": {"events": {"type": "array", "items": nouns[0]}}}
    row = {"oneOf": [*nouns, {"type": "null"}]}
    text = {"type": "string"}
    line = {"type": "object", "properties": {"kind": text, "cursor": text, "id": text, "row": row}}
    changes = _answer("One line for each noun, the last one of kind `end`", line, NDJSON)
    changes["headers"] = {TOTAL: {"description": "How many nouns there are to come", "schema": {"type": "integer"}}}
    pokes = _answer("A message with `event` and `cursor` as something changes", text, "text/event-stream")
    nothing = {"type": "object"}
    paths = {
        "/v1/enrol": {"post": _operation("Enrol a device", _answer("", device), body=arrival, open_to_all=True)},
        "/v1/events": {"get": _operation("The device's events", _answer("", events))},
        "/v1/events/{event}/changes": {"get": _operation("What changed", changes, parameters=[_EVENT, _SINCE, _LIMIT])},
        "/v1/events/{event}/stream": {"get": _operation("Word of changes", pokes, parameters=[_EVENT])},
        "/v1/stream": {"get": _operation("Word of changes in several events", pokes, parameters=[_EVENTS])},
        "/v1/acts": {"post": _operation("Hand over what was done", _answer("", receipt), body=entries)},
        "/v1/events/{event}/leases": {
            "post": _operation("Set tickets aside", _answer("", lease), body=wish, parameters=[_EVENT])
        },
        "/v1/events/{event}/carts/{cart}/take": {
            "post": _operation("Take up a cart that was put by", _answer("", nothing), parameters=[_EVENT, _CART])
        },
        "/v1/device/info": {"get": _operation("What the hub knows of the device", _answer("", device))},
        "/v1/device/update": {"post": _operation("Describe the device anew", _answer("", device), body=arrival)},
        "/v1/device/roll": {"post": _operation("A new token", _answer("", device))},
        "/v1/device/revoke": {"post": _operation("Give the token back for good", _answer("", nothing))},
        "/healthz": {"get": _operation("Whether the hub works", _answer("", nothing), open_to_all=True)},
        "/openapi.json": {"get": _operation("This description", _answer("", nothing), open_to_all=True)},
    }
    for operations in paths.values():
        for operation in operations.values():
            operation["responses"]["default"] = _answer("No, and why", word)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Box office hub", "version": __version__},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}}},
        "security": [{"device": []}],
    }


def _answer(what: str, schema: Any, media: str = "application/json") -> dict[str, Any]:
    return {"description": what or "Done", "content": {media: {"schema": schema}}}


def _operation(
    summary: str,
    answer: dict[str, Any],
    *,
    body: Any = None,
    parameters: list[dict[str, Any]] | None = None,
    open_to_all: bool = False,
) -> dict[str, Any]:
    operation: dict[str, Any] = {"summary": summary, "responses": {"200": answer}}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if parameters:
        operation["parameters"] = parameters
    if open_to_all:
        operation["security"] = []
    return operation
