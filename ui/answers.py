"""A verdict as the person at the door sees it: one word, one of four kinds, and what stands below.

No widget in here: a verdict goes in, words and values come out, so that every answer can be read in a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QLocale

from boxoffice.domain.catalog import Question, QuestionType
from boxoffice.domain.passages import Direction, Passage
from boxoffice.domain.passes import Left
from boxoffice.domain.verdicts import Reason, Verdict
from boxoffice.errors import Trouble

from . import theme, typed_times
from .language import ago, clock, name_of, plural, tell, tr
from .shapes import Shape
from .theme import Tone

if TYPE_CHECKING:
    from boxoffice.services.lookup import Answered, Card
    from boxoffice.services.undo import Undoing

STALE = 15 * 60
"""Seconds after which the age of the data is worth a word at the door."""


class Kind(StrEnum):
    """The four kinds of answers; each has its own colour, sign and sound."""

    VALID = "valid"
    CAUTION = "caution"
    REFUSAL = "refusal"
    PASSING = "passing"

    @property
    def tone(self) -> Tone:
        """Its colours."""
        return _TONES[self]

    @property
    def shape(self) -> Shape:
        """Its sign."""
        return _SHAPES[self]


_TONES: Mapping[Kind, Tone] = {
    Kind.VALID: theme.VALID,
    Kind.CAUTION: theme.CAUTION,
    Kind.REFUSAL: theme.REFUSAL,
    Kind.PASSING: theme.PASSING,
}

_SHAPES: Mapping[Kind, Shape] = {
    Kind.VALID: Shape.CHECK,
    Kind.CAUTION: Shape.WARNING,
    Kind.REFUSAL: Shape.STOP,
    Kind.PASSING: Shape.ARROW,
}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the panel shows."""

    kind: Kind
    word: str
    name: str = ""
    what: str = ""
    """Item and variation, date, seat."""
    notes: tuple[str, ...] = ()
    """Sentences: why not, first entry, what was overruled."""
    texts: tuple[str, ...] = ()
    """What the staff should know or hand out."""
    small: str = ""
    """What is rarely of interest: order, list, age of the data."""

    def spoken(self) -> str:
        """Everything in one line, for a screen reader."""
        return ". ".join(part for part in (self.word, self.name, self.what, *self.notes, *self.texts) if part)


def of(verdict: Verdict) -> Answer:
    """The answer to a scan."""
    kind = kind_of(verdict)
    position = verdict.ticket.position if verdict.ticket else None
    what = _joined(
        verdict.item, verdict.variation, tr("Seat {seat}", seat=position.seat) if position and position.seat else ""
    )
    return Answer(
        kind=kind,
        word=_word(verdict, kind),
        name=(position.name or tr("No name")) if position else "",
        what=_joined(what, position.company if position else "", between=" — "),
        notes=tuple(_notes(verdict)),
        texts=verdict.texts if verdict.admitted else (),
        small=_joined(_order_of(verdict), verdict.list.name if verdict.list else "", _age(verdict)),
    )


def kind_of(verdict: Verdict) -> Kind:
    """Which of the four kinds a verdict is."""
    if verdict.reason in (Reason.ALREADY_REDEEMED, Reason.INCOMPLETE):
        return Kind.CAUTION
    if not verdict.admitted:
        return Kind.REFUSAL
    if verdict.direction is Direction.EXIT:
        return Kind.PASSING
    return Kind.CAUTION if verdict.attention or verdict.forced else Kind.VALID


def word_for(reason: Reason) -> str:
    """A reason in a word or two."""
    return tr(_WORDS[reason])


def _word(verdict: Verdict, kind: Kind) -> str:
    if not verdict.admitted:
        return word_for(verdict.reason)
    if kind is Kind.PASSING:
        return tr("Exit")
    if verdict.forced:
        return tr("Admitted")
    return tr("Attention") if verdict.attention else tr("Valid")


_WORDS: Mapping[Reason, str] = {
    Reason.OK: "Valid",
    Reason.INCOMPLETE: "Please ask",
    Reason.INVALID: "Unknown",
    Reason.UNPAID: "Not paid",
    Reason.BLOCKED: "Blocked",
    Reason.INVALID_TIME: "Not valid now",
    Reason.CANCELED: "Cancelled",
    Reason.ALREADY_REDEEMED: "Already used",
    Reason.PRODUCT: "Wrong ticket",
    Reason.RULES: "Not here, not now",
    Reason.AMBIGUOUS: "Not clear",
    Reason.REVOKED: "Replaced",
    Reason.UNAPPROVED: "Not approved",
    Reason.ERROR: "Ask the desk",
}


def left_of_pass(left: Left) -> str:
    """What a pass is still good for."""
    said = []
    if left.entries is not None and left.of_entries is not None:
        said.append(tr("{n} of {all} entries left", n=left.entries, all=left.of_entries))
    if left.days is not None and left.of_days is not None:
        said.append(tr("{n} of {all} days left", n=left.days, all=left.of_days))
    return _joined(*said)


def _notes(verdict: Verdict) -> list[str]:
    notes = []
    if verdict.left is not None:
        notes.append(left_of_pass(verdict.left))
    if verdict.explanation is not None and verdict.forced:
        notes.append(tr("In spite of: {why}", why=tell(verdict.explanation)))
    elif verdict.explanation is not None and (verdict.first_entry is None or verdict.left is not None):
        notes.append(tell(verdict.explanation))
    if verdict.first_entry is not None and not verdict.admitted and verdict.left is None:
        notes.append(first_entry(verdict.first_entry))
    return notes


