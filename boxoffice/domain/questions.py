"""Questions asked at the door: which ones, and whether an answer fits.

Only a required question without an answer blocks the entry. Optional ones are handed out beside the
`ok`, so that a screen may ask them, until they are answered or skipped on purpose. A question that
depends on another is asked only when the other has the answer it waits for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import msgspec

from .catalog import Catalog, Option, Question, QuestionType
from .words import Sentence, localised


class Inquiry(msgspec.Struct, frozen=True):
    """What is known after the answers given with a scan were looked at."""

    accepted: Mapping[str, str] = {}
    """Question id to the answer in the form in which it is kept."""
    open: tuple[Question, ...] = ()
    """Questions that want an answer now, in order; one that was answered wrongly is among them."""
    misfit: Sentence | None = None
    """What does not fit about the first answer that does not."""

    @property
    def blocks(self) -> bool:
        """Whether the entry has to wait for an answer."""
        return self.misfit is not None or any(question.required for question in self.open)


NOTHING = Inquiry()


def inquire(
    catalog: Catalog,
    item: int,
    known: Mapping[str, str],
    given: Mapping[str, str],
    zone: tzinfo,
    *,
    skip: bool = False,
    selling: bool = False,
    locale: str = "en",
) -> Inquiry:
    """What to ask about a ticket of this item, after the answers `given` and those already `known`.

    Answers to questions that are not asked about this ticket are left aside, and an empty answer is
    none. `skip` leaves out optional questions. `selling` asks what is asked at the sale, and not at the door.
    """
    asked = asked_at_sale(catalog, item) if selling else asked_about(catalog, item)
    if not asked:
        return NOTHING
    accepted: dict[str, str] = {}
    misfits: dict[int, Sentence] = {}
    for question in sorted(asked, key=lambda one: _depth(one, catalog)):
        typed = _typed(question, given)
        if not typed or not visible(question, catalog, {**known, **accepted}):
            continue
        answer = fitting(question, typed, zone, locale)
        if isinstance(answer, Sentence):
            misfits[question.id] = answer
        else:
            accepted[str(question.id)] = answer
    answers = {**known, **accepted}
    wanting = (
        one for one in asked if one.id in misfits or not (answers.get(str(one.id)) or (skip and not one.required))
    )
    open_ones = tuple(one for one in wanting if visible(one, catalog, answers))
    return Inquiry(accepted, open_ones, next((misfits[one.id] for one in open_ones if one.id in misfits), None))


def asked_about(catalog: Catalog, item: int) -> list[Question]:
    """The questions that the door asks about tickets of this item, in their order."""
    asked = [one for one in catalog.questions.values() if one.ask_during_checkin and item in one.items]
    if len(asked) > 1:
        asked.sort(key=lambda one: (one.position, one.id))
    return asked


def asked_at_sale(catalog: Catalog, item: int) -> list[Question]:
    """The questions that are asked when a ticket of this item is bought, in their order."""
    asked = [one for one in catalog.questions.values() if not one.ask_during_checkin and item in one.items]
    return sorted(asked, key=lambda one: (one.position, one.id))


def visible(question: Question, catalog: Catalog, answers: Mapping[str, str]) -> bool:
    """Whether the answers so far make this a question at all."""
    below = question
    for parent in _parents(question, catalog):
        if not _answered_with(parent, below.dependency_values, answers.get(str(parent.id), "")):
            return False
        below = parent
    return True


def _parents(question: Question, catalog: Catalog) -> Iterator[Question]:
    """The question that this one depends on, then the one that that one depends on, in no circle."""
    seen = {question.id}
    parent = catalog.questions.get(question.dependency_question or 0)
    while parent is not None and parent.id not in seen:
        yield parent
        seen.add(parent.id)
        parent = catalog.questions.get(parent.dependency_question or 0)


def _depth(question: Question, catalog: Catalog) -> int:
    return sum(1 for _ in _parents(question, catalog))


def _answered_with(parent: Question, wanted: tuple[str, ...], answer: str) -> bool:
    if not answer:
        return False
    if parent.type in (QuestionType.CHOICE, QuestionType.CHOICES):
        chosen = _chosen(parent, answer)
        return chosen is not None and any(one.identifier in wanted or str(one.id) in wanted for one in chosen)
    return answer.casefold() in {value.casefold() for value in wanted}


def _typed(question: Question, given: Mapping[str, str]) -> str:
    typed = given.get(str(question.id)) or (question.identifier and given.get(question.identifier)) or ""
    return typed.strip()


def fitting(question: Question, typed: str, zone: tzinfo, locale: str = "en") -> str | Sentence:
    """The answer in the form in which it is kept, or what does not fit about it; names in it as `locale` has them.

    Choices are kept as comma-separated option ids, yes and no as `true` and `false`, dates and times in
    ISO 8601, a moment with the zone of the event.
    """
    try:
        return _KINDS[question.type](question, typed.strip(), zone)
    except _DoesNotFit as no:
        options = {"options": _options(question, locale)} if "{options}" in no.text else {}
        return Sentence("{question}: " + no.text, {"question": label(question, locale), **options, **no.values})


def label(question: Question, locale: str = "en") -> str:
    """The question in words, for a sentence about it."""
    return localised(question.question, locale) or question.identifier or str(question.id)


class _DoesNotFit(ValueError):
    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


_Value = TypeVar("_Value", Decimal, date, datetime, time)

_DIGITS = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")


def _number(question: Question, typed: str, _: tzinfo) -> str:
    if not _DIGITS.fullmatch(typed):
        raise _DoesNotFit("write a number")
    if "," in typed and _THOUSANDS.fullmatch(typed):
        raise _DoesNotFit("write the number without a thousands mark")
    number = Decimal(typed.replace(",", "."))
    _within(number, _bound(Decimal, question.valid_number_min), _bound(Decimal, question.valid_number_max))
    return f"{number:f}"


def _within(value: _Value, least: _Value | None, most: _Value | None) -> None:
    if least is not None and value < least:
        raise _DoesNotFit("no less than {least}", least=least)
    if most is not None and value > most:
        raise _DoesNotFit("no more than {most}", most=most)


def _line(question: Question, typed: str, _: tzinfo) -> str:
    most = question.valid_string_length_max
    if most is not None and len(typed) > most:
        raise _DoesNotFit("no more than {most} characters", most=most)
    return typed


_YES = {"true", "yes", "y", "1", "on"}
_NO = {"false", "no", "n", "0", "off"}


def _yes_no(question: Question, typed: str, _: tzinfo) -> str:
    word = typed.casefold()
    if word in _YES:
        return "true"
    if word not in _NO:
        raise _DoesNotFit("answer yes or no")
    if question.required:
        raise _DoesNotFit("this has to be yes")
    return "false"


def _choice(question: Question, typed: str, _: tzinfo) -> str:
    option = _option(question, typed)
    if option is None:
        raise _DoesNotFit("choose one of {options}")
    return str(option.id)


def _choices(question: Question, typed: str, _: tzinfo) -> str:
    chosen = _chosen(question, typed)
    if not chosen:
        raise _DoesNotFit("choose some of {options}")
    ids = {option.id for option in chosen}
    return ",".join(str(option.id) for option in question.options if option.id in ids)


def _chosen(question: Question, answer: str) -> list[Option] | None:
    """The options that a comma-separated answer names; None if it names one that there is not."""
    chosen = [_option(question, part.strip()) for part in answer.split(",") if part.strip()]
    known = [option for option in chosen if option is not None]
    return known if len(known) == len(chosen) else None


def _option(question: Question, name: str) -> Option | None:
    """The option with this id, else with this identifier."""
    by_id = next((option for option in question.options if str(option.id) == name), None)
    return by_id or next((option for option in question.options if option.identifier == name), None)


def _options(question: Question, locale: str) -> str:
    return ", ".join(localised(option.answer, locale) or option.identifier for option in question.options)


def _file(_question: Question, typed: str, _: tzinfo) -> str:
    if not re.fullmatch(r"file:[0-9A-Za-z-]{1,64}", typed):
        raise _DoesNotFit("a picture or a PDF is wanted")
    return typed


def _date(question: Question, typed: str, _: tzinfo) -> str:
    day = _parsed(date.fromisoformat, typed, "write the day as 2026-11-21")
    _within(
        day, _bound(date.fromisoformat, question.valid_date_min), _bound(date.fromisoformat, question.valid_date_max)
    )
    return day.isoformat()


def _time(_question: Question, typed: str, _: tzinfo) -> str:
    padded = f"0{typed}" if re.fullmatch(r"[0-9]:[0-9]{2}", typed) else typed
    moment = _parsed(time.fromisoformat, padded, "write the time as 18:30")
    if moment.tzinfo is not None:
        raise _DoesNotFit("write the time as 18:30")
    return moment.isoformat()


def _datetime(question: Question, typed: str, zone: tzinfo) -> str:
    def in_zone(text: str) -> datetime:
        """A moment on the event's clock, which is meant where no zone is given. A day alone is none."""
        if ":" not in text:
            raise ValueError
        moment = datetime.fromisoformat(text)
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)

    moment = _parsed(in_zone, typed, "write day and time as 2026-11-21 18:30")
    _within(moment, _bound(in_zone, question.valid_datetime_min), _bound(in_zone, question.valid_datetime_max))
    return moment.isoformat()


