"""Reading a first sync in a process of its own, as the station sees it.

The station's interpreter does one thing at a time, and beside the writer each row that it reads makes both
wait. So a process asks the hub, and whole sheaves of ready rows come from it. It may die or hang at any
time: what it had handed over whole is good, and whoever asked goes on without it from there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Protocol, runtime_checkable

import msgspec

from boxoffice.decoding import Decodes, packed_decoder

from .hub_client import Access
from .reader_process import HEAD, LARGEST, End, Errand, Message, Part, rows_of, trouble_of
from .sheaf import Rows

COMMAND = (sys.executable, "-m", "sync.reader_process")
PATIENCE = 30.0
"""Seconds without a word after which the process counts as lost: the slowest server is given up sooner."""
PARTS_AHEAD = 4
"""Messages that have come and are not looked at."""

_LOOK_EVERY = 0.05
_SOURCES = Path(__file__).parents[1]
_messages: Decodes[Message] = packed_decoder(Message)


@runtime_checkable
class CanBeReadElsewhere(Protocol):
    """A server whose feeds another process can read as well."""

    access: Access


class ReaderLost(Exception):
    """The process crashed, hung, could not be started or spoke nonsense."""


class Reader:
    """One process for one feed. For one thread at a time; `end` it in any case."""

    def __init__(self, access: Access, event: str, *, command: Sequence[str] = COMMAND) -> None:
        """It begins to load. Raises `ReaderLost` if it cannot even be started."""
        self._access = access
        self._event = event
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A windowed program on Windows has no place for complaints to go.
                stderr=None if sys.stderr else subprocess.DEVNULL,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ReaderLost(f"it could not be started ({error})") from error
        self._ended = threading.Event()
        self._loaded = threading.Event()
        self._parts: SimpleQueue[bytes] = SimpleQueue()
        self._room = threading.Semaphore(PARTS_AHEAD)
        self._ear = threading.Thread(target=self._listen, name="reader-ear", daemon=True)
        self._ear.start()

    @property
    def process_id(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def loaded(self) -> bool:
        """Whether it waits for its errand, or is no more."""
        return self._loaded.is_set()

    def sheaves(self, cursor: str) -> Iterator[Rows]:
        """The feed behind `cursor`, a whole sheaf at a time, and nothing for as long as there is nothing yet.

        Raises `ReaderLost` if the process does not live to tell the end, and the `ServerTrouble` that it met.
        """
        errand = msgspec.json.encode(Errand(self._access, self._event, cursor)) + b"\n"
        self._tell(errand)
        sheaf: Rows = []
        heard_at = time.monotonic()
        while True:
            message = self._next_message()
            if message is None:
                if time.monotonic() - heard_at > PATIENCE:
                    raise ReaderLost(f"it said nothing for {PATIENCE:g} seconds")
                yield []
                continue
            if isinstance(message, End):
                break
            if isinstance(message, Part):
                sheaf += _rows(message)
            if sheaf and sheaf[-1][0]:
                yield sheaf
                sheaf = []
            heard_at = time.monotonic()
        if trouble := trouble_of(message):
            raise trouble

    def end(self) -> None:
        """End the process, wherever it is, and wait for it."""
        self._ended.set()
        self._room.release()
        self._process.kill()
        self._process.wait()
        self._ear.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None  # noqa: S101 - it was opened as a pipe
            _close(pipe)

    def _tell(self, errand: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        try:
            self._process.stdin.write(errand)
            self._process.stdin.flush()
        except OSError as error:
            raise ReaderLost("it crashed before it had begun") from error

    def _next_message(self) -> Message | None:
        """What it says next; None if it has not said it yet."""
        try:
            data = self._parts.get(timeout=_LOOK_EVERY)
        except Empty:
            return None
        self._room.release()
        if not data:
            raise ReaderLost("it crashed, or was ended")
        try:
            return _messages.decode(data)
        except msgspec.MsgspecError as error:
            raise ReaderLost("it spoke nonsense") from error

    # On the thread that listens: a pipe cannot be waited for with a clock on every system.

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was opened as a pipe
        while not self._ended.is_set():
            data = _message(self._process.stdout)
            self._loaded.set()
            self._parts.put(data)
            if not data:
                return
            self._room.acquire()


def _message(pipe: IO[bytes]) -> bytes:
    """The next whole message; nothing if there is none."""
    head = pipe.read(HEAD)
    length = int.from_bytes(head, "big")
    if len(head) < HEAD or not 0 < length <= LARGEST:
        return b""
    data = pipe.read(length)
    return data if len(data) == length else b""


def _rows(part: Part) -> Rows:
    try:
        return rows_of(part)
    except (msgspec.MsgspecError, LookupError) as error:
        raise ReaderLost("it spoke nonsense") from error


def _close(pipe: IO[bytes]) -> None:
    """Close a pipe whose other end may be gone, with what was still to be written."""
    try:
        pipe.close()
    except OSError:
        return


def _environment() -> dict[str, str]:
    """Ours, in which the process finds this package also from a checkout."""
    paths = [str(_SOURCES), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
