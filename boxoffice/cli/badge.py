"""`badge`: templates of badges, as files, for items, and as pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from boxoffice.bootstrap import App, open_station
from boxoffice.domain.badge_layouts import taken_over
from boxoffice.errors import BadInput, StorageTrouble
from boxoffice.storage.badges import Kept

from .output import advise, came_from, say
from .report import event_of

Subparsers = Any

_BUILT_IN = "Standard"


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("badge", parents=[common], help="what badges look like, and for whom")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    listing = verbs.add_parser("list", parents=[common], help="all templates, and for which items they are printed")
    listing.set_defaults(run=run_list)
    take_in = verbs.add_parser("import", parents=[common], help="keep a template that was exported somewhere")
    take_in.add_argument("file", metavar="FILE", type=Path)
    take_in.set_defaults(run=run_import)
    export = verbs.add_parser("export", parents=[common], help="write a template into a file, with its pictures")
    export.add_argument(
        "template", metavar="TEMPLATE", help=f"its name, or the end of its id; {_BUILT_IN} is always there"
    )
    export.add_argument("file", metavar="FILE", type=Path)
    export.set_defaults(run=run_export)
    choose = verbs.add_parser("choose", parents=[common], help="print a template for an event, or one of its items")
    choose.add_argument("template", metavar="TEMPLATE", help="its name, or the end of its id; - for none")
    choose.add_argument("--event", required=True, metavar="SLUG")
    choose.add_argument("--item", type=int, default=0, metavar="ID", help="default: all of the event")
    choose.set_defaults(run=run_choose)
    layout = verbs.add_parser(
        "layout", parents=[common], help="take over a layout of the server; without ID, list them"
    )
    layout.add_argument("--event", required=True, metavar="SLUG")
    layout.add_argument("id", nargs="?", type=int, metavar="ID")
    layout.set_defaults(run=run_layout)
    preview = verbs.add_parser("preview", parents=[common], help="the badge of a ticket as a picture")
    preview.add_argument("ticket", metavar="TICKET", help="CODE-NUMBER, or EVENT/CODE-NUMBER where several have it")
    preview.add_argument("file", metavar="FILE.png", type=Path)
    preview.add_argument("--template", metavar="TEMPLATE", help="another than its own")
    preview.add_argument("--dpi", type=int, default=203)
    preview.set_defaults(run=run_preview)


def run_list(args: argparse.Namespace) -> int:
    """All templates."""
    with open_station(args.data) as app:
        if not app.badges.templates():
            advise(args, f"No template is kept: badges look as `badge export {_BUILT_IN} FILE` writes it.")
        chosen = {event: app.badges.choices(event) for event in app.events()}
        for one in app.badges.templates():
            items = {event: [item for item, kept in found.items() if kept == one.id] for event, found in chosen.items()}
            used = {event: numbers for event, numbers in items.items() if numbers}
            origins = {event: {item: app.badges.origin(event, item) for item in of} for event, of in used.items()}
            values = {**_values(one), "items": used, "origins": msgspec.to_builtins(origins, str_keys=True)}
            for_whom = "; ".join(
                f"{event}: {', '.join(_item(item) + came_from(origins[event][item]) for item in of)}"
                for event, of in used.items()
            )
            size = f"{one.template.width:g} × {one.template.height:g} mm"
            say(args, values, f"{one.id[-8:]} {one.template.name} ({size}){' for ' + for_whom if for_whom else ''}")
    return 0


def _item(number: int) -> str:
    return f"item {number}" if number else "all items"


def _values(kept: Kept) -> dict[str, Any]:
    template = kept.template
    return {"id": kept.id, "name": template.name, "width": template.width, "height": template.height}


def run_import(args: argparse.Namespace) -> int:
    """Keep a template from a file."""
    try:
        content = args.file.read_bytes()
    except OSError as error:
        raise BadInput(f"{args.file} cannot be read", f"{error.strerror}.", "Choose another file.") from error
    with open_station(args.data) as app:
        kept = app.badges.take_in(content).result()
    say(args, _values(kept), f"{kept.id[-8:]} {kept.template.name} is kept")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Write a template into a file."""
    with open_station(args.data) as app:
        kept = _found(app, args.template, or_built_in=True)
        content = app.badges.export(kept.template)
    _write(args.file, content)
    say(args, {**_values(kept), "file": str(args.file)}, f"{kept.template.name} is written to {args.file}")
    return 0


