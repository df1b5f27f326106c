"""`hub files`: what was handed in at the doors, written into a folder for whoever organises the event."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from boxoffice.errors import BadInput, StorageTrouble

from .output import note, say

if TYPE_CHECKING:
    from sync.hub.handed_in import File


def run_files(args: argparse.Namespace) -> int:
    """Write each file that is not there yet; what is there under its name is the same."""
    from sync.hub import handed_in

    from .hub import database_of

    if args.folder.exists() and not args.folder.is_dir():
        raise BadInput(f"{args.folder} is no folder", "Nothing was written.", "Name a folder, or one to be made.")
    number = 0
    with closing(database_of(args)) as database, database.reading() as connection:
        for file in handed_in.files(connection):
            if args.event in ("", file.event):
                path = _written(args.folder, file)
                values = {"event": file.event, "ticket": file.ticket, "question": file.question, "file": str(path)}
                say(args, values, str(path))
                number += 1
    if not number:
        note(args, "Nothing was handed in.")
    return 0


def _written(folder: Path, file: File) -> Path:
    """For the eyes of whoever asks, and nobody else on this machine."""
    path = folder / file.event / file.name
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        with open(partial, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as opened:
            opened.write(file.content)
        partial.replace(path)
    except OSError as error:
        raise StorageTrouble(
            "A file could not be written", f"{path}: {error.strerror}.", "Choose another place."
        ) from error
    return path
