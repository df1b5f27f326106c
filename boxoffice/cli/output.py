"""How the verbs speak: lines for people, or JSON objects for scripts, on standard output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

_json = msgspec.json.Encoder()


def say(args: argparse.Namespace, values: Mapping[str, Any], text: str) -> None:
    """One object where `--json` was asked for, else the text."""
    sys.stdout.write((_json.encode(values).decode() if args.json else text) + "\n")


def flush() -> None:
    """Let the reader of a pipe have what was said."""
    sys.stdout.flush()
