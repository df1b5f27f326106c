"""Our books beside those of the others: what the server has, what the terminals say, what lay in the drawer.

Each thing that differs is a row of its own with its likely cause and the next step, so that nobody goes home with a
sum that is merely off. Nothing is asked here; whoever knows the store, the outbox and the terminals brings it along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from enum import StrEnum

import msgspec

from .payment import Attempt, State, Way
from .tenders import Means
from .terminals import TerminalDay


class Sent(StrEnum):
    """How far a payment has come on its way to the server."""

    TOLD = "told"
    WAITING = "waiting"
    REFUSED = "refused"


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """One tender on one receipt, and what the server has of it. Amounts are without the rounding of cash."""

    receipt: int
    order: str
    station: str
    cashier: str
    tender: str
    period: str
    """The Z of its shift, or a word for the shift that is open."""
    at: datetime
    amount: int
    sent: Sent = Sent.TOLD
    words: str = ""
    """Why the server refused it."""
    server: int | None = None
    """What the server says of it; None if it knows nothing."""
    by_hand: bool = False
    """By card, and no terminal of this station has charged it."""


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """One tender of another till, of which this station knows what the server has told."""

    station: str
    cashier: str
    tender: str
    amount: int


class Drawer(msgspec.Struct, frozen=True, kw_only=True):
    """What a drawer was to hold at its Z, and what was counted."""

    period: str
    at: datetime
    station: str
    cashier: str
    expected: int
    counted: int


class Cause(StrEnum):
    """Why two sums are likely to differ."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    NOT_THERE = "not_there"
    OTHER_AMOUNT = "other_amount"
    UNKNOWN = "unknown"
    NOT_TAKEN_BACK = "not_taken_back"
    DOUBLE = "double"
    NOT_CHARGED = "not_charged"
    BY_HAND = "by_hand"
    TYPED = "typed"
    UNEXPLAINED = "unexplained"
    MISCOUNTED = "miscounted"


CAUSES: Mapping[Cause, str] = {
    Cause.NOT_SENT: "Not sent yet",
    Cause.REFUSED: "Refused by the server",
    Cause.NOT_THERE: "Sent, and not there",
    Cause.OTHER_AMOUNT: "The server has another amount",
    Cause.UNKNOWN: "Nobody knows whether the card was charged",
    Cause.NOT_TAKEN_BACK: "Charged for a sale that did not happen",
    Cause.DOUBLE: "Charged twice for one sale",
    Cause.NOT_CHARGED: "Settled as charged, and likely was not",
    Cause.BY_HAND: "Charged here, and entered as card by hand",
    Cause.TYPED: "Likely typed wrongly",
    Cause.UNEXPLAINED: "The terminal says another sum",
    Cause.MISCOUNTED: "The drawer was short or over",
}
"""In words: English phrases that have a translation."""

NEXT: Mapping[Cause, str] = {
    Cause.NOT_SENT: "It goes out with the next sync. Look at the outbox if it stays.",
    Cause.REFUSED: "Read the server's words in the outbox, put it right there, and send it again.",
    Cause.NOT_THERE: "Sync once more. If it stays, ask the organiser to look at the order.",
    Cause.OTHER_AMOUNT: "Look at the order at the server: somebody has changed its payments there.",
    Cause.UNKNOWN: "Ask the terminal what became of it, or look into its journal and settle it.",
    Cause.NOT_TAKEN_BACK: "Take the charge back at the terminal, or finish the sale that it was for.",
    Cause.DOUBLE: "Take the second charge back at the terminal.",
    Cause.NOT_CHARGED: "Look for it in the terminal's journal; correct the receipt if it is not there.",
    Cause.BY_HAND: "Compare this slip of the terminal with the receipt. If they agree, nothing is missing.",
    Cause.TYPED: "Compare this slip of the terminal with the receipt, then correct the receipt.",
    Cause.UNEXPLAINED: "Print the terminal's journal and compare it with the receipts by card.",
    Cause.MISCOUNTED: "Look for a tender that was entered wrongly, and correct its receipt.",
}


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same on both sides."""

    cause: Cause
    where: str
    """`server`, `terminal` or `drawer`."""
    at: datetime
    ours: int
    theirs: int | None = None
    perhaps: int | None = None
    """What theirs may be, where nobody knows."""
    receipt: int | None = None
    order: str = ""
    tender: str = ""
    cashier: str = ""
    about: str = ""
    """The attempt, the terminal, the Z, or the server's words."""


class Sum(msgspec.Struct, frozen=True):
    """How many, and how much."""

    count: int = 0
    amount: int = 0

    def plus(self, amount: int) -> Sum:
        """One more."""
        return Sum(self.count + 1, self.amount + amount)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One station, period, cashier and tender: our figures and the server's. `ours` is None for other tills."""

    station: str
    period: str
    cashier: str
    tender: str
    ours: Sum | None
    server: Sum


