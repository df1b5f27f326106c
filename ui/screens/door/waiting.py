"""Answers that came while another one waits for a person: heard, announced at the top of the panel, and shown next."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from ui.clerks.cases import Case, Stage
from ui.language import plural, tr

from .offers import answer_to


def needs_somebody(case: Case | None) -> bool:
    """Whether a case stays until a person has done something about it."""
    if case is None:
        return False
    if case.stage is not Stage.DONE:
        return True
    attention = case.verdict.admitted and case.verdict.attention
    return attention or bool(case.open_hand_outs)


class Waiting:
    """The cases behind the one on the screen."""

    def __init__(self) -> None:
        self._behind: deque[Case] = deque()

    def takes(self, case: Case, current: Case | None) -> bool:
        """Let a new case wait while somebody is needed, unless it goes on with the same ticket; whether it does."""
        if current is None or not needs_somebody(current) or current.scan.nonce == case.scan.nonce:
            return False
        same = bool(case.ticket) and case.ticket == current.ticket
        if same and current.stage is not Stage.DONE:
            return False
        self._behind.append(case)
        return True

    def follow(self, cases: Iterable[Case]) -> None:
        """Let those of them wait that need somebody."""
        self._behind.extend(one for one in cases if needs_somebody(one))

    def come_back(self, case: Case | None) -> None:
        """Something else is shown now; a case that still needs somebody comes right after it."""
        if case is not None and needs_somebody(case):
            self._behind.appendleft(case)

    def forget(self, nonces: Collection[str]) -> None:
        """These scans were taken back: nobody has to do anything about them."""
        self._behind = deque(one for one in self._behind if one.scan.nonce not in nonces)

    def next(self) -> Case | None:
        """The case that waited longest, which no longer does."""
        return self._behind.popleft() if self._behind else None

    @property
    def words(self) -> str:
        """Who comes next, and how many more."""
        if not self._behind:
            return ""
        first = answer_to(self._behind[0])
        text = tr("Next: {word} {name}", word=first.word, name=first.name)
        more = len(self._behind) - 1
        return text + (plural("  + {n} more", "  + {n} more", more) if more else "")
