"""The hub's description of itself: complete, and made of what really travels."""

from __future__ import annotations

import json
import re

import requests

from boxoffice.decoding import decode
from boxoffice.domain.nouns import KINDS
from sync.hub import description


def described():
    return decode(description.openapi())


def test_every_endpoint_is_described(hub):
    programs = [route for route in hub.app.routes if route.include_in_schema]  # the page is for people
    served = {(route.path, method.lower()) for route in programs for method in route.methods - {"HEAD"}}
    told = {(path, method) for path, operations in described()["paths"].items() for method in operations}
    assert told == served


def test_every_kind_of_noun_is_described():
    schemas = described()["components"]["schemas"]
    assert {noun.__name__ for noun in KINDS.values()} <= schemas.keys()
    assert {"Entry", "Receipt", "Device", "Arrival", "Word"} <= schemas.keys()


def test_nothing_is_named_that_is_not_there():
    whole = described()
    named = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(whole)))
    assert named
    assert named <= whole["components"]["schemas"].keys()


def test_it_is_served(hub):
    assert requests.get(f"{hub.url}/openapi.json", timeout=60).json()["openapi"] == "3.1.0"
