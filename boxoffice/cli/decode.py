"""`decode`: the codes in pictures and films, read as the camera at the door reads them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from boxoffice.errors import DeviceTrouble
from boxoffice.scanning.found import formats_named
from boxoffice.scanning.sightings import Sighting, sightings
from boxoffice.scanning.worker import DecodingProcess

from .output import flush, say

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    decode = subparsers.add_parser("decode", parents=[common], help="read the codes in pictures or films")
    decode.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="a picture, a film, or a folder of pictures"
    )
    decode.add_argument(
        "--format",
        metavar="NAME",
        action="append",
        dest="formats",
        help="qr (default), ean, upc, code128...; repeatable",
    )
    decode.add_argument("--thorough", action="store_true", help="give each frame of a film the time of a picture")
    decode.add_argument("--every-frame", action="store_true", help="name a code in each frame of a film that shows it")
    decode.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Name every code; 1 if there is none, 3 if a file cannot be read."""
    decoder = DecodingProcess(formats_named(args.formats or ["qr"]))
    codes, troubled = 0, False
    try:
        for path in args.files:
            try:
                for one in sightings(path, decoder, thorough=args.thorough, every_frame=args.every_frame):
                    say(args, _as_json(one), _as_text(one))
                    flush()
                    codes += 1
            except DeviceTrouble as trouble:
                sys.stderr.write(f"boxoffice: {trouble}\n")
                troubled = True
    finally:
        decoder.close()
    if troubled:
        return DeviceTrouble.exit_status
    return 0 if codes else 1


def _as_json(one: Sighting) -> dict[str, Any]:
    return {
        "file": str(one.path),
        "frame": one.frame,
        "text": one.found.text,
        "format": one.found.format,
        "ms": round(one.seconds * 1000, 2),
        "position": [[round(x, 1), round(y, 1)] for x, y in one.found.outline],
    }


def _as_text(one: Sighting) -> str:
    corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in one.found.outline)
    return f"{one.path}#{one.frame}: {one.found.text}  ({one.found.format}, {one.seconds * 1000:.1f} ms, at {corners})"
