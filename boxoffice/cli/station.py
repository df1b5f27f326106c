"""`status`, `verify`, `backup`, `restore`, `wipe`: the station itself."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from boxoffice import config
from boxoffice.bootstrap import App, restore_station, station_there
from boxoffice.domain.permissions import Act
from boxoffice.services.depart import Standing
from boxoffice.storage import feeds, print_queue, settings, verify
from boxoffice.storage.connection import Connection

from . import consent
from .output import say

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    status = subparsers.add_parser("status", parents=[common], help="station, server, replica and outbox")
    status.set_defaults(run=run_status)
    check = subparsers.add_parser("verify", parents=[common], help="is everything there, unchanged, and adds up?")
    check.set_defaults(run=run_verify)
    backup = subparsers.add_parser("backup", parents=[common], help="write a consistent copy")
    backup.add_argument("file", metavar="FILE", type=Path, help="where to; nothing is overwritten")
    backup.set_defaults(run=run_backup)
    restore = subparsers.add_parser("restore", parents=[common], help="bring a copy back")
    restore.add_argument("file", metavar="FILE", type=Path, help="as `backup` wrote it, of this station")
    restore.set_defaults(run=run_restore)
    help_ = "forget for good what a station holds of other people, once it has parted from its server"
    wipe = subparsers.add_parser("wipe", parents=[common, consent.options()], help=help_)
    wipe.add_argument("--reason", default="", help="why")
    wipe.set_defaults(run=run_wipe)


def run_status(args: argparse.Namespace) -> int:
    """Who this station is, what it holds, and what waits."""
    with station_there(args.data) as app:
        values = _status(app)
    lines = [f"{name}: {_plain(value)}" for name, value in values.items() if value or name not in ("alarm", "parted")]
    say(args, values, "\n".join(lines))
    return 0


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items()) or "none"
    return "-" if value is None else str(value)


def _parted(standing: Standing) -> dict[str, Any] | None:
    """How far the station has parted from its server; None if it has not."""
    departure = standing.departure
    if departure is None:
        return None
    return {
        "server": departure.url,
        "at": departure.at.isoformat(),
        "by_itself": departure.by_itself,
        "only_here": standing.unsent.only_here,
        "exported": standing.unsent.exported,
        "wiped_at": departure.wiped_at.isoformat() if departure.wiped_at else None,
    }


def _status(app: App) -> dict[str, Any]:
    enrolment, station, now = app.enrolment, app.station, datetime.now(UTC)
    outbox = app.outbox()
    ages = {event: app.read(partial(_age, event, now)) for event in app.events()}
    return {
        "station": station.name or None,
        "device": station.device,
        "server": enrolment.url if enrolment else None,
        "kind": enrolment.kind if enrolment else None,
        "role": enrolment.role.value if enrolment else None,
        "data_age_s": {event: None if age is None else round(age, 1) for event, age in ages.items()},
        "replica": app.read(_counts),
        "applied": {event: app.read(partial(_applied, event)) for event in ages},
        "outbox": {"waiting": outbox.waiting, "parked": outbox.parked, "oldest": outbox.oldest},
        "conflicts": len(app.conflicts()),
        "alarm": app.read(settings.held_against) or None,
        "parted": _parted(app.parting.standing),
        "printing": app.read(_paper),
        "key_in_folder": config.key_is_in_folder(app.folder),
    }


def _age(event: str, now: datetime, connection: Connection) -> float | None:
    return feeds.data_age(connection, event, now)


def _applied(event: str, connection: Connection) -> int:
    return feeds.progress(connection, event).applied


def _counts(connection: Connection) -> dict[str, int]:
    tables = ("orders", "positions", "checkins", "blocked", "revoked", "media", "journal")
    return {table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in tables}


def _paper(connection: Connection) -> dict[str, int]:
    """What waits for paper, and what a person has to answer."""
    lines = print_queue.lines(connection)
    return {"waiting": sum(line.waiting for line in lines), "asks": sum(line.asks for line in lines)}


def run_verify(args: argparse.Namespace) -> int:
    """Check everything that was written down; exit status 1 if something is wrong."""
    with station_there(args.data) as app:
        findings = app.read(verify.check)
    values = {
        "sound": findings.sound,
        "entries": findings.entries,
        "checkins": findings.checkins,
        "waiting": findings.waiting,
        "parked": findings.parked,
        "faults": list(findings.faults),
    }
    text = "\n".join(findings.faults) or (
        f"All is well: {findings.entries} journal entries in one unbroken chain, {findings.checkins} check-ins,"
        f" {findings.waiting} acts wait, {findings.parked} were refused"
    )
    say(args, values, text)
    return 0 if findings.sound else 1


def run_backup(args: argparse.Namespace) -> int:
    """Write a copy that is whole, also while the station works."""
    with station_there(args.data) as app:
        app.backup(args.file)
    say(args, {"backup": str(args.file)}, f"Copied to {args.file} (encrypted with this station's key)")
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Bring a copy back; the store that was there is kept beside it."""
    kept = restore_station(args.data, args.file)
    text = f"Restored from {args.file}" + (f"; the store that was here is kept as {kept}" if kept else "")
    say(args, {"restored": str(args.file), "kept": str(kept) if kept else None}, text)
    return 0


def run_wipe(args: argparse.Namespace) -> int:
    """Wipe; exit status 1 while the station belongs to a server or holds what nobody else has."""
    with station_there(args.data) as app:
        app.parting.wipe(consent.permits_for(app, args, Act.WIPE)).result()
    text = (
        "Wiped: nothing of other people is left in this station. Its journal stays, without what was personal in it.\n"
        "Backups and exports that were written elsewhere are still there."
    )
    say(args, {"wiped": True}, text)
    return 0
