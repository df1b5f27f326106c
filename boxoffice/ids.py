"""Names that are made here and are unique everywhere: of scans, operations, devices.

They are made on stations that cannot ask anybody, so they carry time and chance instead of a number.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from boxoffice.domain.scan import Scan, Source


def new_id(now: float | None = None) -> str:
    """A fresh UUIDv7 (RFC 9562): sorts by the time it was made; `now` in Unix seconds."""
    milliseconds = int((time.time() if now is None else now) * 1000)
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_ORDER_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"
"""What servers write codes of orders with: nothing that is read for something else."""


def new_order_code() -> str:
    """A code for an order that is made here: longer than a server's own, so that they never meet by chance."""
    return _drawn(_ORDER_LETTERS, 8)


_TICKET_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A ticket's secret, short enough for a code that cheap cameras read: 24 letters, about 119 bits."""
    return _drawn(_TICKET_LETTERS, 24)


def _drawn(letters: str, number: int) -> str:
    """So many letters by the system's own chance: each takes its part of one number, which is by far large enough."""
    # `secrets` would ask the same, once for each letter, and load OpenSSL on the way to the first picture.
    chance = int.from_bytes(os.urandom(number + 8), "big")
    found = []
    for _ in range(number):
        chance, place = divmod(chance, len(letters))
        found.append(letters[place])
    return "".join(found)


def new_scan(text: str, source: Source, at: datetime | None = None) -> Scan:
    """A scan of `text` made now, with a fresh nonce; `at` stands above the clock."""
    return Scan(text, source, at or datetime.now(UTC), new_id())