def first_entry(passage: Passage) -> str:
    """When, where and by which device a ticket came in first."""
    when = clock(passage.at)
    if passage.gate and passage.device:
        return tr("First entry {when}, {gate}, by {device}", when=when, gate=passage.gate, device=passage.device)
    if passage.gate or passage.device:
        return tr("First entry {when}, {where}", when=when, where=passage.gate or passage.device)
    return tr("First entry {when}", when=when)


def _order_of(verdict: Verdict) -> str:
    return tr("Order {ticket}", ticket=verdict.ticket.key) if verdict.ticket else ""


def _age(verdict: Verdict) -> str:
    if verdict.data_age is None:
        return tr("Data never complete")
    return tr("Data {age} old", age=ago(verdict.data_age)) if verdict.data_age > STALE else ""


def preview(verdict: Verdict) -> Answer:
    """Shown before anything is recorded: a person confirms it."""
    shown = of(verdict)
    word = tr("Let out?") if verdict.direction is Direction.EXIT else tr("Let in?")
    return msgspec.structs.replace(shown, kind=Kind.PASSING, word=word)


def asking(verdict: Verdict) -> Answer:
    """Optional questions are open: the ticket is good, but somebody should be asked."""
    shown = of(verdict)
    notes = (plural("{n} question first", "{n} questions first", len(verdict.questions)), *shown.notes)
    return msgspec.structs.replace(shown, kind=Kind.CAUTION, word=word_for(Reason.INCOMPLETE), notes=notes)


def taken_back(undoing: Undoing) -> Answer:
    """A passage no longer counts."""
    note = (
        tr("This exit no longer counts") if undoing.direction is Direction.EXIT else tr("This entry no longer counts")
    )
    return Answer(kind=Kind.PASSING, word=tr("Taken back"), name=undoing.name, notes=(note,), small=undoing.ticket)


def group_taken_back(undone: Sequence[Undoing]) -> Answer:
    """Those who had passed together no longer count."""
    word = plural("{n} taken back", "{n} taken back", len(undone))
    names = _joined(*(one.name for one in undone))
    return Answer(kind=Kind.PASSING, word=word, notes=(names,) if names else ())


def trouble(happened: Trouble) -> Answer:
    """Nothing could be judged, or nothing written down."""
    notes = tuple(tr(part) for part in (happened.title, happened.what, happened.hint) if part)
    return Answer(kind=Kind.REFUSAL, word=tr("Not recorded"), notes=notes)


def group(admitted: int, refused: tuple[str, ...]) -> Answer:
    """Several tickets of an order at once."""
    word = plural("{n} let in", "{n} let in", admitted) if admitted else tr("Nobody let in")
    return Answer(kind=Kind.CAUTION if refused else Kind.VALID, word=word, notes=refused)


def row(answered: Answered) -> tuple[Kind, str]:
    """Kind and word for a line in the list of last scans."""
    if answered.undone:
        return Kind.PASSING, tr("Taken back")
    if answered.reason is Reason.OK:
        exit_ = answered.direction is Direction.EXIT
        return (Kind.PASSING, tr("Exit")) if exit_ else (Kind.VALID, tr("Valid"))
    kind = Kind.CAUTION if answered.reason in (Reason.ALREADY_REDEEMED, Reason.INCOMPLETE) else Kind.REFUSAL
    return kind, word_for(answered.reason)


def facts(card: Card, *, contact: bool) -> list[tuple[str, str]]:
    """Everything about a ticket as label and value, for the card beside an answer."""
    ticket = card.ticket
    position, order = ticket.position, ticket.order
    held: list[tuple[str, str]] = [
        (tr("Ticket"), _joined(card.item, card.variation)),
        (tr("Date"), card.subevent),
        (tr("Pass"), left_of_pass(card.left) if card.left is not None else ""),
        (tr("Company"), position.company),
        (tr("Seat"), position.seat or ""),
        (tr("With it"), ", ".join(card.addons)),
        *((name_of(question.question), answer_words(question, answer)) for question, answer in card.answers),
        (tr("Order"), ticket.key),
    ]
    if contact:
        held += [
            (tr("Bought by"), order.customer if order.customer != position.name else ""),
            (tr("E-mail"), position.email or order.email),
            (tr("Phone"), order.phone),
        ]
    held += [(tr("Passages"), _passages(card)), (tr("Handed out"), _handed_out(card))]
    return [(label, value) for label, value in held if value]


def answer_words(question: Question, answer: str) -> str:
    """An answer as people say it, and not as it is kept."""
    match question.type:
        case QuestionType.YES_NO:
            return tr("Yes") if answer.casefold() == "true" else tr("No")
        case QuestionType.DATE:
            return typed_times.day_words(answer)
        case QuestionType.TIME:
            return answer[:5]
        case QuestionType.DATETIME:
            return typed_times.moment_words(answer)
        case QuestionType.COUNTRY:
            found = QLocale.codeToTerritory(answer)
            return QLocale.territoryToString(found) if found != QLocale.Country.AnyTerritory else answer
        case QuestionType.FILE:
            return tr("A file")
        case _:
            return answer


def _passages(card: Card) -> str:
    counted = [one for one in card.checkins if not one.annulled]
    lines = []
    for one in counted[-4:]:
        way = tr("out") if one.direction is Direction.EXIT else tr("in")
        lines.append(_joined(f"{clock(one.at)} {way}", one.gate, one.device))
    return "\n".join(lines)


def _handed_out(card: Card) -> str:
    return "\n".join(f"{', '.join(one.what)} ({_at(one.at, one.device)})" for one in card.handed_out)


def _at(moment: datetime, device: str) -> str:
    return _joined(clock(moment), device)


def _joined(*parts: str, between: str = " · ") -> str:
    return between.join(part for part in parts if part)
