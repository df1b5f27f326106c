"""Facts about those who work here: who came and left, and who stood by what is guarded."""

from __future__ import annotations

from .written import Written


class Permitted(Written, tag="permitted", frozen=True):
    """Somebody with a PIN stood by something guarded. Names and the reason are private."""

    act: str
    by: str
    """The id of who stood by it."""
    about: str = ""
    """The order, ticket, shift or sale that it was about."""
    asked: str = ""
    """The id of who was signed in; empty for nobody."""


class StaffChanged(Written, tag="staff", frozen=True):
    """An operator came, left, signed in, has another role or PIN, or typed wrong PINs until there was a wait."""

    operator: str
    what: str
    """`added`, `role`, `pin`, `left`, `signed_in`, `signed_out` or `blocked`."""
    role: str = ""
    by: str = ""
    """The id of who did it, where it was another one."""


StaffFact = Permitted | StaffChanged
