"""Which thread of a hub goes on when several could: Python lets one compute at a time.

It takes the lock from one only after another has waited for a while, and whoever lets go of it for a statement of the
database waits for all of that while behind one that computes. Everybody waits for the writing thread, so it has the
lock back soon after each statement; and while it judges nobody takes it away, so that the event loop reads requests
when the database is at work, and not in between. Under load that is worth about a twentieth of all acts.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

SOON = 0.000_2
LATE = 0.05
"""Seconds after which the lock is taken from a thread for another one."""


def short() -> None:
    """Let threads take turns quickly in this process."""
    sys.setswitchinterval(SOON)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let the thread that computes here go on for a while; then turns are short."""
    sys.setswitchinterval(LATE)
    try:
        yield
    finally:
        short()
