"""How the verbs speak: lines for people, or JSON objects for scripts, on standard output."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from boxoffice.storage.settings import Origin

_json = msgspec.json.Encoder()


def settle_letters(args: argparse.Namespace) -> None:
    """Objects are UTF-8, whatever the terminal speaks. Of a line for people, what it cannot show becomes a mark."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    if args.json:
        sys.stdout.reconfigure(encoding="utf-8")
    else:
        sys.stdout.reconfigure(errors="replace")


def say(args: argparse.Namespace, values: Mapping[str, Any], text: str) -> None:
    """One object where `--json` was asked for, else the text."""
    sys.stdout.write((_json.encode(values).decode() if args.json else text) + "\n")


def came_from(origin: Origin | None) -> str:
    """Behind something that all stations share: who changed it last, and when."""
    return f", from {origin.device}, {origin.at:%Y-%m-%d %H:%M} UTC" if origin else ""


def flush() -> None:
    """Let the reader of a pipe have what was said."""
    sys.stdout.flush()
