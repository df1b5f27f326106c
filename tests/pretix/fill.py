"""Fills the events of a fresh pretix through its API: `fill.py URL TOKEN`; prints what a test has to know as JSON.

A ticket of every kind that a door treats in a way of its own, and enough plain ones for queues. The same
every time but for ids and times, which are the server's.
"""

from __future__ import annotations

import json
import random
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

URL, TOKEN = sys.argv[1:3]
HOME = "/api/v1/organizers/demo/"
PLAIN = 110
GIVEN = ("Ada", "Bogdan", "Chloé", "Đorđe", "Søren", "Łucja", "小明", "Zoë", "Grace", "Alan")
FAMILY = ("Lovelace", "Østergård", "Weiß", "García", "王", "O'Neill", "Hopper", "Turing")
COMPANIES = ("", "", "ACME GmbH", "Söhne & Töchter KG")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def call(method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        URL + path, method=method, data=None if body is None else json.dumps(body).encode()
    )
    request.add_header("Authorization", f"Token {TOKEN}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            said = answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from error
    return json.loads(said) if said else None


class Event:
    """One event while it is filled."""

    def __init__(self, slug: str) -> None:
        self.home = f"{HOME}events/{slug}/"
        self.chance = random.Random(slug)
        self.tax = self.make("taxrules", name={"en": "VAT", "de": "USt."}, rate="19.00")["id"]

    def make(self, kind: str, **body: Any) -> Any:
        return call("POST", f"{self.home}{kind}/", body)

    def item(self, name: str, price: str, **more: Any) -> int:
        body = {
            "name": {"en": name, "de": f"{name} (de)"},
            "default_price": price,
            "tax_rule": self.tax,
            "active": True,
        }
        body |= {"admission": True, "personalized": True, "category": None, "generate_tickets": True}
        return int(self.make("items", **{**body, **more})["id"])

    def quota(self, name: str, size: int | None, *items: int, **more: Any) -> int:
        return int(self.make("quotas", name=name, size=size, items=list(items), **{"variations": [], **more})["id"])

    def secret(self) -> str:
        return "".join(self.chance.choices(LETTERS, k=32))

    def position(self, item: int, **more: Any) -> dict[str, Any]:
        name = f"{self.chance.choice(GIVEN)} {self.chance.choice(FAMILY)}"
        company = self.chance.choice(COMPANIES)
        body = {"item": item, "variation": None, "attendee_name_parts": {"_scheme": "full", "full_name": name}}
        body |= {"attendee_email": "guest@example.org", "company": company or None, "answers": [], "subevent": None}
        return {**body, **more}

    def order(self, *positions: dict[str, Any], status: str = "p", own_secrets: bool = True, **more: Any) -> Any:
        some = [{"positionid": number, "addon_to": None, **one} for number, one in enumerate(positions, 1)]
        if own_secrets:
            some = [{"secret": self.secret(), **one} for one in some]
        body = {"email": "buyer@example.org", "locale": "en", "status": status, "positions": some, "send_email": False}
        if status == "p":
            body["payment_provider"] = "manual"
        return self.make("orders", **{**body, "expires": "2035-12-31T12:00:00Z", **more})

    def act(self, order: Any, verb: str, **body: Any) -> Any:
        return call("POST", f"{self.home}orders/{order['code']}/{verb}/", {"send_email": False, **body})


def fill_conference() -> dict[str, Any]:
    event = Event("conf")
    tickets = event.make("categories", name={"en": "Tickets"}, position=1, is_addon=False)["id"]
    workshops = event.make("categories", name={"en": "Workshops"}, position=2, is_addon=True)["id"]
    addons = [{"addon_category": workshops, "min_count": 0, "max_count": 2, "position": 0, "price_included": False}]
    regular = event.item("Regular", "119.00", category=tickets, addons=addons)
    student = event.item(
        "Student", "59.50", category=tickets, checkin_attention=True, checkin_text="Look at the student card"
    )
    kinds = [
        {"value": {"en": "Silver"}, "position": 1, "active": True, "default_price": None},
        {"value": {"en": "Gold", "de": "Gold"}, "position": 2, "active": True, "default_price": "499.00"},
    ]
    vip = event.item("VIP", "349.00", category=tickets, variations=kinds)
    variations = {
        row["value"]["en"]: row["id"] for row in call("GET", f"{event.home}items/{vip}/variations/")["results"]
    }
    workshop = event.item("Workshop", "47.60", category=workshops, admission=False, personalized=False)
    shirt = event.item("T-shirt", "25.00", admission=False, personalized=False, free_price=True, max_per_order=5)
    scarce = event.item("Last seat", "10.00")
    asked = event.make(
        "questions", question={"en": "Card seen?", "de": "Ausweis gesehen?"}, type="B", required=True,
        items=[student], ask_during_checkin=True, identifier="CARD", position=1,
    )["id"]  # fmt: skip
    meals = [{"identifier": "MEAT", "answer": {"en": "Meat"}}, {"identifier": "VEGAN", "answer": {"en": "Vegan"}}]
    event.make(
        "questions", question={"en": "Dinner"}, type="C", required=False, items=[vip], ask_during_checkin=True,
        identifier="DINNER", position=2, options=meals,
    )  # fmt: skip
    event.quota("Tickets", 5000, regular, student, workshop, shirt)
    event.quota("VIP", 500, vip, variations=list(variations.values()))
    last = event.quota("Last seat", 1, scarce)
    every = {"all_products": True, "limit_products": []}
    main = event.make("checkinlists", name="Main entrance", include_pending=True, **every)["id"]
    room = event.make(
        "checkinlists", name="Workshop room", all_products=False, limit_products=[workshop], addon_match=True
    )["id"]
    once = {"<": [{"var": "entries_number"}, 1]}
    ruled = event.make("checkinlists", name="Once and for all", rules=once, allow_multiple_entries=True, **every)["id"]
    fresh_air = event.make("checkinlists", name="No way back", allow_entry_after_exit=False, **every)["id"]
    event.make(
        "discounts", internal_name="Three for two", condition_min_count=3, benefit_discount_matching_percent="33.33"
    )

    def plain(number: int) -> Any:
        first = event.position(regular)
        if number % 5 == 0:
            return event.order(first, event.position(workshop, addon_to=1), event.position(shirt, price="25.00"))
        if number % 7 == 0:
            return event.order(event.position(vip, variation=variations["Gold"]))
        return event.order(first, *([event.position(regular)] if number % 3 == 0 else []))

    with ThreadPoolExecutor(3) as several:
        plains = list(several.map(plain, range(PLAIN)))
    special = {
        "student": event.order(event.position(student)),
        "pending": event.order(event.position(regular), status="n"),
        "valid_if_pending": event.order(event.position(regular), status="n", valid_if_pending=True),
        "unapproved": event.order(event.position(regular), status="n", require_approval=True),
        "attention": event.order(event.position(regular), checkin_attention=True, checkin_text="Badge at the desk"),
        "later": event.order(event.position(regular, valid_from="2034-01-01T00:00:00Z")),
        "over": event.order(event.position(regular, valid_until="2026-01-02T00:00:00Z")),
        "two_workshops": event.order(
            event.position(regular), event.position(workshop, addon_to=1), event.position(workshop, addon_to=1)
        ),
        "invoiced": event.order(
            event.position(regular),
            fees=[{"fee_type": "shipping", "value": "4.90", "description": "By post"}],
            invoice_address={
                "is_business": True,
                "company": "ACME GmbH",
                "name_parts": {"_scheme": "full", "full_name": "Buyer"},
                "street": "",
                "zipcode": "",
                "city": "",
                "country": "DE",
                "vat_id": "",
                "internal_reference": "",
            },
        ),
        "banded": event.order(event.position(regular)),
    }
    canceled = event.order(event.position(regular))
    event.act(canceled, "mark_canceled")
    special["canceled"] = canceled
    partly = event.order(event.position(regular), event.position(shirt, price="25.00"))
    call("DELETE", f"{event.home}orderpositions/{partly['positions'][1]['id']}/")
    special["partly"] = partly
    blocked = event.order(event.position(regular))
    call("POST", f"{event.home}orderpositions/{blocked['positions'][0]['id']}/add_block/", {"name": "api:test"})
    special["blocked"] = blocked
    renewed = event.order(event.position(regular))
    call("POST", f"{event.home}orderpositions/{renewed['positions'][0]['id']}/regenerate_secrets/")
    special["renewed"] = renewed
    refunded = event.order(event.position(regular), event.position(regular))
    event.act(refunded, "refunds", state="done", source="admin", amount="19.00", payment=1, provider="manual")
    special["refunded"] = refunded
    band = {"type": "barcode", "identifier": "BAND-0001", "active": True, "expires": None, "linked_giftcard": None}
    call("POST", f"{HOME}reusablemedia/", {**band, "linked_orderpositions": [special["banded"]["positions"][0]["id"]]})
    for order in plains[:20]:
        redeem = {
            "secret": order["positions"][0]["secret"],
            "lists": [main],
            "nonce": f"before-{order['code']}",
            "force": True,
        }
        call("POST", f"{HOME}checkinrpc/redeem/", redeem)
    return {
        "lists": {"main": main, "room": room, "ruled": ruled, "fresh_air": fresh_air},
        "items": {"regular": regular, "student": student, "vip": vip, "workshop": workshop, "scarce": scarce},
        "quotas": {"last": last},
        "questions": {"card": asked},
        "secrets": {name: [one["secret"] for one in order["positions"]] for name, order in special.items()},
        "codes": {name: order["code"] for name, order in special.items()},
        "plain": [one["secret"] for order in plains for one in order["positions"]],
    }


def fill_signed() -> dict[str, Any]:
    event = Event("signed")
    regular = event.item("Regular", "20.00")
    event.quota("Tickets", None, regular)
    main = event.make("checkinlists", name="Door", all_products=True, limit_products=[])["id"]
    orders = [event.order(event.position(regular), own_secrets=False) for _ in range(6)]
    event.act(orders[-1], "mark_canceled")
    return {"lists": {"main": main}, "secrets": [order["positions"][0]["secret"] for order in orders]}


def fill_series() -> dict[str, Any]:
    event = Event("series")
    regular = event.item("Evening", "30.00")
    dates = []
    for number, day in enumerate(("2034-05-01", "2034-05-02")):
        overrides = [{"item": regular, "price": "25.00", "disabled": False}] if number else []
        body = {"name": {"en": f"Evening {number + 1}"}, "date_from": f"{day}T18:00:00Z", "active": True}
        body |= {"item_price_overrides": overrides, "variation_price_overrides": [], "meta_data": {}}
        dates.append(event.make("subevents", **body)["id"])
        event.quota(f"Evening {number + 1}", 100, regular, subevent=dates[-1])
    lists = [
        event.make("checkinlists", name=f"Door {one}", all_products=True, limit_products=[], subevent=one)["id"]
        for one in dates
    ]
    orders = [event.order(event.position(regular, subevent=one)) for one in dates for _ in range(3)]
    return {"lists": lists, "dates": dates, "secrets": [order["positions"][0]["secret"] for order in orders]}


json.dump({"conf": fill_conference(), "signed": fill_signed(), "series": fill_series()}, sys.stdout)
