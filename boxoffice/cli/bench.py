"""`bench NAME`: how fast, as ratios of two sides that are measured side by side in one run.

An absolute time says more about the machine than about us, so each benchmark carries its own yardstick.
"""

from __future__ import annotations

import argparse
import importlib
import os
from typing import Any

Subparsers = Any

NAMES = ("verdict", "search", "sync", "start", "door", "decode", "hub", "print", "till")


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("bench", parents=[common], help="the benchmarks, as ratios")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--attendees", type=int, action="append", help="sizes to measure; default: the benchmark's own")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: does it run at all?")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Hand over to the benchmark's own module."""
    # The stations of a benchmark live for a minute; their keys have no place in anybody's keyring.
    os.environ["BOXOFFICE_KEYRING"] = "file"
    module = importlib.import_module(f"boxoffice.cli.bench_{args.name}")
    return int(module.run(args))
