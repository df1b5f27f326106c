"""How something is offered: when it is sold, what it costs until when, and what a pass lets its holder do.

Values alone; the catalogue holds them, and the rules read them there. So whatever the organiser changes about a pass
holds for those that were sold before, as soon as the change has come in.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from .words import Localised


class PriceStep(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A price that holds until a time, such as an early bird's; minor units. The plain one follows the last step."""

    until: datetime
    price: int
    name: Localised = {}


class SaleOnDate(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is different about the sale of an item, or of one of its kinds, on one date of a series."""

    disabled: bool = False
    available_from: datetime | None = None
    available_until: datetime | None = None


class Elsewhere(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A ticket of another event."""

    event: str
    item: int
    variation: int | None = None


class Choice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One event of a pass, with the dates of which the holder chooses one, and what it costs with the pass."""

    id: int
    name: Localised = {}
    item: int
    """The ticket that the holder gets for the date that was chosen."""
    variation: int | None = None
    dates: tuple[int, ...] = ()
    """Dates of the series; none means all of them."""
    price: int = 0
    """Minor units, on top of the pass."""
    elsewhere: Elsewhere | None = None
    """Where it is for another event: the ticket that lets in there. `item` is then what is sold for it here, and the
    dates are that event's."""


class PassTerms(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a pass lets its holder do. Where nothing is said there is no limit but those of the check-in lists."""

    entries: int | None = None
    """How often in all, counted across the places."""
    days: int | None = None
    """On how many different days, on the event's clock."""
    once_a_day: bool = False
    """At each place once a day."""
    places: tuple[int, ...] = ()
    """Check-in lists at which an entry uses it; none means all that let it in."""
    dates: tuple[int, ...] = ()
    """Dates of the series on which it is good; none means all, those added later too."""
    choices: tuple[Choice, ...] = ()
    min_choices: int = 0
    max_choices: int | None = None
    named: bool = False
    """It is good for one person only, whose name is asked at the sale."""
    photo: bool = False
    """The holder's picture is taken for it."""

    def counts_at(self, list_id: int) -> bool:
        """Whether an entry on this list uses the pass."""
        return not self.places or list_id in self.places

    def holds_on(self, subevent: int | None) -> bool:
        """Whether the pass is good on this date of the series."""
        return not self.dates or subevent is None or subevent in self.dates
