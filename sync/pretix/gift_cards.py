"""What happened to gift cards, told to a pretix so that each takes effect once, however late and often it is sent.

pretix keeps the transactions of a card with a text of ours, and in this our operation id is found again when its
keys against repetition are forgotten. A payment of an order by gift card is one of our own kind (`boxoffice`), with the
card's move beside it: pretix's own kind of it shows nothing of ours that could be found again, and confirming it would
move nothing on the card.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.domain import money
from boxoffice.domain.facts import GiftCardMoved
from boxoffice.domain.journal import Entry
from boxoffice.domain.vouchers import plain_code
from boxoffice.ports import Outcome
from sync.wire import pretix as wire
from sync.wire.pretix_codes import GiftCardRow, TransactionRow
from sync.wire.pretix_doors import DONE, Word, refused
from sync.wire.pretix_orders import MARK

if TYPE_CHECKING:
    from sync.api import Api

_HEARD = (400, 403, 404, 409)
_SHORT = 409
"""What pretix answers where there is too little on a card; and where it is busy, in other words."""
WHAT_TO_DO = "Ask its holder for the rest and top it up, then send this again; or accept the loss."


class GiftCards:
    """Tells moves of one organiser's gift cards."""

    def __init__(self, api: Api, home: str) -> None:
        self._api = api
        self._path = f"{home}giftcards/"

    def tell(self, entry: Entry, fact: GiftCardMoved) -> Word:
        """Hand over one act. Raises `ServerTrouble` if it did not come through."""
        code = plain_code(entry.private_part().text).upper()
        if not code:
            return Word(Outcome.REFUSED, "The number of the gift card is not kept any more.")
        card = self._card(code)
        if card is None and fact.new:
            made = self._made(entry, fact, code)
            if isinstance(made, Word):
                return made
            card = made
        if card is None:
            return Word(Outcome.LATER, "pretix does not know this gift card yet.")
        if self._has(card, entry.operation):
            return DONE
        return self._move(entry, fact, card)

    def _card(self, code: str) -> GiftCardRow | None:
        reply = self._api.get(self._path, {"secret": code, "include_accepted": "true"})
        rows = [wire.understood(bytes(raw), GiftCardRow) for raw in wire.page_of(reply.body).results]
        return next((row for row in rows if plain_code(row.secret) == plain_code(code)), None)

    def _made(self, entry: Entry, fact: GiftCardMoved, code: str) -> GiftCardRow | Word:
        """A new card with nothing on it: what is put there is a transaction of its own, which can be found again."""
        body = {"secret": code, "value": "0.00", "currency": fact.currency, "testmode": False}
        key = {wire.IDEMPOTENCY: f"{entry.operation}/card"}
        reply = self._api.post(self._path, msgspec.json.encode(body), welcome=_HEARD, headers=key)
        if reply.status == 201:
            return wire.understood(reply.body, GiftCardRow)
        # It may have been made by an earlier try whose answer was lost.
        return self._card(code) or refused(reply.status, reply.body)

    def _has(self, card: GiftCardRow, operation: str) -> bool:
        path: str | None = f"{self._path}{card.id}/transactions/"
        params: dict[str, str] | None = {"include_accepted": "true"}
        while path:
            page = wire.page_of(self._api.get(path, params).body)
            rows = [wire.understood(bytes(raw), TransactionRow) for raw in page.results]
            if any(row.operation == operation for row in rows):
                return True
            path, params = page.next, None
        return False

    def _move(self, entry: Entry, fact: GiftCardMoved, card: GiftCardRow) -> Word:
        if card.currency != fact.currency:
            return Word(Outcome.REFUSED, f"This gift card is in {card.currency}, the sale was in {fact.currency}.")
        body: dict[str, Any] = {
            "value": wire.decimal(fact.amount, money.exponent(fact.currency)),
            "text": f"{fact.why} {fact.receipt} {MARK}{entry.operation}",
        }
        path = f"{self._path}{card.id}/transact/?include_accepted=true"
        key = {wire.IDEMPOTENCY: f"{entry.operation}/move"}
        reply = self._api.post(path, msgspec.json.encode(body), welcome=_HEARD, headers=key)
        if 200 <= reply.status < 300:
            return DONE
        words = wire.said(reply.body)
        if reply.status == _SHORT:
            is_short = words.startswith("value")
            return Word(Outcome.REFUSED, f"{words} {WHAT_TO_DO}") if is_short else Word(Outcome.LATER, words)
        return refused(reply.status, reply.body)
