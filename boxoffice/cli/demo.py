"""`demo`: a hub with a sample event on loopback, a station enrolled with it, and the app on top.

The hub is a process of its own, as it is in a venue, so that the demo can also pull the plug: the app
goes on and catches up. Everything lies in one folder and is there again the next time.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.errors import BadInput, DeviceTrouble

from .output import flush, say

Subparsers = Any

ATTENDEES = 2_000
STOP_WITHIN = 10
LOOK_EVERY = 0.2
"""Seconds between two looks at the hub; a signal that comes just before a wait begins is heard when it is over."""
MARK = "demo-attendees"
"""Tells a demo's folder from anybody else's, and how large its event is."""


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("demo", parents=[common], help="a sample event to try everything on")
    parser.add_argument("--attendees", metavar="N", type=int, default=ATTENDEES, help="so many people (%(default)s)")
    parser.add_argument(
        "--no-gui", action="store_true", help="print the hub's address and the station's folder, and stay"
    )
    parser.add_argument("--tour", metavar="DIR", type=Path, help="without a screen: drive the app and write pictures")
    parser.add_argument("--fresh", action="store_true", help="begin again with an untouched event")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Set everything up, then show it, tour it, or stay."""
    if args.tour is not None:
        return _tour(args.tour.resolve(), args.attendees)
    root = Path(args.data) if args.data else config.folder().root.with_name("boxoffice-demo")
    # Told to end from outside, or left by a terminal that closed, we end the hub as well.
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, lambda *_: sys.exit(0))
    with Demo(root, args.attendees, fresh=args.fresh, people=not args.no_gui) as demo:
        if args.no_gui:
            return _stay(args, demo)
        from ui.app import run as show

        return show(demo.station)


