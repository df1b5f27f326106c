"""What a real pretix says of its events stands in the replica, field by field, at first and after changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from boxoffice.domain.orders import Status
from boxoffice.storage import checkins, orders

pytestmark = pytest.mark.pretix
HOME = "/api/v1/organizers/demo/"
EVENTS = ("conf", "signed", "series")

Compare = Callable[[Any], Any]


def same(value: Any) -> Any:
    return value


def when(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def cents(value: str | None) -> int:
    return int(Decimal(value or 0) * 100)


def texts(value: Any) -> Any:
    return {locale: text for locale, text in (value or {}).items() if text}


def nothing_or(value: str | None) -> str | None:
    return value or None


def empty_or(value: str | None) -> str:
    return value or ""


Field = tuple[str, str, Compare]
# Ours, theirs, and how theirs reads as ours.
CATALOG: dict[str, tuple[str, tuple[Field, ...]]] = {
    "items": (
        "items",
        (
            ("name", "name", texts),
            ("price", "default_price", cents),
            ("category", "category", same),
            ("tax_rule", "tax_rule", same),
            ("active", "active", same),
            ("admission", "admission", same),
            ("position", "position", same),
            ("free_price", "free_price", same),
            ("max_per_order", "max_per_order", same),
            ("checkin_attention", "checkin_attention", same),
            ("checkin_text", "checkin_text", nothing_or),
            ("kinds", "variations", lambda rows: {row["id"]: texts(row["value"]) for row in rows}),
            ("addons", "addons", lambda rows: [(row["addon_category"], row["max_count"]) for row in rows]),
        ),
    ),
    "categories": ("categories", (("name", "name", texts), ("is_addon", "is_addon", same))),
    "tax_rules": ("taxrules", (("name", "name", texts), ("rate", "rate", cents))),
    "questions": (
        "questions",
        (
            ("question", "question", texts),
            ("type", "type", same),
            ("required", "required", same),
            ("items", "items", tuple),
            ("identifier", "identifier", same),
            ("ask_during_checkin", "ask_during_checkin", same),
            ("options", "options", lambda rows: {row["id"]: texts(row["answer"]) for row in rows}),
        ),
    ),
    "quotas": (
        "quotas",
        (
            ("name", "name", same),
            ("size", "size", same),
            ("items", "items", tuple),
            ("variations", "variations", tuple),
            ("subevent", "subevent", same),
            ("available", "available_number", same),
        ),
    ),
    "lists": (
        "checkinlists",
        (
            ("name", "name", same),
            ("all_items", "all_products", same),
            ("items", "limit_products", tuple),
            ("subevent", "subevent", same),
            ("rules", "rules", same),
            ("include_pending", "include_pending", same),
            ("addon_match", "addon_match", same),
            ("allow_multiple_entries", "allow_multiple_entries", same),
            ("allow_entry_after_exit", "allow_entry_after_exit", same),
        ),
    ),
    "subevents": (
        "subevents",
        (
            ("name", "name", texts),
            ("date_from", "date_from", when),
            ("active", "active", same),
            (
                "item_prices",
                "item_price_overrides",
                lambda rows: {str(row["item"]): cents(row["price"]) for row in rows},
            ),
        ),
    ),
    "discounts": ("discounts", (("min_count", "condition_min_count", same), ("name", "internal_name", same))),
    "badge_layouts": ("badgelayouts", (("name", "name", same), ("default", "default", same))),
}
IN_PARTS: dict[str, Compare] = {
    "kinds": lambda item: {one.id: dict(one.value) for one in item.variations},
    "options": lambda question: {one.id: dict(one.answer) for one in question.options},
    "addons": lambda item: [(one.category, one.max_count) for one in item.addons],
}
ORDER: tuple[Field, ...] = (
    ("status", "status", Status),
    ("email", "email", empty_or),
    ("phone", "phone", empty_or),
    ("locale", "locale", same),
    ("placed_at", "datetime", when),
    ("expires_at", "expires", when),
    ("total", "total", cents),
    ("require_approval", "require_approval", same),
    ("valid_if_pending", "valid_if_pending", same),
    ("checkin_attention", "checkin_attention", same),
    ("checkin_text", "checkin_text", nothing_or),
    ("customer", "invoice_address", lambda row: (row["name"] or row["company"]) if row else ""),
)
POSITION: tuple[Field, ...] = (
    ("server_id", "id", same),
    ("item", "item", same),
    ("variation", "variation", same),
    ("price", "price", cents),
    ("secret", "secret", same),
    ("name", "attendee_name", empty_or),
    ("company", "company", empty_or),
    ("email", "attendee_email", empty_or),
    ("subevent", "subevent", same),
    ("canceled", "canceled", same),
    ("blocked", "blocked", bool),
    ("valid_from", "valid_from", when),
    ("valid_until", "valid_until", when),
)


def differing(name: str, ours: Any, row: dict[str, Any], fields: tuple[Field, ...]) -> list[str]:
    found = []
    for our, their, read in fields:
        held = IN_PARTS[our](ours) if our in IN_PARTS else getattr(ours, our)
        told = read(row[their])
        if held != told:
            found.append(f"{name}.{our}: {held!r} here, {told!r} there")
    return found


def differences(server: Any, station: Any, event: str) -> list[str]:
    """Everything in which the replica is not what the server says now."""
    home = f"{HOME}events/{event}/"
    catalog = station.app.catalog(event)
    found = []
    for field, (path, fields) in CATALOG.items():
        query = "?with_availability=true" if path == "quotas" else ""
        rows = {row["id"]: row for row in server.all(f"{home}{path}/{query}")}
        ours = getattr(catalog, field)
        if set(ours) != set(rows):
            found.append(f"{field}: {sorted(ours)} here, {sorted(rows)} there")
        for number in ours.keys() & rows.keys():
            found += differing(f"{field}/{number}", ours[number], rows[number], fields)
    rows = {row["code"]: row for row in server.all(f"{home}orders/?include_canceled_positions=true")}
    codes = station.app.read(lambda c: c.execute("SELECT code FROM orders WHERE event = ?", (event,)).fetchall())
    if {code for (code,) in codes} != set(rows):
        found.append(f"orders: {len(codes)} here, {len(rows)} there")
    for code, row in rows.items():
        found += order_differences(station, event, code, row)
    return found + checkin_differences(server, station, event, rows)


def order_differences(station: Any, event: str, code: str, row: dict[str, Any]) -> list[str]:
    order = station.app.read(partial(whole, event, code))
    if order is None:
        return [f"{code} is not here"]
    found = differing(code, order, row, ORDER)
    for part, name in (("payments", "payments"), ("refunds", "refunds")):
        ours = [(one.amount, one.state.value) for one in getattr(order, part)]
        theirs = [(cents(one["amount"]), one["state"]) for one in row[name]]
        found += [f"{code}.{part}: {ours} here, {theirs} there"] if ours != theirs else []
    fees = [(one.kind, one.amount) for one in order.fees]
    if fees != [(one["fee_type"], cents(one["value"])) for one in row["fees"]]:
        found.append(f"{code}.fees: {fees} here, {row['fees']} there")
    theirs = {one["positionid"]: one for one in row["positions"]}
    numbers = {one["id"]: one["positionid"] for one in row["positions"]}
    for position in order.positions:
        told = theirs[position.number]
        found += differing(f"{code}-{position.number}", position, told, POSITION)
        if position.addon_to != numbers.get(told["addon_to"]):
            found.append(f"{code}-{position.number}.addon_to: {position.addon_to} here, {told['addon_to']} there")
    return found


def whole(event: str, code: str, connection: Any) -> Any:
    return orders.by_code(connection, event, code)


def checkin_differences(server: Any, station: Any, event: str, rows: dict[str, Any]) -> list[str]:
    """Who passed which list when, by the server's history and by the replica."""
    names = {one["id"]: f"{code}-{one['positionid']}" for code, row in rows.items() for one in row["positions"]}
    history = server.all(f"{HOME}events/{event}/checkins/?successful=true")
    theirs = sorted((names[one["position"]], one["list"], when(one["datetime"]), one["type"]) for one in history)
    ours = sorted(
        (one.ticket, one.list, one.at, one.direction.value)
        for code in rows
        for one in station.app.read(lambda c, code=code: checkins.of_order(c, event, code))
    )
    return [] if ours == theirs else [f"check-ins: {len(ours)} here, {len(theirs)} there"]


