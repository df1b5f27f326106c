"""What is left of a pass: so many entries or days in all, at each place once a day, whatever its terms say.

Uses are the entries of one pass on all lists that count for it. The terms are the catalogue's, so a change of the
organiser's holds for passes that were sold before. Days are those of the event's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from .catalog import Event
from .offering import PassTerms
from .passages import Direction, Passage, ordered, zone_of
from .words import Sentence


class Use(msgspec.Struct, frozen=True):
    """One entry with a pass, on one list."""

    list: int
    passage: Passage


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass is still good for; None where there is no such limit."""

    entries: int | None = None
    of_entries: int | None = None
    days: int | None = None
    of_days: int | None = None

    @property
    def limited(self) -> bool:
        """Whether there is anything to count."""
        return self.of_entries is not None or self.of_days is not None


class Spent(msgspec.Struct, frozen=True):
    """Why a pass does not let its holder in, and the use that it should have met with."""

    because: Sentence
    met: Use


def uses(terms: PassTerms, history: Iterable[Use]) -> tuple[Use, ...]:
    """The entries that count, by time."""
    counted = [one for one in history if one.passage.direction is Direction.ENTRY and terms.counts_at(one.list)]
    places = {id(one.passage): one for one in counted}
    return tuple(places[id(passage)] for passage in ordered(one.passage for one in counted))


def left(terms: PassTerms, counted: Sequence[Use], event: Event) -> Left:
    """What is left after these uses."""
    days = len({_day(one.passage.at, event) for one in counted})
    return Left(
        entries=None if terms.entries is None else max(0, terms.entries - len(counted)),
        of_entries=terms.entries,
        days=None if terms.days is None else max(0, terms.days - days),
        of_days=terms.days,
    )


def of_new(terms: PassTerms | None, event: Event) -> Left | None:
    """What a pass with these terms is good for before its first use; None if it is none, or nothing is counted."""
    found = left(terms, (), event) if terms is not None else None
    return found if found is not None and found.limited else None


def spent(terms: PassTerms, counted: Sequence[Use], list_id: int, event: Event, at: datetime) -> Spent | None:
    """Why it does not let anybody in on this list any more, after these uses; None if it does."""
    if not terms.counts_at(list_id) or not counted:
        return None
    last = counted[-1]
    zone = zone_of(event)
    if terms.entries is not None and len(counted) >= terms.entries:
        values = {"entries": terms.entries, "time": last.passage.at.astimezone(zone)}
        return Spent(Sentence("All {entries} entries are used, the last one {time}", values), last)
    today = [one for one in counted if _day(one.passage.at, event) == _day(at, event)]
    here = [one for one in today if one.list == list_id]
    if terms.once_a_day and here:
        values = {"time": here[-1].passage.at.astimezone(zone)}
        return Spent(Sentence("Was here today already, {time}: once a day at each place", values), here[-1])
    days = {_day(one.passage.at, event) for one in counted}
    if terms.days is not None and not today and len(days) >= terms.days:
        values = {"days": terms.days, "time": last.passage.at.astimezone(zone)}
        return Spent(Sentence("Good on {days} days, and used on as many; the last one {time}", values), last)
    return None


def rules_itself(terms: PassTerms) -> bool:
    """Whether the terms say how often it lets in at one place, so that the list need not."""
    return terms.entries is not None or terms.once_a_day


def _day(moment: datetime, event: Event) -> object:
    return moment.astimezone(zone_of(event)).date()
