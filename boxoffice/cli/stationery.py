"""`stationery`: what an organiser wants on receipts, tickets and reports: names, a logo, lines above and below."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from boxoffice.bootstrap import open_station
from boxoffice.domain.words import Localised
from boxoffice.errors import BadInput
from boxoffice.services import designs
from boxoffice.storage import settings
from boxoffice.storage.settings import Stationery

from .output import came_from, say

Subparsers = Any

_IN_A_LANGUAGE = re.compile(r"([a-z]{2}(?:-[A-Za-z-]+)?):(.+)")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("stationery", parents=[common], help="what stands on papers above and below")
    parser.add_argument("--event", metavar="SLUG", default="", help="of one event; default: of all that have no own")
    parser.add_argument("--organiser", metavar="NAME")
    parser.add_argument("--address", metavar="LINE", action="append")
    parser.add_argument("--tax-id", metavar="ID")
    parser.add_argument("--logo", metavar="FILE", help="a PNG or JPEG; empty for none")
    parser.add_argument("--header", metavar="[LANGUAGE:]TEXT", action="append", help="a line above everything")
    parser.add_argument("--footer", metavar="[LANGUAGE:]TEXT", action="append", help="a line below everything")
    parser.add_argument(
        "--ticket", metavar="ITEM=[LANGUAGE:]TEXT", action="append", type=_of_item, help="a line on its tickets"
    )
    parser.set_defaults(run=run)


def _of_item(text: str) -> tuple[str, str]:
    item, equals, line = text.partition("=")
    if not equals or not item.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not ITEM=TEXT")
    return item, line


def run(args: argparse.Namespace) -> int:
    """Change what was named, and show all of it. What is given once replaces all lines of its kind."""
    with open_station(args.data) as app:
        if args.event and args.event not in app.events():
            raise BadInput(f"There is no event {args.event} here", "Nothing was changed.", "Sync first.")

        now = datetime.now(UTC)

        def change(connection: Any) -> Stationery:
            held = settings.stationery(connection, args.event)
            wanted = {**_chosen(args), **_logo(connection, args.logo)}
            if wanted:
                held = msgspec.structs.replace(held, **wanted)
                designs.put_papers(connection, args.event, held, now)
            return held

        shown = app.write(change).result()
        origin = app.read(lambda c: designs.origin_of_papers(c, args.event))
    values = msgspec.to_builtins(msgspec.structs.asdict(shown))
    lines = [f"{name}: {value}" for name, value in values.items() if value] or ["nothing is set"]
    lines += [f"{came_from(origin).strip(', ')}; all stations have it"] if origin else []
    say(args, {**values, "origin": msgspec.to_builtins(origin)}, "\n".join(lines))
    return 0


def _chosen(args: argparse.Namespace) -> dict[str, Any]:
    chosen: dict[str, Any] = {"organiser": args.organiser, "tax_id": args.tax_id}
    if args.address is not None:
        chosen["address"] = tuple(line for line in args.address if line)
    for name in ("header", "footer"):
        if (lines := getattr(args, name)) is not None:
            chosen[name] = _by_language(lines)
    if args.ticket is not None:
        items = dict.fromkeys(item for item, _ in args.ticket)
        chosen["tickets"] = {item: _by_language([line for of, line in args.ticket if of == item]) for item in items}
    return {name: value for name, value in chosen.items() if value is not None}


def _by_language(lines: Sequence[str]) -> tuple[Localised, ...]:
    """Lines one below the other; a language that comes again begins the next line, one that is new joins the last."""
    found: list[dict[str, str]] = []
    for line in filter(None, lines):
        match = _IN_A_LANGUAGE.fullmatch(line)
        language, text = match.groups() if match else ("en", line)
        if not found or language in found[-1]:
            found.append({})
        found[-1][language] = text
    return tuple(found)


def _logo(connection: Any, path: str | None) -> dict[str, str]:
    if path is None:
        return {}
    if not path:
        return {"logo": ""}
    from boxoffice.services import pictures
    from boxoffice.storage import badges

    return {"logo": badges.put_picture(connection, pictures.from_file(Path(path)))}
