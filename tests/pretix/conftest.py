"""A real pretix for the tests of `make pretix`: installed under `build`, on a PostgreSQL of its own, on loopback.

The database is seeded once and kept as a dump, so that each run begins from the same state within seconds.
Everything that is started here is stopped here. Without the marker nothing of this is even looked at.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Verdict, Wish
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment
from sync.engine import Engine
from sync.hub.cluster import OWNER, Cluster, programs_folder
from sync.pretix.client import Pretix, enrol
from sync.replica import Replica
from sync.rounds import Round

VERSION = "2026.8.0"
HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "pretix"
VENV = BUILD / "venv"
HOME = "/api/v1/organizers/demo/"


def tell(what: str) -> None:
    print(f"pretix: {what}", file=sys.__stderr__, flush=True)


class RealPretix:
    """The server, and what an organiser knows of it."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.cluster = Cluster(folder / "sql")
        self.known: dict[str, Any] = {}
        self._server: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {
            "PRETIX_CONFIG_FILE": str(folder / "pretix.cfg"),
            "DJANGO_SETTINGS_MODULE": "quiet_mails",
            "PYTHONPATH": str(folder),
            "PYTHONWARNINGS": "ignore",
        }

    def start(self) -> None:
        install()
        self._configure()
        self.cluster.start(durable=True)
        self._sql("createdb", "pretix")
        digest = hashlib.sha256((HERE / "foundation.py").read_bytes() + (HERE / "fill.py").read_bytes()).hexdigest()[
            :12
        ]
        seeded = BUILD / f"seeded-{VERSION}-{digest}"
        if not seeded.with_name(f"{seeded.name}.json").exists():
            self._seed(seeded)
        else:
            self._restore(seeded)
            self._serve()
        self.known = json.loads(seeded.with_name(f"{seeded.name}.json").read_text())

    def _configure(self) -> None:
        data = self.folder / "files"
        data.mkdir()
        (self.folder / "pretix.cfg").write_text(
            f"[pretix]\nurl={self.url}\ndatadir={data}\nregistration=off\necb_rates=off\n"
            f"[database]\nbackend=postgresql\nname=pretix\nuser={OWNER}\nhost={self.cluster.folder}\n"
        )
        # Without a mail server each mail would be tried again inside the request that caused it.
        (self.folder / "quiet_mails.py").write_text(
            'from pretix.settings import *\nEMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"\n'
        )

    def _seed(self, seeded: Path) -> None:
        migrated = BUILD / f"migrated-{VERSION}"
        if migrated.exists():
            self._restore(migrated)
        else:
            tell("making the tables, which takes two minutes the first time")
            self._python("-m", "pretix", "migrate")
            self._dump(migrated)
        tell("filling the events")
        known = json.loads(self._python(str(HERE / "foundation.py")))
        self._serve()
        filled = subprocess.run(
            [sys.executable, str(HERE / "fill.py"), self.url, known["token"]],
            capture_output=True,
            text=True,
            check=False,
        )
        if filled.returncode:
            pytest.fail(f"The events could not be filled: {filled.stderr[-2000:]}", pytrace=False)
        self._sql("psql", "--quiet", "--command=VACUUM ANALYZE", "pretix")
        self._dump(seeded)
        seeded.with_name(f"{seeded.name}.json").write_text(json.dumps({**known, **json.loads(filled.stdout)}))

    @property
    def environment(self) -> dict[str, str]:
        """In which pretix's own programs run."""
        return self._environment

    def python(self, *arguments: str) -> list[str]:
        """The command that runs something in pretix's own Python."""
        return [str(VENV / "bin" / "python"), *arguments]

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            self.python(*arguments),
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"pretix {arguments} failed:\n{done.stderr[-3000:]}", pytrace=False)
        return done.stdout

    def _sql(self, program: str, *arguments: str) -> None:
        there = (f"--host={self.cluster.folder}", f"--username={OWNER}")
        command = [str(programs_folder() / program), *there, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{program} failed: {done.stderr[-2000:]}", pytrace=False)

    def _dump(self, path: Path) -> None:
        self._sql("pg_dump", "--format=custom", f"--file={path}", "pretix")

    def _restore(self, path: Path) -> None:
        self._sql("pg_restore", "--dbname=pretix", "--no-owner", "--no-acl", "--jobs=2", str(path))
        self._sql("psql", "--quiet", "--command=ANALYZE", "pretix")

    def _serve(self) -> None:
        bound = ("--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4", "--graceful-timeout", "2")
        with (self.folder / "server.log").open("wb") as log:
            self._server = subprocess.Popen(
                [str(VENV / "bin" / "gunicorn"), "pretix.wsgi:application", *bound],
                env=self._environment, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        for _ in range(240):
            with contextlib.suppress(OSError):
                if self.ask("GET", HOME, token="")[0] == 401:
                    return
            time.sleep(0.25)
        pytest.fail(f"pretix does not answer: {(self.folder / 'server.log').read_text()[-3000:]}", pytrace=False)

    def stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)
        self.cluster.stop()

    # What an organiser does

    def ask(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, Any]:
        """A request with the team's token (or another Authorization); status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path if path.startswith("/") else path, data, method=method)
        if token != "":
            request.add_header("Authorization", token or f"Token {self.known['token']}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            said = error.read()
            return error.code, json.loads(said) if said[:1] in b"{[" else said.decode()

    def all(self, path: str) -> list[Any]:
        """All rows of a list."""
        rows: list[Any] = []
        following: str | None = path
        while following:
            status, page = self.ask("GET", following)
            assert status == 200, page
            rows += page["results"]
            following = page["next"]
        return rows

    def delete_check_ins(self, secret: str) -> None:
        """What the back office does that its API cannot: a ticket's check-ins are gone as if they had never been."""
        self._shell(
            "from pretix.base.models import Checkin, OrderPosition\n"
            f"position = OrderPosition.objects.get(secret={secret!r}, order__event__slug='conf')\n"
            "Checkin.objects.filter(position=position).delete()\n"
            "position.order.touch()\n"
        )

    def ask_for_chips(self) -> None:
        """Wristbands with a chip that asks for keys are in use."""
        self._shell("organizer.settings.reusable_media_type_nfc_mf0aes = True\n")

    def _shell(self, lines: str) -> None:
        begin = "import django\ndjango.setup()\nfrom django_scopes import scope\n"
        begin += "from pretix.base.models import Organizer\norganizer = Organizer.objects.get(slug='demo')\n"
        within = "".join(f"    {line}\n" for line in lines.splitlines())
        self._python("-c", f"{begin}with scope(organizer=organizer):\n{within}")

    def device(self, name: str = "Station", profile: str = "full", gate: int | None = None) -> str:
        """A new device; its initialization token."""
        body = {"name": name, "all_events": True, "limit_events": [], "security_profile": profile, "gate": gate}
        status, made = self.ask("POST", f"{HOME}devices/", body)
        assert status == 201, made
        return str(made["initialization_token"])


@functools.cache
def install() -> None:
    """The pinned pretix, in an environment of its own."""
    mark = VENV / f".{VERSION}"
    if mark.exists():
        return
    tell(f"installing pretix {VERSION} into {VENV}, which takes a minute or two")
    BUILD.mkdir(parents=True, exist_ok=True)
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([base, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", f"pretix=={VERSION}", "gunicorn==27.0.1"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"pretix could not be installed: {done.stderr[-2000:]}", pytrace=False)
    mark.touch()


@pytest.fixture(scope="session")
def server() -> Iterator[RealPretix]:
    """The server, seeded; one for all tests."""
    with tempfile.TemporaryDirectory(prefix="boxoffice-pretix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "sql").mkdir()
        real = RealPretix(folder)
        try:
            real.start()
            yield real
        finally:
            with contextlib.suppress(Exception):
                real.stop()


class Station:
    """One station of it, open."""

    def __init__(
        self, server: RealPretix, folder: Path, name: str, url: str = "", events: tuple[str, ...] = (), **device: Any
    ) -> None:
        folder.mkdir()
        self.server = server
        given = enrol(url or server.url, server.device(name, **device))
        self.enrolment: Enrolment = msgspec.structs.replace(given, url=url or server.url, events=events or given.events)
        self.seconds = 0.0
        self.app = App(Folder(folder))
        self.app.join(self.enrolment).result()
        self.connect()

    def connect(self) -> None:
        """As after a new start."""
        self.line = Pretix(self.enrolment, Replica(self.app), clock=lambda: self.seconds)
        self.engine = Engine(self.app, self.line, clock=lambda: self.seconds, chance=lambda: 0.0)

    def sync(self) -> Round:
        """One round in which everything is looked at."""
        self.seconds += 3600
        done = self.engine.round_once()
        assert not done.troubles, done.troubles
        return done

    def scan(
        self, secret: str, gate_list: int, *, event: str = "conf", at: datetime | None = None, **wish: Any
    ) -> Verdict:
        scan = new_scan(secret, Source.MANUAL, at)
        return self.app.gate.admit(scan, Door(lists=((event, gate_list),)), Wish(**wish)).result()

    def close(self) -> None:
        self.line.close()
        self.app.close()


@pytest.fixture
def station(server: RealPretix, tmp_path: Path) -> Iterator[Callable[..., Station]]:
    """Enrols stations: `station("North")`."""
    with contextlib.ExitStack() as open_ones:

        def open_one(name: str = "Station", **more: Any) -> Station:
            made = Station(server, tmp_path / f"{name}-{time.monotonic_ns()}", name, **more)
            open_ones.callback(made.close)
            return made

        yield open_one
