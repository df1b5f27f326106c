"""The people who work here, as the station knows them: a name, a role, and a PIN that nobody can read."""

from __future__ import annotations

import msgspec

from .permissions import Act, Role, may


class Operator(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody who works at this station. Whoever has left stays known by id."""

    id: str
    name: str
    role: Role
    active: bool = True

    def may(self, act: Act) -> bool:
        """Whether their role lets them do it, or stand by it."""
        return self.active and may(self.role, act)


class NewOperator(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be added: a line of a file, or what was typed."""

    name: str
    role: Role
    pin: str
