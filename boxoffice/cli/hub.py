"""`hub serve|load|token|devices|...`: the central server of this project, for those who run one.

Everything about it lies in one database, by default a file in the folder given with `--data`; a running
hub and these verbs may use it at the same time.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxoffice.domain.instants import micros, moment
from boxoffice.errors import BadInput, DeviceTrouble
from boxoffice.ports import Role

from .hub_files import run_files
from .output import draw_code, flush, say

if TYPE_CHECKING:
    from sync.hub.auth import Caller, Known
    from sync.hub.database import Database

Subparsers = Any

PORT = 8470
LAST_PORT = 65_535
FILE = "hub.db"
SHEETS = (".csv", ".tsv", ".xls", ".xlsx")
"""What spreadsheets call their files."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    verbs = subparsers.add_parser("hub", help="the central server of this project").add_subparsers(
        metavar="VERB", required=True
    )
    shared = argparse.ArgumentParser(add_help=False, parents=[common])
    shared.add_argument("--db", metavar="URL", help=f"its database (default: {FILE} in the folder of --data)")
    _register_serve(verbs, shared)
    _register_token(verbs, shared)
    _register_load(verbs, shared)
    find = _add(verbs, shared, "find", "the hubs in this network", run_find)
    find.add_argument("--seconds", metavar="S", type=float, default=3.0, help="how long to look (%(default)s)")
    _add(verbs, shared, "devices", "the stations that were ever enrolled", run_devices)
    _register_device(_add(verbs, shared, "revoke", "send a station away for good", run_revoke))
    handed_in = _add(verbs, shared, "files", "what was handed in at the doors as answers, into a folder", run_files)
    handed_in.add_argument("folder", metavar="FOLDER", type=Path, help="where to; a file that is there stays the same")
    handed_in.add_argument("--event", metavar="SLUG", default="", help="of this event only")
    admin = _add(verbs, shared, "admin", "let somebody see the page at the hub's address", run_admin)
    admin.add_argument("name", metavar="NAME", type=_name, help="who it is")
    _add(verbs, shared, "leases", "the tickets that are set aside for stations", run_leases)
    help_ = "let others have what a station did not sell from its expired leases"
    release = _add(verbs, shared, "release", help_, run_release)
    _register_device(release)
    help_ = "from leases that still run too: the station is lost, and sold nothing that the hub does not know of"
    release.add_argument("--running", action="store_true", help=help_)


def _register_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE", help="its id, or its name if no other has it")


def _add(
    verbs: Subparsers, shared: argparse.ArgumentParser, name: str, help_: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, parents=[shared], help=help_)
    parser.set_defaults(run=run)
    return parser


def _register_serve(verbs: Subparsers, shared: argparse.ArgumentParser) -> None:
    parser = _add(verbs, shared, "serve", "answer stations until stopped", run_serve)
    parser.add_argument("--host", metavar="H", default="127.0.0.1", help="0.0.0.0 for the whole network (%(default)s)")
    parser.add_argument("--port", metavar="P", type=_port, default=PORT, help="0 for any that is free (%(default)s)")
    parser.add_argument("--url", metavar="URL", help="its address as stations see it, if that is another one")
    help_ = "be a station of that server, and a central server to the laptops here while the internet is gone"
    parser.add_argument("--upstream", metavar="URL", help=help_)
    parser.add_argument("--name", metavar="NAME", default="Box office", help="what stations here see of it")
    parser.add_argument("--hidden", action="store_true", help="do not let stations in this network find it")
    help_ = "processes that answer; two for more than a hundred stations (%(default)s)"
    parser.add_argument("--workers", metavar="N", type=_at_least_one, default=1, help=help_)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port, which are 0 to {LAST_PORT}")
    return int(text)


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not 1 or more")
    return int(text)


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a name is needed, by which people know it")
    return text.strip()


def _register_load(verbs: Subparsers, shared: argparse.ArgumentParser) -> None:
    parser = _add(verbs, shared, "load", "put events, items and orders in", run_load)
    help_ = "one noun a line as JSON, also packed with gzip; attendees of a spreadsheet: boxoffice import"
    parser.add_argument("file", metavar="FILE", type=Path, help=help_)


def _register_token(verbs: Subparsers, shared: argparse.ArgumentParser) -> None:
    parser = _add(verbs, shared, "token", "let one new station in", run_token)
    parser.add_argument("name", metavar="NAME", type=_name, help="what the station will be called")
    parser.add_argument("--event", metavar="SLUG", action="append", default=[], help="only these events; else all")
    help_ = "what may be done at it (%(default)s)"
    parser.add_argument("--role", choices=[role.value for role in Role], default=Role.SUPERVISOR.value, help=help_)
    parser.add_argument("--gate", metavar="NAME", default="", help="where it will stand")
    parser.add_argument("--url", metavar="URL", help="the hub's address (default: as it was last served)")