def run_choose(args: argparse.Namespace) -> int:
    """Let an item or an event have a template, or none of its own."""
    with open_station(args.data) as app:
        kept = None if args.template == "-" else _found(app, args.template)
        app.badges.choose(event_of(app, args.event), args.item, kept.id if kept else None).result()
    name = kept.template.name if kept else "no template of its own"
    values = {"event": args.event, "item": args.item, "template": kept.id if kept else None}
    say(args, values, f"{_item(args.item)} of {args.event}: {name}")
    return 0


def run_layout(args: argparse.Namespace) -> int:
    """The layouts that the server has for an event, or one of them taken over, with what is lost of it."""
    with open_station(args.data) as app:
        layouts = app.catalog(event_of(app, args.event)).badge_layouts
        if args.id is None:
            for one in layouts.values():
                say(args, {"id": one.id, "name": one.name, "items": one.items}, f"{one.id} {one.name}")
            return 0
        if args.id not in layouts:
            raise BadInput(
                f"The server has no layout {args.id} for {args.event}", "", "Sync first, or look at the list."
            )
        taken = taken_over(layouts[args.id])
        kept = app.badges.keep(taken.template).result()
    lost = [str(one) for one in taken.lost]
    said = "".join(f"\n  lost: {one}" for one in lost)
    say(args, {**_values(kept), "lost": lost}, f"{kept.id[-8:]} {kept.template.name} is kept{said}")
    return 0


def run_preview(args: argparse.Namespace) -> int:
    """The badge of a ticket as a picture, in the dots of a printer."""
    from printers.badge import draw

    slug, _, key = args.ticket.rpartition("/")
    if not 72 <= args.dpi <= 1200:
        raise BadInput(f"No printer has {args.dpi} dpi", "", "203 and 300 are usual.")
    with open_station(args.data) as app:
        event, _ = app.paper.find("badge", key, [slug] if slug else app.events())
        template = _found(app, args.template, or_built_in=True).template if args.template else None
        badge = app.badges.badge_for(event, key, template)
        pictures = app.badges.pictures_of(badge)
    picture = draw(badge, args.dpi, pictures)
    try:
        picture.save(args.file, "PNG", dpi=(args.dpi, args.dpi))
    except OSError as error:
        raise StorageTrouble("The picture was not written", f"{error}.", "Choose another place.") from error
    values = {"ticket": key, "template": badge.template.name, "file": str(args.file)}
    say(args, {**values, "width": picture.width, "height": picture.height}, f"{badge.template.name}: {args.file}")
    return 0


def _found(app: App, wanted: str, *, or_built_in: bool = False) -> Kept:
    """The template of this name, or whose id ends or begins so; perhaps the one that is printed where none is kept."""
    kept = app.badges.templates()
    named = [one for one in kept if one.template.name == wanted]
    found = named or [one for one in kept if one.id.startswith(wanted) or one.id.endswith(wanted)]
    if not found and or_built_in and wanted == _BUILT_IN:
        from boxoffice.services.badges import STANDARD

        return Kept("", STANDARD)
    if len(found) != 1:
        title = f"There are {len(found)} templates called {wanted}" if found else f"There is no template {wanted}"
        raise BadInput(title, "Nothing was changed.", "`boxoffice badge list` names them, with the end of their ids.")
    return found[0]


def _write(file: Path, content: bytes) -> None:
    try:
        with file.open("xb") as opened:
            opened.write(content)
    except FileExistsError as error:
        raise BadInput(f"{file} is already there", "Nothing was overwritten.", "Choose another name.") from error
    except OSError as error:
        raise StorageTrouble("The file was not written", f"{error}.", "Choose another place.") from error
