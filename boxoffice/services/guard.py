"""Whether somebody may do something guarded, asked in the transaction of the act itself.

A permit is used up by the entry of the journal that says who asked, who stood by it and why: it is written under
the permit's own id, and no operation is written twice. Where nobody is known by name, everything is as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from boxoffice.domain.facts import Permitted, Private
from boxoffice.domain.instants import micros
from boxoffice.domain.operators import Operator
from boxoffice.domain.permissions import RULES, Act, Permit, Role
from boxoffice.errors import NeedsPermission, Refused, filled
from boxoffice.storage import journal, operators, settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.operators import Permission


def need_all(
    connection: Connection,
    acts: Iterable[Act],
    at: datetime,
    *,
    operator: str,
    permits: Sequence[Permit],
    reason: str,
    event: str,
    about: str,
) -> None:
    """Raises `NeedsPermission` for the first of some acts that may not be done; each takes a permit of its own."""
    for act in acts:
        need(connection, act, at, operator=operator, permits=permits, reason=reason, event=event, about=about)


def need(
    connection: Connection,
    act: Act,
    at: datetime,
    *,
    operator: str = "",
    permits: Sequence[Permit] = (),
    reason: str = "",
    event: str = "",
    about: str = "",
) -> str:
    """Raises `NeedsPermission` unless it may be done; the name of who stands by it, empty where nothing is guarded.

    `operator` is the name of who is signed in, `about` what it is done to; of the permits, the one for this act is
    used up. Belongs into the transaction of the act.
    """
    if not operators.there_are(connection):
        return ""
    asks = operators.named(connection, operator) if operator else None
    given = [one for one in permits if one.act is act]
    if not given:
        return _by_role(act, asks, reason)
    permit, stands = _permitted(connection, act, given)
    why = (permit.reason or reason).strip()
    if RULES[act].reason and not why:
        raise NeedsPermission(act, "A reason is needed")
    permission = Permission(
        operation=permit.id,
        act=act,
        event=event,
        about=about,
        at=at,
        asked=asks.name if asks else "",
        permitted=stands.name,
        reason=why,
    )
    _write_down(connection, permission, asked=asks.id if asks else "", by=stands.id)
    return stands.name


def _permitted(connection: Connection, act: Act, given: Sequence[Permit]) -> tuple[Permit, Operator]:
    """A permit that was not used yet, and who stands by it. Raises `NeedsPermission`."""
    permit = next((one for one in given if journal.knows(connection, one.id) is None), None)
    if permit is None:
        raise NeedsPermission(act, "This permission is used up")
    stands = operators.by_id(connection, permit.by)
    if stands is None or not stands.may(act):
        raise NeedsPermission(act, filled("{name} may not permit this", name=permit.name))
    return permit, stands


def _write_down(connection: Connection, permission: Permission, *, asked: str, by: str) -> None:
    """Use a permit up: in the journal by the ids of both, and beside it by their names."""
    fact = Permitted(
        event=permission.event,
        at=micros(permission.at),
        act=permission.act.value,
        about=permission.about,
        asked=asked,
        by=by,
    )
    private = Private(note=permission.reason, asked=permission.asked, permitted=permission.permitted)
    journal.append(connection, permission.operation, fact, private, send=bool(permission.event))
    operators.put_permission(connection, permission)


def mind_steward(connection: Connection) -> None:
    """Raises `Refused` at a station that only scans: the server would have nothing else from it."""
    enrolment = settings.enrolment(connection)
    if enrolment is not None and enrolment.role is Role.STEWARD:
        raise Refused(
            "A steward's station only scans",
            "Nothing was recorded.",
            "Send the person to the desk, or call a supervisor.",
        )


def _by_role(act: Act, asks: Operator | None, reason: str) -> str:
    if asks is None:
        raise NeedsPermission(act, "Nobody is signed in")
    if not asks.may(act):
        raise NeedsPermission(act, filled("{name} may not do this", name=asks.name))
    if RULES[act].pin:
        raise NeedsPermission(act, "This needs a PIN")
    if RULES[act].reason and not reason.strip():
        raise NeedsPermission(act, "A reason is needed")
    return asks.name


def was_permitted(connection: Connection, act: Act, about: str) -> bool:
    """Whether this was permitted before for the same thing: a price of a cart, before the cart is sold.

    True where nothing is guarded.
    """
    if not operators.there_are(connection):
        return True
    return any(one.act is act for one in operators.permissions(connection, about=about))
