"""What a real pretix answered, and a small one in memory that is as honest and fails on command.

`recorded.json` holds answers of pretix 2026.8.0 to a seeded event, cut down to a few rows. The small server
speaks over a real socket and keeps to the rules that a station builds upon: nonces for ever, idempotency
keys for a day and errors too, at most one order per code, a check-in list that admits each ticket once.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Verdict, Wish
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment
from sync.engine import Engine
from sync.pretix.client import Pretix
from sync.replica import Replica
from sync.rounds import Round

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))
EVENT = "conf26"
HOME = "/api/v1/organizers/demo/"
UPLOAD = "/api/v1/upload"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
A_WHILE = 45.0
"""Seconds after which orders, check-ins and quotas are asked for again, and not yet what organisers change."""


class Answer(Exception):
    """What the small server says, from wherever in it."""

    def __init__(self, status: int, body: Any = None, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def no(status: int, **fields: Any) -> Answer:
    return Answer(status, fields)


class SmallPretix:
    """One organiser with one event. Its clock only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = NINE + timedelta(hours=3)
        self.kinds = {
            kind: json.loads(json.dumps(RECORDED[kind]["body"]["results"]))
            for kind in ("categories", "items", "questions", "taxrules", "checkinlists", "discounts", "subevents")
        }
        self.kinds["quotas"] = RECORDED["quotas"]["body"]["results"]
        self.kinds["badgelayouts"] = []
        self.kinds["vouchers"] = []
        self.gift_cards: dict[int, dict[str, Any]] = {}
        self.transactions: dict[int, list[dict[str, Any]]] = {}
        self.event = RECORDED["event"]["body"]
        self.orders: dict[str, dict[str, Any]] = {}
        self.checkins: list[dict[str, Any]] = []
        self.blocked: list[dict[str, Any]] = []
        self.revoked_secrets: list[dict[str, Any]] = []
        self.media: list[dict[str, Any]] = []
        self.modified: dict[str, str] = {}
        """`Last-Modified` of a kind, where a test wants the server to have one."""
        self.profile = "full"
        self.sent_away = False
        self.takes_no_files = False
        self.uploads: dict[str, tuple[int, str, bytes]] = {}
        """By name: of which device, of which media type, and what is in it."""
        self.handed_in: dict[tuple[str, str], tuple[str, bytes]] = {}
        """By a ticket's secret and a question: media type and content."""
        self.gate: dict[str, Any] | None = None
        self.devices: dict[str, int] = {}
        self.public_keys: dict[int, str] = {}
        self.key_sets: list[dict[str, Any]] = []
        self.quota_left: int | None = None
        self.requests: list[tuple[str, str, Any]] = []
        self.fault: Callable[[str, str], str | None] = lambda _method, _path: None
        """Called with each request: `lost` (never arrives), `mute` (is done, never answered), `cut`, `busy`, `portal`,
        `error`, `twice`; None is fine.
        """  # fmt: skip
        self._answers: dict[tuple[str, str], tuple[datetime, Answer]] = {}
        self._ids = itertools.count(1000)
        self._lock = threading.Lock()
        for order in RECORDED["orders"]["body"]["results"]:
            self.put(json.loads(json.dumps(order)))

    # What a test does behind the station's back

    def put(self, order: dict[str, Any]) -> dict[str, Any]:
        order["last_modified"] = self._stamp()
        self.orders[order["code"]] = order
        return order

    def sold(self, code: str, **more: Any) -> dict[str, Any]:
        """Somebody bought a regular ticket elsewhere."""
        position = {"id": next(self._ids), "positionid": 1, "item": 1, "price": "119.00", "secret": f"secret-{code}"}
        position |= {"attendee_name": f"Guest {code}", "checkins": [], "order": code}
        order = {"code": code, "event": EVENT, "status": "p", "testmode": False, "email": "a@example.org"}
        order |= {"locale": "en", "datetime": self._stamp(), "total": "119.00", "positions": [position]}
        return self.put({**order, "payments": [], "refunds": [], "fees": [], **more})

    def passes(self, secret: str, at: datetime | None = None, device: int = 77, **more: Any) -> dict[str, Any]:
        """Somebody went in at another door."""
        order, position = self._position(secret)
        row = {"id": next(self._ids), "successful": True, "error_reason": None, "position": position["id"]}
        row |= {"datetime": (at or self.now).isoformat(), "created": self._stamp(), "list": 1, "type": "entry"}
        row |= {"auto_checked_in": False, "gate": None, "device": device, "device_id": device, "nonce": None, **more}
        self.checkins.append(row)
        position["checkins"].append(row)
        self.put(order)
        return row

    def passages(self, secret: str) -> list[dict[str, Any]]:
        """What the server counts of a ticket."""
        return [one for one in self._position(secret)[1]["checkins"] if one["successful"]]

    def later(self, **more: float) -> None:
        """Time goes by."""
        self.now += timedelta(**more)

    def _stamp(self) -> str:
        self.now += timedelta(milliseconds=1)
        return self.now.isoformat().replace("+00:00", "Z")

    def _position(self, secret: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for order in self.orders.values():
            for position in order["positions"]:
                if position["secret"] == secret:
                    return order, position
        raise KeyError(secret)

    # What it answers

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Answer:
        """One request. Those that carry a key are answered once a day."""
        parts = urlsplit(target)
        heard = body if parts.path == UPLOAD else json.loads(body) if body else None
        with self._lock:
            self.requests.append((method, parts.path, heard))
            known = (headers.get("authorization", ""), headers.get("x-idempotency-key", ""))
            if known[1] and known in self._answers and self.now - self._answers[known][0] < A_DAY:
                return self._answers[known][1]
            try:
                said = self._route(method, parts.path, parse_qs(parts.query), headers, heard)
            except Answer as answer:
                said = answer
            if known[1] and said.status not in (409, 429, 500, 503):
                self._answers[known] = (self.now, said)
            return said

    def _route(self, method: str, path: str, asked: dict[str, list[str]], headers: Any, body: Any) -> Answer:
        if path == "/api/v1/device/initialize":
            return self._initialize(body)
        device = self._device(headers)
        if path.startswith("/api/v1/device/"):
            return self._about(path, device)
        if path == f"{HOME}events/":
            return self._page([self.event, *self.more_events], asked)
        if path == f"{HOME}reusablemedia/":
            return self._page(self.media, asked, X_Page_Generated=self._stamp())
        if path == UPLOAD:
            return self._upload(headers, body, device)
        if path.startswith(f"{HOME}giftcards/"):
            return self._of_gift_cards(method, path.removeprefix(f"{HOME}giftcards/"), asked, body)
        if path == f"{HOME}checkinrpc/redeem/":
            return self._redeem(body, device)
        if path == f"{HOME}checkinrpc/annul/":
            return self._annul(body, device)
        if not path.startswith(f"{HOME}events/{EVENT}/"):
            raise no(404, detail="Not found.")
        return self._of_event(method, path.removeprefix(f"{HOME}events/{EVENT}/"), asked, headers, body, device)

    def _initialize(self, body: dict[str, str]) -> Answer:
        if not body["token"].startswith("fresh"):
            raise no(400, token=["This initialization token has already been used."])
        number = len(self.devices) + 1
        self.devices[f"Device token-{number}"] = number
        if body.get("rsa_pubkey"):
            self.public_keys[number] = body["rsa_pubkey"]
        return Answer(200, self._me(number))

    def _me(self, number: int) -> dict[str, Any]:
        token = next(token for token, held in self.devices.items() if held == number).removeprefix("Device ")
        about = RECORDED["initialize"]["body"]
        me = {**about, "device_id": number, "api_token": token, "security_profile": self.profile}
        return me | ({"gate": self.gate} if self.gate else {})

    def _device(self, headers: Any) -> int:
        number = self.devices.get(headers.get("authorization", ""))
        if number is None:
            raise no(401, detail="Invalid token.")
        if self.sent_away:
            raise Answer(401, RECORDED["revoked"]["body"])
        return number

    def _about(self, path: str, device: int) -> Answer:
        if path.endswith("/roll"):
            self.devices = {token: held for token, held in self.devices.items() if held != device}
            self.devices[f"Device rolled-{next(self._ids)}"] = device
        if path.endswith("/revoke"):
            self.sent_away = True
        me = self._me(device)
        about = {"device": me, "server": {}, "medium_key_sets": self.sealed_for(device)}
        return Answer(200, about if path.endswith("/info") else me)

    def sealed_for(self, device: int) -> list[dict[str, Any]]:
        """The keys to chips, sealed anew each time as the server does it."""
        if device not in self.public_keys:
            return []
        public = serialization.load_pem_public_key(self.public_keys[device].encode())
        assert isinstance(public, rsa.RSAPublicKey)

        def sealed(key: str) -> str:
            return base64.b64encode(public.encrypt(bytes.fromhex(key), padding.PKCS1v15())).decode()

        names = ("uid_key", "diversification_key")
        return [{**one, **{name: sealed(one[name]) for name in names}} for one in self.key_sets]

    def _page(self, rows: list[Any], asked: dict[str, list[str]], path: str = "", **headers: str) -> Answer:
        size, number = int(asked.get("page_size", ["50"])[0]), int(asked.get("page", ["1"])[0])
        size = min(size, self.page_size)
        following = None
        if number * size < len(rows):
            same = "&".join(f"{name}={value}" for name, some in asked.items() for value in some if name != "page")
            following = f"{self.url}{path}?{same.replace('+', '%2B')}&page={number + 1}"
        some = rows[(number - 1) * size : number * size]
        return Answer(200, {"count": len(rows), "next": following, "previous": None, "results": some}, **headers)

    url = ""
    page_size = 50
    more_events: Sequence[dict[str, Any]] = ()

    def _of_event(
        self, method: str, path: str, asked: dict[str, list[str]], headers: Any, body: Any, device: int
    ) -> Answer:
        if path == "":
            return Answer(200, self.event)
        if path == "settings/":
            return Answer(200, RECORDED["settings"]["body"])
        kind = path.rstrip("/")
        if kind in self.kinds:
            modified = self.modified.get(kind, "")
            if modified and headers.get("if-modified-since") == modified:
                return Answer(304)
            dated = {"Last_Modified": modified} if modified else {}
            return self._page(self.kinds[kind], asked, f"{HOME}events/{EVENT}/{path}", **dated)
        if kind == "blockedsecrets":
            return self._page(_since(self.blocked, "updated", asked.get("updated_since")), asked)
        if kind == "revokedsecrets":
            return self._page(_since(self.revoked_secrets, "created", asked.get("created_since")), asked)
        if kind == "checkins":
            rows = _since(self.checkins, "created", asked.get("created_since"))
            return self._page(rows, asked, f"{HOME}events/{EVENT}/{path}")
        if found := re.fullmatch(r"checkinlists/(\d+)/failed_checkins/", path):
            return self._failed(int(found[1]), body, device)
        if found := re.fullmatch(r"orderpositions/(\d+)/(printlog/)?", path):
            return self._of_position(method, int(found[1]), body, device)
        if path == "orders/" and method == "POST":
            return self._create(body)
        if found := re.fullmatch(r"orders/(\w+)/(.*)", path):
            if found[1] not in self.orders:
                raise Answer(404, RECORDED["order_unknown"]["body"])
            return self._of_order(method, self.orders[found[1]], found[2], body)
        if path == "orders/" and method == "GET":
            if self.profile not in ("full", "pretixscan"):
                raise Answer(403, RECORDED["narrow"]["body"])
            return self._list_orders(asked)
        raise no(404, detail="Not found.")

    def _list_orders(self, asked: dict[str, list[str]]) -> Answer:
        rows = [order for order in self.orders.values() if not order["testmode"]]
        rows = _since(rows, "last_modified", asked.get("modified_since"))
        rows = _since(rows, "datetime", asked.get("created_since"))
        field = asked["ordering"][0]
        rows.sort(key=lambda row: str(row[field.lstrip("-")]), reverse=field.startswith("-"))
        return self._page(rows, asked, f"{HOME}events/{EVENT}/orders/", X_Page_Generated=self._stamp())

    def _create(self, body: dict[str, Any]) -> Answer:
        if body["code"] in self.orders:
            raise no(400, code=["This order code is already in use."])
        if self.quota_left is not None and len(body["positions"]) > self.quota_left:
            raise no(400, positions=[{"item": ["There is not enough quota available."]}])
        self._use_vouchers(body["positions"])
        ids: dict[int, int] = {}
        rows = []
        for one in body["positions"]:
            ids[one["positionid"]] = next(self._ids)
            row = {**one, "id": ids[one["positionid"]], "checkins": [], "order": body["code"], "print_logs": []}
            rows.append({**row, "addon_to": ids.get(one["addon_to"]), "canceled": False})
        total = sum(float(one["price"]) for one in rows)
        order = {"code": body["code"], "event": EVENT, "status": "n" if total else "p", "testmode": False}
        order |= {
            "email": body["email"],
            "phone": body.get("phone"),
            "locale": body["locale"],
            "datetime": self._stamp(),
        }
        order |= {"total": f"{total:.2f}", "positions": rows, "payments": [], "refunds": [], "fees": []}
        return Answer(201, self.put(order))

    def _use_vouchers(self, positions: list[dict[str, Any]]) -> None:
        """Count them, or refuse the order with a complaint for each position; add-ons have none."""
        known = {one["code"].casefold(): one for one in self.kinds["vouchers"]}
        faults: list[dict[str, list[str]]] = []
        for one in positions:
            held = known.get(one.get("voucher", "").casefold())
            spent = held is not None and held["redeemed"] >= held["max_usages"]
            faults.append({"voucher": ["The voucher has already been used."]} if spent else {})
        if any(faults):
            raise no(400, positions=faults)
        for one in positions:
            if "voucher" in one:
                known[one["voucher"].casefold()]["redeemed"] += 1

    def gift_card(self, secret: str, value: str, **more: Any) -> dict[str, Any]:
        """The organiser has made one."""
        number = next(self._ids)
        row = {"id": number, "secret": secret, "value": value, "currency": "EUR", "testmode": False, "expires": None}
        self.gift_cards[number] = {**row, "conditions": None, **more}
        self.transactions[number] = []
        return self.gift_cards[number]

    def _of_gift_cards(self, method: str, path: str, asked: dict[str, list[str]], body: Any) -> Answer:
        if path == "" and method == "POST":
            if any(one["secret"].casefold() == body["secret"].casefold() for one in self.gift_cards.values()):
                raise no(400, secret=["A gift card with the same secret already exists."])
            return Answer(201, self.gift_card(body["secret"], body["value"], currency=body["currency"]))
        if path == "":
            sought = asked.get("secret", [""])[0].casefold()
            rows = [one for one in self.gift_cards.values() if sought in ("", one["secret"].casefold())]
            return self._page(rows, asked, f"{HOME}giftcards/")
        number, _, verb = path.partition("/")
        card, done = self.gift_cards[int(number)], self.transactions[int(number)]
        if verb == "transactions/":
            return self._page(done, asked, f"{HOME}giftcards/{path}")
        left = float(card["value"]) + float(body["value"])
        if left < 0:
            raise no(409, value=["The gift card does not have sufficient credit for this operation."])
        done.append({"value": body["value"], "text": body["text"], "info": None})
        card["value"] = f"{left:.2f}"
        return Answer(200, card)

    def _of_order(self, method: str, order: dict[str, Any], verb: str, body: Any) -> Answer:
        if method == "GET":
            return Answer(200, order)
        if method == "PATCH":
            return Answer(200, self.put(order | body))
        rows: dict[str, list[dict[str, Any]]] = {"payments": order["payments"], "refunds": order["refunds"]}
        if found := re.fullmatch(r"(payments|refunds)/", verb):
            row = {"local_id": len(rows[found[1]]) + 1, "details": body.get("info"), **body}
            rows[found[1]].append(row)
            self.put(order)
            return Answer(201, row)
        if found := re.fullmatch(r"(payments|refunds)/(\d+)/(confirm|done|cancel)/", verb):
            row = rows[found[1]][int(found[2]) - 1]
            if row["state"] not in ("created", "pending"):
                raise no(400, detail="Invalid state")
            if self.quota_left == 0 and found[3] == "confirm":
                raise no(400, detail="There is not enough quota available.")
            row["state"] = {"confirm": "confirmed", "done": "done", "cancel": "canceled"}[found[3]]
            paid = sum(float(one["amount"]) for one in order["payments"] if one["state"] == "confirmed")
            if paid >= float(order["total"]):
                order["status"] = "p"
            self.put(order)
            return Answer(200, row)
        if verb == "change/":
            return Answer(200, self._changed(order, body))
        if verb == "mark_canceled/":
            if order["status"] == "c":
                raise no(400, detail="The order is not allowed to be canceled.")
            return Answer(200, self.put(order | {"status": "c"}))
        if verb == "mark_pending/":
            if order["status"] != "p":
                raise no(400, detail="The order is not paid.")
            return Answer(200, self.put(order | {"status": "n"}))
        if verb == "reactivate/":
            return Answer(200, self.put(order | {"status": "p"}))
        raise no(404, detail="Not found.")

    def _changed(self, order: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Positions are patched by their id and made with the next number; the total moves with their prices."""
        by_id = {one["id"]: one for one in order["positions"]}
        for patch in body.get("patch_positions", ()):
            by_id[patch["position"]] |= patch["body"]
        for line in body.get("create_positions", ()):
            number, secret = len(order["positions"]) + 1, f"made-there-{next(self._ids)}"
            above = next((one["id"] for one in order["positions"] if one["positionid"] == line["addon_to"]), None)
            made = {"id": next(self._ids), "positionid": number, "secret": secret, "canceled": False, "checkins": []}
            order["positions"].append({**line, **made, "addon_to": above})
        total = sum(float(one["price"]) for one in order["positions"] if not one.get("canceled"))
        paid = sum(float(one["amount"]) for one in order["payments"] if one["state"] == "confirmed")
        return self.put(order | {"total": f"{total:.2f}", "status": "p" if paid >= total else "n"})

    def _of_position(self, method: str, number: int, body: Any, device: int) -> Answer:
        for order in self.orders.values():
            for position in order["positions"]:
                if position["id"] != number:
                    continue
                if method == "DELETE":
                    position["canceled"] = True
                if method == "PATCH":
                    position |= body
                if method == "POST":
                    log = {"id": next(self._ids), "device_id": device, **body}
                    position.setdefault("print_logs", []).append(log)
                self.put(order)
                return Answer(204 if method == "DELETE" else 200, {**position, "order": order["code"]})
        raise no(404, detail="No OrderPosition matches the given query.")

    def _upload(self, headers: Any, body: bytes, device: int) -> Answer:
        media = headers.get("content-type", "")
        if self.takes_no_files:
            raise Answer(400, ['Content type "x" is not allowed'])
        assert headers.get("content-disposition", "").endswith(f'.{_ENDINGS[media]}"')
        name = f"file:{uuid.uuid4()}"
        self.uploads[name] = (device, media, body)
        return Answer(201, {"id": name})

    def _redeem(self, body: dict[str, Any], device: int) -> Answer:
        if body["lists"] not in ([1], [2]):
            raise Answer(400, RECORDED["redeem_list"]["body"])
        try:
            order, position = self._position(body["secret"])
        except KeyError:
            raise Answer(404, RECORDED["redeem_unknown"]["body"]) from None
        forced = False
        same = [one for one in position["checkins"] if one["list"] == body["lists"][0] and one["successful"]]
        if any(one["nonce"] == body["nonce"] and one["device_id"] == device for one in same):
            return Answer(201, {"status": "ok"})
        reason = "canceled" if order["status"] not in "np" else "unpaid" if order["status"] != "p" else ""
        inside = bool(same) and same[-1]["type"] == "entry"
        if not reason and body["type"] == "entry" and inside:
            reason = "already_redeemed"
        if reason and not body["force"]:
            raise Answer(400, {"status": "error", "reason": reason, "reason_explanation": None})
        forced = bool(reason)
        more = {"nonce": body["nonce"], "list": body["lists"][0], "type": body["type"], "forced": forced}
        self.passes(body["secret"], datetime.fromisoformat(body["datetime"]), device, **more)
        for question, answer in body.get("answers", {}).items():
            if answer in self.uploads and self.uploads[answer][0] == device:
                self.handed_in[body["secret"], question] = self.uploads.pop(answer)[1:]
        return Answer(201, {"status": "ok"})

    def _annul(self, body: dict[str, Any], device: int) -> Answer:
        for row in self.checkins:
            if row["nonce"] == body["nonce"] and row["device_id"] == device and row["list"] in body["lists"]:
                if not row["successful"]:
                    raise Answer(400, RECORDED["annul_again"]["body"])
                if datetime.fromisoformat(body["datetime"]) - datetime.fromisoformat(row["datetime"]) > timedelta(
                    minutes=15
                ):
                    raise Answer(400, RECORDED["annul_late"]["body"])
                row |= {"successful": False, "error_reason": "annulled"}
                self.take_back(row)
                return Answer(200, {"status": "ok"})
        raise Answer(404, RECORDED["annul_unknown"]["body"])

    def take_back(self, row: dict[str, Any]) -> None:
        """A check-in no longer counts; the order is touched, as the server does it."""
        for order in self.orders.values():
            for position in order["positions"]:
                if row in position["checkins"]:
                    position["checkins"].remove(row)
                    self.put(order)

    def _failed(self, gate_list: int, body: dict[str, Any], device: int) -> Answer:
        if not any(row["nonce"] == body["nonce"] and not row["successful"] for row in self.checkins):
            row = {"id": next(self._ids), "successful": False, "position": body.get("position"), "list": gate_list}
            row |= {"created": self._stamp(), "auto_checked_in": False, "gate": None, "device_id": device}
            self.checkins.append(
                {**row, **{name: body[name] for name in ("nonce", "error_reason", "datetime", "type")}}
            )
        return Answer(201, RECORDED["failed_checkin"]["body"])


def _since(rows: list[Any], field: str, wanted: list[str] | None) -> list[Any]:
    if not wanted:
        return list(rows)
    least = datetime.fromisoformat(wanted[0])
    return [row for row in rows if datetime.fromisoformat(row[field]) >= least]


class _Handler(StreamRequestHandler):
    """As much HTTP as a station speaks. The standard library reads headers as if they were letters, which costs a test
    more time than everything that the server does.
    """

    disable_nagle_algorithm = True  # the head and the body would wait for each other
    server: _Switch

    def handle(self) -> None:
        while request := self.rfile.readline():
            method, target, _ = request.decode().split()
            headers = dict(self._headers())
            body = self.rfile.read(int(headers.get("content-length", 0)))
            if not self._serve(method, target, headers, body):
                break

    def _headers(self) -> Iterator[tuple[str, str]]:
        while (line := self.rfile.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            yield name.lower(), value.strip()

    def _serve(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bool:
        """Answer one request; whether the line stays open for another."""
        small = self.server.small
        fault = small.fault(method, target)
        if fault == "lost":
            return False
        if fault in ("busy", "portal", "error"):
            said = {"busy": no(429, detail="Slow down."), "portal": Answer(200, "<html>"), "error": Answer(500, "<h1>")}
            self._say(said[fault], retry="7" if fault == "busy" else "")
            return True
        answer = small.answer(method, target, headers, body)
        if fault == "twice":
            answer = small.answer(method, target, headers, body)
        if fault == "mute":
            return False
        self._say(answer, cut=fault == "cut")
        return fault != "cut"

    def _say(self, answer: Answer, retry: str = "", *, cut: bool = False) -> None:
        page = isinstance(answer.body, str)
        body = (
            b"" if answer.status in (204, 304) else answer.body.encode() if page else json.dumps(answer.body).encode()
        )
        headers = {"Date": formatdate(usegmt=True), **answer.headers, "Content-Length": str(len(body))}
        if retry:
            headers["Retry-After"] = retry
        if body:
            headers["Content-Type"] = "text/html" if page else "application/json"
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self.wfile.write(head + (body[: len(body) // 2] if cut else body))


class _Switch(ThreadingTCPServer):
    """Stands there for all tests; each has a pretix of its own behind it."""

    daemon_threads = True
    small: SmallPretix

    def handle_error(self, *_: Any) -> None:
        """A client that went away."""


@pytest.fixture(scope="session")
def _switch() -> Iterator[_Switch]:
    server = _Switch(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="small pretix")
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pretix(_switch: _Switch) -> SmallPretix:
    """A small pretix on loopback with the recorded event."""
    return _stand_behind(_switch)


def _stand_behind(switch: _Switch) -> SmallPretix:
    small = switch.small = SmallPretix()
    small.url = f"http://127.0.0.1:{switch.server_address[1]}"
    return small


@pytest.fixture
def recorded() -> dict[str, Any]:
    """What a real pretix answered, by a name for each."""
    return RECORDED


@pytest.fixture
def enrolment(pretix: SmallPretix) -> Enrolment:
    """A device of it that is enrolled."""
    return enrolled(pretix)


def enrolled(pretix: SmallPretix) -> Enrolment:
    number = len(pretix.devices) + 1
    pretix.devices[f"Device token-{number}"] = number
    return Enrolment(
        kind="pretix",
        url=pretix.url,
        token=f"token-{number}",
        device_id=f"demo/{number}",
        name=f"Door {number}",
        organizer="demo",
        events=(EVENT,),
        software="never told",
    )


class Doorway:
    """One open station of the small pretix. Its clock for the pace of kinds only moves when a test moves it."""

    def __init__(self, folder: Folder, enrolment: Enrolment) -> None:
        self.enrolment = enrolment
        self.seconds = 0.0
        self.app = App(folder)
        if self.app.enrolment is None:
            self.app.join(enrolment).result()
        self.connect()

    def connect(self) -> None:
        """As after a new start: nothing is remembered but what is on disk."""
        self.line = Pretix(self.enrolment, Replica(self.app), clock=lambda: self.seconds)
        self.engine = Engine(self.app, self.line, clock=lambda: self.seconds, chance=lambda: 0.0)

    def sync(self, *, after: float = A_WHILE) -> Round:
        """One round, when so many seconds have gone by."""
        self.seconds += after
        return self.engine.round_once()

    def scan(self, secret: str, at: datetime = NINE, gate_list: int = 1, **wish: Any) -> Verdict:
        scan = new_scan(secret, Source.MANUAL, at)
        return self.app.gate.admit(scan, Door(lists=((EVENT, gate_list),)), Wish(**wish)).result()

    def close(self) -> None:
        self.line.close()
        self.app.close()


@pytest.fixture
def doorway(
    pretix: SmallPretix, tmp_path: Path, new_folder: Callable[[Path], Folder]
) -> Iterator[Callable[[], Doorway]]:
    """Opens stations of the small pretix."""
    with contextlib.ExitStack() as open_ones:
        numbers = itertools.count(1)

        def open_one() -> Doorway:
            door = Doorway(new_folder(tmp_path / f"station-{next(numbers)}"), enrolled(pretix))
            open_ones.callback(door.close)
            return door

        yield open_one


@pytest.fixture(scope="session")
def _in_step(_switch: _Switch, quick_disk: Path, new_folder: Callable[[Path], Folder]) -> tuple[Folder, SmallPretix]:
    """The folder of a station after its first round, and the pretix with which it had it."""
    small = _stand_behind(_switch)
    with contextlib.closing(Doorway(new_folder(quick_disk / "in step"), enrolled(small))) as door:
        door.sync()
        return door.app.folder, small


@pytest.fixture
def door(_in_step: tuple[Folder, SmallPretix], pretix: SmallPretix, tmp_path: Path) -> Iterator[Doorway]:
    """A station that knows the event, as after a new start."""
    folder, small = _in_step
    shutil.copytree(folder.root, tmp_path / "door")
    pretix.now = small.now
    with contextlib.closing(Doorway(Folder(tmp_path / "door"), enrolled(pretix))) as door:
        yield door
