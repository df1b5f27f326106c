"""What every fact says: where and when, and which station it was."""

from __future__ import annotations

import msgspec


class Written(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    """What a station did. Integers and texts only; tickets are named as people name them (`CODE-number`)."""

    event: str
    at: int
    """When it happened by the station's clock: microseconds since 1970 in UTC."""
    station: str = ""
    """The name of the station that did it, where another one hands it on."""
