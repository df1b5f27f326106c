"""What must be true whatever the weather was, looked at from outside: people's memory, stores and hub side by side.

Nothing of the code under test decides here whether it did well, where a few lines of our own can.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Set
from typing import TYPE_CHECKING, Any

from boxoffice.storage import verify

from .laptops import Laptop
from .lines import Request
from .losses import ORDERS, Losses
from .money import TOO_MUCH, Books, Unbalanced, read

if TYPE_CHECKING:
    from .day import Day


class Broken(Exception):
    """A promise was broken."""


class Watch:
    """Sees the whole day."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._answered: set[str] = set()
        self._refused: set[str] = set()
        self._books = Books(day)
        self._losses = Losses(day)
        day.network.seen = self._hear

    def _hear(self, request: Request, status: int, body: bytes) -> None:
        """What the hub answered: what it called done, it has to keep."""
        if status == 200 and request.path == "/v1/acts":
            answers = json.loads(body)["answers"]
            self._answered |= {one["operation"] for one in answers if one["outcome"] == "done"}
            self._refused |= {one["operation"] for one in answers if one["outcome"] == "refused"}
            for one in answers:
                words = f"{one['outcome']} [{one['operation'][-6:]}] {one.get('because', '')}"
                self._day.world.tell("hub", f"  {request.machine}: {words}")

    # While it gets better

    def undrained(self) -> dict[str, int]:
        """Laptops with acts that wait; one that knows of its double may keep them."""
        waiting = {one.name: self._waiting_at(one) for one in self._day.laptops if not self._is_stopped(one)}
        return {name: number for name, number in waiting.items() if number}

    def _waiting_at(self, laptop: Laptop, choked: Set[str] = frozenset()) -> int:
        """Acts that wait, but for those about something that the hub has lost without a hope.

        What others that are about the same wait behind is `choked` on, or refused until a person has decided.
        """
        waiting = laptop.rows(_WAITING_BODIES)
        apart = choked | self._refused_at(laptop) if waiting else choked
        waiting = [body for subject, body in waiting if apart.isdisjoint(_about(subject))]
        excused = self._losses.unnoticed() if waiting else set()
        if excused:
            excused -= {operation for (operation,) in self._day.venue.query("SELECT operation FROM acts")}
        return sum(_rests_on(body) not in excused for body in waiting)

    def _refused_at(self, laptop: Laptop) -> set[str]:
        """What refused acts of a laptop are about."""
        return {parked for (parked,) in laptop.rows("SELECT subject FROM outbox WHERE state = 'parked'")} - {""}

    def is_anything_choked_on(self) -> bool:
        return bool(self._subjects_choked_on())

    def _subjects_choked_on(self) -> set[str]:
        return {
            subject
            for laptop in self._day.laptops
            for operation in self._day.network.chokes_on
            for (subject,) in laptop.rows(_NAMING, operation)
        }

    def held_up(self) -> dict[str, int]:
        """Laptops with acts that wait, though they are about something else than what is choked on."""
        choked = self._subjects_choked_on()
        going_on = [laptop for laptop in self._day.laptops if not self._is_stopped(laptop)]
        found = {laptop.name: self._waiting_at(laptop, choked) for laptop in going_on}
        return {name: number for name, number in found.items() if number}

    # At any time

    def look_meanwhile(self) -> None:
        """Nothing leaves an outbox before the hub has said that it has it."""
        for laptop in self._day.laptops:
            if laptop.app is None:
                continue
            for (operation,) in laptop.rows(_LEFT):
                if operation not in self._answered:
                    raise Broken(f"{laptop} took an act for sent that the hub never had: [{operation[-6:]}]")

    def look_at_hub(self) -> None:
        """A hub that was only started anew has everything that it ever called done."""
        if self._day.venue.lost_by_restore:
            return
        there = {operation for (operation,) in self._day.venue.query("SELECT operation FROM acts")}
        if lost := self._answered - there:
            raise Broken(f"The hub has lost what it said it had: {sorted(one[-6:] for one in lost)}")

    def _is_stopped(self, laptop: Laptop) -> bool:
        assert laptop.engine is not None
        return laptop.engine.state.cloned and laptop.copied

    def unheard(self) -> dict[str, Any]:
        """What laptops have not heard of, or have heard and the hub does not know."""
        there, excused = self._checkins_of_hub(), self._losses.unnoticed()
        going_on = [laptop for laptop in self._day.laptops if not self._is_stopped(laptop)]
        found = {laptop.name: self._unheard_at(laptop, there, excused) for laptop in going_on}
        return {name: what for name, what in found.items() if what}

    def _unheard_at(self, laptop: Laptop, there: set[tuple[str, bool]], excused: set[str]) -> Any:
        here = self._checkins_of(laptop)
        known = {nonce for nonce, _ in here}
        others = {one for one in there ^ here if one[0] not in known or one[0] not in excused}
        return (
            sorted((nonce[-6:], flag) for nonce, flag in others)
            or sorted(self._unknown_to(laptop))
            or ([] if excused else self._books.unheard_of(laptop) or self._untold_at(laptop))
            or self._unknown_at_hub(laptop)
            or self._says(laptop)
        )

    def _untold_at(self, laptop: Laptop) -> list[str]:
        """Who took more from gift cards than was on them, where a laptop does not know it: everybody hears of that."""
        taken = self._day.venue.query("SELECT operation FROM acts WHERE kind = 'gift_card' AND outcome <> 'done'")
        return [operation[-6:] for (operation,) in taken if not laptop.rows(_HAS_SIDE, operation)]

    def _unknown_to(self, laptop: Laptop) -> set[str]:
        """Orders, and carts that another one has put by, of which the hub knows and this one does not."""
        orders = {code for (code,) in self._day.venue.query(ORDERS)}
        carts = {name for name, body in self._day.venue.query(_CARTS) if read(body)["device_id"] != laptop.device}
        here = {code for (code,) in laptop.rows("SELECT code FROM orders")}
        return (orders - here) | (carts - {name for (name,) in laptop.rows("SELECT id FROM held_carts")})

    def _says(self, laptop: Laptop) -> str:
        """What a laptop that should be content complains of."""
        assert laptop.engine is not None
        state = laptop.engine.state
        if state.trouble is not None or state.revoked:
            return str(state.trouble)
        return "" if state.online else "offline"

    def _checkins_of_hub(self) -> set[tuple[str, bool]]:
        rows = self._day.venue.query("SELECT body FROM documents WHERE kind = 'checkin' AND body IS NOT NULL")
        found = [read(body) for (body,) in rows]
        return {(one["nonce"], bool(one.get("annulled"))) for one in found}

    def _checkins_of(self, laptop: Laptop) -> set[tuple[str, bool]]:
        return {(nonce, bool(annulled)) for nonce, annulled in laptop.rows("SELECT nonce, annulled FROM checkins")}

    # At the end

    def look(self) -> None:
        """Raises `Broken` for the first promise that was not kept."""
        self.look_meanwhile()
        self.look_at_hub()
        acts = self._day.venue.query(_ACTS)
        self._nothing_is_lost()
        self._each_is_there_once(acts)
        self._nothing_is_refused(acts)
        self._stores_are_sound()
        self._doors_know_of_double_entries(acts)
        self._nobody_is_blamed()
        self._money_adds_up()
        self._no_warning_without_a_reason()

    def _nothing_is_lost(self) -> None:
        for laptop in self._day.laptops:
            kept = {operation for (operation,) in laptop.rows("SELECT operation FROM journal")}
            for act in laptop.acts:
                if act.operation not in kept and act.operation not in laptop.set_aside:
                    raise Broken(f"{laptop} has lost what it promised: {act.what} [{act.operation[-6:]}]")

    def _unknown_at_hub(self, laptop: Laptop) -> list[str]:
        """Acts of a laptop that the hub has not; one that was set back is told at the next greeting."""
        there = {operation for (operation,) in self._day.venue.query("SELECT operation FROM acts")}
        waiting = [act for act in laptop.acts if act.operation not in there and act.operation not in laptop.set_aside]
        if not waiting:
            return []
        excused = self._losses.unnoticed() | self._refused_for_nothing()
        kept = dict(laptop.rows("SELECT operation, body FROM journal"))
        return [
            f"the hub does not know of {act.what} [{act.operation[-6:]}]"
            for act in waiting
            if act.operation in kept
            and act.operation not in excused
            and _rests_on(kept[act.operation]) not in excused - there
        ]

    def _refused_for_nothing(self) -> set[str]:
        """Acts that a hub refused before it was set back: it booked none of them, and people may have given them up."""
        return self._refused if self._day.venue.lost_by_restore else set()

    def _each_is_there_once(self, acts: list[Any]) -> None:
        """The hub has nothing that nobody did, and nothing twice."""
        done: set[str] = set()
        for laptop in self._day.laptops:
            done |= {operation for (operation,) in laptop.rows("SELECT operation FROM journal")} | laptop.set_aside
        for operation, _, _, _, kind, *_ in acts:
            if operation not in done:
                raise Broken(f"The hub has an act that nobody did: {kind} [{operation[-6:]}]")
        same = Counter((device, kind, body) for _, device, _, _, kind, body, *_ in acts)
        alike = Counter(laptop.device for laptop in self._day.laptops)  # Copies may do one thing at one moment.
        twice = [(kind, body) for (device, kind, body), number in same.items() if number > max(1, alike[device])]
        if twice:
            raise Broken(f"The hub has one act twice: {twice[0]}")
        passages = Counter(nonce for nonce, _ in self._checkins_of_hub())
        for operation, _, _, _, kind, _, outcome, _ in acts:
            if kind == "admitted" and outcome == "done" and passages[operation] != 1:
                raise Broken(f"The hub took an entry and tells nobody of it [{operation[-6:]}]")

    def _nothing_is_refused(self, acts: list[Any]) -> None:
        for operation, device, _, _, kind, _, outcome, because in acts:
            if outcome == "done":
                continue
            if TOO_MUCH.get(kind, "-") not in because:
                raise Broken(f"The hub refused {kind} [{operation[-6:]}]: {because}")
            self._is_told_of(operation, device)
        for laptop in self._day.laptops:
            for kind, because in laptop.rows(_PARKED):
                if TOO_MUCH.get(kind, "-") not in because:
                    raise Broken(f"{laptop} keeps parked acts: {kind}: {because}")

    def _is_told_of(self, operation: str, device: str) -> None:
        """What the hub refused is set before the people of the till that did it."""
        for laptop in self._day.laptops:
            if self._is_stopped(laptop):
                continue
            mine = laptop.device == device and laptop.rows(_HAS, operation)
            if mine and not laptop.rows(_DISAGREES, operation):
                raise Broken(f"{laptop} does not say that an act of its was refused: [{operation[-6:]}]")

    def _stores_are_sound(self) -> None:
        for laptop in self._day.laptops:
            if faults := laptop.read(verify.check).faults:
                raise Broken(f"{laptop}: {faults[0]}")

    def _doors_know_of_double_entries(self, acts: list[Any]) -> None:
        entries: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        annulled = {nonce for nonce, flag in self._checkins_of_hub() if flag}
        annulled |= self._losses.undone()
        for operation, device, _, _, kind, body, _, _ in acts:
            fact = read(body)
            if kind == "admitted" and fact["list"] == 1 and operation not in annulled:
                entries[fact["ticket"]].append((fact["at"], device, operation))
        for ticket, some in entries.items():
            first, *others = sorted(some)
            for other in others:
                self._is_known_everywhere(ticket, first[2], other[2])

    def _is_known_everywhere(self, ticket: str, first: str, other: str) -> None:
        """Each laptop sets it against the first; or against one that was before it, and that the hub has lost."""
        firsts = {first} | self._losses.unnoticed()
        for laptop in self._day.laptops:
            if self._is_stopped(laptop):
                continue
            known = [
                {side["nonce"] for side in read(body)}
                for (body,) in laptop.rows(
                    "SELECT body FROM conflicts WHERE ticket = ? AND kind = 'double_entry'", ticket
                )
            ]
            if not any(other in nonces and nonces & firsts - {other} for nonces in known):
                raise Broken(f"{laptop} does not know of a double entry of {ticket}: {first[-6:]}, {other[-6:]}")

    def _nobody_is_blamed(self) -> None:
        """An alarm is for copies alone, and a copy that was used does not go unnoticed."""
        blamed = {device for (device,) in self._day.venue.query("SELECT device FROM marks WHERE alarm <> ''")}
        for laptop in self._day.laptops:
            assert laptop.engine is not None
            state = laptop.engine.state
            if not laptop.copied and (laptop.device in blamed or state.cloned):
                raise Broken(f"{laptop} is taken for a copy: {state.alarm or state.trouble}")
        for device, two in self._copies().items():
            noticed = device in blamed or any(one.engine.state.cloned for one in two if one.engine)
            if self._went_apart(*two) and not noticed:
                raise Broken(f"Nobody noticed that {two[0]} and {two[1]} are one station twice")

    def _money_adds_up(self) -> None:
        if self._losses.unnoticed():
            return
        try:
            self._books.look([one for one in self._day.laptops if not self._is_stopped(one)])
            if not (self._day.venue.lost_by_restore or any(one.copied or one.set_aside for one in self._day.laptops)):
                self._books.nobody_sold_what_was_another_ones()
        except Unbalanced as books:
            raise Broken(str(books)) from None

    def _copies(self) -> dict[str, list[Laptop]]:
        found = defaultdict(list)
        for laptop in self._day.laptops:
            found[laptop.device].append(laptop)
        return {device: some for device, some in found.items() if len(some) > 1}

    def _went_apart(self, one: Laptop, other: Laptop) -> bool:
        """Whether both wrote into the same place of their journal."""
        sql = "SELECT epoch, sequence, operation FROM journal"
        places = {(epoch, sequence): operation for epoch, sequence, operation in one.rows(sql)}
        others = other.rows(sql)
        return any(places.get((epoch, sequence), operation) != operation for epoch, sequence, operation in others)

    def _no_warning_without_a_reason(self) -> None:
        copied = any(laptop.copied for laptop in self._day.laptops)
        for warning in self._day.world.warnings:
            if not (copied and re.search("double|copied", warning)):
                raise Broken(f"It was logged: {warning}")


