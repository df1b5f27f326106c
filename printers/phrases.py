"""What stands on paper beside names and figures, in the language of the document.

English is written in the code and is the key of the catalogues in `assets/translations/paper`, as on the screen;
money, dates and percentages are written by Babel. The language is the document's and not the screen's: a visitor from
Lyon gets a French receipt from a German till.
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

import assets
from boxoffice.domain.money import exponent

log = logging.getLogger(__name__)

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "fr": "Français", "it": "Italiano", "zh": "中文"}
"""The languages in which papers are given out, each by its own name."""

_FOLDER = "translations/paper"
# Babel's minus is in no code page; a plain one says the same.
_PLAIN = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u200e": None, "\u200f": None, "\u061c": None})


class Speech(msgspec.Struct, frozen=True):
    """One language and one time zone, to say everything of one document in."""

    locale: str = "en"
    timezone: str = "UTC"

    def say(self, text: str, /, **values: object) -> str:
        """The phrase in this language, with its values filled in; English where the catalogue does not have it."""
        found = catalogue(self.locale).get(text, text)
        return found.format_map(values) if values else found

    def money(self, amount: int, currency: str) -> str:
        """An amount with its currency: `€12.50`, `12,50 €`."""
        return _money(self.locale, amount, currency)

    def amount(self, amount: int, currency: str) -> str:
        """An amount without its currency, as in a column: `1,250.00`."""
        return _figure(self.locale, amount, exponent(currency))

    def number(self, value: int) -> str:
        """A count."""
        return _figure(self.locale, value, 0)

    def percent(self, basis_points: int) -> str:
        """A rate, with as many digits as it needs: `19%`, `7,7 %`."""
        from decimal import Decimal

        from babel.numbers import format_percent

        value = Decimal(basis_points).scaleb(-4)
        return format_percent(value, locale=_locale(self.locale), decimal_quantization=False).translate(_PLAIN)

    def moment(self, at: datetime) -> str:
        """Day and time of day, on the event's clock."""
        return f"{self.day(at)} {self.clock(at)}"

    def day(self, at: datetime) -> str:
        """The day, in figures or nearly so."""
        from babel.dates import format_date

        return format_date(self._local(at).date(), "medium", locale=_locale(self.locale)).translate(_PLAIN)

    def long_day(self, at: datetime) -> str:
        """The day with its name, as on a ticket."""
        from babel.dates import format_date

        return format_date(self._local(at).date(), "full", locale=_locale(self.locale)).translate(_PLAIN)

    def long_moment(self, at: datetime) -> str:
        """The day with its name and the time of day, as the language joins them."""
        from babel.dates import get_datetime_format

        joined = str(get_datetime_format("long", locale=_locale(self.locale)))
        return joined.replace("'", "").format(self.clock(at), self.long_day(at))

    def clock(self, at: datetime) -> str:
        """The time of day."""
        from babel.dates import format_time

        return format_time(self._local(at), "short", locale=_locale(self.locale)).translate(_PLAIN)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(_zone(self.timezone))


@functools.cache
def catalogue(locale: str) -> Mapping[str, str]:
    """The phrases of a language: of `de-AT` if there are some, else of `de`, else none, which is English."""
    for wanted in (locale.replace("_", "-"), _language(locale)):
        name = f"{_FOLDER}/{wanted}.json"
        if assets.exists(name):
            found: Mapping[str, str] = json.loads(assets.read_text(name))
            return found
    return {}


def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-")[0].lower()


@functools.lru_cache(maxsize=4096)
def _figure(locale: str, value: int, digits: int) -> str:
    from decimal import Decimal

    known = _locale(locale)
    return str(_pattern(digits).apply(Decimal(value).scaleb(-digits), known)).translate(_PLAIN)


@functools.lru_cache(maxsize=1024)
def _money(locale: str, amount: int, currency: str) -> str:
    from decimal import Decimal

    known = _locale(locale)
    digits = exponent(currency)
    # Our own digits: Babel's are those in use, which for some currencies are none.
    pattern = copy(known.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    written = pattern.apply(Decimal(amount).scaleb(-digits), known, currency=currency, currency_digits=False)
    return str(written).translate(_PLAIN)


@functools.cache
def _pattern(digits: int) -> Any:
    from babel.numbers import parse_pattern

    return parse_pattern("#,##0." + "0" * digits if digits else "#,##0")


@functools.cache
def _locale(name: str) -> Any:
    """The nearest name that Babel knows; servers have spellings of their own, such as `de-informal`."""
    from babel import Locale, UnknownLocaleError

    for wanted in (name, _language(name)):
        try:
            return Locale.parse(wanted, sep="-" if "-" in wanted else "_")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@functools.cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.info("The time zone %s is not known here; paper shows UTC", name)
        return ZoneInfo("UTC")
