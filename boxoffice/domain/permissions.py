"""Who may do what: the roles of stations and of people, and the one table of everything that not everybody may.

An act that is guarded asks for a role, most for a PIN on the spot and for a reason as well. Where nobody is known
by name, nothing of this applies: a small event does without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a station is for, and what a person is there for. A steward only scans."""

    STEWARD = "steward"
    DESK = "desk"
    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    ORGANISER = "organiser"


class Act(StrEnum):
    """Something that not everybody may."""

    SELL = "sell"
    """Sell, and take the money for an order."""
    DRAWER = "drawer"
    """Open, count and close the drawer, put cash in, bring it to the safe."""
    PAY_OUT = "pay_out"
    NO_SALE = "no_sale"
    """Open the drawer for nothing."""
    PRICE = "price"
    """Another price than the catalogue's."""
    OVERRULE = "overrule"
    """Sell in spite of an objection: before its time, to somebody it is not for, over the number there is."""
    REFUND = "refund"
    OTHER_TENDER = "other_tender"
    """Money goes back otherwise than it came."""
    VOID = "void"
    """Cancel what was sold; take a charged card back."""
    EDIT = "edit"
    """Put a name or an address of an order right, or keep the proof of a transfer with it."""
    CORRECTION = "correction"
    """Put right how something was paid."""
    SETTLE_CARD = "settle_card"
    """Say what became of a card payment."""
    TAKE_BACK_CARD = "take_back_card"
    """Take back a charge that stands on no receipt: its sale did not happen."""
    CASH_OUT = "cash_out"
    """Pay out in cash what is on a gift card."""
    DIFFERENCE = "difference"
    """Close a shift whose count differs."""
    Z_OVERRIDE = "z_override"
    """Close a shift while nobody knows what became of a payment."""
    ACCEPT_UNPAID = "accept_unpaid"
    FORCE = "force"
    """Let in somebody whom a check would have refused."""
    UNDO = "undo"
    """Take a passage back later than right after its scan, or one of another door."""
    SETTLE = "settle"
    """Decide what the stations disagree about."""
    SETTINGS = "settings"
    OPERATORS = "operators"
    """Add people, give them another PIN, let them go."""
    TRAINING = "training"
    """Begin to train, and end it."""
    WIPE = "wipe"


class Rule(msgspec.Struct, frozen=True):
    """What an act asks for."""

    roles: frozenset[Role]
    pin: bool = False
    """A PIN on the spot, whoever is signed in."""
    reason: bool = False


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody with a PIN stands by one act. Its id is the operation under which it is used up, once."""

    id: str
    act: Act
    by: str
    """The operator's id."""
    name: str
    reason: str = ""


_LEADS = frozenset({Role.SUPERVISOR, Role.ORGANISER})
_TILL = _LEADS | {Role.CASHIER}
_DESK = _TILL | {Role.DESK}

RULES: Mapping[Act, Rule] = {
    Act.SELL: Rule(_TILL),
    Act.DRAWER: Rule(_TILL),
    Act.PAY_OUT: Rule(_LEADS, pin=True, reason=True),
    Act.NO_SALE: Rule(_LEADS, pin=True, reason=True),
    Act.PRICE: Rule(_LEADS, pin=True, reason=True),
    Act.OVERRULE: Rule(_LEADS, pin=True, reason=True),
    Act.REFUND: Rule(_LEADS, pin=True, reason=True),
    Act.OTHER_TENDER: Rule(_LEADS, pin=True, reason=True),
    Act.VOID: Rule(_LEADS, pin=True, reason=True),
    Act.EDIT: Rule(_DESK),
    Act.CORRECTION: Rule(_LEADS, pin=True, reason=True),
    Act.SETTLE_CARD: Rule(_LEADS, pin=True, reason=True),
    Act.TAKE_BACK_CARD: Rule(_LEADS, pin=True, reason=True),
    Act.CASH_OUT: Rule(_LEADS, pin=True, reason=True),
    Act.DIFFERENCE: Rule(_LEADS, pin=True, reason=True),
    Act.Z_OVERRIDE: Rule(_LEADS, pin=True, reason=True),
    Act.ACCEPT_UNPAID: Rule(_DESK),
    Act.FORCE: Rule(_LEADS, pin=True, reason=True),
    Act.UNDO: Rule(_DESK, reason=True),
    Act.SETTLE: Rule(_DESK),
    Act.SETTINGS: Rule(_LEADS),
    Act.OPERATORS: Rule(_LEADS, pin=True),
    Act.TRAINING: Rule(_LEADS, pin=True),
    Act.WIPE: Rule(_LEADS, pin=True, reason=True),
}
"""The table. It names every act."""


def may(role: Role, act: Act) -> bool:
    """Whether somebody of this role may do it, or stand by it."""
    return role in RULES[act].roles


def may_look_after(role: Role, other: Role) -> bool:
    """Whether somebody may add people of another role, give them a PIN, or let them go.

    An organiser may do so with everybody, a supervisor with those below: else one could make himself an organiser.
    """
    if role is Role.ORGANISER:
        return True
    return role is Role.SUPERVISOR and other not in _LEADS
