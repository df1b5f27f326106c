"""Why the rules of a list say no, in words for the person at the door.

Of all the ways in which the rules could hold, the one that asks least of the visitor is named: another
gate, then waiting, then what lies behind, then another kind of ticket. Where several conditions stand
in that way, the hardest of them is the reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .openings import Search, holds_from, name_of
from .rules import Circumstances, Rule, parts
from .words import Sentence


def explain(rules: Rule, circumstances: Circumstances) -> Sentence:
    """The condition that keeps this ticket out, and from when the rules would let it in, if ever.

    Only for rules that were evaluated and do not hold.
    """
    search = Search(circumstances, _PATIENCE)
    hindrance = _cheapest(rules, search) or _NOBODY
    opening = holds_from(rules, circumstances)
    if opening is None:
        return hindrance.words
    local = opening.astimezone(search.reading.zone)
    if local in hindrance.words.values.values():
        return hindrance.words
    return Sentence(hindrance.words.text + "; possible from {from}", {**hindrance.words.values, "from": local})


class _Hindrance(NamedTuple):
    """A condition that fails: how hard it is to meet (kind, then amount), and its words."""

    cost: tuple[int, float]
    words: Sentence


_ANOTHER_GATE, _GO_OUT_FIRST, _WAIT, _TOO_OFTEN, _TOO_LATE, _ANOTHER_TICKET, _NEVER = range(7)

_PATIENCE = 20_000
"""What the search for the times of single conditions may cost; see `openings`."""

_NOBODY = _Hindrance((_NEVER, 0), Sentence("The rules of this list let nobody in"))


def _cheapest(node: Any, search: Search) -> _Hindrance | None:
    """What stands in the cheapest way to make this part of the rules hold; None if it holds."""
    operator, arguments = parts(node) if isinstance(node, dict) else ("", [])
    if operator == "and":
        hindrances = [one for argument in arguments if (one := _cheapest(argument, search))]
        return max(hindrances, key=_cost, default=None)
    if operator == "or":
        ways = [_cheapest(argument, search) for argument in arguments]
        return None if None in ways else min(filter(None, ways), key=_cost, default=_NOBODY)
    if search.reading.truth(node):
        return None
    return _Condition(node, search).hindrance() if operator else _NOBODY


def _cost(hindrance: _Hindrance) -> tuple[int, float]:
    return hindrance.cost


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "isBefore": "isAfter", "isAfter": "isBefore"}
_COUNTS = {
    "entries_number": "Entries so far",
    "entries_today": "Entries today",
    "entries_days": "Days with an entry",
    "entries_since": "Entries since {when}",
    "entries_before": "Entries before {when}",
    "entries_days_since": "Days with an entry since {when}",
    "entries_days_before": "Days with an entry before {when}",
}
_SIGNS = {
    "<": "fewer than {need}",
    "<=": "at most {need}",
    ">": "more than {need}",
    ">=": "at least {need}",
    "==": "exactly {need}",
    "!=": "not {need}",
}
_MINUTES = {"minutes_since_last_entry": "The last entry", "minutes_since_first_entry": "The first entry"}
_CALENDAR = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Condition:
    """One comparison that fails, turned so that what it is about stands on the left."""

    def __init__(self, node: Rule, search: Search) -> None:
        self.node = node
        self.search = search
        self.reading = search.reading
        self.operator, arguments = parts(node)
        self.left, self.right, self.tolerance = (*arguments, None, None, None)[:3]
        if name_of(self.left) in ("", "buildTime", "customtime", "objectList"):
            self.left, self.right = self.right, self.left
            self.operator = _MIRRORED.get(self.operator, self.operator)
        self.subject = name_of(self.left)

    def hindrance(self) -> _Hindrance:
        words = self.words()
        opening = self.search.opening(self.node)
        if self.subject == "gate":
            return _Hindrance((_ANOTHER_GATE, 0), words)
        if self.subject == "entry_status":
            return _Hindrance((_GO_OUT_FIRST, 0), words)
        if opening is not None:
            return _Hindrance((_WAIT, (opening - self.reading.now).total_seconds()), words)
        if self.subject in _COUNTS or self.subject in _MINUTES:
            return _Hindrance((_TOO_OFTEN, 0), words)
        if self.subject in ("product", "variation"):
            return _Hindrance((_ANOTHER_TICKET, 0), words)
        return _Hindrance((_TOO_LATE, self.lateness()), words)

    def lateness(self) -> float:
        """How many seconds ago it was still possible."""
        limit = self.reading.value(self.right)
        return abs((self.reading.now - limit).total_seconds()) if isinstance(limit, datetime) else 0

    def words(self) -> Sentence:
        if self.subject in ("product", "variation"):
            return self.about_ticket()
        if self.subject == "gate":
            return self.about_gate()
        if self.subject == "now":
            return self.about_time()
        if self.subject == "now_isoweekday":
            return self.about_weekday()
        if self.subject == "entry_status":
            return self.about_presence()
        if self.subject in _COUNTS:
            return self.about_count()
        if self.subject in _MINUTES:
            return self.about_minutes()
        return Sentence("A rule of this list says no")

    def about_ticket(self) -> Sentence:
        if names := self.names():
            return Sentence("Only for {allowed}", {"allowed": names})
        return Sentence("Not for this kind of ticket")

    def about_gate(self) -> Sentence:
        if names := self.names():
            return Sentence("Only through {allowed}", {"allowed": names})
        return Sentence("Not through this gate")

    def names(self) -> str:
        """The labels of the things in a list of what is allowed."""
        if self.operator != "inList" or name_of(self.right) != "objectList":
            return ""
        looked_up = (parts(one)[1] for one in parts(self.right)[1] if name_of(one) == "lookup")
        return ", ".join(str(arguments[2]) for arguments in looked_up if len(arguments) > 2 and arguments[2])

    def about_time(self) -> Sentence:
        limit = self.reading.value(self.right)
        if not isinstance(limit, datetime):
            return Sentence("Not at this time")
        early = self.operator in ("isBefore", "<", "<=")
        tolerance = timedelta(minutes=float(self.tolerance or 0))
        shown = (limit + tolerance if early else limit - tolerance).astimezone(self.reading.zone)
        return Sentence("Only before {time}" if early else "Only after {time}", {"time": shown})

    def about_weekday(self) -> Sentence:
        allowed = [
            name for day, name in enumerate(_CALENDAR, 1) if self.reading.truth({self.operator: [day, self.right]})
        ]
        if not allowed:
            return Sentence("On no day of the week")
        return Sentence("Only on {days}", {"days": ", ".join(allowed)})

    def about_presence(self) -> Sentence:
        if self.reading.value(self.left) == "present":
            return Sentence("Only for people who are not inside yet")
        return Sentence("Only for people who are inside already")

    def about_count(self) -> Sentence:
        values = {"have": self.reading.value(self.left), "need": self.reading.value(self.right)}
        if isinstance(moment := self.counted_from(), datetime):
            values["when"] = moment.astimezone(self.reading.zone)
        sign = _SIGNS.get(self.operator, "another number")
        return Sentence(f"{_COUNTS[self.subject]}: {{have}}; allowed: {sign}", values)

    def counted_from(self) -> object:
        """The moment since or before which entries are counted."""
        operator, arguments = parts(self.left)
        return None if operator == "var" else self.reading.value(arguments[0])

    def about_minutes(self) -> Sentence:
        have, need = self.reading.value(self.left), self.reading.value(self.right)
        if have == -1:
            return Sentence("Nobody came in with this ticket yet")
        sign = _SIGNS.get(self.operator, "another number")
        words = f"{_MINUTES[self.subject]} was {{have}} minutes ago; allowed: {sign}"
        return Sentence(words, {"have": have, "need": need})
