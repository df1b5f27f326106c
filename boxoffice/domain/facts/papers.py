"""Facts about what is printed, and about what papers and badges look like."""

from __future__ import annotations

from .written import Written


class Printed(Written, tag="printed", frozen=True):
    """Paper came out for a ticket, or a copy of something else."""

    ticket: str = ""
    what: str = "badge"
    document: str = ""
    """The number of the receipt or report that it is a copy of."""
    copy: int = 0
    reason: str = ""


class Designed(Written, tag="designed", frozen=True):
    """The words on papers, or the badge of an item, look different now; pictures are private."""

    design: str
    """Which one."""
    body: str = ""
    """All of it, written down; empty where it was taken back."""


class Photographed(Written, tag="photographed", frozen=True):
    """The holder of a ticket has another photo; without the private part, none any more."""

    ticket: str


PaperFact = Printed | Designed | Photographed
