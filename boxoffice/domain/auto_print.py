"""Whether an entry has something printed. By itself, so that a setting can be asked for without all that a badge is."""

from __future__ import annotations

from enum import StrEnum


class AutoPrint(StrEnum):
    """When an entry on a list has the badge printed."""

    NEVER = "never"
    FIRST = "first"
    """Only if the ticket has none yet, from whichever desk."""
    ALWAYS = "always"
