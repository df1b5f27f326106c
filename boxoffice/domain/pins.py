"""What makes a PIN, and how long one has to wait after wrong ones.

Waits are reckoned on a clock that nobody can set: the time since the machine was switched on. Had it been switched
off in between, that clock is behind the one of the last try, and only what it shows now has surely gone by.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from boxoffice.errors import filled

from .permissions import Role

LEAST, LEAST_OF_LEADS, MOST = 4, 6, 12
FREE = 5
"""Wrong PINs before the first wait."""
FIRST_WAIT, LONGEST_WAIT = 30, 3_600
"""Seconds. Each further try doubles the wait."""


class Tries(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How often in a row somebody's PIN was wrong."""

    failed: int = 0
    at: int = 0
    """Of the last one: milliseconds since the machine was switched on."""


def least(role: Role) -> int:
    """How many digits a PIN for this role has at least."""
    return LEAST_OF_LEADS if role in (Role.SUPERVISOR, Role.ORGANISER) else LEAST


def fault(pin: str, role: Role) -> str:
    """What is wrong with a new PIN; empty if it will do."""
    if not (pin.isascii() and pin.isdecimal()):
        return "A PIN is made of digits"
    if not least(role) <= len(pin) <= MOST:
        return filled("A PIN for this role has {least} to {most} digits", least=least(role), most=MOST)
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return "This PIN is the first that anybody tries" if len(steps) == 1 and abs(min(steps)) <= 1 else ""


def once_more(tries: Tries, now: int) -> Tries:
    """One more that was wrong."""
    return Tries(failed=tries.failed + 1, at=now)


def wait(tries: Tries, now: int) -> int:
    """Milliseconds until the next try is allowed; 0 if it is."""
    beyond = tries.failed - FREE
    if beyond < 0:
        return 0
    due = min(FIRST_WAIT << min(beyond, 20), LONGEST_WAIT) * 1000
    gone_by = now - tries.at if now >= tries.at else now
    return max(0, due - gone_by)
