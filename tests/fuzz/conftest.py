"""A station that knows every kind of ticket, for texts of every kind."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain import codes
from boxoffice.domain.catalog import CheckInList, Event, Item, Question
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Admitted, RefusedEntry
from boxoffice.domain.gate import Reason, Verdict, Wish
from boxoffice.domain.journal import fact_of
from boxoffice.domain.orders import Blocked, Medium, Order, Position, Revoked, Status
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.services import hear
from boxoffice.storage import journal

EVENT = "conf26"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Desk:
    """A station on the quick disk, and the key of the server that signs its tickets."""

    door = Door(lists=((EVENT, 1),), gate="North")

    def __init__(self, app: App) -> None:
        self.app = app
        self._key = Ed25519PrivateKey.generate()
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.good = self.signed(b"\x0a\x04seed\x10\x01")
        self.revoked = self.signed(b"\x0a\x04gone\x10\x01")
        self.known = [*(f"s3cret-{number}" for number in range(20)), "WRISTBAND-7", "s3cret-blocked", self.good]
        self._hear(
            Event(slug=EVENT, valid_keys=(base64.b64encode(pem).decode(),)),
            Item(id=1, event=EVENT, name={"en": "Regular"}),
            CheckInList(id=1, event=EVENT, name="Main entrance"),
            Question(id=1, event=EVENT, items=(1,), ask_during_checkin=True),
            Revoked(event=EVENT, secret=self.revoked),
            Blocked(event=EVENT, secret="s3cret-blocked"),
            Medium(event=EVENT, identifier="WRISTBAND-7", tickets=("C0007-1",)),
            *(self._order(number, secret) for number, secret in enumerate([*self.known[:20], "s3cret-blocked"])),
        )

    @staticmethod
    def _order(number: int, secret: str) -> Order:
        position = Position(number=1, item=1, secret=secret, name=f"Guest {number}")
        return Order(event=EVENT, code=f"C{number:04d}", status=Status.PAID, positions=(position,))

    def _hear(self, *nouns: Any) -> None:
        self.app.write(lambda c: [hear.apply(c, self.app.shelf, noun) for noun in nouns]).result()

    def signed(self, payload: bytes) -> str:
        """A ticket in which the server signed these bytes, whatever they are."""
        signature = self._key.sign(payload)
        header = b"\x01" + len(payload).to_bytes(2, "big") + len(signature).to_bytes(2, "big")
        return base64.b64encode(header + payload + signature).decode()[::-1]

    def scan(self, text: str, **wish: Any) -> Verdict:
        """One scan, with everything that must be true of any."""
        scan = new_scan(text, Source.WEDGE, NOW)
        verdict = self.app.gate.admit(scan, self.door, Wish(**wish)).result()
        assert verdict.nonce == scan.nonce
        body = self.app.read(lambda c: journal.knows(c, scan.nonce))
        if verdict.reason is Reason.INCOMPLETE:
            assert body is None
            return verdict
        assert body is not None
        fact = fact_of(body)
        if verdict.admitted:
            assert isinstance(fact, Admitted)
        else:
            assert isinstance(fact, RefusedEntry)
            assert fact.reason is verdict.reason
        assert self._kept(scan.nonce) == codes.clean(text)
        return verdict

    def _kept(self, operation: str) -> str:
        """The text as it was written down."""
        (number,) = self.app.read(
            lambda c: c.execute("SELECT id FROM journal WHERE operation = ?", (operation,)).fetchone()
        )
        return self.app.read(lambda c: journal.entry(c, number)).private_part().text


@pytest.fixture(scope="module")
def desk(quick_disk: Path) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(dir=quick_disk) as folder, App(Folder(Path(folder))) as app:
        yield Desk(app)
