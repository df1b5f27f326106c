"""How a station prints: its printers, and what goes to which.

It is this station's own and no event's. Nothing here speaks to a printer or waits for one.
"""

from __future__ import annotations

import msgspec

from boxoffice.domain.printing import Printer, Printing, Route
from boxoffice.errors import BadInput, filled
from boxoffice.storage import settings
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection

_SETTING = "printing"


def read(connection: Connection) -> Printing:
    """The printers of this station and what goes to which."""
    return settings.get(connection, _SETTING, Printing, Printing())


def known(connection: Connection, held: Known) -> Printing:
    """`read`, once for as long as nothing is set otherwise."""
    return held.remembered(_SETTING, connection, read)


def keep(connection: Connection, printing: Printing) -> None:
    """Keep the printers and routes. Raises `BadInput` if two printers have one name, or one has none."""
    names = [one.name for one in printing.printers]
    if not all(names) or len(set(names)) != len(names):
        raise BadInput("Each printer needs a name of its own", "Nothing was changed.", "Choose another name.")
    settings.put(connection, _SETTING, printing)


def add_printer(connection: Connection, printer: Printer) -> None:
    """Set up a printer, in the place of the one that had its name."""
    held = read(connection)
    others = tuple(one for one in held.printers if one.name != printer.name)
    at = next((n for n, one in enumerate(held.printers) if one.name == printer.name), len(others))
    keep(connection, msgspec.structs.replace(held, printers=(*others[:at], printer, *others[at:])))


def remove_printer(connection: Connection, name: str) -> None:
    """Forget a printer and the ways to it. What waits for it stays in the queue. Raises `BadInput` if there is none."""
    mind_printer(connection, name, "Nothing was changed.")
    held = read(connection)
    routes = {
        kind: Route(route.printer, "" if route.fallback == name else route.fallback)
        for kind, route in held.routes.items()
        if route.printer != name
    }
    printers = tuple(one for one in held.printers if one.name != name)
    keep(connection, msgspec.structs.replace(held, printers=printers, routes=routes))


def mind_printer(connection: Connection, name: str, kept: str) -> None:
    """Raises `BadInput`, which says what was `kept`, if no printer of this station is called so."""
    if read(connection).printer(name) is None:
        raise BadInput(filled("There is no printer {name}", name=name), kept, "`boxoffice printers` lists them.")


def take_models(connection: Connection, path: str) -> None:
    """Know printer models from a newer file, from the next start on; an empty path is the library's own."""
    keep(connection, msgspec.structs.replace(read(connection), models=path))


def send_kind_anywhere(connection: Connection, kind: str) -> None:
    """Let a kind of document go to the first printer that is made for it."""
    held = read(connection)
    routes = {one: route for one, route in held.routes.items() if one != kind}
    keep(connection, msgspec.structs.replace(held, routes=routes))


def send_kind(connection: Connection, kind: str, printer: str, fallback: str = "") -> None:
    """Let a kind of document go to a printer; with no name, nowhere."""
    held = read(connection)
    routes = {**held.routes, kind: Route(printer, fallback if fallback != printer else "")}
    keep(connection, msgspec.structs.replace(held, routes=routes))
