"""How Han characters are read, from a dictionary that is loaded when the first one turns up.

Only its single characters: the list of phrases would take 0.3 s and 45 MiB, and names are not in it.
Surnames and words that are read differently stand in `boxoffice.domain.hanzi`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

_SMALL = {"PYPINYIN_NO_PHRASES": "true", "PYPINYIN_NO_DICT_COPY": "true"}


@lru_cache(maxsize=16_384)
def readings(character: str) -> tuple[str, ...]:
    """The ways in which a character is read, the usual one first; none if nobody knows."""
    return tuple(_dictionary()(character))


@lru_cache(maxsize=1)
def _dictionary() -> Callable[[str], Sequence[str]]:
    with _environment(_SMALL):
        from pypinyin import Style, pinyin

    def read(character: str) -> Sequence[str]:
        found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
        return found[0] if found else ()

    return read


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    """The package is told by the environment what to load, so it is told for that moment only."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
