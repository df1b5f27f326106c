"""Made-up people and companies, as different as those that stand in a real queue.

The words stand in `assets/samples/names.toml`; here they are put together. Each choice takes one number
from the dice, so the same seed makes the same people everywhere.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

import assets
from boxoffice.domain import folding

_T = TypeVar("_T")


class Dice:
    """Chance that is the same on every machine and Python: only `random()` and `randbytes()` are used."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)  # noqa: S311  # nothing of a sample is a secret
        self.roll = self._source.random
        self.bytes = self._source.randbytes

    def pick(self, things: Sequence[_T]) -> _T:
        """One of them."""
        return things[int(self.roll() * len(things))]

    def chance(self, share: float) -> bool:
        """Yes, in that share of cases."""
        return self.roll() < share

    def below(self, limit: int) -> int:
        """A number from 0 up to before the limit."""
        return int(self.roll() * limit)


class Word(NamedTuple):
    """One name, and how it is written in an e-mail address (empty if it cannot be)."""

    shown: str
    mail: str


class Tongue(NamedTuple):
    """How people are called somewhere."""

    given: tuple[Word, ...]
    family: tuple[Word, ...]
    form: str


class Names(NamedTuple):
    """All words that names are made of; `tongues` has each as often as it is spoken in a queue."""

    tongues: tuple[Tongue, ...]
    unusual: tuple[str, ...]
    companies: tuple[Word, ...]


@lru_cache(maxsize=1)
def load() -> Names:
    """Read the words."""
    data = tomllib.loads(assets.read_text("samples/names.toml"))
    made_up = [f"{name} {kind}" for kind in data["company_kinds"] for name in data["company_names"].split()]
    return Names(
        tuple(tongue for entry in data["tongue"] for tongue in [_tongue(entry)] * entry["share"]),
        tuple(data["unusual"]),
        tuple(_word(name) for name in _most_common_first([*data["companies"], *made_up])),
    )


def _tongue(entry: dict[str, str]) -> Tongue:
    given = tuple(_word(name) for name in _most_common_first(entry["given"].split()))
    family = tuple(_word(name) for name in _most_common_first(entry["family"].split()))
    return Tongue(given, family, entry.get("form", "{given} {family}"))


def _word(name: str) -> Word:
    name = name.replace("_", " ")
    mail = folding.squeezed(name)
    return Word(name, mail if mail.isascii() else "")


def _most_common_first(names: list[str]) -> list[str]:
    """Each name several times, the earlier ones more often: real names are not evenly spread either."""
    return [name for place, name in enumerate(names) for _ in range(1 + 6 // (1 + place // 4))]


class Person(NamedTuple):
    """Somebody's name, and the part of an e-mail address that goes with it."""

    name: str
    mail: str


def person(dice: Dice, tongue: Tongue, family: Word | None = None) -> Person:
    """Somebody from there; with `family` somebody of that family."""
    given, family = dice.pick(tongue.given), family or dice.pick(tongue.family)
    name = tongue.form.format(given=given.shown, family=family.shown)
    return Person(name, f"{given.mail}.{family.mail}" if given.mail and family.mail else "")
