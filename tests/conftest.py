"""What every test may lean on: a station's folder of its own, a quiet log, loopback and no further.

A log record of WARNING or above that no test announced fails the test in which it appeared, and so
does a connection that would leave this machine. `make prove` runs the same tests with larger numbers.
Tests that need a PostgreSQL share one, which is started by the first of them and ends with the last.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import ipaddress
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from boxoffice.errors import DeviceTrouble
from boxoffice.ids import new_id

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from boxoffice.config import Folder
    from sync.hub.cluster import Cluster

    from .printers.fake_printer import NetworkPrinter, SerialPrinter

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"
PRETIX = os.environ.get("BOXOFFICE_PRETIX") == "1"

# Set here and not in a fixture: plugins and child processes read them too.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BOXOFFICE_KEYRING"] = "file"
os.environ["BOXOFFICE_INTERFACES"] = "127.0.0.1"

settings.register_profile("quick", deadline=None, derandomize=True, max_examples=50, print_blob=True)
settings.register_profile("prove", deadline=None, max_examples=10_000, print_blob=True)
settings.load_profile("prove" if PROVE else "quick")


CLUSTER = "BOXOFFICE_TEST_CLUSTER"
"""Where the processes of one test run find the folder of their PostgreSQL. Its name is short, as sockets need it."""
RUN = "BOXOFFICE_TEST_RUN"
"""The process that ends last of a test run."""
HANGS_AFTER = 300.0
"""Seconds without the end of a test, or a little less, after which every thread is asked where it is."""
_FOLDER = pytest.StashKey[Path]()
_TERMINAL = pytest.StashKey[int]()
_ASKED_FOR = pytest.StashKey[float]()
# A run that is killed takes nothing down with it. This outlives it, and cleans up.
_AFTERWARDS = """(
    while kill -0 "$1"; do sleep 1; done
    [ -e "$2/data/postmaster.pid" ] && kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
    rm -rf "$2"
) </dev/null >/dev/null 2>&1 &"""


def _memory() -> Path | None:
    """A folder in memory, where the system has room for one."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


def pytest_configure(config: pytest.Config) -> None:
    """Have a place for a PostgreSQL and for the tests' folders before the workers start, which inherit their names."""
    if not hasattr(config, "workerinput"):
        if memory := _memory():
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
        config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="boxoffice-pg-", dir=_memory()))
        os.environ[CLUSTER] = str(config.stash[_FOLDER])
        os.environ[RUN] = str(os.getpid())
    config.stash[_TERMINAL] = os.dup(sys.__stderr__.fileno())


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the PostgreSQL, if a test needed one; all workers have ended."""
    faulthandler.cancel_dump_traceback_later()
    os.close(config.stash[_TERMINAL])
    if folder := config.stash.get(_FOLDER, None):
        if (folder / "data").exists():
            from sync.hub.cluster import Cluster

            Cluster(folder).stop()
        shutil.rmtree(folder)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Nothing that is loaded for the tests goes away before they end: looking through it for what is left over, now
    and during each long test, takes longer than reading it.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests marked `prove` and `pretix` to `make prove` and `make pretix`."""
    left_out = {mark for mark, asked_for in (("prove", PROVE), ("pretix", PRETIX)) if not asked_for}
    others = [item for item in items if any(item.get_closest_marker(mark) for mark in left_out)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Have a test that hangs say where. Pytest begins and ends a thread for each, which costs as much as some tests."""
    stash, now = item.config.stash, time.monotonic()
    if now > stash.get(_ASKED_FOR, -HANGS_AFTER) + HANGS_AFTER / 10:
        stash[_ASKED_FOR] = now
        faulthandler.dump_traceback_later(HANGS_AFTER, file=stash[_TERMINAL])
    return (yield)


class Warnings(logging.Handler):
    """Collects what was logged at WARNING or above, and which of it a test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def complaints(self) -> list[str]:
        """What was logged unannounced, and what was announced and never came."""
        lines = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in self.records]
        unexpected = [line for line in lines if not any(re.search(pattern, line) for pattern in self.expected)]
        missing = [pattern for pattern in self.expected if not any(re.search(pattern, line) for line in lines)]
        return [f"logged: {line}" for line in unexpected] + [f"not logged: {pattern}" for pattern in missing]


