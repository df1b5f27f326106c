"""What a hub holds against a station's journal, in the language of whoever reads it.

The hub speaks English and does not know who reads. What it says is one of a few sentences, known again here by all that
is not a number or an id in them; what is not known stays as it came.
"""

from __future__ import annotations

import re

from .language import joined, tr

SAID = (
    "Another entry {entry} of this station is here already.",
    "The entry {entry} of this station does not follow the one before it that is here.",
    "The entry {entry} of this station does not lead to the one after it that is here.",
    "The entry {entry} of this station does not stand at the beginning of a journal.",
    "The entry {entry} of this station follows on one that is not here.",
    "Let it send all that waits there.",
    "Its folder was copied, or put back from a backup: use only one of them, and enrol it anew.",
    "Operation {entry} came twice with different contents.",
    "Entry {entry} has no seal.",
    "Entry {entry} holds no JSON.",
    "Entry {entry} does not follow the entry before it.",
    "Entry {entry} was changed after it was sealed.",
    "Entry {entry} has a personal part that is not the one it was sealed with.",
)


def alarm_words(said: str) -> str:
    """Sentence by sentence, as far as they are known."""
    return joined(*(_one(sentence) for sentence in re.split(r"(?<=\.) ", said)))


def _one(sentence: str) -> str:
    for template in SAID:
        found = re.fullmatch(re.escape(template).replace(r"\{entry\}", r"(?P<entry>\S+)"), sentence)
        if found is not None:
            return tr(template, **found.groupdict())
    return _several(sentence)


def _several(sentence: str) -> str:
    """What is wrong with one entry in several ways is told way by way."""
    found = re.fullmatch(r"(Entry \S+) (.+ and .+)\.", sentence)
    if found is None:
        return sentence
    entry, ways = found.groups()
    return joined(*(_one(f"{entry} {way}.") for way in ways.split(" and ")))
