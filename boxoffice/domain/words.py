"""Sentences for people that are made below the screen.

A rule knows why it says no, but not which language the steward reads. So it hands out the English
sentence with its values still apart; whoever shows it looks the sentence up and fills the values in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest

import msgspec

Localised = Mapping[str, str]
"""A text in several languages, by locale (`{"en": "Regular", "de": "Normal"}`)."""


class Sentence(msgspec.Struct, frozen=True):
    """An English sentence with `{names}` in it, and the values that go there."""

    text: str
    values: Mapping[str, object] = {}

    def __str__(self) -> str:
        return self.text.format_map({name: plain(value) for name, value in self.values.items()})


def plain(value: object) -> str:
    """A value as plain English text: times as `21 Nov 09:00` in the zone they carry."""
    if isinstance(value, datetime):
        return value.strftime("%d %b %H:%M").lstrip("0") + which_hour(value)
    return str(value)


def which_hour(moment: datetime) -> str:
    """The name of the zone, in the hour that comes twice when summer time ends; else nothing."""
    comes_twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return f" {moment:%Z}" if comes_twice else ""


def localised(text: Localised | str | None, locale: str = "en") -> str:
    """The text in `locale`, else in its plain language, else in English, else in any there is."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    if found := text.get(locale):
        return found
    for wanted in (locale.split("-")[0].split("_")[0], "en"):
        if text.get(wanted):
            return text[wanted]
    return next((one for one in text.values() if one), "")


def rewritten(lines: Sequence[Localised], language: str, wanted: Sequence[str]) -> tuple[Localised, ...]:
    """Lines, one below the other, with what they say in one language replaced; a line that says nothing is dropped."""
    changed = []
    for line, text in zip_longest(lines, wanted, fillvalue=None):
        others = {code: said for code, said in (line or {}).items() if code != language}
        changed.append({**others, language: text} if text else others)
    return tuple(line for line in changed if line)
