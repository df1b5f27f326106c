"""`operators`: the people who work at this station, their roles and their PINs."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App, open_station
from boxoffice.domain.operators import NewOperator, Operator
from boxoffice.domain.permissions import RULES, Role
from boxoffice.errors import BadInput

from . import consent
from .output import say

Subparsers = Any
"""What `ArgumentParser.add_subparsers` gives (argparse keeps the type to itself)."""

_ROLES = [role.value for role in Role]


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verbs of this module."""
    parents = [common, consent.options()]
    top = subparsers.add_parser("operators", parents=parents, help="the people who work here, and what they may")
    top.set_defaults(run=run_list)
    verbs = top.add_subparsers(metavar="WHAT")
    add = verbs.add_parser("add", parents=parents, help="somebody new; the first one is an organiser")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=_ROLES, required=True)
    add.set_defaults(run=run_add)
    load = verbs.add_parser("load", parents=parents, help="everybody in a file: name, role and PIN in each line")
    load.add_argument("file", metavar="FILE.csv", type=Path)
    load.add_argument("--hint", default="", help="what stands below the field for the PIN")
    load.set_defaults(run=run_load)
    pin = verbs.add_parser("pin", parents=parents, help="another PIN: one's own, or one that was forgotten")
    pin.add_argument("name", metavar="NAME")
    pin.set_defaults(run=run_pin)
    role = verbs.add_parser("role", parents=parents, help="another role")
    role.add_argument("name", metavar="NAME")
    role.add_argument("role", choices=_ROLES)
    role.add_argument("--new-pin", action="store_true", help="with another PIN, as a longer one is needed for leaders")
    role.set_defaults(run=run_role)
    remove = verbs.add_parser("remove", parents=parents, help="let somebody go")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(run=run_remove)
    may = verbs.add_parser("may", parents=[common], help="the table of what each role may")
    may.set_defaults(run=run_may)


def run_list(args: argparse.Namespace) -> int:
    """The people, by name."""
    with open_station(args.data) as app:
        everybody = app.staff.everybody
    for one in everybody:
        _say(args, one)
    return 0


def run_add(args: argparse.Namespace) -> int:
    """Add somebody."""
    with open_station(args.data) as app:
        pin = consent.typed(consent.NEW_PIN, f"New PIN of {args.name}: ")
        _add(app, args, [NewOperator(name=args.name, role=Role(args.role), pin=pin)])
    return 0


def run_load(args: argparse.Namespace) -> int:
    """Add everybody in a file, or nobody."""
    people = _people(args.file)
    with open_station(args.data) as app:
        _add(app, args, people)
        if args.hint:
            app.staff.say_hint(args.hint)
    return 0


def _people(path: Path) -> list[NewOperator]:
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput("The people cannot be read", f"{path}: {error}.", "Nobody was added.") from error
    people = []
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if len(cells) != 3 or cells[1] not in _ROLES:
            what = f"It says: {','.join(cells[:2])}."
            raise BadInput(f"Line {number} is nobody", what, f"Write NAME,ROLE,PIN with a role of {', '.join(_ROLES)}.")
        people.append(NewOperator(name=cells[0], role=Role(cells[1]), pin=cells[2]))
    return people


def _add(app: App, args: argparse.Namespace, people: list[NewOperator]) -> None:
    for one in consent.with_leave(app, args, lambda permits: app.staff.add(people, permits)):
        _say(args, one)


def run_pin(args: argparse.Namespace) -> int:
    """Give a PIN another one."""
    with open_station(args.data) as app:
        own = args.operator.casefold() == args.name.casefold() and not args.permitted_by
        old = consent.typed(consent.PIN, f"PIN of {args.name} until now: ") if own else ""
        new = consent.typed(consent.NEW_PIN, f"New PIN of {args.name}: ")
        if own:
            changed = app.staff.change_own_pin(args.name, old, new)
        else:
            changed = consent.with_leave(
                app, args, lambda permits: app.staff.change(args.name, pin=new, permits=permits)
            )
    _say(args, changed)
    return 0


def run_role(args: argparse.Namespace) -> int:
    """Give somebody another role."""
    with open_station(args.data) as app:
        new = consent.typed(consent.NEW_PIN, f"New PIN of {args.name}: ") if args.new_pin else ""
        role = Role(args.role)
        changed = consent.with_leave(
            app, args, lambda permits: app.staff.change(args.name, role=role, pin=new, permits=permits)
        )
    _say(args, changed)
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Let somebody go."""
    with open_station(args.data) as app:
        left = consent.with_leave(app, args, lambda permits: app.staff.remove(args.name, permits))
    say(args, {"removed": left.name}, f"{left.name} does not work here any more.")
    return 0


def run_may(args: argparse.Namespace) -> int:
    """Say what each act asks for."""
    for act, rule in RULES.items():
        roles = [role.value for role in Role if role in rule.roles]
        extra = [word for word, asked in (("PIN", rule.pin), ("reason", rule.reason)) if asked]
        values = {"act": act.value, "roles": roles, "pin": rule.pin, "reason": rule.reason}
        say(args, values, f"{act.value:<14} {', '.join(roles)}" + (f"  ({' and '.join(extra)})" if extra else ""))
    return 0


def _say(args: argparse.Namespace, one: Operator) -> None:
    values = {"name": one.name, "role": one.role.value}
    if one.has_pin:
        say(args, values, f"{one.name}  {one.role.value}")
    else:
        say(args, {**values, "pin": None}, f"{one.name}  {one.role.value}  (no PIN at this station)")