SIDES = ("station", "period", "cashier", "tender")
"""By what lines can be summed up."""


def summed(lines: Sequence[Line], by: Sequence[str]) -> tuple[Line, ...]:
    """Lines summed up by some of `SIDES`; the others are empty then. Other tills stay apart, by their names."""
    sums: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        kept = {*by, "station"} if line.ours is None else by
        sums[tuple(getattr(line, side) if side in kept else "" for side in SIDES)].append(line)
    return tuple(
        Line(
            **dict(zip(SIDES, key, strict=True)),
            ours=_added([one.ours for one in those if one.ours is not None]),
            server=_added([one.server for one in those]) or Sum(),
        )
        for key, those in sorted(sums.items())
    )


def _added(sums: Sequence[Sum]) -> Sum | None:
    return Sum(sum(one.count for one in sums), sum(one.amount for one in sums)) if sums else None


class AtTerminal(msgspec.Struct, frozen=True, kw_only=True):
    """One terminal up to an end of its day; `own` is None where it does not say."""

    terminal: str
    at: datetime
    ours: Sum
    own: int | None
    own_number: int | None = None


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides, and everything that differs."""

    lines: tuple[Line, ...]
    terminals: tuple[AtTerminal, ...]
    differences: tuple[Difference, ...]


def reconcile(
    entered: Sequence[Entered],
    attempts: Sequence[Attempt],
    days: Sequence[TerminalDay],
    drawers: Sequence[Drawer],
    elsewhere: Iterable[Elsewhere] = (),
    sold: frozenset[str] = frozenset(),
) -> Reconciliation:
    """Compare. `sold` are the operations among those of the attempts that have a receipt."""
    differences = (
        *_at_server(entered),
        *_on_cards(attempts, sold),
        *_of_days(days, entered, attempts, sold),
        *_in_drawers(drawers),
    )
    return Reconciliation(
        lines=_lines(entered, elsewhere),
        terminals=tuple(
            AtTerminal(
                terminal=one.terminal,
                at=one.at,
                ours=Sum(one.ours_number, one.ours),
                own=one.amount,
                own_number=one.number,
            )
            for one in days
        ),
        differences=tuple(sorted(differences, key=lambda one: one.at)),
    )


def _lines(entered: Sequence[Entered], elsewhere: Iterable[Elsewhere]) -> tuple[Line, ...]:
    ours: dict[tuple[str, str, str, str], Sum] = defaultdict(Sum)
    server: dict[tuple[str, str, str, str], Sum] = defaultdict(Sum)
    for one in entered:
        key = one.station, one.period, one.cashier, one.tender
        ours[key] = ours[key].plus(one.amount)
        if one.server is not None:
            server[key] = server[key].plus(one.server)
    for other in elsewhere:
        key = other.station, "", other.cashier, other.tender
        server[key] = server[key].plus(other.amount)
    return tuple(
        Line(station=key[0], period=key[1], cashier=key[2], tender=key[3], ours=ours.get(key), server=server[key])
        for key in sorted(ours.keys() | server.keys())
    )


def _at_server(entered: Sequence[Entered]) -> Iterator[Difference]:
    for one in entered:
        cause = _cause(one)
        if cause is not None:
            yield Difference(
                cause=cause,
                where="server",
                at=one.at,
                ours=one.amount,
                theirs=one.server,
                receipt=one.receipt,
                order=one.order,
                tender=one.tender,
                cashier=one.cashier,
                about=one.words,
            )


def _cause(one: Entered) -> Cause | None:
    if one.sent is Sent.WAITING:
        return Cause.NOT_SENT
    if one.sent is Sent.REFUSED:
        return Cause.REFUSED
    if one.server is None:
        return Cause.NOT_THERE
    return Cause.OTHER_AMOUNT if one.server != one.amount else None


def _on_cards(attempts: Sequence[Attempt], sold: frozenset[str]) -> Iterator[Difference]:
    """Cards by themselves: what nobody knows, and what was charged and stands on no receipt."""
    charged: set[str] = {one.operation for one in attempts if one.is_charged and one.receipt is not None}
    for one in attempts:
        if one.is_doubtful:
            yield _card(one, Cause.UNKNOWN, None)
        elif one.is_stray and one.way is Way.CHARGE:
            twice = one.operation in sold or one.operation in charged
            charged.add(one.operation)
            yield _card(one, Cause.DOUBLE if twice else Cause.NOT_TAKEN_BACK, one.amount)


def _card(one: Attempt, cause: Cause, theirs: int | None) -> Difference:
    return Difference(
        cause=cause,
        where="terminal",
        at=one.began_at,
        ours=0,
        theirs=theirs,
        perhaps=_signed(one) if cause is Cause.UNKNOWN else None,
        tender=Means.CARD.value,
        cashier=one.operator,
        about=f"{one.terminal} {one.id}",
    )


def _of_days(
    days: Sequence[TerminalDay], entered: Sequence[Entered], attempts: Sequence[Attempt], sold: frozenset[str]
) -> Iterator[Difference]:
    """An end of day that says another sum than our books, and what alone would explain it."""
    for day in days:
        if day.amount is None or day.amount == day.ours:
            continue
        gap = day.amount - day.ours
        lost = next((one for one in attempts if one.is_doubtful and _signed(one) == gap), None)
        stray = next((one for one in attempts if one.is_stray and _signed(one) == gap), None)
        settled = next((one for one in attempts if one.settled_by and _is_of(one, day) and _if_wrong(one) == gap), None)
        if lost is not None:
            yield _of_day(day, Cause.UNKNOWN, f"{lost.terminal} {lost.id}")
        elif stray is not None:
            yield _of_day(day, Cause.NOT_TAKEN_BACK, f"{stray.terminal} {stray.id}")
        elif settled is not None:
            yield _settled_wrongly(day, settled, sold)
        else:
            here = {one.receipt for one in attempts if _is_of(one, day)}
            by_hand = [one for one in entered if one.tender == Means.CARD and one.by_hand]
            yield _typed(day, by_hand, here, gap) or _of_day(day, Cause.UNEXPLAINED, day.terminal)


def _is_of(one: Attempt, day: TerminalDay) -> bool:
    """Whether a payment is one of this terminal, and of this day."""
    begun = day.since is None or day.since < one.began_at
    return one.terminal == day.terminal and begun and one.began_at <= day.at


def _if_wrong(one: Attempt) -> int:
    """What the terminal has more than our books if it was not as the person has said."""
    if one.is_charged:
        return -_signed(one)
    return _signed(one) if one.state is State.NOT_CHARGED else 0  # The terminal itself has taken the others back.


def _settled_wrongly(day: TerminalDay, one: Attempt, sold: frozenset[str]) -> Difference:
    about = f"{one.terminal} {one.id}"
    if one.is_charged:
        return msgspec.structs.replace(_of_day(day, Cause.NOT_CHARGED, about), receipt=one.receipt)
    if one.way is Way.CHARGE:
        return _of_day(day, Cause.DOUBLE if one.operation in sold else Cause.NOT_TAKEN_BACK, about)
    return _of_day(day, Cause.UNEXPLAINED, about)


def _typed(day: TerminalDay, by_hand: Sequence[Entered], here: Set[int | None], gap: int) -> Difference | None:
    """The receipt by hand that makes the gap; our sum has it where its payment was one `here`, else the slip is all."""
    own = _mistyped([one for one in by_hand if one.receipt in here], gap)
    others = [one for one in by_hand if one.receipt not in here]
    whole = next((one for one in others if one.amount == gap), None)
    slipped = next((one for one in others if gap in _slips(one.amount)), None)
    found = own or whole or slipped
    if found is None:
        return None
    about = _of_day(day, Cause.BY_HAND if found is whole else Cause.TYPED, day.terminal)
    return msgspec.structs.replace(about, receipt=found.receipt, order=found.order, cashier=found.cashier)


def _signed(attempt: Attempt) -> int:
    return attempt.amount if attempt.way is Way.CHARGE else -attempt.amount


def _of_day(day: TerminalDay, cause: Cause, about: str) -> Difference:
    return Difference(
        cause=cause,
        where="terminal",
        at=day.at,
        ours=day.ours,
        theirs=day.amount,
        tender=Means.CARD.value,
        about=about,
    )


def _mistyped(entered: Sequence[Entered], gap: int) -> Entered | None:
    """The receipt whose card payment, typed with two digits swapped or a digit or the point slipped, makes the gap.

    Or the one that was never on this terminal at all: then the gap is its amount.
    """
    for one in entered:
        if gap == -one.amount or one.amount + gap in _slips(one.amount):
            return one
    return None


def _slips(amount: int) -> set[int]:
    """What an amount becomes if neighbouring digits change places, or one is left out or typed twice."""
    digits = str(abs(amount))
    places = range(len(digits))
    swapped = {digits[:n] + digits[n + 1 : n + 2] + digits[n] + digits[n + 2 :] for n in places[:-1]}
    lost = {digits[:n] + digits[n + 1 :] for n in places}
    doubled = {digits[:n] + digits[n] * 2 + digits[n + 1 :] for n in places}
    return {int(one) for one in swapped | lost | doubled if one} - {abs(amount)}


def _in_drawers(drawers: Sequence[Drawer]) -> Iterator[Difference]:
    for one in drawers:
        if one.counted != one.expected:
            yield Difference(
                cause=Cause.MISCOUNTED,
                where="drawer",
                at=one.at,
                ours=one.expected,
                theirs=one.counted,
                tender=Means.CASH.value,
                cashier=one.cashier,
                about=one.period,
            )
