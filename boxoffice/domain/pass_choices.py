"""Which dates somebody takes with a pass: of each of its events one, and no fewer and no more than there have to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .cart import Cart, CartLine, Objection
from .catalog import Catalog, SubEvent
from .offering import Choice, PassTerms
from .orders import Position
from .pricing import choice_of
from .words import Sentence, localised

TOO_MANY = "too many choices"
"""What is waved through where a pass gets more dates than it may have."""
TOO_FEW = "choices missing"
KINDS = ("choice", TOO_FEW, TOO_MANY)
"""What can stand against the dates of a pass."""


def dates_of(choice: Choice, catalog: Catalog) -> tuple[SubEvent, ...]:
    """The dates among which a choice is made, by time; those that are off sale are left out.

    The catalog is that of the event for which it lets in.
    """
    dates = (one for one in catalog.subevents.values() if one.active)
    those = [one for one in dates if not choice.dates or one.id in choice.dates]
    return tuple(sorted(those, key=lambda one: (one.date_from is None, str(one.date_from), one.id)))


def name_of_choice(choice: Choice, catalog: Catalog, locale: str = "en") -> str:
    """What a choice is called: its name, else that of the ticket it gives."""
    item = catalog.items.get(choice.item)
    return localised(choice.name, locale) or (localised(item.name, locale) if item is not None else str(choice.id))


def of_choices(
    cart: Cart, line: CartLine, chosen: Sequence[CartLine], terms: PassTerms, catalog: Catalog, locale: str
) -> Iterator[Objection]:
    """What stands against the dates that were chosen with a pass; `line` is the pass, or stands for it."""
    taken: set[int | None] = set()
    for one in chosen:
        choice = choice_of(cart, one, catalog)
        if choice is None or (choice.item, choice.variation) != (one.item, one.variation):
            yield _no("choice", one, Sentence("This does not go with the pass"))
            continue
        date = one.subevent if choice.elsewhere is None else one.date_elsewhere
        if choice.dates and date not in choice.dates:
            values = {"choice": name_of_choice(choice, catalog, locale)}
            yield _no("choice", one, Sentence("{choice} is not to be had for this date with the pass", values))
        if one.choice in taken or one.quantity > line.quantity:
            values = {"choice": name_of_choice(choice, catalog, locale)}
            yield _no("choice", one, Sentence("One date of {choice} goes with the pass, not two", values))
        taken.add(one.choice)
    if len(taken) < terms.min_choices:
        words = Sentence("Choose dates for at least {number}", {"number": terms.min_choices})
        yield _no(TOO_FEW, line, words, may_be_allowed=True)
    if terms.max_choices is not None and len(taken) > terms.max_choices:
        words = Sentence("Dates for no more than {number}", {"number": terms.max_choices})
        yield _no(TOO_MANY, line, words, may_be_allowed=True)


def beside(
    cart: Cart, before: Sequence[Position], terms: PassTerms, catalog: Catalog, locale: str
) -> Iterator[Objection]:
    """What stands against dates that are added to a pass which was sold with those `before`."""
    new = [one for one in cart.lines if one.choice is not None and not one.part_of]
    of_choice = {(one.item, one.variation) for one in terms.choices}
    number = sum((one.item, one.variation) in of_choice for one in before)
    if new and terms.max_choices is not None and number + len(new) > terms.max_choices:
        counts = {"number": number, "most": terms.max_choices}
        words = Sentence("Dates chosen with this pass before: {number}; it may have {most}", counts)
        yield _no(TOO_MANY, new[0], words, may_be_allowed=True)
    for line in new:
        choice = choice_of(cart, line, catalog)
        if choice is not None and any(_was_taken_for(choice, one) for one in before):
            values = {"choice": name_of_choice(choice, catalog, locale)}
            yield _no(TOO_MANY, line, Sentence("The pass has a date of {choice} already", values), may_be_allowed=True)


def _was_taken_for(choice: Choice, position: Position) -> bool:
    """Whether a ticket of a pass is what this choice gives; one that was bought beside it cost what it costs alone."""
    is_its_ticket = (position.item, position.variation, position.price) == (choice.item, choice.variation, choice.price)
    return is_its_ticket and (choice.elsewhere is not None or not choice.dates or position.subevent in choice.dates)


def _no(kind: str, line: CartLine, words: Sentence, *, may_be_allowed: bool = False) -> Objection:
    return Objection(kind=kind, line=line.id, words=words, may_be_allowed=may_be_allowed)
