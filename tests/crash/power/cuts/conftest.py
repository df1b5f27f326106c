"""What a disk may hold after the power went, and what a station finds on it.

Everything synced is there. Of everything else any part may be: each write kept, dropped or torn at the
disk's sectors, each name kept or dropped. A file's size may have arrived without what was written there.
The engine opens each such disk and says which part of its log counts; what the station's own code has
made out of the same pages, be they in the file or in its log, is not made out a second time.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlcipher3 import dbapi2 as engine

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.gate import Wish
from boxoffice.domain.scan import Source
from boxoffice.errors import Trouble
from boxoffice.ids import new_scan
from boxoffice.storage import connection as connections
from boxoffice.storage import schema, verify
from boxoffice.storage.writer import Lane

SECTOR = 512
PAGE = 4096
FRAME = 24 + PAGE
"""What a page takes in the log: its number, how many pages the store has if a commit ends here, seals, and the page."""
HEAD = 32
"""What stands in a log before its first frame."""
FOLDER = -1
"""Stands for a folder where a file's number would stand."""

STORE = "station/station.db"
KEY = "station/key"
TICKETS = 24

Step = tuple[Any, ...]
Stores = dict[str, str]
"""What each store holds, by its path."""
Part = tuple[int, bytes | None]
"""Bytes written at an offset; without bytes: the file's end was put there."""


class State(NamedTuple):
    """One disk that there may be after a cut, and what a station may find on it."""

    files: dict[str, bytes]
    digests: dict[str, int]
    allowed: list[Stores]
    step: int

    @property
    def name(self) -> int:
        """Equal for equal disks of which the same is expected."""
        expected = tuple(frozenset(one.items()) for one in self.allowed)
        return hash((expected, frozenset(self.digests.items())))


class Disk:
    """Plays the steps of a recording, and can be cut off after each."""

    def __init__(self, recorded: Any, steps: Sequence[Step], chance: random.Random) -> None:
        self._steps = steps
        self._chance = chance
        self._beliefs: list[Stores] = [step[1] for step in steps if step[0] == "told"]
        self._told = 0
        self._under_way = False
        self._live: dict[str, int] = dict(recorded.names_before)
        self._names: dict[str, int] = dict(recorded.names_before)
        self._durable: dict[int, bytes] = dict(recorded.contents_before)
        self._changes: list[Step] = []
        self._parts: dict[int, list[Part]] = {}
        self._pieces: dict[int, tuple[Any, list[Any]]] = {}

    def states(self, each: float, since: int = 0) -> Iterator[State]:
        """Some `each` on average after every step from `since` on; both extremes whenever somebody was told."""
        for number, (word, *arguments) in enumerate(self._steps):
            getattr(self, "on_" + word)(*arguments)
            if number < since:
                continue
            if word == "told":
                yield self._state(number, lambda parts: parts)
                yield self._state(number, lambda _: [])
            if self._told:
                for _ in range(int(each + self._chance.random())):
                    yield self._state(number, self._some)

    def on_begun(self) -> None:
        self._under_way = True

    def on_told(self, _: Stores) -> None:
        self._told += 1
        self._under_way = False

    def on_wrote(self, file: int, offset: int, data: bytes) -> None:
        self._parts.setdefault(file, []).append((offset, data))

    def on_cut(self, file: int, size: int) -> None:
        self._parts.setdefault(file, []).append((size, None))

    def on_synced(self, file: int) -> None:
        if file in self._parts:
            self._durable[file] = bytes(_written(self._durable.get(file, b""), self._parts.pop(file)))

    def on_named(self, path: str, file: int) -> None:
        self._live[path] = file
        self._changes.append(("named", file, path))

    def on_unnamed(self, path: str) -> None:
        self._changes.append(("unnamed", self._live.pop(path), path))

    def on_renamed(self, path: str, new: str) -> None:
        file = self._live[new] = self._live.pop(path)
        self._changes.append(("renamed", file, path, new))

    def on_synced_folder(self, folder: str) -> None:
        settled = [change for change in self._changes if os.path.dirname(change[2]) == folder]
        self._names = _changed(self._names, settled)
        self._changes = [change for change in self._changes if os.path.dirname(change[2]) != folder]

    def _state(self, step: int, kept: Callable[[list[Any]], list[Any]]) -> State:
        names = _changed(self._names, kept(self._changes)) if self._changes else self._names
        files = {
            path: self._content(file, kept)
            for path, file in names.items()
            if file != FOLDER and _reachable(path, names)
        }
        digests = {path: hash(content) for path, content in files.items()}
        allowed = self._beliefs[self._told - 1 : self._told + self._under_way]
        return State(files, digests, allowed, step)

    def _content(self, file: int, kept: Callable[[list[Part]], list[Part]]) -> bytes:
        durable = self._durable.get(file, b"")
        parts = self._parts.get(file)
        if not parts or not (chosen := kept(parts)):
            return durable
        return bytes(_written(durable, chosen))

    def _some(self, things: list[Any]) -> list[Any]:
        """Some of the writes to a file, or of the changes of names."""
        chance = self._chance
        match chance.randrange(8):
            case 0:
                return things
            case 1:
                return []
            case 2:
                return things[: chance.randrange(len(things))]
            case 3:
                return _without_one(things, chance)
            case 4:
                torn = self._torn(things)
                return torn[: chance.randrange(len(torn))]
            case 5:
                return _without_one(self._torn(things), chance)
            case 6:
                return _grown(things) + [sector for sector in self._torn(things) if chance.random() < 0.5]
            case _:
                share = chance.choice((0.05, 0.5, 0.95))
                return [sector for sector in self._torn(things) if chance.random() < share]

    def _torn(self, parts: list[Any]) -> list[Any]:
        """The parts in pieces that a disk keeps or loses by themselves. A change of names is one piece."""
        return [sector for part in parts for sector in self._pieces_of(part)]

    def _pieces_of(self, part: Any) -> list[Any]:
        held = self._pieces.get(id(part))
        if held is None:
            held = self._pieces[id(part)] = part, list(_sectors(part))
        return held[1]


