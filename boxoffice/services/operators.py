"""The people who work here: who comes, who leaves, and whether a PIN is somebody's.

A try is counted, durably, before the PIN is looked at, so that ending the app in between wins nobody another one.
Sealing a PIN takes its time and happens between two transactions, with whoever calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import pins
from boxoffice.domain.facts import Private, StaffChanged
from boxoffice.domain.instants import micros
from boxoffice.domain.operators import NewOperator, Operator, Person, newer
from boxoffice.domain.permissions import Act, Permit, Role, may_look_after
from boxoffice.domain.pins import FREE
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import journal, operators, settings
from boxoffice.storage.connection import Connection

from . import guard

_FIRST = "The first one has to be an organiser"
_FOR_ALL = frozenset({"added", "role", "left"})
"""What the other stations of a hub have to know."""


def known(connection: Connection, who: str) -> Operator:
    """Somebody by name or id. Raises `BadInput` if there is nobody."""
    found = operators.by_id(connection, who) or operators.named(connection, who)
    if found is None or not found.active:
        raise BadInput(
            filled("Nobody here is called {who}", who=who), "Nothing was done.", "Look at the list of people."
        )
    return found


def begin_try(connection: Connection, who: str, uptime: int, at: datetime) -> tuple[Operator, str]:
    """Count a try to give somebody's PIN; the operator, and what is kept of the PIN.

    `uptime` is in milliseconds since the machine was switched on. Raises `Refused` while there is a wait.
    """
    one = known(connection, who)
    if not one.has_pin:
        raise Refused(
            "No PIN at this station",
            filled("{name} was given one at another station.", name=one.name),
            "A supervisor can give one here.",
        )
    sealed, tries = operators.pin(connection, one.id)
    left = pins.wait(tries, uptime)
    if left:
        raise Refused(
            "Too many wrong PINs",
            filled("{name} can try again in {left}.", name=one.name, left=_words(left)),
            "A supervisor can give another PIN.",
        )
    tries = pins.once_more(tries, uptime)
    operators.put_tries(connection, one.id, tries)
    if tries.failed >= FREE:
        _tell(connection, one, "blocked", at)
    return one, sealed


def _words(milliseconds: int) -> str:
    seconds = -(-milliseconds // 1000)
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"


def right_pin(connection: Connection, operator: str) -> None:
    """The PIN was the right one: what was counted before is forgotten."""
    operators.put_tries(connection, operator, pins.Tries())


def signed(connection: Connection, one: Operator, at: datetime, *, signed_in: bool) -> None:
    """Somebody begins or ends to work here."""
    _tell(connection, one, "signed_in" if signed_in else "signed_out", at)


def add(
    connection: Connection,
    new: Sequence[tuple[NewOperator, str]],
    at: datetime,
    *,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> list[Operator]:
    """Add people, each with what is kept of the PIN; all of them or nobody.

    The first ones are added by nobody, and one of them is an organiser. Raises `BadInput`, `Refused`.
    """
    by = _leader(connection, at, operator, permits, "")
    if by is None:
        _mind_first(connection, [one.role for one, _ in new])
    return [_add(connection, one, sealed, at, by) for one, sealed in new]


def _mind_first(connection: Connection, roles: Sequence[Role]) -> None:
    if Role.ORGANISER not in roles:
        raise Refused(_FIRST, "Nobody was added.", "Without one nobody could give a new PIN.")
    known = [one.name for one in operators.everybody(connection) if one.role is Role.ORGANISER]
    if known and operators.there_are(connection):
        raise Refused(
            "Nobody with a PIN is left at this station",
            filled("Nobody was added. Organisers of the event are: {names}.", names=", ".join(known)),
            "Give one of them a PIN at this station first.",
        )


def _add(connection: Connection, new: NewOperator, sealed: str, at: datetime, by: Operator | None) -> Operator:
    name = " ".join(new.name.split())
    if not name or len(name) > 60:
        raise BadInput("This is no name", "Nobody was added.", "Give a name of at most 60 letters.")
    if operators.named(connection, name) is not None:
        raise BadInput(
            filled("Somebody is called {name} already", name=name),
            "Nobody was added.",
            "Give a name that tells them apart.",
        )
    if wrong := pins.fault(new.pin, new.role):
        raise BadInput(wrong, "Nobody was added.", "Choose another PIN.")
    _mind_rank(by, new.role)
    one = Operator(id=new_id(), name=name, role=new.role)
    operators.put(connection, one, at)
    operators.put_pin(connection, one.id, sealed)
    _tell(connection, one, "added", at, by)
    return one


def change(
    connection: Connection,
    who: str,
    at: datetime,
    *,
    role: Role | None = None,
    pin: str = "",
    sealed: str = "",
    operator: str = "",
    permits: Sequence[Permit] = (),
    own: bool = False,
) -> Operator:
    """Give somebody another PIN, another role, or both; `own` if they have just given the old PIN themselves.

    Raises `BadInput` for a PIN that will not do, `Refused` for the last organiser and beyond one's own rank.
    """
    one = known(connection, who)
    wanted = role or one.role
    if pins.least(wanted) > pins.least(one.role) and not pin:
        raise BadInput("This role needs a longer PIN", "Nothing was changed.", "Give a new PIN along with it.")
    if pin and (wrong := pins.fault(pin, wanted)):
        raise BadInput(wrong, "Nothing was changed.", "Choose another PIN.")
    by: Operator | None = one
    if not own or wanted is not one.role:
        by = _leader(connection, at, operator, permits, one.id)
        if by is None and wanted is not Role.ORGANISER:
            raise Refused(_FIRST, "Nothing was changed.", "Give an organiser a PIN at this station first.")
        _mind_rank(by, one.role)
        _mind_rank(by, wanted)
    if wanted is not one.role:
        _mind_last(connection, one, wanted)
        one = msgspec.structs.replace(one, role=wanted)
        operators.put(connection, one, at)
        _tell(connection, one, "role", at, by)
    if pin:
        operators.put_pin(connection, one.id, sealed)
        _tell(connection, one, "pin", at, by)
    return one


def remove(
    connection: Connection, who: str, at: datetime, *, operator: str = "", permits: Sequence[Permit] = ()
) -> Operator:
    """Let somebody go; what they did stays under their name. Raises `Refused` for the last organiser.

    The last organiser can go when nobody else is left: then nothing is guarded any more.
    """
    one = known(connection, who)
    by = _leader(connection, at, operator, permits, one.id)
    _mind_rank(by, one.role)
    if sum(each.has_pin for each in operators.everybody(connection)) > 1:
        _mind_last(connection, one, None)
    left = msgspec.structs.replace(one, active=False)
    operators.put(connection, left, at)
    if not operators.somebody_has_pin(connection):
        operators.forget_gone(connection)
    _tell(connection, left, "left", at, by)
    return left


def _leader(
    connection: Connection, at: datetime, operator: str, permits: Sequence[Permit], about: str
) -> Operator | None:
    """Who stands by a change of people; None where nobody can."""
    if not operators.somebody_has_pin(connection):
        return None
    name = guard.need(connection, Act.OPERATORS, at, operator=operator, permits=permits, about=about)
    return operators.named(connection, name)


def _mind_rank(by: Operator | None, role: Role) -> None:
    if by is not None and not may_look_after(by.role, role):
        raise Refused(
            filled("A {who} does not look after a {whom}", who=by.role.value, whom=role.value),
            "Nothing was changed.",
            "An organiser can do it.",
        )


def _mind_last(connection: Connection, one: Operator, role: Role | None) -> None:
    others = [each for each in operators.everybody(connection) if each.id != one.id and each.has_pin]
    if one.role is Role.ORGANISER and role is not Role.ORGANISER and all(o.role is not Role.ORGANISER for o in others):
        raise Refused("This is the last organiser", "Nothing was changed.", "Make somebody else one first.")


def _tell(connection: Connection, one: Operator, what: str, at: datetime, by: Operator | None = None) -> None:
    fact = StaffChanged(
        event="",
        at=micros(at),
        operator=one.id,
        what=what,
        role=one.role.value,
        by=by.id if by is not None and by.id != one.id else "",
    )
    told = what in _FOR_ALL and settings.hub(connection) is not None
    journal.append(connection, new_id(), fact, Private(person=one.name) if told else None, send=told)


def hear(connection: Connection, told: Person) -> None:
    """Another station has somebody new, or knows something else about somebody. PINs are nobody's but this station's.

    A role that needs a longer PIN counts here too, with the PIN that they have: without it they could do less than
    before, and a till whose only organiser it is could be opened by nobody.
    """
    here = operators.by_id(connection, told.id)
    if here is not None:
        since = operators.changed_at(connection, told.id) or told.changed_at
        held = Person(event="", id=here.id, name=here.name, role=here.role, active=here.active, changed_at=since)
        if newer(held, told) is held:
            return
    elif not told.active:
        return
    one = Operator(id=told.id, name=_free_name(connection, told), role=told.role, active=told.active)
    operators.put(connection, one, told.changed_at, heard=True)


def _free_name(connection: Connection, told: Person) -> str:
    """What somebody is called here: two of one name are told apart by their stations."""
    other = operators.named(connection, told.name)
    return told.name if other is None or other.id == told.id else f"{told.name} ({told.device})"
