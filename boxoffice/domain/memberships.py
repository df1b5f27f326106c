"""Memberships: a number under which somebody may buy at the members' price, for as long as it lasts.

They belong to the server and are checked against what the station was told. An unknown number is not a wrong one: a
station that hears of no memberships (pretix gives none to devices) says so, and somebody with permission decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from .catalog import Item
from .vouchers import plain_code
from .words import Sentence


class Membership(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One person's membership; `type` is one of those that an item may ask for."""

    event: str
    number: str
    type: int = 0
    type_name: str = ""
    customer: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    canceled: bool = False
    testmode: bool = False
    max_usages: int | None = None
    usages: int = 0


class Wanted(msgspec.Struct, frozen=True):
    """Whether something is sold to members alone, and of which types; no types are all of them."""

    needed: bool = False
    types: tuple[int, ...] = ()


def wanted_for(item: Item, variation: int | None) -> Wanted:
    """What a buyer has to be for this."""
    kind = item.variation(variation)
    if kind is not None and kind.require_membership:
        return Wanted(needed=True, types=kind.membership_types)
    return Wanted(item.require_membership, item.membership_types)


def why_not(
    number: str, wanted: Wanted, known: Mapping[str, Membership], now: datetime, uses: int = 1
) -> Sentence | None:
    """Why nobody gets the members' price with this number; None if they do. `known` are by plain number."""
    if not plain_code(number):
        return Sentence("This is for members: type the membership's number")
    member = known.get(plain_code(number))
    if member is None or member.testmode:
        return Sentence("No membership has this number, as far as this station knows")
    if wanted.types and member.type not in wanted.types:
        return Sentence("This membership is of another kind: {kind}", {"kind": member.type_name or member.type})
    if member.canceled:
        return Sentence("This membership was cancelled")
    if member.starts is not None and now < member.starts:
        return Sentence("This membership begins on {from}", {"from": member.starts})
    if member.ends is not None and now > member.ends:
        return Sentence("This membership expired on {until}", {"until": member.ends})
    if member.max_usages is not None and member.usages + uses > member.max_usages:
        return Sentence("This membership has been used, {number} of {most} times", _used(member))
    return None


def _used(member: Membership) -> dict[str, object]:
    return {"number": member.usages, "most": member.max_usages}
