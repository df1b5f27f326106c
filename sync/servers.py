"""The central server of a station, in the dialect that it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.errors import BadInput, filled

if TYPE_CHECKING:
    from boxoffice.ports import Enrolment, OwnServer

    from .station import Station


def central_server(enrolment: Enrolment, station: Station | None = None) -> OwnServer:
    """The server of an enrolment, in its own dialect; with the open station, for servers that ask back.

    Raises `BadInput` for a kind that is not spoken here.
    """
    if enrolment.kind == "hub":
        from .hub_client import Hub

        return Hub(enrolment)
    if enrolment.kind == "pretix":
        from .pretix.client import Pretix
        from .replica import Replica

        return Pretix(enrolment, Replica(station) if station is not None else None)
    raise BadInput(
        filled("Servers of the kind {kind} are not spoken to", kind=enrolment.kind), "", "Enrol with a hub or a pretix."
    )
