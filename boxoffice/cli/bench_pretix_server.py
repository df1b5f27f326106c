"""What stands in for a pretix in `bench sync`: `python -m boxoffice.cli.bench_pretix_server ATTENDEES`.

It answers at once what a real one takes half a second to find out, in the same words and at the same length, fifty
orders to a page. So what a bench measures is the station's own part. It is a process of its own, as a server is,
prints its address and ends when whoever started it closes its input.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from boxoffice import sample_event
from boxoffice.domain.orders import Order, Position
from boxoffice.sample_event.catalog import CONF

ORGANIZER = "bench"
DEVICE = {"device_id": 1, "organizer": ORGANIZER, "name": "Bench", "api_token": "bench"}
PAGE = 50
CHANGED = 1_000
"""Orders that have another address, for whoever asks what was modified."""
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_ORGANIZERS = "/api/v1/organizers/"
_EVENT = f"{_ORGANIZERS}{ORGANIZER}/events/{CONF}/"
_LISTS = f"{_EVENT}checkinlists/"
_ORDERS = f"{_EVENT}orders/"

_encode = msgspec.json.Encoder().encode


class Books:
    """The orders of the sample event as a pretix writes them, oldest first."""

    def __init__(self, attendees: int) -> None:
        numbers = count(1)
        orders = [one for one in sample_event.generate(attendees) if isinstance(one, Order) and one.event == CONF]
        rows = [_order(order, BEGAN + timedelta(seconds=place), numbers) for place, order in enumerate(orders)]
        self.all = [_encode(row) for row in rows]
        self.changed = [_encode(row | {"email": f"new-{row['email']}"}) for row in rows[:CHANGED]]
        self.was_read = False
        """Whether somebody has asked what was modified: what is so comes with the second such look."""

    def modified(self) -> list[bytes]:
        """Nothing at the first look, and then all that changed."""
        found = self.changed if self.was_read else []
        self.was_read = True
        return found


def _order(order: Order, at: datetime, numbers: Iterator[int]) -> dict[str, Any]:
    ids = {one.number: next(numbers) for one in order.positions}
    return {
        "code": order.code,
        "event": order.event,
        "status": order.status.value,
        "testmode": False,
        "secret": "c17tkwvzzrl5n3wr",
        "email": order.email,
        "phone": order.phone or None,
        "locale": order.locale,
        "datetime": _stamp(at),
        "expires": _stamp(at + timedelta(days=14)),
        "fees": [],
        "total": _amount(order.total),
        "tax_rounding_mode": "line",
        "comment": "",
        "custom_followup_at": None,
        "invoice_address": {"name": order.customer} if order.customer else None,
        "positions": [_position(order, one, ids) for one in order.positions],
        "checkin_attention": order.checkin_attention,
        "checkin_text": order.checkin_text,
        "last_modified": _stamp(at),
        "payments": [
            {
                "local_id": 1,
                "state": "confirmed",
                "amount": _amount(order.total),
                "created": _stamp(at),
                "payment_date": _stamp(at),
                "provider": "manual",
                "payment_url": None,
                "details": {},
            }
        ],
        "refunds": [],
        "require_approval": order.require_approval,
        "sales_channel": "web",
        "valid_if_pending": order.valid_if_pending,
        "api_meta": {},
        "cancellation_date": None,
    }


def _position(order: Order, position: Position, ids: dict[int, int]) -> dict[str, Any]:
    return {
        "id": ids[position.number],
        "order": order.code,
        "positionid": position.number,
        "item": position.item,
        "variation": position.variation,
        "price": _amount(position.price),
        "attendee_name": position.name or None,
        "company": position.company or None,
        "discount": None,
        "attendee_email": position.email or None,
        "voucher": None,
        "tax_rate": "19.00",
        "tax_value": "19.00",
        "secret": position.secret,
        "addon_to": ids.get(position.addon_to or 0),
        "subevent": position.subevent,
        "checkins": [],
        "print_logs": [],
        "answers": [
            {"question": int(question), "answer": answer, "question_identifier": question, "options": []}
            for question, answer in position.answers.items()
        ],
        "tax_rule": 1,
        "pseudonymization_id": "SDRXYBKBX3",
        "seat": None,
        "canceled": position.canceled,
        "tax_code": None,
        "valid_from": None,
        "valid_until": None,
        "blocked": None,
        "voucher_budget_use": None,
    }


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


class _Handler(StreamRequestHandler):
    """As much HTTP as a station speaks; the standard library's own reads headers as slowly as letters."""

    disable_nagle_algorithm = True  # the head and the body would wait for each other
    server: Server

    def handle(self) -> None:
        while request := self.rfile.readline():
            _, target, _ = request.decode().split()
            length = 0
            while (line := self.rfile.readline().strip().lower()) != b"":
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.rfile.read(length)
            self._say(*self.server.answer(target))

    def _say(self, status: HTTPStatus, body: bytes) -> None:
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
            f"X-Page-Generated: {_stamp(datetime.now(UTC))}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)


class Server(ThreadingTCPServer):
    """One event of one organiser."""

    daemon_threads = True

    def __init__(self, books: Books) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._books = books
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, target: str) -> tuple[HTTPStatus, bytes]:
        """The status and the body for one address."""
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path == "/api/v1/device/info":
            return HTTPStatus.OK, _encode({"device": DEVICE})
        if path == _EVENT:
            return HTTPStatus.OK, _encode({"slug": CONF, "name": {"en": "Bench"}, "currency": "EUR"})
        if path == f"{_EVENT}settings/":
            return HTTPStatus.OK, b"{}"
        if path == _LISTS:
            return HTTPStatus.OK, self._page([_encode({"id": 1, "name": "Main entrance"})], target)
        if path == _ORDERS:
            return HTTPStatus.OK, self._page(self._orders(asked), target)
        if path.startswith(_ORGANIZERS):
            return HTTPStatus.OK, self._page([], target)
        return HTTPStatus.NOT_FOUND, b'{"detail":"Not found."}'

    def _orders(self, asked: dict[str, list[str]]) -> list[bytes]:
        if "modified_since" not in asked:
            return self._books.all
        return self._books.changed if "page" in asked else self._books.modified()

    def _page(self, rows: list[bytes], target: str) -> bytes:
        parts = urlsplit(target)
        number = int(parse_qs(parts.query).get("page", ["1"])[0])
        first = (number - 1) * PAGE
        following = None
        if first + PAGE < len(rows):
            same = "&".join(one for one in parts.query.split("&") if not one.startswith("page="))
            following = f"{self.url}{parts.path}?{same}&page={number + 1}"
        return b'{"count":%d,"next":%b,"previous":null,"results":[%b]}' % (
            len(rows),
            _encode(following),
            b",".join(rows[first : first + PAGE]),
        )


def main() -> None:
    """Answer until the input ends."""
    server = Server(Books(int(sys.argv[1])))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
