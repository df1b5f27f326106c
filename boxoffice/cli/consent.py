"""Who stands behind a verb: whose PIN it is, and who gives leave for what not everybody may.

A PIN comes from the terminal, or from `BOXOFFICE_PIN` (of `--operator`) and `BOXOFFICE_PERMIT_PIN` (of
`--permitted-by`); never from the words of a command, which others can see.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from boxoffice.bootstrap import App
from boxoffice.domain.permissions import Act, Permit
from boxoffice.errors import BadInput, NeedsPermission

T = TypeVar("T")

PIN, PERMIT_PIN, NEW_PIN = "BOXOFFICE_PIN", "BOXOFFICE_PERMIT_PIN", "BOXOFFICE_NEW_PIN"


def options() -> argparse.ArgumentParser:
    """Who does it, and who stands by it."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--operator", metavar="NAME", default="", help="who does it; with a PIN, where people have one")
    parser.add_argument("--permitted-by", metavar="NAME", default="", help="who stands by it, with a PIN of their own")
    return parser


def sign_in(app: App, args: argparse.Namespace) -> None:
    """Let `--operator` begin to work here, where people are known by name. Raises `Refused`, `BadInput`."""
    if args.operator and app.staff.in_use:
        app.staff.sign_in(args.operator, typed(PIN, f"PIN of {args.operator}: "))


def permits_for(app: App, args: argparse.Namespace, act: Act) -> list[Permit]:
    """A permit ahead of the act, where it needs one. Raises `NeedsPermission`, `Refused`."""
    if not app.staff.asks_for_pin(act):
        return []
    return [_permit(app, args, NeedsPermission(act, "This needs a PIN"))]


def with_leave(app: App, args: argparse.Namespace, attempt: Callable[[Sequence[Permit]], T]) -> T:
    """Do something; where somebody has to stand by it, with the permit of `--permitted-by` or of `--operator`.

    Raises `NeedsPermission` where neither is named, or may not.
    """
    permits: list[Permit] = []
    while True:
        try:
            return attempt(permits)
        except NeedsPermission as asked:
            if any(one.act is asked.act for one in permits):
                raise
            permits.append(_permit(app, args, asked))


def _permit(app: App, args: argparse.Namespace, asked: NeedsPermission) -> Permit:
    who = args.permitted_by or args.operator
    if not who:
        raise asked
    name = PERMIT_PIN if args.permitted_by else PIN
    reason = str(getattr(args, "reason", "") or "")
    act = Act(asked.act)
    return app.staff.permit(act, who, typed(name, f"PIN of {who}, for {act.value.replace('_', ' ')}: "), reason)


def typed(variable: str, question: str) -> str:
    """A PIN, from the environment or the terminal. Raises `BadInput` where there is neither."""
    held = os.environ.get(variable)
    if held is not None:
        return held
    if not sys.stdin.isatty():
        raise BadInput("A PIN is needed", "Nothing was done.", f"Type it at a terminal, or set {variable}.")
    return getpass.getpass(question)
