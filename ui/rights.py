"""What each role of a station may do on its screens. A steward's station only scans."""

from __future__ import annotations

from enum import StrEnum

from boxoffice.bootstrap import App
from boxoffice.ports import Role


class Right(StrEnum):
    """Something that not everybody may."""

    SEARCH = "search"
    SEE_CONTACT = "see_contact"
    ACCEPT_UNPAID = "accept_unpaid"
    FORCE = "force"
    UNDO_LATER = "undo_later"
    WORK_OFF = "work_off"
    """Retry what the server refused, settle conflicts."""
    SET_LISTS = "set_lists"
    SELL = "sell"
    DESIGN_BADGES = "design_badges"
    PRINT = "print"
    SET_PRINTERS = "set_printers"
    LOOK_AFTER_PEOPLE = "look_after_people"


_DESK = frozenset(
    {
        *(Right.SEARCH, Right.SEE_CONTACT, Right.ACCEPT_UNPAID, Right.UNDO_LATER, Right.WORK_OFF),
        *(Right.PRINT, Right.SET_PRINTERS),
    }
)

_RIGHTS = {
    Role.STEWARD: frozenset[Right](),
    Role.DESK: _DESK,
    Role.CASHIER: _DESK | {Right.SELL},
    Role.SUPERVISOR: frozenset(Right),
    Role.ORGANISER: frozenset(Right),
}


_ON_THE_SPOT = frozenset({Right.FORCE, Right.ACCEPT_UNPAID})
"""Offered to whoever is signed in: somebody else may stand by it with a PIN."""


def rights_here(app: App) -> frozenset[Right]:
    """What may be done here now: what the station is for, and where people are known by name, who is signed in."""
    enrolment = app.enrolment
    station = rights_of(enrolment.role if enrolment else None)
    staff = app.staff
    if not staff.in_use:
        return station
    return station & (rights_of(staff.operator.role) | _ON_THE_SPOT) if staff.operator is not None else frozenset()


def rights_of(role: Role | None) -> frozenset[Right]:
    """The rights of a role. A station that belongs to no server yet has nobody to protect from."""
    return frozenset(Right) if role is None else _RIGHTS[role]
