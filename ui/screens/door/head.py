"""The head of the door: which way people pass, on which list, through which gate, and how many did.

How many there are to come takes a moment on a large event, so it is counted on another thread and kept.
"""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.catalog import CheckInList
from boxoffice.errors import Trouble
from ui.background import Background
from ui.clerks.doorkeeper import Doorkeeper
from ui.courier import Courier
from ui.language import apart, name_of, tr
from ui.rights import Right
from ui.widgets.door_header import CountView, DirectionSwitch, Place
from ui.widgets.search_box import SearchBox

log = logging.getLogger(__name__)


class Head(QWidget):
    """Direction, list, search and counts in a row."""

    def __init__(
        self, app: App, keeper: Doorkeeper, courier: Courier, rights: frozenset[Right], background: Background
    ) -> None:
        super().__init__()
        self._app = app
        self._keeper = keeper
        self._courier = courier
        self._background = background
        self._expected: dict[tuple[str, int], int] = {}
        self.direction = DirectionSwitch()
        self.place = Place()
        # The room is entered when somebody searches: the first picture needs nothing of it.
        self.search = SearchBox(
            lambda text: app.lookup.search(text), contact=Right.SEE_CONTACT in rights, sells=Right.SELL in rights
        )
        self.search.setFixedHeight(56)
        self.search.setMinimumWidth(56)
        self.search.setVisible(Right.SEARCH in rights)
        self.counts = CountView()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(14)
        row.addWidget(self.direction)
        row.addWidget(self.place)
        if Right.SEARCH in rights:
            row.addWidget(self.search, 1)
        else:
            row.addStretch(1)
        row.addWidget(self.counts)

    def show_place(self) -> None:
        """Say again how the door is set."""
        self.direction.set_direction(self._keeper.door.direction)
        self.place.show_place(self._list_names(), self._below_names())

    def _list_names(self) -> str:
        return " + ".join(one.name for one in self._keeper.lists) or tr("No list chosen")

    def _below_names(self) -> str:
        events = dict.fromkeys(one.event for one in self._keeper.lists)
        names = [name_of(self._app.catalog(event).event.name) or event for event in events]
        gate = self._keeper.door.gate
        return apart(gate, ", ".join(names)) or tr("Press to choose")

    def count(self) -> None:
        """Say again how many passed."""
        inside = came = entries = 0
        for gate_list in self._keeper.lists:
            counts = self._app.lookup.counts(gate_list)
            inside += counts.inside
            came += counts.tickets
            entries += counts.entries
        known = [self._expected.get((one.event, one.id)) for one in self._keeper.lists]
        expected = sum(one for one in known if one is not None) if known and None not in known else None
        self.counts.show_counts(inside=inside, came=came, entries=entries, expected=expected)

    def recount(self) -> None:
        """Ask again how many there are to come."""
        for gate_list in self._keeper.lists:
            future = self._background.ask(partial(self._app.lookup.expected, gate_list))
            self._courier.bring(future, to=self, done=partial(self._on_expected, gate_list), failed=_log_trouble)

    def _on_expected(self, gate_list: CheckInList, expected: int) -> None:
        self._expected[(gate_list.event, gate_list.id)] = expected
        self.count()


def _log_trouble(trouble: Trouble) -> None:
    log.info("The number of tickets is not known: %s", trouble)
