"""One reading of a code, wherever it came from: gun, camera, keyboard, command line, search.

The nonce is minted here, at the scan, and stays with it through the verdict, the journal, the queue
and the server, so that one reading can never count twice.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Source(StrEnum):
    """Where a scan came from."""

    WEDGE = "wedge"
    SERIAL = "serial"
    CAMERA = "camera"
    MANUAL = "manual"
    SEARCH = "search"
    SCRIPT = "script"


class Scan(msgspec.Struct, frozen=True):
    """A code as it was read, when, by what, and the nonce that names this one reading."""

    text: str
    source: Source
    at: datetime
    nonce: str
