"""What a station remembers about itself: who it is, which server is its own, how its door is set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.words import Localised
from boxoffice.ids import new_id
from boxoffice.ports import Enrolment

from .connection import Connection

if TYPE_CHECKING:
    from boxoffice.domain.orders import MediumKeys

T = TypeVar("T")

_VERSION = "version"
SELECT_VERSION = f"SELECT value FROM settings WHERE key = '{_VERSION}'"
DEPARTURE = "departure"
_HELD_AGAINST = "held_against"
MEDIUM_KEYS = "medium_keys"


class Station(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """This station as it signs its journal."""

    device: str
    """The id in the journal's chain; made at enrolment, the server's where it gives one."""
    name: str = ""
    epoch: int = 1
    """Raised when the store was brought back from a backup: a new branch of the chain."""


class Departure(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """That this station and its server have parted, and how far the station has come with forgetting."""

    at: datetime
    """When the server said so, or when this station gave itself up."""
    url: str
    """The server's address."""
    by_itself: bool = False
    wiping_since: datetime | None = None
    wiped_at: datetime | None = None
    """When everything that it held of other people was gone."""


class InHand(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How many tickets of each limited quota a till wants to be able to sell without asking, and how long."""

    number: int
    until: datetime
    """The end of its day. From then on what is set aside goes back."""
    more: Mapping[str, int] = {}
    """Quota (as text) to how many of it, where somebody is about to buy more."""

    def of(self, quota: int) -> int:
        """How many of one quota."""
        return max(self.number, self.more.get(str(quota), 0))


class ListSettings(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What this station does differently on one list."""

    preview: bool = False
    """Show first, record on confirmation."""
    ends_stay_on: tuple[int, ...] = ()
    """Lists on which an entry here ends the stay; beside those that the server names."""
    badges: AutoPrint = AutoPrint.NEVER
    """When an entry has the badge printed."""


class AtCounter(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How this station sells tickets of one event."""

    dates: tuple[int, ...] = ()
    """Dates of the series that it sells first; none means whichever comes next."""
    quick: bool = False
    """A new cart asks nobody for anything."""
    check_in: int | None = None
    """The list on which buyers are let in as soon as they have paid."""
    badges: bool = False
    """Badges come out when they have paid."""
    in_hand: int = 10
    """How many tickets of each limited quota are set aside for it while its drawer is open."""


class Stationery(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the organiser wants on receipts, tickets and reports. Texts are by language."""

    organiser: str = ""
    address: tuple[str, ...] = ()
    tax_id: str = ""
    logo: str = ""
    """The digest under which the picture is kept; empty for none."""
    header: tuple[Localised, ...] = ()
    """Lines above everything."""
    footer: tuple[Localised, ...] = ()
    tickets: Mapping[str, tuple[Localised, ...]] = {}
    """Lines on the tickets of one item, by its id as text."""


class Origin(msgspec.Struct, frozen=True):
    """From where a design that all stations share came last."""

    at: datetime
    device: str
    device_id: str
    """Who changed it, for people and for programs."""


def get(connection: Connection, key: str, kind: type[T], default: T) -> T:
    """One setting, or the default where it was never set."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return default if row is None else decode(row[0], kind)


def put(connection: Connection, key: str, value: object) -> None:
    """Keep one setting."""
    _put(connection, key, value)
    moved(connection)


def version(connection: Connection) -> str:
    """Another one whenever a setting or a noun of a catalog has changed: what was remembered is old then."""
    row = connection.execute(SELECT_VERSION).fetchone()
    return row[0] if row else ""


def moved(connection: Connection) -> None:
    """Let everybody forget what they remember of settings and catalogs."""
    # Not a count: a change that was rolled back and the next one would bear the same number.
    _put(connection, _VERSION, new_id())


def _put(connection: Connection, key: str, value: object) -> None:
    connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, msgspec.json.encode(value).decode()),
    )


def enrolment(connection: Connection) -> Enrolment | None:
    """The server that this station belongs to; None before enrolment."""
    return get(connection, "enrolment", Enrolment | None, None)  # type: ignore[arg-type]


def is_still_of(connection: Connection, one: Enrolment | None) -> bool:
    """Whether the station is what it was with this enrolment: it may have joined another server since, or anew."""
    now = enrolment(connection)
    return now is not None and one is not None and (now.url, now.device_id) == (one.url, one.device_id)


def keep_enrolment(connection: Connection, told: Enrolment) -> None:
    """What the server says of this station now, unless it is none of that server's any more."""
    if is_still_of(connection, told):
        put(connection, "enrolment", told)


def hub(connection: Connection) -> Enrolment | None:
    """The server that this station belongs to, if it is a hub: one that carries things between stations."""
    found = enrolment(connection)
    return found if found is not None and found.kind == "hub" else None


def departure(connection: Connection) -> Departure | None:
    """That the station and its server have parted; None while they have not."""
    return get(connection, DEPARTURE, Departure | None, None)  # type: ignore[arg-type]


def held_against(connection: Connection) -> str:
    """What the server held against this station's journal when it was last heard; empty for nothing."""
    return get(connection, _HELD_AGAINST, str, "")


def put_held_against(connection: Connection, words: str) -> None:
    """Keep what the server holds against this station's journal. Nobody's memory of a catalog depends on it."""
    _put(connection, _HELD_AGAINST, words)


def station(connection: Connection) -> Station:
    """Who this station is. Before enrolment it has no name and signs as `new`."""
    return get(connection, "station", Station, Station(device="new"))


def list_settings(connection: Connection, event: str, list_id: int) -> ListSettings:
    """This station's own settings of one list."""
    return get(connection, f"list/{event}/{list_id}", ListSettings, ListSettings())


def stationery(connection: Connection, event: str) -> Stationery:
    """What an event has on its papers; where it has chosen nothing of its own, what is there for every event."""
    own = own_stationery(connection, event)
    return own if own is not None else get(connection, "stationery/", Stationery, Stationery())


def own_stationery(connection: Connection, event: str) -> Stationery | None:
    """What an event has chosen for itself; None while it has chosen nothing."""
    return get(connection, f"stationery/{event}", Stationery | None, None)  # type: ignore[arg-type]


def put_stationery(connection: Connection, event: str, chosen: Stationery | None) -> None:
    """Keep what an event has on its papers, None for nothing of its own; without an event, what every one has."""
    _put_or_drop(connection, f"stationery/{event}", chosen)


def origin(connection: Connection, event: str, design: str) -> Origin | None:
    """Who changed a design last, and when; None where it is this station's own."""
    return get(connection, f"design/{event}/{design}", Origin | None, None)  # type: ignore[arg-type]


def put_origin(connection: Connection, event: str, design: str, found: Origin | None) -> None:
    """Keep who changed a design, or that it is this station's own."""
    _put_or_drop(connection, f"design/{event}/{design}", found)


def at_counter(connection: Connection, event: str) -> AtCounter:
    """How this station sells tickets of an event."""
    return get(connection, f"counter/{event}", AtCounter, AtCounter())


def put_at_counter(connection: Connection, event: str, chosen: AtCounter) -> None:
    """Keep how this station sells tickets of an event."""
    put(connection, f"counter/{event}", chosen)


def medium_keys(connection: Connection) -> tuple[MediumKeys, ...]:
    """The keys to wristbands and cards with a chip that asks for some, for a reader that speaks with it."""
    from boxoffice.domain.orders import MediumKeys

    return get(connection, MEDIUM_KEYS, tuple[MediumKeys, ...], ())


def in_hand(connection: Connection) -> dict[str, InHand]:
    """What is wanted in hand, by event."""
    rows = connection.execute("SELECT key, value FROM settings WHERE key GLOB 'stock/*'").fetchall()
    return {key.removeprefix("stock/"): decode(value, InHand) for key, value in rows}


def want_in_hand(connection: Connection, event: str, wanted: InHand | None) -> None:
    """Want tickets of an event in hand, or none any more."""
    _put_or_drop(connection, f"stock/{event}", wanted)


def _put_or_drop(connection: Connection, key: str, value: object) -> None:
    """Keep one setting, or with None let it be what it is where nobody has set it."""
    if value is not None:
        put(connection, key, value)
        return
    connection.execute("DELETE FROM settings WHERE key = ?", (key,))
    moved(connection)


def locale(connection: Connection) -> str:
    """The language in which names of items and lists are shown here."""
    return get(connection, "locale", str, "en")
