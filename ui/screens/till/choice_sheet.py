"""The dates that go with a pass: of each event that it takes in, the one that its holder wants."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain import pass_choices
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.offering import Choice, PassTerms
from boxoffice.domain.pass_choices import dates_of, name_of_choice
from boxoffice.ids import new_id
from ui import theme
from ui.clerks.clerk import Clerk
from ui.language import apart, clock, language, name_of, sentences, tell, tr
from ui.money import money
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.rows import CheckRow

from .sale_head import words_for

NO_DATE = 0
"""Stands for an event that has no dates to choose from."""


def words_for_event(catalog: Catalog) -> str:
    """An event of one date as people call it."""
    event = catalog.event
    begins = clock(event.date_from) if event.date_from is not None else ""
    return apart(name_of(event.name) or event.slug, begins)


class ChoiceSheet(Dialog):
    """The events of a pass, and of each the dates among which one is taken."""

    def __init__(
        self,
        clerk: Clerk,
        terms: PassTerms,
        whose: str,
        above: str,
        would_be: Callable[[tuple[CartLine, ...]], Cart],
        done: Callable[[tuple[CartLine, ...]], object],
        parent: QWidget,
    ) -> None:
        """`above` is the line of the pass, empty where it was sold before; `would_be` is the cart with some dates."""
        super().__init__(tr("Dates for {whose}", whose=whose), parent)
        self.setObjectName("choice_sheet")
        self.widen(600)
        self._clerk = clerk
        self._terms = terms
        self._above = above
        self._would_be = would_be
        self._done = done
        self.wrong = QLabel()  # Above the dates: in a small window what is below them is not seen.
        self.wrong.setProperty("role", "warn")
        self.wrong.setWordWrap(True)
        self.add(self.wrong)
        ground = QWidget()
        ground.setProperty("role", "page")
        rows = QVBoxLayout(ground)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(8)
        rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows: dict[tuple[int, int], CheckRow] = {}
        self._words: dict[tuple[int, int], str] = {}
        for choice in terms.choices:
            price = f" · {money(choice.price, clerk.currency)}" if choice.price else ""
            title = QLabel(f"{name_of_choice(choice, clerk.catalog, language())}{price}")
            title.setFont(theme.half_bold(17))
            rows.addWidget(title)
            self._offer(choice, rows)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumSize(520, min(420, 60 * (len(self.rows) + len(terms.choices)) + 12))
        scroll.setWidget(ground)
        self.add(scroll)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.go = Button(tr("Into the cart"), weight=Weight.PRIMARY)
        self.go.clicked.connect(self.take)
        self.add_buttons(cancel, self.go)
        if self.rows:
            next(iter(self.rows.values())).setFocus()
        self._show()

    def _offer(self, choice: Choice, rows: QVBoxLayout) -> None:
        """The dates of one choice; an event elsewhere that has none is one itself."""
        catalog = (
            self._clerk.catalog_of(choice.elsewhere.event) if choice.elsewhere is not None else self._clerk.catalog
        )
        if catalog is None:
            missing = QLabel(tr("This event is not known at this station."))
            missing.setProperty("role", "muted")
            rows.addWidget(missing)
            return
        dates = {date.id: words_for(date) for date in dates_of(choice, catalog)}
        if not dates and not catalog.event.has_subevents:
            dates = {NO_DATE: words_for_event(catalog)}
        for date, words in dates.items():
            row = self.rows[choice.id, date] = CheckRow(words, one_of_many=True)
            row.clicked.connect(partial(self._on_row, choice.id, date))
            rows.addWidget(row)
            self._words[choice.id, date] = words

    def _on_row(self, choice: int, date: int) -> None:
        """One date of each: another one lets go of the first, the same one again of itself."""
        for (other, at), row in self.rows.items():
            if other == choice and at != date:
                row.setChecked(False)
        self._show()

    def _show(self) -> None:
        """What stands against the dates so far; what somebody may allow is allowed in the cart."""
        lines = self._lines()
        against = [one for one in self._clerk.against(self._would_be(lines)) if one.kind in pass_choices.KINDS]
        said = dict.fromkeys(tell(one.words) for one in against)
        if said and all(one.may_be_allowed for one in against):
            said[tr("Somebody with permission can sell it all the same.")] = None
        self.wrong.setText(sentences(*said))
        self.go.setEnabled(bool(lines or self._above) and all(one.may_be_allowed for one in against))

    def take(self) -> None:
        """Put them into the cart."""
        lines = self._lines()
        self.accept()
        self._done(lines)

    def _lines(self) -> tuple[CartLine, ...]:
        taken = [place for place, row in self.rows.items() if row.isChecked()]
        return tuple(self._line(choice, date) for choice, date in taken)

    def _line(self, choice: int, date: int) -> CartLine:
        meant = next(one for one in self._terms.choices if one.id == choice)
        line = CartLine(id=new_id(), item=meant.item, variation=meant.variation, part_of=self._above, choice=choice)
        if meant.elsewhere is None:
            return msgspec.structs.replace(line, subevent=date)
        there = date if date != NO_DATE else None
        return msgspec.structs.replace(line, date_elsewhere=there, note=self._words[choice, date])
