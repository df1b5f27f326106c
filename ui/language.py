"""The words on the screen, in the language of whoever reads them.

English is written in the code and is the key of the catalogues in `assets/translations`, one JSON file a
language: a source sentence to its translation, or to a list of plural forms. A sentence that a catalogue
does not have stays English, so that a half-finished translation never hides anything.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLibraryInfo, QLocale, QTimeZone, QTranslator

import assets
from boxoffice.domain.words import Localised, Sentence, localised, which_hour
from boxoffice.errors import Filled

log = logging.getLogger(__name__)

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""The languages that can be chosen, each by its own name."""

_Catalogue = Mapping[str, "str | list[str]"]


class _InUse:
    """The app has a single screen, so there is a single language."""

    def __init__(self) -> None:
        self.code = "en"
        self.catalogue: _Catalogue = {}
        self.locale = QLocale(QLocale.Language.English)
        self.zone: str | None = None
        self.qt: QTranslator | None = None
        """What Qt itself says: the menu of a field, the dialog for files."""


_in_use = _InUse()


def set_language(code: str) -> None:
    """Speak another language from now on; an empty code is the system's, if we know it."""
    system = QLocale.system()
    wanted = code or system.name().split("_")[0]
    chosen = wanted if wanted in LANGUAGES else "en"
    _in_use.code = chosen
    _in_use.catalogue = _load(chosen)
    same = system.name().split("_")[0] == chosen
    _in_use.locale = system if same else QLocale(chosen)
    _tell_qt(chosen)


def _tell_qt(code: str) -> None:
    if _in_use.qt is not None:
        QCoreApplication.removeTranslator(_in_use.qt)
        _in_use.qt = None
    if code == "en" or QCoreApplication.instance() is None:
        return
    made = QTranslator()
    if made.load(QLocale(code), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QCoreApplication.installTranslator(made)
        _in_use.qt = made


def set_clock(zones: Iterable[str]) -> None:
    """Tell the time as it is where the events are; where they are not all in one zone, as this machine does."""
    named = set(zones)
    _in_use.zone = named.pop() if len(named) == 1 else None


def apart(*parts: str) -> str:
    """Parts of a line with a dot between them. A name that is read from the right stays in its own part."""
    return " · ".join(f"\u2068{part}\u2069" if _RIGHT_TO_LEFT.search(part) else part for part in parts if part)


_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufefc]")


def language() -> str:
    """The code of the language in use."""
    return _in_use.code


def locale() -> QLocale:
    """How numbers and times are written now."""
    return _in_use.locale


def _load(code: str) -> _Catalogue:
    name = f"translations/{code}.json"
    if code == "en" or not assets.exists(name):
        return {}
    import json

    loaded: _Catalogue = json.loads(assets.read_text(name))
    return loaded


def tr(text: str, /, **values: object) -> str:
    """The sentence in the language in use, with its values filled in. One that was filled below is filled anew."""
    if isinstance(text, Filled):
        return _filled(_in_parts(text.template), {name: _plain(value) for name, value in text.values.items()})
    found = _in_use.catalogue.get(text, text)
    return _filled(found if isinstance(found, str) else text, values)


def plural(one: str, many: str, number: int, /, **values: object) -> str:
    """The sentence that fits the number, which fills `{n}`."""
    forms = _in_use.catalogue.get(one)
    which = _PLURALS.get(_in_use.code, _as_in_english)(number)
    text = forms[min(which, len(forms) - 1)] if isinstance(forms, list) and forms else (one, many)[number != 1]
    return _filled(text, {"n": _in_use.locale.toString(number), **values})


def tell(sentence: Sentence | None) -> str:
    """A sentence that was made below the screen: looked up, then filled."""
    if sentence is None:
        return ""
    return _filled(_in_parts(sentence.text), {name: _plain(value) for name, value in sentence.values.items()})


def name_of(text: Localised | str | None) -> str:
    """A name that the server gives in several languages, in ours if it has it."""
    return localised(text, _in_use.code)


