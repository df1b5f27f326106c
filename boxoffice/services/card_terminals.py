"""The card terminals of this station: what stands where, and what each said at the end of its day.

Nobody changes or takes away a terminal at which a payment is open.
"""

from __future__ import annotations

from datetime import datetime

from boxoffice.domain.facts import CardDayClosed
from boxoffice.domain.instants import micros
from boxoffice.domain.money import plain
from boxoffice.domain.payment import Attempt, Way
from boxoffice.domain.terminals import Kind, Terminal, TerminalDay
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.ports import Totals
from boxoffice.storage import catalog, journal, payments, settings, till
from boxoffice.storage.connection import Connection

_TERMINALS = "terminals"
BY_HAND = Terminal(name="by hand", kind=Kind.MANUAL)
"""A terminal that stands apart. Every station has it, whatever else it has."""


def terminals(connection: Connection) -> tuple[Terminal, ...]:
    """The terminals of this station. Without one, cards are taken at a terminal apart that nothing is known of."""
    return settings.get(connection, _TERMINALS, tuple[Terminal, ...], ())


def terminal(connection: Connection, name: str) -> Terminal:
    """One terminal; the first if none is named. Raises `BadInput` if there is none of that name."""
    if name == BY_HAND.name:
        return BY_HAND
    there = terminals(connection)
    found = next((one for one in there if name in ("", one.name)), None)
    if found is None:
        names = ", ".join(one.name for one in there) or "none"
        raise BadInput(
            filled("No terminal is called {name}", name=name),
            filled("There are: {names}.", names=names),
            "Name one of them, or add it.",
        )
    return found


def put_terminal(connection: Connection, terminal: Terminal) -> None:
    """Add a terminal, or change the one of that name in its place, as the first is the one that is not named.

    Raises `Refused` while it is taken, `BadInput` without a name.
    """
    if not terminal.name.strip() or terminal.name == BY_HAND.name:
        raise BadInput("A terminal needs a name of its own", "Nothing was changed.", "Name it after its place.")
    mind(connection, terminal.name)
    there = {one.name: one for one in terminals(connection)} | {terminal.name: terminal}
    settings.put(connection, _TERMINALS, tuple(there.values()))
    payments.put_mark(connection, terminal.name, None)


def remove_terminal(connection: Connection, name: str) -> None:
    """Take a terminal out. Raises `BadInput` if there is none of that name, `Refused` while it is taken."""
    gone = terminal(connection, name)
    if gone == BY_HAND:
        raise BadInput("This terminal stands apart", "It is not connected.", "Nothing was changed.")
    mind(connection, gone.name)
    settings.put(connection, _TERMINALS, tuple(one for one in terminals(connection) if one.name != gone.name))
    payments.put_mark(connection, gone.name, None)


def mind(connection: Connection, name: str) -> None:
    """Raise `Refused` while a payment is open at a terminal."""
    taken = payments.open_at(connection, name)
    if taken is not None:
        raise Refused("This terminal is taken", words(taken), "Find out first what became of that payment.")


def words(attempt: Attempt) -> str:
    """Which payment that is, to somebody who looks for it: amount, terminal, and when."""
    amount = f"{plain(attempt.amount, attempt.currency)} {attempt.currency}"
    when = attempt.began_at.astimezone().replace(microsecond=0)  # As on the clock that whoever looks for it sees.
    if attempt.terminal == BY_HAND.name:
        return filled("{amount}, card by hand, {when}.", amount=amount, when=when)
    return filled("{amount} at {terminal}, {when}.", amount=amount, terminal=attempt.terminal, when=when)


def currency(connection: Connection) -> str:
    """What a terminal is asked in where nothing is being paid: the open shift's currency, else an event's."""
    shift = till.current_shift(connection, training=False)
    return shift.currency if shift is not None else next(iter(catalog.currencies(connection)), "EUR")


def close_day(connection: Connection, terminal: str, totals: Totals, now: datetime, operator: str = "") -> TerminalDay:
    """Keep what a terminal has said at the end of its day, beside what was written down here since the one before."""
    before = payments.last_day(connection, terminal)
    since = before.at if before else None
    ours = payments.charged_at(connection, terminal, since)
    shift = till.current_shift(connection, training=False)
    day = TerminalDay(
        id=new_id(),
        terminal=terminal,
        at=now,
        currency=currency(connection),
        amount=totals.amount,
        number=totals.number,
        text=totals.text,
        ours=sum(one.amount if one.way is Way.CHARGE else -one.amount for one in ours),
        ours_number=len(ours),
        since=since,
        shift=shift.id if shift else "",
        operator=operator,
    )
    payments.put_day(connection, day)
    payments.put_mark(connection, terminal, None)
    event = shift.event if shift else next(iter(catalog.events(connection)), "")
    if event:
        journal.append(connection, day.id, _day_fact(day, event))
    return day


def _day_fact(day: TerminalDay, event: str) -> CardDayClosed:
    return CardDayClosed(
        event=event,
        at=micros(day.at),
        terminal=day.terminal,
        currency=day.currency,
        ours=day.ours,
        ours_number=day.ours_number,
        amount=day.amount,
        number=day.number,
        shift=day.shift,
    )
