"""What a server says of an act that it will not have, in the language of whoever reads it.

A hub speaks English and does not know who reads; so does what this station makes of a pretix's answers. Each of their
sentences is known again here by all that is no name, number or field in it. What is not known, a pretix's own words
among it, stays as it came.
"""

from __future__ import annotations

import functools
import re

from .alarms import alarm_words
from .language import joined, language, tr

SAID = (
    "A station could not read it: {words}.",
    "A steward's station cannot settle conflicts.",
    "A steward's station only scans.",
    "A steward's station sells nothing.",
    "A steward's station takes no photos.",
    "Another act came under this operation id before.",
    "Another order is called {code}.",
    "Another order of pretix is called {code}.",
    "Ask its holder for the rest and top it up, then send this again; or accept the loss.",
    "It belongs to another station.",
    "It cannot be read: {words}.",
    "It happened at a time that nobody can mean.",
    "It is too long, or no text.",
    "It was put off {tries} times, while others were taken.",
    "Its operation id is none.",
    "Its place in the journal is none.",
    "Its seal is none.",
    "Its security profile in pretix is too narrow: {words}.",
    "Its voucher was used up.",
    "No more than was paid for {code} can be given back.",
    "Only a desk lead's station designs for all.",
    "Order {code} has another position {number} already.",
    "Order {code} has no position {number}.",
    "Order {code} has no such position.",
    "Order {code} has not arrived yet.",
    "Order {code} is cancelled.",
    "Somebody else has changed ticket {ticket} in the meantime.",
    "Somebody else has changed {field} in the meantime: it says {held}.",
    "The check-in that it takes back has not arrived yet.",
    "The code that was read is not kept any more.",
    "The file that was handed in is too large for pretix.",
    "The last position of {code} goes with the whole order.",
    "The number of the gift card is not kept any more.",
    "The secrets of its tickets are not kept any more.",
    "The server did not answer for this one.",
    "There is no order {code}.",
    "This entry {words}.",
    "There were {left} left on this gift card, {taken} were taken from it.",
    "This gift card has not arrived yet.",
    "This gift card is in {currency}, the sale was in {other}.",
    "This hub does not know what it means; it may be older than the station.",
    "This station is not enrolled for an event called {event}.",
    "pretix answered {status}.",
    "pretix does not know this gift card yet.",
    "pretix does not record it: {words}.",
    "pretix has another position {number} of {code} already.",
    "pretix has other positions of {code} than this station knew of.",
    "pretix knows no field {field} to edit.",
    "pretix knows no order {code}.",
    "pretix knows no position {number} of {code}.",
    "pretix knows no ticket with this code.",
    "pretix knows no ticket {ticket}.",
    "pretix knows no valid position {number} of {code}.",
    "pretix lets nobody but the device itself take a check-in back by a scan.",
    "pretix would not have the file that was handed in: {words}",
    "{field} cannot be edited.",
)

FIELDS = {"name": "Whose it is", "company": "Company", "email": "E-mail", "phone": "Phone", "nothing": "nothing"}
"""What can be edited, and what it says where nothing stood there."""


def refusal_words(said: str) -> str:
    """As far as it is known: all of it, else sentence by sentence."""
    if language() == "en":
        return said
    if (whole := _known(said)) is not None:
        return whole
    return joined(*(_known(one) or alarm_words(one) for one in re.split(r"(?<=\.) ", said)))


def _known(said: str) -> str | None:
    for template in SAID:
        if (found := _pattern(template).fullmatch(said)) is not None:
            values = found.groupdict()
            named = {name: tr(FIELDS[value]) if value in FIELDS else value for name, value in values.items()}
            return tr(template, **named)
    return None


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template)), re.DOTALL)
