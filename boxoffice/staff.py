"""The people at an open station, for screens and the command line: who is signed in, whose PIN it is, who stands by.

It belongs to the station and decides nothing; the services do. Everything that looks at a PIN takes a tenth of a
second on the calling thread, so a window asks it in the background.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from boxoffice import config
from boxoffice.config import Folder
from boxoffice.domain.permissions import RULES, Act, Permit, Role
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import operators as kept
from boxoffice.storage import settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.station import Station

if TYPE_CHECKING:
    from boxoffice.domain.operators import NewOperator, Operator


HINT = "people/hint"
"""What stands below the field for the PIN: whom to ask, or in a demo the PINs."""


class _Station(Station, Protocol):
    folder: Folder


def _uptime() -> int:
    """Milliseconds since the machine was switched on: a clock that nobody can set."""
    return int(time.monotonic() * 1000)


class Staff:
    """Who works here. Nobody is signed in at the start, nor does a crash leave anybody behind."""

    def __init__(self, station: _Station, uptime: Callable[[], int] = _uptime) -> None:
        self._station = station
        self._uptime = uptime
        self.operator: Operator | None = None
        """Who is signed in."""
        self.training = False
        """Whether what is sold now is for training; ends with the app."""

    @property
    def in_use(self) -> bool:
        """Whether anybody is known by name: if not, nothing is guarded."""
        return self._station.read(kept.there_are)

    @property
    def name(self) -> str:
        """Of who is signed in; empty for nobody."""
        return self.operator.name if self.operator is not None else ""

    @property
    def everybody(self) -> list[Operator]:
        """Those who work here, by name."""
        return self._station.read(kept.everybody)

    def who_may(self, act: Act) -> list[Operator]:
        """Who may stand by something; whoever is signed in comes first."""
        able = [one for one in self.everybody if one.may(act)]
        return sorted(able, key=lambda one: one.name != self.name)

    def asks_for_pin(self, act: Act) -> bool:
        """Whether this needs somebody's PIN now."""
        if not self.in_use:
            return False
        return self.operator is None or RULES[act].pin or not self.operator.may(act)

    @property
    def hint(self) -> str:
        """What is said to whoever does not know their PIN."""
        return self._station.read(lambda c: settings.get(c, HINT, str, ""))

    def say_hint(self, text: str) -> None:
        """Say something to whoever does not know their PIN."""
        self._station.write(lambda c: settings.put(c, HINT, text)).result()

    def begin_training(self, permits: Sequence[Permit] = ()) -> Future[None]:
        """From now on everything at the till is for training. Raises `NeedsPermission`."""
        from boxoffice.services import guard

        def begin(connection: Connection) -> None:
            guard.need(connection, Act.TRAINING, _now(), operator=self.name, permits=permits)
            self.training = True

        return self._station.write(begin)

    def end_training(self) -> None:
        """What is sold from now on counts."""
        self.training = False

    def forget(self) -> None:
        """Nobody is known any more: the station was wiped."""
        self.operator, self.training = None, False

    # PINs: these look at one on the calling thread

    def sign_in(self, who: str, pin: str) -> Operator:
        """Somebody begins to work here, in the place of whoever did. Raises `Refused`, `BadInput`."""
        from boxoffice.services import operators

        one = self.check(who, pin)
        self._station.write(lambda c: operators.signed(c, one, _now(), signed_in=True)).result()
        self.operator = one
        return one

    def sign_out(self) -> None:
        """Nobody is signed in any more. What they were at stays as it is."""
        from boxoffice.services import operators

        one, self.operator = self.operator, None
        if one is not None:
            self._station.write(lambda c: operators.signed(c, one, _now(), signed_in=False))

    def permit(self, act: Act, who: str, pin: str, reason: str = "") -> Permit:
        """Somebody stands by one act. Raises `Refused` for a wrong PIN, or if they may not."""
        one = self.check(who, pin)
        if not one.may(act):
            raise Refused(filled("{name} may not permit this", name=one.name), "Nothing was done.", "Ask a supervisor.")
        return Permit(id=new_id(), act=act, by=one.id, name=one.name, reason=reason.strip())

    def check(self, who: str, pin: str) -> Operator:
        """Somebody, if this is their PIN. Raises `Refused` if it is not, and while there is a wait."""
        from boxoffice.services import operators, seals

        pepper = config.pepper(self._station.folder, make=False)
        one, sealed = self._station.write(lambda c: operators.begin_try(c, who, self._uptime(), _now())).result()
        if not seals.fits(pin, sealed, pepper):
            raise Refused("This is not the PIN", "", "After five wrong ones there is a wait.")
        self._station.write(lambda c: operators.right_pin(c, one.id)).result()
        return one

    # People

    def add(self, new: Sequence[NewOperator], permits: Sequence[Permit] = ()) -> list[Operator]:
        """Add people, all of them or nobody. The first ones need no permit. Raises `BadInput`, `Refused`."""
        from boxoffice.services import operators

        sealed = [(one, self._seal(one.pin)) for one in new]
        return self._station.write(
            lambda c: operators.add(c, sealed, _now(), operator=self.name, permits=permits)
        ).result()

    def change(self, who: str, *, role: Role | None = None, pin: str = "", permits: Sequence[Permit] = ()) -> Operator:
        """Give somebody another PIN or role. Raises `BadInput`, `Refused`."""
        from boxoffice.services import operators

        sealed = self._seal(pin) if pin else ""
        return self._station.write(
            lambda c: operators.change(
                c, who, _now(), role=role, pin=pin, sealed=sealed, operator=self.name, permits=permits
            )
        ).result()

    def change_own_pin(self, who: str, old: str, new: str) -> Operator:
        """Somebody gives their own PIN another one. Raises `BadInput`, `Refused`."""
        from boxoffice.services import operators

        one = self.check(who, old)
        sealed = self._seal(new)
        return self._station.write(
            lambda c: operators.change(c, one.id, _now(), pin=new, sealed=sealed, own=True)
        ).result()

    def remove(self, who: str, permits: Sequence[Permit] = ()) -> Operator:
        """Let somebody go. Raises `Refused` for the last organiser while others are left."""
        from boxoffice.services import operators

        left = self._station.write(
            lambda c: operators.remove(c, who, _now(), operator=self.name, permits=permits)
        ).result()
        if self.operator is not None and self.operator.id == left.id:
            self.operator = None
        return left

    def _seal(self, pin: str) -> str:
        from boxoffice.services import seals

        if not pin.isdecimal():
            raise BadInput("A PIN is made of digits", "Nothing was changed.", "Choose another PIN.")
        # Nothing is made beside PINs that are there: if the keyring is only locked, they would never fit again.
        is_first = not self._station.read(kept.somebody_has_pin)
        return seals.seal(pin, config.pepper(self._station.folder, make=is_first))


def _now() -> datetime:
    return datetime.now(UTC)