def run_serve(args: argparse.Namespace) -> int:
    """Serve until a signal comes; say the address when it answers."""
    from sync.addresses import address
    from sync.hub import settings
    from sync.hub.app import Hub
    from sync.hub.serve import Server, listen, seen_at
    from sync.hub.workers import Workers

    given = address(args.url) if args.url else ""
    with closing(database_of(args)) as database, _between(args, database) as take_above:
        listener = listen(args.host, args.port)
        url = given or seen_at(listener)
        with database.writing() as connection:
            settings.put(connection, settings.ADDRESS, url)

        announced = contextlib.ExitStack()

        def ready() -> None:
            _announce(args, url, announced)
            say(args, {"url": url}, f"The hub answers at {url}\nCtrl-C ends it.")
            flush()

        with announced:
            if args.workers > 1:
                Workers(database.url, listener, args.workers, ready, take_above).serve_until_stopped()
            else:
                Server(Hub(database, take_above), listener, ready).serve_until_stopped()
    return 0


def _announce(args: argparse.Namespace, url: str, until: contextlib.ExitStack) -> None:
    """Let stations in the same network find the hub, if it is there for them."""
    if args.hidden or not (args.url or _is_for_others(args.host)):
        return
    from sync.discovery import Announcement

    def announce() -> None:
        try:
            until.callback(Announcement(url, args.name).close)
        except DeviceTrouble as trouble:
            sys.stderr.write(f"boxoffice: {trouble}\n")

    # It waits a second to hear whether the name is taken, and the first answers need not wait with it.
    thread = threading.Thread(target=announce, name="announcing", daemon=True)
    thread.start()
    until.callback(thread.join)


def _is_for_others(host: str) -> bool:
    return host not in ("localhost", "::1") and not host.startswith("127.")


def run_find(args: argparse.Namespace) -> int:
    """The hubs that say they are there; exit status 1 if none does."""
    from sync.discovery import find

    found = find(args.seconds)
    for one in found:
        say(args, {"name": one.name, "url": one.url}, f"{one.url}  {one.name}")
    return 0 if found else 1


@contextlib.contextmanager
def _between(args: argparse.Namespace, database: Database) -> Iterator[Callable[[str, str], object] | None]:
    """Keep the laptops and the server above in step, if there is one above; what takes up a cart that it keeps."""
    if not args.upstream:
        yield None
        return
    from boxoffice.bootstrap import open_station
    from sync.addresses import address
    from sync.servers import central_server
    from sync.venue import Venue

    url = address(args.upstream)
    with open_station(args.data) as station:
        enrolment = station.enrolment
        if enrolment is None or enrolment.url != url:
            raise BadInput(
                f"This hub is no station of {url}",
                f"It belongs to {enrolment.url}." if enrolment else "It belongs to no server yet.",
                f"Enrol it first, with the same --data: boxoffice enrol {url} TOKEN.",
            )
        venue = Venue(station, database, central_server(enrolment, station), url)
        venue.start()
        try:
            yield venue.take_cart
        finally:
            venue.stop()


def run_load(args: argparse.Namespace) -> int:
    """Put a file into the hub; what is there already stays as it is. It is read twice: nothing of a bad one goes in."""
    from boxoffice import interchange
    from sync.hub.loading import check, load

    file: Path = args.file
    if file.suffix.lower() in SHEETS:
        raise BadInput(
            f"{file.name} is a spreadsheet", "Nothing was loaded.", f"boxoffice import {file} --db {_url_of(args)}"
        )
    with closing(database_of(args)) as database:
        progress = _Progress(check(interchange.read(file)))
        loaded = load(database, interchange.read(file), progress.say)
    values = {"read": loaded.read, "changed": loaded.changed, "events": loaded.events}
    say(args, values, f"{loaded.read} read, {loaded.changed} new or changed")
    return 0