def clock(moment: datetime) -> str:
    """A time of day on the clock of the events, with the day if it is another one."""
    here = _local(moment)
    if here.date() == _local(datetime.now(UTC)).date():
        return _in_use.locale.toString(here.time(), "HH:mm")
    return _day_and_time(here)


def _day_and_time(moment: QDateTime) -> str:
    return _in_use.locale.toString(moment.date(), tr("d MMM")) + " " + _in_use.locale.toString(moment.time(), "HH:mm")


def day_words(day: date) -> str:
    """A day of the year, without the year."""
    return _in_use.locale.toString(QDate(day.year, day.month, day.day), tr("d MMM"))


def clock_with_seconds(moment: datetime) -> str:
    """A time of day to the second."""
    return _in_use.locale.toString(_local(moment).time(), "HH:mm:ss")


def number(value: int) -> str:
    """A number with the thousands mark of the language."""
    return _in_use.locale.toString(value)


def sentences(*parts: str) -> str:
    """Parts of a message in the language in use, one behind the other, each with a stop at its end."""
    told = [tr(part) for part in parts if part]
    return joined(*(part if part.endswith(_STOPS) else part + _stop(part) for part in told))


def joined(*told: str) -> str:
    """Sentences one behind the other; the stop of a Chinese one has its room already."""
    text = ""
    for one in told:
        text += one if not (text and one) or text.endswith(_WIDE) else f" {one}"
    return text


_WIDE = ("。", "！", "？")
_STOPS = (".", "!", "?", "…", *_WIDE)


def _stop(text: str) -> str:
    return "。" if _CHINESE.search(text) else "."


_CHINESE = re.compile("[\u3400-\u9fff]")


def breakable(text: str) -> str:
    """The same text; a word that is longer than any line may go on in the next one."""
    return _LONG.sub(lambda word: _PLACE.join(re.findall(".{1,8}", word[0])), text)


_LONG = re.compile(r"[^\s\u200b]{25,}")
_PLACE = "\u200b"
"""Where a line may end, though nothing is seen there."""


def ago(seconds: float) -> str:
    """A length of time in its largest unit."""
    whole = max(0, int(seconds))
    if whole < 90:
        return tr("{n} s", n=whole)
    if whole < 90 * 60:
        return tr("{n} min", n=round(whole / 60))
    if whole < 36 * 3600:
        return tr("{n} h", n=round(whole / 3600))
    return plural("{n} day", "{n} days", round(whole / 86400))


def on_the_wall(moment: datetime) -> datetime:
    """A moment as the clock of the events shows it, without its zone."""
    here = _local(moment)
    day, time = here.date(), here.time()
    return datetime(day.year(), day.month(), day.day(), time.hour(), time.minute(), time.second())  # noqa: DTZ001


def _local(moment: datetime) -> QDateTime:
    there = QTimeZone(_in_use.zone.encode()) if _in_use.zone else None
    if there is None or not there.isValid():
        there = QTimeZone(QTimeZone.Initialization.LocalTime)
    return QDateTime.fromMSecsSinceEpoch(int(moment.timestamp() * 1000), there)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text.format_map(values) if values else text


def _in_parts(text: str) -> str:
    """A sentence that a rule has put together from parts is looked up part by part."""
    found = _in_use.catalogue.get(text)
    if isinstance(found, str):
        return found
    for seam in ("; ", ": "):
        head, between, tail = text.partition(seam)
        if between:
            return _in_parts(head) + seam + _in_parts(tail)
    return text


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return _moment_in_its_zone(value)
    if isinstance(value, Sentence):
        return tell(value)
    if isinstance(value, Filled):
        return tr(value)
    return tr(value) if isinstance(value, str) and value in _in_use.catalogue else str(value)


def _moment_in_its_zone(moment: datetime) -> str:
    """As on the event's own clock, which is the one that hangs on the wall."""
    wall = QDateTime(moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return _day_and_time(wall) + which_hour(moment)


def _as_in_english(number: int) -> int:
    return int(number != 1)


_PLURALS: Mapping[str, Callable[[int], int]] = {
    "zh": lambda _: 0,
    "ja": lambda _: 0,
    "ko": lambda _: 0,
    "fr": lambda number: int(number > 1),
}