def _without_one(things: list[Any], chance: random.Random) -> list[Any]:
    left_out = chance.randrange(len(things))
    return things[:left_out] + things[left_out + 1 :]


def _changed(names: dict[str, int], changes: Sequence[Step]) -> dict[str, int]:
    """Names after some changes of which others may be missing."""
    names = dict(names)
    for word, file, path, *new in changes:
        if word == "named":
            names[path] = file
            continue
        if names.get(path) == file:
            del names[path]
        if word == "renamed":
            names[new[0]] = file
    return names


def _reachable(path: str, names: dict[str, int]) -> bool:
    folder = os.path.dirname(path)
    return not folder or (folder in names and _reachable(folder, names))


def _written(content: bytes, parts: Sequence[Part]) -> bytearray:
    held = bytearray(content)
    for offset, data in parts:
        if data is None:
            del held[offset:]
            data = b""
        if offset > len(held):
            held.extend(bytes(offset - len(held)))
        held[offset : offset + len(data)] = data
    return held


def _sectors(part: Any) -> Iterator[Any]:
    if isinstance(part[0], str) or part[1] is None:
        yield part
        return
    offset, data = part
    start = 0
    while start < len(data):
        stop = start + SECTOR - (offset + start) % SECTOR
        yield offset + start, data[start:stop]
        start = stop


def _grown(parts: list[Any]) -> list[Any]:
    """The file's new size without what was written there."""
    ends = [offset + len(data) for offset, data in parts if data] if not isinstance(parts[0][0], str) else []
    return [(max(ends), b"")] if ends else []


def _pages(file: bytes, log: bytes) -> bytes:
    """What the engine reads: each page as it was last written to the part of the log that counts, else the file's."""
    if not log:
        return file
    parts: list[Part] = []
    for at in range(HEAD, len(log), FRAME):
        number, pages = struct.unpack_from(">II", log, at)
        parts.append(((number - 1) * PAGE, log[at + FRAME - PAGE : at + FRAME]))
    return bytes(_written(file, [*parts, (pages * PAGE, None)]))


