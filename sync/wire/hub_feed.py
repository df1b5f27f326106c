"""The hub's feed: nouns and the lines that carry them, for both ends.

What arrives is believed to be hostile. A line that does not fit ends in a `ServerTrouble` with a sentence;
fields and kinds that are not known yet are passed over, so that an older station goes on with a newer hub.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from boxoffice.decoding import Decodes, decoder
from boxoffice.domain.nouns import KINDS, Gone, Noun, event_of, id_of, kind_of
from boxoffice.errors import ServerTrouble
from boxoffice.ports import Change

from .measure import measure_of

NDJSON = "application/x-ndjson"
TOTAL = "Feed-Total"
"""The header that says how many nouns a feed has at most."""
END = "end"
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding of hostile bytes may raise."""


class _Line(msgspec.Struct):
    kind: str
    cursor: str
    id: str = ""
    row: msgspec.Raw = msgspec.Raw(b"null")


_lines = decoder(_Line)
_nouns: dict[str, Decodes[Any]] = {kind: decoder(noun) for kind, noun in KINDS.items()}
_measures = {kind: measure_of(noun) for kind, noun in KINDS.items()}
_encode = msgspec.json.Encoder().encode


def row_of(noun: Noun) -> bytes:
    """A noun as the hub keeps and sends it. The same noun always gives the same bytes."""
    return _encode(noun)


def noun_of(kind: str, row: bytes) -> Noun:
    """The noun in a row. Raises `ValueError` with what is wrong, `KeyError` for a kind that is not known."""
    decoder = _nouns[kind]
    try:
        noun: Noun = decoder.decode(row)
    except BROKEN as error:
        raise ValueError(why(error)) from error
    if fault := _measures[kind].fault(noun):
        raise ValueError(fault)
    return noun


def fault_of(noun: Noun) -> str:
    """What would keep a station from reading this noun; empty if nothing would."""
    return _measures[kind_of(noun)].fault(noun)


def line(cursor: str, kind: str, name: str, row: bytes | None) -> bytes:
    """One line of the feed; without a row it says that the noun is gone."""
    return b'{"kind":"%b","cursor":"%b","id":%b,"row":%b}\n' % (
        kind.encode(),
        cursor.encode(),
        _encode(name),
        row or b"null",
    )


def last_line(cursor: str) -> bytes:
    """The line that says that the feed is whole. A feed without it was cut off."""
    return b'{"kind":"end","cursor":"%b"}\n' % cursor.encode()


class FeedReader:
    """Lines of one event's feed in, changes out."""

    def __init__(self, event: str, cursor: str = "") -> None:
        self.event = event
        self.cursor = cursor
        """The place after the last line that was read, whether we knew its kind or not."""
        self.whole = False
        """Whether the hub has said that this was all."""
        self.skipped: Counter[str] = Counter()
        """Kinds that we do not know, and how many of each there were."""

    def read(self, data: bytes) -> Change | None:
        """The change in a line; None for one that says nothing to us. Raises `ServerTrouble`."""
        try:
            found = _lines.decode(data)
        except BROKEN as error:
            raise self._nonsense(why(error)) from error
        change = self._change(found)
        self.cursor = found.cursor
        return change

    def _change(self, found: _Line) -> Change | None:
        if found.kind == END:
            self.whole = True
            return None
        if found.kind not in _nouns:
            self.skipped[found.kind] += 1
            return None
        row = bytes(found.row)
        if row == b"null":
            return Change(found.cursor, Gone(found.kind, self.event, found.id))
        return Change(found.cursor, self._noun(found.kind, found.id, row))

    def _noun(self, kind: str, name: str, row: bytes) -> Noun:
        try:
            noun = noun_of(kind, row)
        except ValueError as error:
            raise self._nonsense(f"{kind} {name[:40]}: {error}") from error
        if event_of(noun) != self.event or id_of(noun) != name:
            raise self._nonsense(f"{kind} {name[:40]} has another name or another event inside")
        return noun

    def _nonsense(self, what: str) -> ServerTrouble:
        return nonsense(f"In the feed of {self.event}, after {self.cursor or 'the start'}: {what}.")


def nonsense(what: str) -> ServerTrouble:
    """The trouble with an answer that cannot be understood."""
    return ServerTrouble(
        "The server's answer makes no sense",
        what,
        "Nothing of it was taken over. It is tried again; tell the organiser.",
    )


def why(error: Exception) -> str:
    """What is wrong with bytes that could not be decoded, in a few words."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(error)
