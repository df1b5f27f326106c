"""What is asked of whoever buys: name, company, e-mail, the role that a ticket is for, the questions of its item.

A quick sale asks nothing, but for what a ticket is worth nothing without: the name on a pass that is good for one
person only. What an answer has to look like is `questions`' affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from . import questions
from .cart import Cart, CartLine, Objection
from .catalog import Catalog, Item, Question
from .facts import Guest
from .passages import zone_of
from .words import Sentence, localised

FIELDS = ("name", "company", "email")
"""What may be asked of the holder of a ticket, beside questions."""
WHOLE_NAME = "full_name"
"""The part that a name has where it is asked in one."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one line of a cart is asked for."""

    line: CartLine
    item: Item
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    name_parts: tuple[str, ...] = (WHOLE_NAME,)
    roles: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    """Those that the answers so far make questions, answered or not."""

    @property
    def anything(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self.fields or self.roles or self.questions)


def asked_of(line: CartLine, catalog: Catalog, answers: Mapping[str, str] | None = None) -> Asked | None:
    """What is asked about a line with these answers, else with its own; None for what is gone from the catalogue."""
    item = catalog.items.get(line.item)
    if item is None:
        return None
    known = line.guest.answers if answers is None else answers
    settings = catalog.settings
    asks_person = item.admission and item.personalized and not line.part_of
    named = item.pass_terms is not None and item.pass_terms.named
    asked = [one for one in FIELDS if settings is not None and one in settings.asked] if asks_person else []
    required = {one for one in asked if settings is not None and one in settings.required}
    if named:
        required.add("name")
    return Asked(
        line=line,
        item=item,
        fields=tuple(one for one in FIELDS if one in asked or (one == "name" and named)),
        required=tuple(one for one in FIELDS if one in required),
        name_parts=(settings.name_fields if settings is not None else ()) or (WHOLE_NAME,),
        roles=item.roles,
        questions=tuple(
            one for one in questions.asked_at_sale(catalog, item.id) if questions.visible(one, catalog, dict(known))
        ),
    )


def asked(cart: Cart, catalog: Catalog) -> tuple[Asked, ...]:
    """What the lines of a cart are asked for, in their order; those of which nothing is asked are left out."""
    found = (asked_of(line, catalog) for line in cart.lines)
    return tuple(one for one in found if one is not None and one.anything)


def missing(cart: Cart, catalog: Catalog, locale: str = "en") -> tuple[Objection, ...]:
    """What has to be answered before it can be sold, without what somebody has waved through."""
    if "data" in cart.allowed:
        return ()
    found = (one for line in cart.lines for one in _of_line(cart, line, catalog, locale))
    return tuple(found)


def _of_line(cart: Cart, line: CartLine, catalog: Catalog, locale: str) -> Iterator[Objection]:
    wanted = asked_of(line, catalog)
    if wanted is None:
        return
    what = localised(wanted.item.name, locale)
    named = wanted.item.pass_terms is not None and wanted.item.pass_terms.named
    if line.quantity > 1 and (named or line.guest != Guest()):
        yield _no(line, Sentence("Each {item} is for one person", {"item": what}))
    for field in wanted.required:
        if not _given(line.guest, field) and (not cart.quick or (named and field == "name")):
            yield _no(line, Sentence(_WANTED[field], {"item": what}))
    if cart.quick:
        return
    zone = zone_of(catalog.event)
    inquiry = questions.inquire(catalog, line.item, {}, line.guest.answers, zone, skip=True, selling=True)
    if inquiry.misfit is not None:
        yield _no(line, inquiry.misfit)
    elif inquiry.blocks:
        first = next(one for one in inquiry.open if one.required)
        yield _no(line, Sentence("To be answered first: {question}", {"question": questions.label(first)}))


_WANTED = {
    "name": "Whose {item} is it? A name is needed",
    "company": "The company is needed for {item}",
    "email": "An e-mail address is needed for {item}",
}


def _given(guest: Guest, field: str) -> str:
    return whole_name(guest) if field == "name" else str(getattr(guest, field))


def whole_name(guest: Guest) -> str:
    """A name in one, from its parts where it was asked in parts."""
    return guest.name or " ".join(part for part in guest.name_parts.values() if part)


def _no(line: CartLine, words: Sentence) -> Objection:
    return Objection(kind="data", line=line.id, words=words, may_be_allowed=True)


def as_kept(guest: Guest, item: int, catalog: Catalog) -> Guest:
    """A guest with the answers in the form in which they are kept; those that do not fit are left out."""
    zone = zone_of(catalog.event)
    inquiry = questions.inquire(catalog, item, {}, guest.answers, zone, skip=True, selling=True)
    return msgspec.structs.replace(guest, answers=dict(inquiry.accepted), name=whole_name(guest))
