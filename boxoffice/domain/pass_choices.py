"""Which dates somebody takes with a pass: of each of its events one, and no fewer and no more than there have to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .cart import Cart, CartLine, Objection
from .catalog import Catalog, SubEvent
from .offering import Choice, PassTerms
from .pricing import choice_of
from .words import Sentence, localised


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
        yield _no("choices missing", line, words, may_be_allowed=True)
    if terms.max_choices is not None and len(taken) > terms.max_choices:
        words = Sentence("Dates for no more than {number}", {"number": terms.max_choices})
        yield _no("too many choices", line, words, may_be_allowed=True)


def _no(kind: str, line: CartLine, words: Sentence, *, may_be_allowed: bool = False) -> Objection:
    return Objection(kind=kind, line=line.id, words=words, may_be_allowed=may_be_allowed)