@pytest.fixture
def north(station):
    north = station("North")
    north.sync()
    return north


@pytest.mark.parametrize("event", EVENTS)
def test_a_first_sync_brings_everything_as_the_server_says_it(server, north, event):
    assert differences(server, north, event) == []


def test_what_is_asked_of_guests_is_known(north):
    settings = north.app.catalog("conf").settings
    assert "name" in settings.asked
    assert settings.locales == ("en", "de")


def test_after_changes_a_small_sync_brings_what_has_changed_and_no_more(server, north):
    home = f"{HOME}events/conf/"
    known = server.known["conf"]
    regular, plain = known["items"]["regular"], known["plain"][-1]
    rows = server.all(f"{home}orders/?search={plain}")
    code = next(row["code"] for row in rows if any(one["secret"] == plain for one in row["positions"]))
    gone = server.ask("POST", f"{home}items/", {"name": {"en": "Mistake"}, "default_price": "1.00", "tax_rule": None})
    north.sync()
    assert gone[1]["id"] in north.app.catalog("conf").items
    steps = [
        ("PATCH", f"items/{regular}/", {"default_price": "121.00", "name": {"en": "Regular", "de": "Normal"}}),
        ("DELETE", f"items/{gone[1]['id']}/", None),
        ("PATCH", f"checkinlists/{known['lists']['room']}/", {"name": "Workshop rooms"}),
        ("PATCH", f"quotas/{known['quotas']['last']}/", {"size": 2}),
        ("PATCH", f"orders/{code}/", {"email": "new@example.org", "phone": "+4930123456"}),
        ("POST", f"orders/{known['codes']['attention']}/mark_canceled/", {"send_email": False}),
        ("POST", f"orders/{known['codes']['attention']}/reactivate/", {}),
    ]
    for method, path, body in steps:
        status, said = server.ask(method, home + path, body)
        assert status < 300, (path, said)
    redeem = {"secret": plain, "lists": [known["lists"]["main"]], "nonce": "elsewhere", "force": True}
    assert server.ask("POST", f"{HOME}checkinrpc/redeem/", redeem)[0] == 201
    applied = north.sync().pulled["conf"].applied
    assert differences(server, north, "conf") == []
    assert applied < 30


def test_nothing_new_moves_nothing(north):
    north.sync()
    assert north.sync().pulled["conf"].applied == 0


def test_the_server_honours_a_condition_only_where_the_station_believes_it(server, north):
    """If a newer pretix answered 304 for quotas and lists too, or no more for items, this would tell."""
    import urllib.error
    import urllib.request

    honoured = {}
    for kind in ("items", "categories", "questions", "taxrules", "quotas", "checkinlists"):
        request = urllib.request.Request(f"{server.url}{HOME}events/conf/{kind}/")
        request.add_header("Authorization", f"Token {server.known['token']}")
        with urllib.request.urlopen(request) as answer:
            modified = answer.headers.get("Last-Modified")
        request.add_header("If-Modified-Since", modified or "Sat, 01 Jan 2028 00:00:00 GMT")
        try:
            with urllib.request.urlopen(request) as answer:
                honoured[kind] = answer.status == 304
        except urllib.error.HTTPError as error:
            honoured[kind] = error.code == 304
    assert honoured == {
        "items": True, "categories": True, "questions": True, "taxrules": True, "quotas": False, "checkinlists": False,
    }  # fmt: skip