class Lost(Exception):
    """What a station found is not what somebody was told."""


class Examination:
    """Puts disks into a folder, opens the station there, and compares what it holds with what was told."""

    def __init__(self, folder: Path, watched: Sequence[str], holds: Callable[[Any], str]) -> None:
        self._folder = folder
        self._place = config.folder(str(folder / "station"))
        self._holds = holds
        self._watched = watched
        self._known: dict[int, str] = {}
        self._names: dict[tuple[int, int], int] = {}
        """How stores are named, by what lies in the file and what counts of its log."""
        self._keys: dict[int, bytes] = {}
        self._lying: dict[str, int] = {}
        """What lies in the folder as it was put there, by its digest."""

    def fault(self, state: State) -> str | None:
        """What is wrong with a disk; None if it is one to wake up with."""
        self._lay_out(state)
        try:
            found = self._found(state)
        except (Trouble, connections.DatabaseError, Lost) as error:
            return f"{type(error).__name__}: {error}"
        if any(self._fits(found, told, state.allowed) for told in state.allowed):
            return None
        return f"found {found}, told {state.allowed}"

    def _lay_out(self, state: State) -> None:
        """Put exactly these files into the folder; what stands in it already stays."""
        for folder, _, names in os.walk(self._folder):
            for name in names:
                file = f"{folder}{os.sep}{name}"
                path = file[len(f"{self._folder}{os.sep}") :]
                if path not in self._lying or self._lying[path] != state.digests.get(path):
                    self._lying.pop(path, None)
                    os.unlink(file)
        for path in state.files.keys() - self._lying.keys():
            file = os.path.join(self._folder, path)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "wb", buffering=0) as opened:
                opened.write(state.files[path])
            self._lying[path] = state.digests[path]

    @staticmethod
    def _fits(found: Stores, told: Stores, allowed: Sequence[Stores]) -> bool:
        """Everything told is there; what is there beyond it is what an act under way makes."""
        if any(found.get(store) != held for store, held in told.items()):
            return False
        return all(any(held == one.get(store) for one in allowed) for store, held in found.items())

    def _found(self, state: State) -> Stores:
        key = self._key(state)
        found = {STORE: self._read(state, STORE, key)}
        for path in self._watched:
            if path not in found and path in state.files:
                found[path] = self._read(state, path, key)
        return found

    def _key(self, state: State) -> bytes:
        digest = state.digests.get(KEY)
        if digest not in self._keys:
            key = config.key(self._place)
            if digest is None:
                return key
            self._keys[digest] = key
        return self._keys[digest]

    def _read(self, state: State, path: str, key: bytes) -> str:
        name = self._name(state, path, key)
        if name in self._known:
            return self._known[name]
        for what_changes in (path, path + "-wal", path + "-journal"):
            self._lying.pop(what_changes, None)
        connection = connections.writable(self._folder / path, key)
        try:
            held = self._held(connection)
        finally:
            connection.close()
        if name is not None:
            self._known[name] = held
        return held

    def _held(self, connection: Any) -> str:
        schema.prepare(connection)
        findings = verify.check(connection)
        if not findings.sound:
            raise Lost("; ".join(findings.faults))
        return self._holds(connection)

    def _name(self, state: State, path: str, key: bytes) -> int | None:
        """Equal for stores of which the engine reads the same pages. None: it has no name."""
        log = state.files.get(path + "-wal", b"")
        if path not in state.files or path + "-journal" in state.files or not self._looked_at(path, key):
            return None
        frames = self._frames(path)
        counts = log[: HEAD + frames * FRAME] if frames else b""
        there = state.digests[path], hash(counts)
        if there not in self._names:
            self._names[there] = hash(_pages(state.files[path], counts))
        return self._names[there]

    def _looked_at(self, path: str, key: bytes) -> bool:
        """Let the engine read file and log, and change neither; False where it is no store of ours."""
        address = (self._folder / path).as_uri() + "?mode=ro"
        with closing(engine.connect(address, uri=True)) as connection:
            try:
                connection.execute("PRAGMA cipher_log_level=NONE")
                connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
                connection.execute("PRAGMA user_version").fetchone()
            except connections.DatabaseError:
                return False
        return True

    def _frames(self, path: str) -> int:
        """How many frames of a store's log count, as the engine noted in its index, which goes with it."""
        index = f"{self._folder}/{path}-shm"
        try:
            with open(index, "rb", buffering=0) as noted:
                number: int = struct.unpack_from("I", noted.read(20), 16)[0]
        except FileNotFoundError:
            return 0
        os.unlink(index)
        return number


