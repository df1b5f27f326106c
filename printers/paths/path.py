"""What every way to a printer has in common: it takes a parcel and says what it knows of its end.

Before `begin` nothing has left and the job goes on waiting, whatever goes wrong; behind it, what is not known is
not known. A path never tries again by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from boxoffice.domain.printing import Condition, State
from boxoffice.errors import DeviceTrouble


class NotSent(DeviceTrouble):
    """Nothing has left. `condition` is what the printer said of itself, where it did."""

    def __init__(self, title: str, what: str = "", hint: str = "", *, condition: Condition | None = None) -> None:
        super().__init__(title, what, hint)
        self.condition = condition or Condition()


class Withdrawn(Exception):
    """The job was taken away before its first byte left."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One job, as a path sees it."""

    data: bytes
    title: str
    begin: Callable[[], bool]
    """Writes down that bytes are about to leave; False if they must not."""
    stopped: Callable[[], bool]
    """Whether to come to an end now, whatever is known by then."""
    told: Callable[[Condition], object]
    """Hears what the printer says of itself on the way."""
    drawer: bool = False
    silent: bool = False
    """The printer never answers, and is not asked."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a parcel that left."""

    state: State
    because: str = ""
    condition: Condition = Condition()


class Path(Protocol):
    """One way to one printer. Opened for each parcel and closed behind it."""

    def deliver(self, parcel: Parcel) -> Result:
        """Send it. Raises `NotSent` if nothing left, `Withdrawn` if it was taken away."""
        ...

    def look(self) -> Condition:
        """Ask the printer how it is. Raises `NotSent` if it cannot be reached."""
        ...