def _parsed(parse: Callable[[str], _Value], typed: str, otherwise: str) -> _Value:
    try:
        return parse(typed)
    except (ValueError, OverflowError):
        raise _DoesNotFit(otherwise) from None


def _bound(parse: Callable[[str], _Value], bound: str | None) -> _Value | None:
    """A bound of the server; one that cannot be read bounds nothing."""
    try:
        return parse(bound) if bound else None
    except (ValueError, OverflowError, InvalidOperation):
        return None


def _country(_question: Question, typed: str, _: tzinfo) -> str:
    code = typed.upper()
    if code not in _COUNTRIES:
        raise _DoesNotFit("write the country in two letters, such as DE")
    return code


def _phone(_question: Question, typed: str, _: tzinfo) -> str:
    number = re.sub(r"[\s().\-/]", "", typed)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not re.fullmatch(r"\+?[0-9]{5,15}", number):
        raise _DoesNotFit("write the number with its country, such as +49 30 123456")
    return number


_KINDS: Mapping[QuestionType, Callable[[Question, str, tzinfo], str]] = {
    QuestionType.NUMBER: _number,
    QuestionType.TEXT: _line,
    QuestionType.LONG_TEXT: _line,
    QuestionType.YES_NO: _yes_no,
    QuestionType.CHOICE: _choice,
    QuestionType.CHOICES: _choices,
    QuestionType.FILE: _file,
    QuestionType.DATE: _date,
    QuestionType.TIME: _time,
    QuestionType.DATETIME: _datetime,
    QuestionType.COUNTRY: _country,
    QuestionType.PHONE: _phone,
}

# ISO 3166-1, and XK, which is in general use for Kosovo.
_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
_COUNTRIES = frozenset(_CODES.split())
