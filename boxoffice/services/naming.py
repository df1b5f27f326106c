"""What a report calls the items, categories and taxes that receipts have counted.

Receipts count by one name in one language, so that tills whose papers speak different ones add up; a report then says
them in its own. What is called by no name of the catalogue any more stays as it was counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.shift import Booked
from boxoffice.domain.takings import Figures, Taking, summed
from boxoffice.domain.words import Localised, localised


class Names(msgspec.Struct, frozen=True):
    """What is shown, by what was counted."""

    items: Mapping[str, str]
    categories: Mapping[str, str]
    taxes: Mapping[str, str]

    def of_booked(self, booked: Booked) -> Booked:
        """A receipt of this till with its figures under the names of the report."""
        items, categories = self._told(booked.items, booked.categories)
        taxes = tuple(
            msgspec.structs.replace(one, name=self.taxes.get(one.name, one.name)) for one in booked.receipt.taxes
        )
        receipt = msgspec.structs.replace(booked.receipt, taxes=taxes)
        return msgspec.structs.replace(booked, receipt=receipt, items=items, categories=categories)

    def of_taking(self, taking: Taking) -> Taking:
        """A receipt of any till with its figures under the names of the report."""
        items, categories = self._told(taking.items, taking.categories)
        return msgspec.structs.replace(taking, items=items, categories=categories)

    def _told(self, items: Figures, categories: Figures) -> tuple[Figures, Figures]:
        return _renamed(items, self.items), _renamed(categories, self.categories)


def names(catalog: Catalog, locale: str) -> Names:
    """The names of a catalogue in the language of a report; of two that are counted as one the first is meant."""
    return Names(
        items=_shown((item.name for item in catalog.items.values()), locale),
        categories=_shown((category.name for category in catalog.categories.values()), locale),
        taxes=of_taxes(catalog, locale),
    )


def of_taxes(catalog: Catalog, locale: str) -> Mapping[str, str]:
    """What taxes are called in a language, by the names that bills have for them."""
    return _shown((rule.name for rule in catalog.tax_rules.values()), locale)


def _shown(texts: Iterable[Localised], locale: str) -> Mapping[str, str]:
    shown: dict[str, str] = {}
    for text in texts:
        shown.setdefault(localised(text), localised(text, locale))
    return shown


def _renamed(figures: Figures, shown: Mapping[str, str]) -> Figures:
    return summed((shown.get(name, name), number, amount) for name, number, amount in figures)