class _Progress:
    """Says about once a second how far it is, to people only."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._said_at = time.monotonic()

    def say(self, done: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._said_at > 1:
            self._said_at = time.monotonic()
            sys.stderr.write(f"{done} of {self._total} are in\n")


def run_token(args: argparse.Namespace) -> int:
    """Make a token that works once, and show it for people, cameras and scripts."""
    from sync.addresses import address
    from sync.hub import auth, documents, settings
    from sync.wire.hub import Invitation, encode

    events = tuple(args.event)
    with closing(database_of(args)) as database, database.writing() as connection:
        if unknown := sorted(set(events) - set(documents.events(connection))):
            raise BadInput(f"There is no event {unknown[0]}", "No token was made.", "Load it first: hub load FILE.")
        token = auth.invite(connection, args.name, Role(args.role), events, args.gate, micros(datetime.now(UTC)))
        url = address(args.url) if args.url else settings.get(connection, settings.ADDRESS)
    url = url or f"http://127.0.0.1:{PORT}"
    values = {"token": token, "url": url, "name": args.name, "role": args.role, "events": events, "gate": args.gate}
    if not args.json:
        draw_code(encode(Invitation(url=url, token=token)))
    say(args, values, f"url: {url}\ntoken: {token}")
    return 0


def run_devices(args: argparse.Namespace) -> int:
    """List the stations, one a line."""
    from sync.hub import auth, chain

    with closing(database_of(args)) as database, database.reading() as connection:
        for known in auth.devices(connection):
            epoch, mark = chain.newest(chain.marks(connection, known.caller.id))
            _say_device(args, known, {"epoch": epoch, "high_water": mark.high_water, "alarm": mark.alarm or None})
    return 0


def _say_device(args: argparse.Namespace, known: Known, journal: dict[str, Any]) -> None:
    caller = known.caller
    values = {
        "device": caller.id,
        "name": caller.name,
        "role": caller.role.value,
        "events": caller.events,
        "gate": caller.gate or None,
        "seen_at": moment(known.seen_at).isoformat(),
        "revoked": known.revoked,
        **journal,
    }
    state = "revoked" if known.revoked else journal["alarm"] or "fine"
    say(args, values, f"{caller.id}  {caller.name} ({caller.role.value}), {journal['high_water']} acts: {state}")


def run_revoke(args: argparse.Namespace) -> int:
    """Send a station away for good; what it did stays."""
    from sync.hub import auth

    with closing(database_of(args)) as database, database.writing() as connection:
        found = _the_one([one.caller for one in auth.devices(connection) if not one.revoked], args.device)
        auth.revoke(connection, found.id, micros(datetime.now(UTC)))
    say(args, {"device": found.id, "name": found.name, "revoked": True}, f"{found.name} was sent away")
    return 0


def _the_one(callers: list[Caller], called: str) -> Caller:
    """The device of that id or name. Raises `BadInput` unless there is exactly one."""
    found = [one for one in callers if called in (one.id, one.name)]
    if len(found) != 1:
        what = "Several stations have this name." if found else "No station that is still enrolled is called so."
        raise BadInput("That is not clear", f"{what} Nothing was changed.", "Take the id from `hub devices`.")
    return found[0]


def run_admin(args: argparse.Namespace) -> int:
    """Make a token for the hub's page."""
    from sync.hub import page, settings

    with closing(database_of(args)) as database, database.writing() as connection:
        token = page.admit(connection, args.name, micros(datetime.now(UTC)))
        url = settings.get(connection, settings.ADDRESS) or f"http://127.0.0.1:{PORT}"
    say(args, {"token": token, "url": url, "name": args.name}, f"page: {url}\ntoken: {token}")
    return 0


def run_leases(args: argparse.Namespace) -> int:
    """List what is set aside, one lease a line."""
    from sync.hub import auth, leases

    with closing(database_of(args)) as database, database.reading() as connection:
        names = {known.caller.id: known.caller.name for known in auth.devices(connection)}
        now = datetime.now(UTC)
        for held in leases.outstanding(connection):
            lease, until = held.lease, held.lease.until.isoformat(timespec="seconds")
            values = {
                "device": held.device,
                "name": names[held.device],
                "event": lease.event,
                "quota": lease.quota,
                "granted": lease.granted,
                "sold": lease.sold,
                "until": until,
                "expired": lease.until <= now,
            }
            state = f"expired {until}" if values["expired"] else f"until {until}"
            left = lease.granted - lease.sold
            say(args, values, f"{names[held.device]}: {left} of quota {lease.quota} in {lease.event}, {state}")
    return 0


def run_release(args: argparse.Namespace) -> int:
    """Give tickets free that a station will not sell."""
    from sync.hub import auth, leases

    with closing(database_of(args)) as database, database.writing() as connection:
        found = _the_one([one.caller for one in auth.devices(connection)], args.device)
        freed = leases.write_off(connection, found.id, datetime.now(UTC), running=args.running)
    say(args, {"device": found.id, "name": found.name, "freed": freed}, f"{freed} tickets of {found.name} are free")
    return 0


def database_of(args: argparse.Namespace) -> Database:
    """The hub's database, where `--db` says or in the folder of `--data`."""
    from sync.hub.database import Database

    return Database(_url_of(args))


def _url_of(args: argparse.Namespace) -> str:
    from boxoffice import config
    from sync.hub.database import file_url

    return args.db or file_url(config.folder(args.data).root / FILE)