class Outcome(NamedTuple):
    """What became of a number of different disks."""

    disks: int
    faults: list[str]


@pytest.fixture
def cuts(scratch: Path, holds: Callable[[Any], str]) -> Callable[..., Outcome]:
    """`cuts(recorded, wanted)`: cut a recording off in many places, and look at what is left.

    With `steps` other than the recorded ones, it is what a station would have done to its disk. `since`
    leaves out the cuts before a step; `stop_at` is how many faults are enough.
    """

    def examine(
        recorded: Any,
        wanted: int,
        *,
        seed: int = 0,
        steps: Sequence[Step] | None = None,
        since: int = 0,
        stop_at: int | None = 5,
    ) -> Outcome:
        steps = recorded.steps if steps is None else steps
        chance = random.Random(seed)
        watched = sorted({store for step in steps if step[0] == "told" for store in step[1]})
        examination = Examination(scratch / "disk", watched, holds)
        seen: set[int] = set()
        faults: list[str] = []
        vain = 0
        while len(seen) < wanted and vain < 50:
            before = len(seen)
            each = max(0.25, (wanted - before) / (len(steps) - since))
            for state in Disk(recorded, steps, chance).states(each, since):
                name = state.name
                if name in seen:
                    continue
                seen.add(name)
                fault = examination.fault(state)
                if fault is not None:
                    faults.append(f"after step {state.step} {steps[state.step][:2]}: {fault}")
                if len(faults) == stop_at or len(seen) == wanted:
                    return Outcome(len(seen), faults)
            vain = vain + 1 if len(seen) == before else 0
        return Outcome(len(seen), faults)

    return examine


class Night:
    """A station at work while everything that it does to its files is recorded."""

    def __init__(self, recorded: Any, app: App, evening: Any, holds: Callable[[Any], str]) -> None:
        self.recorded = recorded
        self.app = app
        self.evening = evening
        self._holds = holds
        recorded.told(self.stores())

    def stores(self) -> dict[str, str]:
        return {STORE: self.app.read(self._holds)}

    def act(self, deed: Callable[[], object], stores: Callable[[], dict[str, str]] | None = None) -> None:
        self.recorded.act(deed, stores or self.stores)

    def write(self, job: Callable[[Any], object]) -> None:
        self.act(lambda: self.app.write(job, Lane.BACKGROUND).result())

    def scan(self, code: str) -> str:
        scan = new_scan(code, Source.WEDGE)
        self.act(lambda: self.app.gate.admit(scan, self.evening.door, Wish()).result())
        return scan.nonce


@pytest.fixture
def night(
    scratch: Path,
    new_station: Callable[..., Path],
    recording: Callable[[Path], Any],
    evening: Any,
    holds: Callable[[Any], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """`with night() as here:` opens a station; `checkpoint` is the length in pages at which its log is emptied."""
    writable = connections.writable

    @contextmanager
    def begin(checkpoint: int = 40, synchronous: str = "FULL") -> Iterator[Night]:
        def opened(path: Path, key: bytes) -> Any:
            connection = writable(path, key)
            connection.execute(f"PRAGMA wal_autocheckpoint={checkpoint}")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            return connection

        new_station(scratch / "station", tickets=TICKETS)
        with recording(scratch) as recorded:
            with monkeypatch.context() as patched:
                patched.setattr(connections, "writable", opened)
                app = App(Folder(scratch / "station"))
            with app:
                yield Night(recorded, app, evening, holds)

    return begin
