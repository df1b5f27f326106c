"""How the verbs speak: lines for people, or JSON objects for scripts, on standard output."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.errors import DeviceTrouble, filled

if TYPE_CHECKING:
    from boxoffice.storage.settings import Origin

_json = msgspec.json.Encoder()


def mind_closed_streams() -> None:
    """A stream that was closed before we began hears nothing and says nothing. Its number is taken before a file is.

    To be called first: a store under the number of the standard output would be written over by an answer.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - for good


def give_up_output() -> None:
    """Nobody hears us any more: what still lies in the buffer goes nowhere, and the end of the program is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _heard() -> Iterator[None]:
    """Raises `DeviceTrouble` if what is said cannot be written down; of a reader who went away the caller hears."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up_output()
        raise DeviceTrouble(
            "The answer cannot be written",
            filled("Standard output: {error}.", error=error.strerror),
            "What was done is kept in the station.",
        ) from error


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
    with _heard():
        sys.stdout.write((_json.encode(values).decode() if args.json else text) + "\n")


def advise(args: argparse.Namespace, text: str) -> None:
    """What a person can do now, beside the answer; whoever asked for objects is not talked to."""
    if not args.json:
        sys.stderr.write(f"boxoffice: {text}\n")


def note(args: argparse.Namespace, text: str) -> None:
    """Something for people alone, who would wonder at an empty answer; on standard error."""
    if not args.json:
        sys.stderr.write(text + "\n")


def draw_code(text: str | bytes) -> None:
    """A code for a camera or a gun, drawn for the terminal; where that has no letters for it, not."""
    from qrcode.main import QRCode

    if not (sys.stderr.encoding or "").lower().startswith("utf"):
        return
    code = QRCode(border=2)
    code.add_data(text)
    code.print_ascii(out=sys.stderr, invert=True)


def came_from(origin: Origin | None) -> str:
    """Behind something that all stations share: who changed it last, and when."""
    return f", from {origin.device}, {origin.at:%Y-%m-%d %H:%M} UTC" if origin else ""


def flush() -> None:
    """Let the reader of a pipe have what was said."""
    with _heard():
        sys.stdout.flush()
