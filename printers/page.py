"""What every kind of paper has: who gives it out, when, whether it is a copy or an exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from boxoffice.domain.badges import Align
from boxoffice.domain.documents import Copy, Document
from boxoffice.domain.passes import Left

from .cells import width_of, wrap
from .lines import Cell, Columns, Line, Picture, Rule, Text
from .phrases import Speech
from .profiles import Paper

Pictures = Callable[[str], bytes | None]
"""A picture of the store by its digest; None where it is not there."""


def no_pictures(_: str) -> bytes | None:
    """Where nobody keeps pictures."""
    return None


class Page:
    """One document on its way to lines: its paper, its language, and the parts that all kinds share."""

    def __init__(self, document: Document, paper: Paper, copy: Copy | None, pictures: Pictures) -> None:
        self.document = document
        self.paper = paper
        self.pictures = pictures
        self.speech = Speech(document.locale, document.timezone)
        self._copy = copy

    def say(self, text: str, /, **values: object) -> str:
        """A phrase in the document's language."""
        return self.speech.say(text, **values)

    def marks(self) -> Iterator[Line]:
        """What stands above everything: that it is an exercise, or which copy, when, by whom and why."""
        if self.document.training:
            yield from self._exercise()
        copy = self._copy
        if copy is None:
            return
        yield Text(self.say("COPY {n}", n=copy.number), bold=True, large=2, align=Align.CENTER)
        yield self.middle(beside(self.speech.moment(copy.at), copy.operator))
        if copy.reason:
            yield self.middle(self.say("Reason: {reason}", reason=copy.reason))
        yield Rule()

    def head(self) -> Iterator[Line]:
        """Logo, organiser and event, and the event's own words above everything."""
        head = self.document.letterhead
        logo = self.pictures(head.logo) if head.logo else None
        if logo:
            yield Picture(logo, share=0.6)
        if head.organiser:
            yield self.middle(head.organiser, bold=True)
        if head.event and head.event != head.organiser:
            yield self.middle(head.event, bold=not head.organiser)
        for line in head.address:
            yield self.middle(line)
        if head.tax_id:
            yield self.middle(self.say("VAT ID {id}", id=head.tax_id))
        for line in head.header:
            yield self.middle(line)

    def foot(self) -> Iterator[Line]:
        """The event's own words below everything, and the marks once more."""
        for line in self.document.letterhead.footer:
            yield self.middle(line)
        yield from self.end()

    def end(self) -> Iterator[Line]:
        """The marks once more: what is torn off at the top must not become a first print."""
        if self.document.training:
            yield from self._exercise()
        if self._copy is not None:
            yield self.middle(self.say("COPY {n}", n=self._copy.number), bold=True)

    def served(self) -> Iterator[Line]:
        """When, where and by whom."""
        document = self.document
        when, who = self.speech.moment(document.at), beside(document.station, document.operator)
        if who and width_of(when) + 1 + width_of(who) <= self.paper.columns:
            yield self.pair(when, who)
            return
        yield Text(when)
        if who:
            yield Text(who)

    def middle(self, text: str, *, bold: bool = False, large: int = 1) -> Text:
        """A text in the middle of the paper."""
        return Text(text, bold, large, Align.CENTER)

    def headline(self, text: str, lines: int = 2) -> Text:
        """A text in the middle, in double letters where it takes no more than so many lines."""
        large = 2 if len(wrap(text, self.paper.columns // 2)) <= lines else 1
        return self.middle(text, bold=True, large=large)

    def left(self, left: Left | None) -> Iterator[str]:
        """What a pass is still good for."""
        if left is not None and left.entries is not None:
            yield self.say("{n} of {all} entries left", n=left.entries, all=left.of_entries)
        if left is not None and left.days is not None:
            yield self.say("{n} of {all} days left", n=left.days, all=left.of_days)

    def pair(self, label: str, value: str, *, bold: bool = False, large: int = 1, indent: int = 0) -> Columns:
        """A label on the left and its value on the right."""
        return Columns((Cell(label, indent=indent), Cell(value, width_of(value), Align.RIGHT)), bold, large)

    def _exercise(self) -> Iterator[Line]:
        yield Text(self.say("TRAINING – NOT VALID"), bold=True, align=Align.CENTER, inverse=True)


def beside(*texts: str) -> str:
    """Those that there are, on one line."""
    return " · ".join(one for one in texts if one)