def _about(subject: str) -> set[str]:
    """What an act about this comes after: others about the same, and for a ticket those about its order."""
    order, dash, number = subject.rpartition("-")
    return {subject, order} if dash and number.isdecimal() else {subject}


def _rests_on(body: str) -> str:
    """The scan that an act takes back, or the order that it is about and has not made."""
    fact = read(body)
    return "" if fact["kind"] == "sold" else str(fact.get("nonce") or fact.get("order", ""))


_ACTS = "SELECT operation, device, epoch, sequence, kind, body, outcome, because FROM acts"
_CARTS = "SELECT id, body FROM documents WHERE kind = 'held_cart' AND body IS NOT NULL"
_WAITING_BODIES = "SELECT o.subject, j.body FROM outbox o JOIN journal j ON j.id = o.id WHERE o.state = 'waiting'"
_NAMING = (
    "SELECT o.subject FROM outbox o JOIN journal j ON j.id = o.id"
    " WHERE j.operation = ?1 OR instr(j.body, ?1 || '\"') > 0"
)
_PARKED = "SELECT j.kind, o.because FROM outbox o JOIN journal j ON j.id = o.id WHERE o.state = 'parked'"
_HAS = "SELECT 1 FROM journal WHERE operation = ?"
_DISAGREES = "SELECT 1 FROM conflicts WHERE json_extract(body, '$[0].nonce') = ?"
_HAS_SIDE = "SELECT 1 FROM conflicts c, json_each(c.body) s WHERE json_extract(s.value, '$.nonce') = ?"
_LEFT = "SELECT operation FROM journal j WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = j.id)"
