"""The words of the command line, and which module knows each.

Only the module of the verb that was asked for is loaded, so a scan in a script does not pay for the
hub or the camera. A person's trouble ends here: one sentence on standard error and an exit status.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import signal
import sys
from collections.abc import Sequence
from types import ModuleType

from boxoffice import __version__
from boxoffice.errors import Trouble

from .output import flush, give_up_output, mind_closed_streams, settle_letters

log = logging.getLogger(__name__)

VERBS = {
    "demo": "demo",
    "enrol": "sync",
    "sync": "sync",
    "status": "station",
    "verify": "station",
    "backup": "station",
    "restore": "station",
    "wipe": "station",
    "leave": "sync",
    "scan": "door",
    "undo": "door",
    "search": "door",
    "order": "order",
    "shift": "till",
    "sell": "till",
    "tenders": "tenders",
    "vouchers": "vouchers",
    "report": "report",
    "import": "importing",
    "export": "export",
    "outbox": "outbox",
    "conflicts": "conflicts",
    "print": "print",
    "stationery": "stationery",
    "badge": "badge",
    "printers": "printers",
    "terminals": "terminals",
    "scanners": "scanners",
    "operators": "operators",
    "decode": "decode",
    "hub": "hub",
    "bench": "bench",
}


def run(words: Sequence[str]) -> int:
    """Do what the words say; the exit status: 0 done, 1 the answer is no, 2 wrong usage, 3 trouble."""
    mind_closed_streams()
    args = _parser(words).parse_args(words)
    settle_letters(args)
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.WARNING, format="%(levelname)s %(message)s")
    try:
        return _done(args)
    except Trouble as trouble:
        _complain(args, trouble)
        return trouble.exit_status
    except BrokenPipeError:
        # Whoever read our lines went away; what was answered is on disk.
        give_up_output()
        return 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 3
    except KeyboardInterrupt:
        return 130
    except Exception:
        # A status of 1 says that the answer is no, and nobody has answered.
        log.exception("This is a fault of the program; what was acknowledged is kept")
        return 3


def _done(args: argparse.Namespace) -> int:
    status = int(args.run(args))
    flush()
    return status


def _complain(args: argparse.Namespace, trouble: Trouble) -> None:
    if args.json:
        said = json.dumps({"error": trouble.title, "what": trouble.what, "hint": trouble.hint})
    else:
        said = f"boxoffice: {trouble}"
    sys.stderr.write(said + "\n")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="boxoffice",
        description="Offline-first box office and check-in. Without a verb it opens the app.",
    )
    parser.add_argument("--version", action="version", version=f"boxoffice {__version__}")
    subparsers = parser.add_subparsers(metavar="VERB", required=True)
    asked = next((word for word in words if not word.startswith("-")), None)
    for module in _modules(asked):
        module.register(subparsers, common())
    return parser


def _modules(asked: str | None) -> list[ModuleType]:
    names = [VERBS[asked]] if asked in VERBS else list(dict.fromkeys(VERBS.values()))
    return [importlib.import_module(f"boxoffice.cli.{name}") for name in names]


def common() -> argparse.ArgumentParser:
    """The options that every verb has."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data", metavar="DIR", help="the station's folder (default: yours, or BOXOFFICE_DATA)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output, nothing else")
    parser.add_argument("--verbose", action="store_true", help="tell more on standard error")
    return parser