def _tour(target: Path, attendees: int) -> int:
    """Drive the app without a screen; what lay in the target before is replaced."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui import tour

    shutil.rmtree(target, ignore_errors=True)
    with Demo(target / "event", attendees, fresh=True, people=True) as demo, App(demo.station) as app:
        return tour.run(target, demo, app)


def _stay(args: argparse.Namespace, demo: Demo) -> int:
    with App(Folder(demo.station.root)) as app:
        tickets = app.read(lambda c: c.execute("SELECT count(*) FROM positions").fetchone()[0])
    values = {"hub": demo.url, "station": str(demo.station.root), "tickets": tickets}
    say(args, values, f"hub: {demo.url}\nstation: {demo.station.root}\ntickets: {tickets}\nCtrl-C ends the demo.")
    flush()
    demo.wait()
    return 0


class Demo:
    """A hub that runs and a station that belongs to it. Ends the hub when left."""

    def __init__(
        self,
        root: Path,
        attendees: int = ATTENDEES,
        *,
        fresh: bool = False,
        synced: bool = True,
        people: bool = False,
    ) -> None:
        self.root = root
        self.station = Folder(root / "station")
        self._attendees = attendees
        self._fresh = fresh
        self._synced = synced
        self._people = people
        self._hub: subprocess.Popen[str] | None = None
        self._port = 0
        self.url = ""

    def __enter__(self) -> Demo:
        self.root.mkdir(parents=True, exist_ok=True)
        made = self.root / MARK
        if self._fresh or not made.exists() or made.read_text() != str(self._attendees):
            self._start_over()
        self.start_hub()
        try:
            if not self.station.store.exists():
                self.enrol(self.station, "Demo door")
                if self._synced:
                    self._choose_list()
                if self._people:
                    self._add_people()
        except BaseException:
            self.stop_hub()
            raise
        made.write_text(str(self._attendees))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_hub()

    @property
    def database(self) -> str:
        """The hub's database as `hub --db` takes it."""
        return f"sqlite:///{self.root / 'hub.db'}"

    def start_hub(self) -> None:
        """Start the hub, at the address it had before. Raises `DeviceTrouble` if it does not come up."""
        words = [
            "hub",
            "serve",
            "--db",
            self.database,
            "--host",
            "127.0.0.1",
            "--port",
            str(self._last_port()),
            "--json",
        ]
        # Qt ends the process where it stands when an exit reaches it, and unwinds nothing.
        atexit.register(self.stop_hub)
        self._hub = subprocess.Popen(self._command(*words), stdout=subprocess.PIPE, text=True, env=_environment())
        assert self._hub.stdout is not None  # noqa: S101 - asked for above
        line = self._hub.stdout.readline()
        if not line:
            raise DeviceTrouble(
                "The demo's hub did not start", f"It ended with status {self._hub.wait()}.", "Try --fresh."
            )
        self.url = json.loads(line)["url"]
        (self.root / "port").write_text(self.url.rsplit(":", 1)[-1].rstrip("/"))

    def _last_port(self) -> int:
        kept = self.root / "port"
        return int(kept.read_text()) if kept.exists() else 0

    def stop_hub(self) -> None:
        """Pull the plug of the hub; what it acknowledged is on its disk."""
        if self._hub is None:
            return
        self._hub.send_signal(signal.SIGTERM)
        try:
            self._hub.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._hub.kill()
            self._hub.wait()
        if self._hub.stdout is not None:
            self._hub.stdout.close()
        self._hub = None
        atexit.unregister(self.stop_hub)

    def wait(self) -> None:
        """Stay until the hub ends or a person has had enough."""
        while self._hub is not None and self._hub.poll() is None:
            time.sleep(LOOK_EVERY)

    def _start_over(self) -> None:
        there = list(self.root.iterdir())
        if there and self.root / MARK not in there:
            raise BadInput(
                f"{self.root} is not empty and not a demo", "Nothing was touched.", "Give the demo a folder of its own."
            )
        for path in there:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.load(self._event_file())

    def load(self, path: Path) -> None:
        """Put a file of nouns into the hub, also while it runs."""
        self._do("hub", "load", str(path), "--db", self.database)

    def _event_file(self) -> Path:
        """The sample event, made in the size that was asked for."""
        from boxoffice import sample_event

        path = self.root / "event.ndjson"
        # It begins today, so that tickets for one day and lists with times have something to say.
        sample_event.write(path, self._attendees, begins=datetime.now(UTC).date())
        return path

    def enrol(self, station: Folder, name: str) -> None:
        """Make a folder a station of this hub."""
        token = json.loads(self._do("hub", "token", name, "--db", self.database, "--json"))["token"]
        data = ("--data", str(station.root))
        self._do("enrol", self.url, token, "--name", name, *data)
        if self._synced:
            self._do("sync", *data)

    def _choose_list(self) -> None:
        """The first code that is held to it gets an answer, and not the advice to choose a list."""
        from boxoffice.domain.door import Door
        from boxoffice.sample_event import MAIN_ENTRANCE

        with App(self.station) as app:
            app.set_door(Door(lists=(MAIN_ENTRANCE,))).result()

    def _add_people(self) -> None:
        """Those who work at the sample event. Their PINs stand where they are asked for: it is a demo."""
        from boxoffice.sample_event import people_at_work

        lines = [f"{one.name},{one.role.value},{one.pin}" for one in people_at_work()]
        file = self.root / "people.csv"
        file.write_text("\n".join(lines), encoding="utf-8")
        pins = ", ".join(f"{one.name} {one.pin}" for one in people_at_work())
        self._do(
            "operators", "load", str(file), "--hint", f"PINs of the demo: {pins}", "--data", str(self.station.root)
        )

    def _do(self, *words: str) -> str:
        done = subprocess.run(self._command(*words), capture_output=True, text=True, env=_environment(), check=False)
        if done.returncode:
            raise DeviceTrouble(f"The demo could not do `{' '.join(words[:2])}`", done.stderr.strip(), "Try --fresh.")
        return done.stdout

    @staticmethod
    def _command(*words: str) -> list[str]:
        return [sys.executable, "-m", "boxoffice", *words]


def _environment() -> dict[str, str]:
    """The children's environment: a demo keeps its key in its folder and leaves the keyring alone."""
    os.environ["BOXOFFICE_KEYRING"] = "file"
    return dict(os.environ)
