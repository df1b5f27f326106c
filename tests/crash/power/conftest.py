"""A recorder of everything that a station does to its files, between the engine and the disk.

The engine's own file system layer stays in place: each file it opens gets a copy of its table of methods
in which writing, cutting and syncing first go through the recorder. What Python does to files is heard of
through the functions of `os`, and what it wrote is read from the folder before the next such call.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import _sqlite3 as engine

FOLDER = -1
"""Stands for a folder where a file's number would stand."""

_PASSED_OVER = ("-shm", "lock")
"""Nothing in these files outlives the process."""


class Recording:
    """One stretch of work: what the disk held before it, and what was done to it since, step by step.

    A step is a word and its arguments: `wrote` and `cut` for what a file holds, `named`, `renamed` and
    `unnamed` for what a folder holds, `synced` and `synced_folder` for what is durable; `begun` when an
    act was asked for and `told` when somebody heard that it is done.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[str, int] = {}
        self.contents: dict[int, bytearray] = {}
        self.steps: list[tuple[Any, ...]] = []
        self.notice()
        self.steps.clear()
        self.names_before = dict(self.names)
        self.contents_before = {file: bytes(content) for file, content in self.contents.items()}

    def act(self, deed: Callable[[], object], stores: Callable[[], dict[str, str]]) -> None:
        """Do something that somebody waits for; `stores` says afterwards what each store holds from now on."""
        self.steps.append(("begun",))
        deed()
        self.told(stores())

    def told(self, stores: dict[str, str]) -> None:
        self.steps.append(("told", stores))

    def path_of(self, name: str | os.PathLike[str]) -> str | None:
        """The path below the root; None for what is not ours to record."""
        path = os.path.abspath(os.fspath(name))
        root = f"{self.root}{os.sep}"
        if not path.startswith(root) or path.endswith(_PASSED_OVER):
            return None
        return path[len(root) :]

    def named(self, path: str, file: int | None = None) -> int:
        if file is None:
            file = len(self.contents)
            self.contents[file] = bytearray()
        self.names[path] = file
        self.steps.append(("named", path, file))
        return file

    def unnamed(self, path: str) -> None:
        if self.names.pop(path, None) is not None:
            self.steps.append(("unnamed", path))

    def renamed(self, path: str, new: str) -> None:
        self.names[new] = self.names.pop(path)
        self.steps.append(("renamed", path, new))

    def wrote(self, file: int, offset: int, data: bytes) -> None:
        content = self.contents[file]
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data
        self.steps.append(("wrote", file, offset, data))

    def cut(self, file: int, size: int) -> None:
        content = self.contents[file]
        del content[size:]
        content.extend(bytes(size - len(content)))
        self.steps.append(("cut", file, size))

    def synced(self, file: int) -> None:
        self.steps.append(("synced", file))

    def synced_folder(self, path: str) -> None:
        self.steps.append(("synced_folder", path))

    def notice(self) -> None:
        """Catch up with what was made or written past the engine."""
        for folder, folders, files in os.walk(self.root):
            for name in folders:
                path = self.path_of(Path(folder, name))
                if path is not None and path not in self.names:
                    self.named(path, FOLDER)
            for name in files:
                path = self.path_of(Path(folder, name))
                if path is not None:
                    self._catch_up(path)

    def _catch_up(self, path: str) -> None:
        file = self.names[path] if path in self.names else self.named(path)
        there = (self.root / path).read_bytes()
        held = self.contents[file]
        if there == held:
            return
        if len(there) < len(held):
            self.cut(file, len(there))
        self.wrote(file, 0, there)

    def whole(self) -> bool:
        """Whether what was recorded adds up to what lies in the folder."""
        there = {
            path: file.read_bytes()
            for file in self.root.rglob("*")
            if file.is_file() and (path := self.path_of(file)) is not None
        }
        files = {path: bytes(self.contents[file]) for path, file in self.names.items() if file != FOLDER}
        return there == files


_active: Recording | None = None


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = [("version", ctypes.c_int)] + [
        (name, ctypes.c_void_p)
        for name in (
            "close", "read", "write", "truncate", "sync", "file_size", "lock", "unlock", "check_reserved_lock",
            "file_control", "sector_size", "device_characteristics", "shm_map", "shm_lock", "shm_barrier",
            "shm_unmap", "fetch", "unfetch",
        )
    ]  # fmt: skip


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
    ] + [
        (name, ctypes.c_void_p)
        for name in (
            "data", "open", "delete", "access", "full_path", "dl_open", "dl_error", "dl_symbol", "dl_close",
            "randomness", "sleep", "current_time", "last_error", "current_time_64", "set_call", "get_call", "next_call",
        )
    ]  # fmt: skip


_pointer, _int, _long = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_Close = ctypes.CFUNCTYPE(_int, _pointer)
_Write = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long)
_Truncate = ctypes.CFUNCTYPE(_int, _pointer, _long)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)
_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_Delete = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int)

_OK = 0
_CREATE = 0x4
_LOGS = 0x800 | 0x4000 | 0x80000
"""Rollback journal, super-journal, write-ahead log: when one was made, its first sync syncs its folder too."""


class _Handle:
    """One open file of the engine."""

    def __init__(self, recording: Recording, path: str, file: int, *, folder_too: bool) -> None:
        self.recording = recording
        self.folder = os.path.dirname(path)
        self.file = file
        self.folder_too = folder_too


class Layer:
    """The engine's file system layer with a recorder in it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(engine.__file__)
        self._library.sqlite3_vfs_find.restype = ctypes.c_void_p
        self._real_address = self._library.sqlite3_vfs_find(None)
        self._real = _Vfs.from_address(self._real_address)
        self._own = _Vfs.from_buffer_copy(self._real)
        self._own.name = b"recorder"
        self._open_real, self._delete_real = _Open(self._real.open), _Delete(self._real.delete)
        self._kept: list[Any] = [_Open(self._open), _Delete(self._delete)]
        self._own.open, self._own.delete = (ctypes.cast(one, ctypes.c_void_p).value for one in self._kept)
        self._tables: dict[int, _Methods] = {}
        self._handles: dict[int, _Handle] = {}

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let every file that is opened from now on be opened through the recorder."""
        self._library.sqlite3_vfs_register(ctypes.byref(self._own), 1)
        try:
            yield
        finally:
            self._library.sqlite3_vfs_register(ctypes.c_void_p(self._real_address), 1)

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = _active.path_of(os.fsdecode(ctypes.string_at(name))) if _active and name else None
        known = path is None or (_active is not None and (_active.root / path).exists())
        status: int = self._open_real(self._real_address, name, file, flags, out)
        if status == _OK and path is not None and _active is not None:
            if known:
                _active.notice()
            number = _active.names[path] if known else _active.named(path)
            made_log = not known and bool(flags & _LOGS) and bool(flags & _CREATE)
            self._handles[file] = _Handle(_active, path, number, folder_too=made_log)
            methods = ctypes.c_void_p.from_address(file)
            methods.value = ctypes.addressof(self._recorded(methods.value or 0))
        return status

    def _delete(self, _vfs: int, name: int, folder_too: int) -> int:
        status: int = self._delete_real(self._real_address, name, folder_too)
        path = _active.path_of(os.fsdecode(ctypes.string_at(name))) if _active else None
        if status == _OK and path is not None and _active is not None:
            _active.unnamed(path)
            if folder_too:
                _active.synced_folder(os.path.dirname(path))
        return status

    def _recorded(self, address: int) -> _Methods:
        """The methods of a kind of file, with ours among them."""
        if address in self._tables:
            return self._tables[address]
        real = _Methods.from_address(address)
        own = _Methods.from_buffer_copy(real)
        close, write, truncate, sync = (
            _Close(real.close), _Write(real.write), _Truncate(real.truncate), _Sync(real.sync),
        )  # fmt: skip

        def on_close(file: int) -> int:
            del self._handles[file]
            return int(close(file))

        def on_write(file: int, data: int, amount: int, offset: int) -> int:
            status: int = write(file, data, amount, offset)
            if status == _OK:
                handle = self._handles[file]
                handle.recording.wrote(handle.file, offset, ctypes.string_at(data, amount))
            return status

        def on_truncate(file: int, size: int) -> int:
            status: int = truncate(file, size)
            if status == _OK:
                handle = self._handles[file]
                handle.recording.cut(handle.file, size)
            return status

        def on_sync(file: int, flags: int) -> int:
            status: int = sync(file, flags)
            handle = self._handles[file]
            handle.recording.synced(handle.file)
            if handle.folder_too:
                handle.folder_too = False
                handle.recording.synced_folder(handle.folder)
            return status

        ours = (_Close(on_close), _Write(on_write), _Truncate(on_truncate), _Sync(on_sync))
        own.close, own.write, own.truncate, own.sync = (ctypes.cast(one, ctypes.c_void_p).value for one in ours)
        self._kept += [ours, own]
        self._tables[address] = own
        return own


def _hear_of(monkeypatch: pytest.MonkeyPatch, recording: Recording) -> None:
    """Let the functions of `os` that change names, or make things durable, tell the recording."""
    remove, rename, replace, link, mkdir, fsync = os.remove, os.rename, os.replace, os.link, os.mkdir, os.fsync

    def on_remove(path: Any, **options: Any) -> None:
        recording.notice()
        remove(path, **options)
        if (name := recording.path_of(path)) is not None:
            recording.unnamed(name)

    def on_rename(path: Any, new: Any, **options: Any) -> None:
        _renamed(rename, path, new, options)

    def on_replace(path: Any, new: Any, **options: Any) -> None:
        _renamed(replace, path, new, options)

    def _renamed(real: Any, path: Any, new: Any, options: Any) -> None:
        recording.notice()
        real(path, new, **options)
        old_name, new_name = recording.path_of(path), recording.path_of(new)
        if old_name is not None and new_name is not None:
            recording.renamed(old_name, new_name)

    def on_link(path: Any, new: Any, **options: Any) -> None:
        recording.notice()
        link(path, new, **options)
        old_name, new_name = recording.path_of(path), recording.path_of(new)
        if old_name is not None and new_name is not None:
            recording.named(new_name, recording.names[old_name])

    def on_mkdir(path: Any, *mode: Any, **options: Any) -> None:
        mkdir(path, *mode, **options)
        if (name := recording.path_of(path)) is not None:
            recording.named(name, FOLDER)

    def on_fsync(descriptor: int) -> None:
        recording.notice()
        fsync(descriptor)
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            for folder in ("", *(path for path, file in recording.names.items() if file == FOLDER)):
                if os.path.samestat(os.stat(recording.root / folder), found):
                    recording.synced_folder(folder)
            return
        for path, file in recording.names.items():
            if file != FOLDER and os.path.samestat(os.stat(recording.root / path), found):
                recording.synced(file)
                return

    for name, function in {
        "remove": on_remove, "unlink": on_remove, "rename": on_rename, "replace": on_replace, "link": on_link,
        "mkdir": on_mkdir, "fsync": on_fsync,
    }.items():  # fmt: skip
        monkeypatch.setattr(os, name, function)


@pytest.fixture(scope="session")
def layer() -> Layer:
    if not hasattr(ctypes.CDLL(engine.__file__), "sqlite3_vfs_register"):
        pytest.skip("This build of the engine does not show its file system layer")
    return Layer()


@pytest.fixture
def recording(layer: Layer) -> Callable[[Path], Any]:
    """`with recording(folder) as recorded:` hears of everything that happens to files below the folder."""

    @contextmanager
    def record(root: Path) -> Iterator[Recording]:
        global _active
        recorded = Recording(root)
        with pytest.MonkeyPatch.context() as monkeypatch, layer.in_place():
            _hear_of(monkeypatch, recorded)
            _active = recorded
            try:
                yield recorded
            finally:
                _active = None

    return record