@pytest.fixture(autouse=True)
def _quiet_log() -> Iterator[Warnings]:
    warnings = Warnings()
    root = logging.getLogger()
    root.addHandler(warnings)
    yield warnings
    root.removeHandler(warnings)
    if complaints := warnings.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
def expect_warning(_quiet_log: Warnings) -> Callable[[str], None]:
    """Announce a record of WARNING or above by a regular expression; it must come, and may come often."""
    return _quiet_log.expected.append


PATIENCE_MS = 60_000
"""A machine that is busy with others is waited for too: only what never comes reaches the end of it."""


def _wait_until(qtbot: QtBot, holds: Callable[[], bool], *, timeout: int = PATIENCE_MS) -> None:
    """As pytest-qt has it, which however sleeps for ten milliseconds before it looks again, and takes None for a yes:
    `answer and answer.name == ...` is None before there is an answer.
    """
    until = time.monotonic() + timeout / 1_000
    for milliseconds in chain((1, 1, 2, 4), repeat(8)):
        doubt: AssertionError | None = None
        try:
            answer = holds()
        except AssertionError as error:
            answer, doubt = False, error
        if answer is True:
            return
        if answer is not False:
            raise TypeError(f"Neither yes nor no: {answer!r}")
        if time.monotonic() > until:
            raise TimeoutError(f"It did not come within {timeout} milliseconds") from doubt
        qtbot.wait(milliseconds)


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Waits long enough for whatever comes at all."""
    for wait in ("waitSignal", "waitSignals", "waitActive", "waitExposed", "waitCallback"):
        setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=PATIENCE_MS))
    qtbot.waitUntil = partial(_wait_until, qtbot)
    return qtbot


@pytest.fixture
def station_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for one station, which commands and services take for their own without being told."""
    folder = tmp_path / "station"
    monkeypatch.setenv("BOXOFFICE_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def quick_disk() -> Iterator[Path]:
    """A folder in memory where the system has room for one: for tests that commit thousands of times."""
    with tempfile.TemporaryDirectory(prefix="boxoffice-", dir=_memory()) as folder:
        yield Path(folder)


@pytest.fixture
def scratch(quick_disk: Path) -> Iterator[Path]:
    """An empty folder on the quick disk."""
    with tempfile.TemporaryDirectory(dir=quick_disk) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def _made_once(quick_disk: Path) -> Path:
    from boxoffice.bootstrap import App
    from boxoffice.config import Folder

    (quick_disk / "station").mkdir()
    with App(Folder(quick_disk / "station")) as app:
        return app.folder.root


@pytest.fixture(scope="session")
def new_folder(_made_once: Path) -> Callable[[Path], Folder]:
    """A new station: `new_folder(path)`. It is copied, because making its tables takes longer than most tests."""
    from boxoffice.config import Folder

    def make(path: Path) -> Folder:
        shutil.copytree(_made_once, path, dirs_exist_ok=True)
        return Folder(path)

    return make


@pytest.fixture(scope="session")
def rounds() -> Callable[[int, int], int]:
    """How often to repeat: `rounds(40, 2_000)` is 40 in `make test` and 2,000 in `make prove`."""
    return lambda quick, prove: prove if PROVE else quick


TEMPLATE = "template_of_the_hub"


_TABLES = """
    SELECT relname, attname, atttypid, attnotnull FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 ORDER BY relname, attnum
"""
_ALONE = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """Empty hubs' databases on the PostgreSQL of this test run.

    One that was used is emptied for the next test, which takes a third of the time of a new one.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._empty: list[str] = []
        self._tables: list[Any] = []
        self._rows: dict[str, list[Any]] = {}
        """What stands in the tables of an empty one."""

    def say(self, statement: str, database: str = "postgres") -> None:
        """Run a statement outside of transactions."""
        with self._line(database) as line:
            line.execute(statement)

    @contextlib.contextmanager
    def one(self) -> Iterator[str]:
        """The address of an empty one, for as long as it is needed."""
        name = self._empty.pop() if self._empty else self._new()
        yield self.cluster.url(name)
        if self._is_empty_again(name):
            self._empty.append(name)
        else:
            self.say(f"DROP DATABASE {name} WITH (FORCE)")

    def _line(self, database: str) -> Any:
        import psycopg

        return psycopg.connect(self.cluster.url(database), autocommit=True)

    def _new(self) -> str:
        name = "hub_" + new_id().replace("-", "_")
        self.say(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        if not self._tables:
            with self._line(name) as line:
                self._tables = line.execute(_TABLES).fetchall()
                names = [one for (one,) in line.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
                self._rows = {one: line.execute(f"SELECT * FROM {one}").fetchall() for one in names}
        return name

    def _is_empty_again(self, name: str) -> bool:
        """Put everything back as it was; False where a test has changed the tables themselves."""
        with self._line(name) as line:
            line.execute(_ALONE)
            if line.execute(_TABLES).fetchall() != self._tables:
                return False
            with line.transaction():
                line.execute("; ".join(f"DELETE FROM {table}" for table in self._rows))
                for table, rows in self._rows.items():
                    for row in rows:
                        line.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", row)
        return True


@pytest.fixture(scope="session")
def postgresql() -> Databases:
    """A PostgreSQL. Whoever needs it first starts it; where there is none, the test is skipped."""
    fcntl = pytest.importorskip("fcntl", reason="The PostgreSQL of the tests needs a POSIX system")
    from sync.hub.cluster import Cluster
    from sync.hub.database import Database

    databases = Databases(Cluster(Path(os.environ[CLUSTER])))
    with (databases.cluster.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not databases.cluster.is_running:
            try:
                databases.cluster.start(durable=False)
            except DeviceTrouble as trouble:
                pytest.skip(f"{trouble.title}: {trouble.what} {trouble.hint}")
            subprocess.run(["sh", "-c", _AFTERWARDS, "sh", os.environ[RUN], os.environ[CLUSTER]], check=True)
            databases.say(f"CREATE DATABASE {TEMPLATE}")
            Database(databases.cluster.url(TEMPLATE)).close()
    return databases


@pytest.fixture
def postgresql_url(postgresql: Databases) -> Iterator[str]:
    """The address of an empty hub's database on PostgreSQL."""
    with postgresql.one() as url:
        yield url


@pytest.fixture
def patience_with_printers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A printer that answers at all is waited for as long as a busy machine takes; `(0.3)`: from now on none is.

    `(0.3, reads=60.0)`: its answers are not waited for, but that it reads to the end.
    """
    from printers.paths import device_file, line, network, serial_port

    def wait(seconds: float, reads: float | None = None) -> None:
        monkeypatch.setattr(line, "ANSWERS_WITHIN", seconds)
        monkeypatch.setattr(line, "SILENCE", reads or seconds)
        for path in (device_file, network, serial_port):
            monkeypatch.setattr(path, "TAKES_WITHIN", reads or seconds)

    wait(60.0)
    return wait


@pytest.fixture
def network_printer(patience_with_printers: Callable[..., None]) -> Iterator[NetworkPrinter]:
    """A printer on a port of this machine: `tests/printers/fake_printer.py` says what can happen to it."""
    from .printers.fake_printer import NetworkPrinter

    with NetworkPrinter() as printer:
        yield printer


@pytest.fixture
def knifeless_printer(patience_with_printers: Callable[..., None]) -> Iterator[NetworkPrinter]:
    """A printer off which people tear the paper."""
    from .printers.fake_printer import NetworkPrinter

    with NetworkPrinter(knife=False) as printer:
        yield printer


@pytest.fixture
def serial_printer(tmp_path: Path, patience_with_printers: Callable[..., None]) -> Iterator[SerialPrinter]:
    """A printer on a serial line."""
    from .printers.fake_printer import SerialPrinter

    with SerialPrinter(tmp_path / "ttyPrinter") as printer:
        yield printer


def _stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple) or not isinstance(address[0], str) or address[0] == "localhost":
        return
    if not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
        raise RuntimeError(f"A test wanted to leave this machine for {address[0]}.")


sys.addaudithook(_stay_on_this_machine)
