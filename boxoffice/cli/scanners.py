"""`scanners`: the cameras and guns of this machine, which of them this station uses, and whether they read right.

A gun that types needs no driver and cannot be listed: it is a keyboard. `test` is for all three kinds: it shows a
code with every letter by which keyboards differ, and compares what arrives.
"""

from __future__ import annotations

import argparse
import queue
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.bootstrap import open_station
from boxoffice.domain.scan import Scan
from boxoffice.errors import Refused
from boxoffice.scanning.layouts import TEST_CODE, Mending, detect
from boxoffice.scanning.state import Phase, SourceState
from boxoffice.storage import settings

from .output import draw_code, flush, note, say

if TYPE_CHECKING:
    from collections.abc import Iterator

Subparsers = Any

SECONDS = 30.0
_LOOK_EVERY = 0.2


class Chosen(msgspec.Struct, frozen=True):
    """What the settings of the window say of scanners; the rest of them is for the eyes."""

    camera: str = "auto"
    gun_port: str = ""
    gun_speed: int = 9600
    mending: Mending = Mending()


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("scanners", parents=[common], help="cameras and barcode guns, and whether they read")
    parser.set_defaults(run=run_list)
    verbs = parser.add_subparsers(metavar="ACTION")
    help_ = "show a code, and see whether it arrives as it is; without an option from a gun that types"
    test = verbs.add_parser("test", parents=[common], help=help_)
    which = test.add_mutually_exclusive_group()
    which.add_argument("--port", metavar="NAME", help="of a gun on a serial line, as `scanners` lists it")
    which.add_argument("--camera", metavar="NAME", help="a number or device as `scanners` lists it; or a picture")
    test.add_argument("--speed", metavar="BITS", type=int, help="of the line, a second (as chosen, or 9600)")
    help_ = "how long to wait for a camera or a line (%(default)s)"
    test.add_argument("--seconds", metavar="S", type=float, default=SECONDS, help=help_)
    test.set_defaults(run=run_test)


def run_list(args: argparse.Namespace) -> int:
    """One line for each; exit status 1 if one that was chosen is not there."""
    with open_station(args.data) as app:
        chosen, door = _chosen(app.read), app.door
    found = [*_cameras(chosen), *_lines(chosen)]
    for one in found:
        using = " (in use)" if one["chosen"] else ""
        say(args, one, f"{one['kind']}: {one['address']}  {one['name']}{using}: {one['state']}")
    typed = {
        "kind": "keyboard",
        "prefix": door.prefix,
        "suffix": door.suffix,
        "gun": chosen.mending.gun,
        "laptop": chosen.mending.laptop,
    }
    say(args, typed, f"keyboard: any gun that types{_mended(chosen.mending)}")
    return 1 if any(one["state"] == Phase.MISSING.value for one in found) else 0


def _mended(mending: Mending) -> str:
    if not mending.table:
        return ""
    return f"; scans of a {mending.gun} gun are put right for a {mending.laptop} keyboard"


def _chosen(read: Callable[..., Chosen]) -> Chosen:
    return read(lambda connection: settings.get(connection, "screen", Chosen, Chosen()))


def _entry(kind: str, address: str, name: str, *, chosen: bool, there: bool = True) -> dict[str, Any]:
    state = "there" if there else Phase.MISSING.value
    return {"kind": kind, "address": address, "name": name, "chosen": chosen, "state": state}


def _cameras(chosen: Chosen) -> list[dict[str, Any]]:
    from boxoffice.scanning.camera import Device, lens
    from boxoffice.scanning.v4l2 import cameras

    there = cameras()
    wanted = there[0][0] if chosen.camera == "auto" and there else chosen.camera
    found = [_entry("camera", path, name, chosen=wanted in (path, _number(path))) for path, name in there]
    if wanted in ("", "auto") or any(one["chosen"] for one in found):
        return found
    at = lens(wanted)
    # Only Linux can say which cameras there are; a film or a picture is there or is not.
    is_there = not isinstance(at, Device) and at.path.exists()
    return [*found, _entry("camera", wanted, "chosen in the settings", chosen=True, there=is_there)]


def _number(path: str) -> str:
    return path.removeprefix("/dev/video")


def _lines(chosen: Chosen) -> list[dict[str, Any]]:
    from boxoffice.scanning.serial_gun import found_ports

    found = [
        _entry(
            "serial", one.device, one.description, chosen=chosen.gun_port in (one.device, one.hardware or one.device)
        )
        for one in found_ports()
    ]
    if not chosen.gun_port or any(one["chosen"] for one in found):
        return found
    return [*found, _entry("serial", chosen.gun_port, "chosen in the settings", chosen=True, there=False)]


def run_test(args: argparse.Namespace) -> int:
    """Compare what arrives; 0 if it is right, 1 if it is not or nothing came, 3 if the device cannot be used."""
    if not args.camera and not args.json:
        draw_code(TEST_CODE)
    arrived = _typed(args) if not (args.port or args.camera) else _heard(args)
    if not arrived:
        raise Refused("Nothing arrived", "No code was read.", "Hold the code to the gun or the camera, and try again.")
    found = detect(TEST_CODE, arrived) if not args.camera else Mending()
    values = {
        "read": arrived,
        "right": found is not None and not found.needed,
        "gun": found.gun if found and found.table else None,
        "laptop": found.laptop if found and found.table else None,
        "caps_lock": bool(found and found.caps_lock),
    }
    say(args, values, _verdict(found, arrived))
    return 0 if values["right"] else 1


def _verdict(found: Mending | None, arrived: str) -> str:
    if found is None:
        return f"Something else arrived: {arrived}"
    if not found.needed:
        return f"Read: {arrived}"
    keys = (
        f"The gun types for a {found.gun} keyboard, this computer reads a {found.laptop} one. " if found.table else ""
    )
    lock = "Caps lock is on. " if found.caps_lock else ""
    return f"{keys}{lock}The settings of the app put it right."


def _typed(args: argparse.Namespace) -> str:
    note(args, "Scan the code above with a gun that types.")
    flush()
    return sys.stdin.readline().rstrip("\r\n")


def _heard(args: argparse.Namespace) -> str:
    """What a line or a camera reads first. Raises the trouble that keeps it from reading."""
    arrived: queue.SimpleQueue[Scan | SourceState] = queue.SimpleQueue()
    until = time.monotonic() + args.seconds
    with _listening(args, arrived.put):
        note(args, "Hold a code before it." if args.camera else "Scan the code above.")
        while (left := until - time.monotonic()) > 0:
            try:
                one = arrived.get(timeout=min(left, _LOOK_EVERY))
            except queue.Empty:
                continue
            if isinstance(one, Scan):
                return one.text
            if one.trouble is not None:
                raise one.trouble
            if one.phase is Phase.ENDED:
                break
    return ""


@contextmanager
def _listening(args: argparse.Namespace, tell: Callable[[Scan | SourceState], None]) -> Iterator[None]:
    if args.camera:
        from boxoffice.scanning.camera import Camera, lens

        source: Any = Camera(lens(args.camera), on_scan=tell, on_state=tell)
    else:
        from boxoffice.scanning.serial_gun import SerialGun

        with open_station(args.data) as app:
            speed = args.speed or _chosen(app.read).gun_speed
        source = SerialGun(args.port, on_scan=tell, on_state=tell, baudrate=speed)
    source.start()
    try:
        yield
    finally:
        source.stop()
