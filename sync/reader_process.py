"""The process that reads a first sync: `python -m sync.reader_process`.

It asks the hub, understands the answer and makes the rows ready, all of it work for which the station's own
interpreter has no time beside the writer and a window. It has no store and decides nothing: what it read
goes through a pipe, and so does the trouble that it met. It ends when its parent does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from boxoffice.decoding import Decodes, decode, packed_decoder
from boxoffice.domain.nouns import KINDS, Gone, Noun, kind_of
from boxoffice.errors import DeviceRevoked, Filled, ServerTrouble, filled
from boxoffice.services.ready import Ready
from boxoffice.storage import ready_orders

from .hub_client import Access, Hub
from .sheaf import Rows, Sheaf

PART = 200
"""Rows in one message: understanding it must not hold up a person's scan."""
SIGN_OF_LIFE = 2.0
"""Seconds after which the parent hears something, however slowly the feed comes in."""
HEAD = 4
"""Bytes before each message that say how long it is."""
LARGEST = 256 * 1024 * 1024


class Errand(msgspec.Struct, frozen=True):
    """Read this event's feed from there on."""

    access: Access
    event: str
    cursor: str


class Here(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The process has loaded, or it is still reading."""


class Part(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Rows that follow each other: first the orders, then the others. With a cursor they end a sheaf."""

    cursor: str
    orders: list[ready_orders.Ready]
    others: list[tuple[str, msgspec.Raw]]
    """Each with its kind; "" stands for `Gone`."""


class Sentence(msgspec.Struct, frozen=True, array_like=True):
    """What a person reads, with its values beside it, so that a screen can still say it in its own language."""

    text: str = ""
    values: dict[str, Sentence] | None = None


class End(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Everything was read, or as much as this trouble let come. `title` is empty if there was none."""

    title: Sentence = Sentence()
    what: Sentence = Sentence()
    hint: Sentence = Sentence()
    status: int | None = None
    retry_after: float | None = None
    revoked: bool = False


Message = Here | Part | End

_encode = msgspec.msgpack.Encoder().encode
_others: dict[str, Decodes[Any]] = {
    "": packed_decoder(Gone),
    **{kind: packed_decoder(noun) for kind, noun in KINDS.items()},
}


def rows_of(part: Part) -> Rows:
    """The rows of a message. Raises `msgspec.MsgspecError` or `KeyError` if it makes no sense."""
    found: list[Ready] = [*part.orders, *(_others[kind].decode(row) for kind, row in part.others)]
    rows: Rows = [("", row) for row in found]
    if part.cursor:
        rows[-1] = (part.cursor, found[-1])
    return rows


def trouble_of(end: End) -> ServerTrouble | None:
    """The trouble with which reading ended."""
    if not end.title.text:
        return None
    kind = DeviceRevoked if end.revoked else ServerTrouble
    title, what, hint = map(_said, (end.title, end.what, end.hint))
    return kind(title, what, hint, status=end.status, retry_after=end.retry_after)


def _said(sentence: Sentence) -> str:
    if sentence.values is None:
        return sentence.text
    return filled(sentence.text, **{name: _said(value) for name, value in sentence.values.items()})


def _sentence(said: object) -> Sentence:
    if isinstance(said, Filled):
        return Sentence(said.template, {name: _sentence(value) for name, value in said.values.items()})
    return Sentence(str(said))


def main() -> None:
    """Do one errand, which comes as a line of JSON."""
    # The parent ends this process by closing its input; a Ctrl+C in the terminal is the parent's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _own_output()
    # A parent that is gone wants no answer.
    with contextlib.suppress(BrokenPipeError):
        _load()
        _send(answers, Here())
        line = sys.stdin.buffer.readline()
        if not line:
            return
        threading.Thread(target=_end_with_the_parent, daemon=True).start()
        _read(decode(line, Errand), answers)


def _load() -> None:
    """What is needed for the first row is loaded before anybody relies on us."""
    from boxoffice.storage import pinyin

    from . import api  # noqa: F401

    pinyin.readings("会")


def _own_output() -> BinaryIO:
    """The pipe to the parent, out of reach of whatever prints."""
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return ours


def _end_with_the_parent() -> None:
    # Not through the buffer, which must not be in use when the interpreter ends.
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def _read(errand: Errand, answers: BinaryIO) -> None:
    access = errand.access
    hub = Hub(access.enrolment, authority=access.authority, patience=access.patience)
    try:
        for rows in _sheaves(hub, errand, answers):
            _hand_over(rows, answers)
        end = End()
    except ServerTrouble as trouble:
        title, what, hint = map(_sentence, (trouble.title, trouble.what, trouble.hint))
        end = End(title, what, hint, trouble.status, trouble.retry_after, isinstance(trouble, DeviceRevoked))
    finally:
        hub.close()
    _send(answers, end)


def _sheaves(hub: Hub, errand: Errand, answers: BinaryIO) -> Iterator[Rows]:
    sheaf = Sheaf(fresh=True)
    said_at = time.monotonic()
    with contextlib.closing(hub.changes(errand.event, errand.cursor)) as feed:
        try:
            for change in feed:
                if rows := sheaf.gather(change):
                    yield rows
                    said_at = time.monotonic()
                elif time.monotonic() - said_at > SIGN_OF_LIFE:
                    _send(answers, Here())
                    said_at = time.monotonic()
        except ServerTrouble:
            yield sheaf.bind()
            raise
    yield sheaf.bind()


def _hand_over(rows: Rows, answers: BinaryIO) -> None:
    some: list[Ready] = []
    for cursor, row in rows:
        some.append(row)
        if cursor or len(some) >= PART:
            ready = [one for one in some if isinstance(one, ready_orders.Ready)]
            others = [_other(one) for one in some if not isinstance(one, ready_orders.Ready)]
            _send(answers, Part(cursor, ready, others))
            some = []


def _other(row: Noun | Gone) -> tuple[str, msgspec.Raw]:
    return ("" if isinstance(row, Gone) else kind_of(row)), msgspec.Raw(_encode(row))


def _send(answers: BinaryIO, message: Message) -> None:
    data = _encode(message)
    answers.write(len(data).to_bytes(HEAD, "big") + data)
    answers.flush()


if __name__ == "__main__":
    main()
