"""Where a station keeps its things, and the key to them.

A station is a folder: the encrypted store, a lock, logs. The key lies in the operating system's
keyring and not in the folder, so that a copied folder is of no use to anybody; where there is no
keyring it lies beside the store as a file that only its owner can read, and the app says so.
"""

from __future__ import annotations

import base64
import logging
import os
from pathlib import Path

import msgspec

from boxoffice.errors import BadInput, StorageTrouble, filled

log = logging.getLogger(__name__)

SERVICE = "boxoffice"


class Folder(msgspec.Struct, frozen=True):
    """The paths of one station."""

    root: Path

    @property
    def store(self) -> Path:
        """The encrypted database."""
        return self.root / "station.db"

    @property
    def lock(self) -> Path:
        """Held by the one process that has the station open."""
        return self.root / "lock"

    @property
    def key_file(self) -> Path:
        """The key, where there is no keyring."""
        return self.root / "key"

    @property
    def pepper_file(self) -> Path:
        """What goes into each sealed PIN beside it, where there is no keyring."""
        return self.root / "pepper"

    @property
    def printers(self) -> Path:
        """What was derived about models of printers; can be made again."""
        return self.root / "printers"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"


def interfaces() -> list[str]:
    """Addresses of the network interfaces on which hubs are announced and looked for; none named means all.

    They are named in `BOXOFFICE_INTERFACES`, with commas between them, for a machine that stands in several networks.
    """
    named = os.environ.get("BOXOFFICE_INTERFACES", "")
    return [one.strip() for one in named.split(",") if one.strip()]


def there(chosen: str | None = None) -> Folder:
    """The folder of a station that is there already. Raises `BadInput` where there is none; makes nothing."""
    found = Folder(_root(chosen).resolve())
    if not found.store.exists():
        raise BadInput(
            filled("There is no station in {root}", root=found.root),
            "Nothing was made there.",
            "Check --data, or enrol it first: boxoffice enrol URL TOKEN.",
        )
    return found


def _root(chosen: str | None) -> Path:
    named = chosen or os.environ.get("BOXOFFICE_DATA")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("boxoffice", appauthor=False)


def folder(chosen: str | None = None) -> Folder:
    """The station's folder: as chosen, else `BOXOFFICE_DATA`, else the user's own data folder. Made if missing."""
    root = _root(chosen)
    try:
        _make(root)
    except OSError as error:
        raise StorageTrouble(
            "The station's folder cannot be made",
            filled("{root}: {error}.", root=root, error=error.strerror),
            "Choose another with --data.",
        ) from error
    return Folder(root.resolve())


def _make(root: Path) -> None:
    """Make a folder that will still be there after a power cut."""
    missing = [one for one in (root, *root.parents) if not one.exists()]
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable (where the system has such a thing)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def key(place: Folder) -> bytes:
    """The store's key: 32 bytes, made at first use.

    Raises `StorageTrouble` if there is a store but its key is nowhere: the folder was copied, or the
    keyring belongs to somebody else.
    """
    if place.key_file.exists():
        return _decode(place.key_file.read_text(encoding="ascii", errors="replace"))
    keyring = _Keyring.there_is()
    held = keyring.read(place) if keyring else None
    if held is not None:
        return _decode(held)
    if place.store.exists():
        raise StorageTrouble(
            "The key to this station's store is not here",
            filled(
                "{root} holds a store, but neither the keyring nor a key file has its key. Nothing was changed.",
                root=place.root,
            ),
            "A copied folder cannot be opened: enrol a new station, or restore a backup in the old place.",
        )
    made = os.urandom(KEY_LENGTH)
    text = base64.b64encode(made).decode()
    if keyring is None or not keyring.write(place, text):
        _write_key_file(place.key_file, text)
    return made


def pepper(place: Folder, *, make: bool = True) -> bytes:
    """What goes into each sealed PIN beside it: 32 bytes, made at first use, kept where the key is kept.

    Without it a PIN of four digits could be guessed from the store alone. Raises `StorageTrouble` if there is none
    and none is to be made.
    """
    if place.pepper_file.exists():
        return _decode(place.pepper_file.read_text(encoding="ascii", errors="replace"))
    keyring = None if key_is_in_folder(place) else _Keyring.there_is()
    held = keyring.read(place, _PEPPER) if keyring else None
    if held is not None:
        return _decode(held)
    if not make:
        raise StorageTrouble(
            "No PIN can be checked at this station",
            "What they were sealed with is neither in the keyring nor in the folder. Nothing was changed.",
            "Unlock the keyring, or put the file `pepper` back.",
        )
    made = os.urandom(KEY_LENGTH)
    text = base64.b64encode(made).decode()
    if keyring is None or not keyring.write(place, text, _PEPPER):
        _write_key_file(place.pepper_file, text)
    return made


def key_is_in_folder(place: Folder) -> bool:
    """Whether the key lies beside the store, which deserves a warning on screen."""
    return place.key_file.exists()


KEY_LENGTH = 32
_PEPPER = "#pepper"
"""Follows the folder's name in the keyring."""


def _decode(text: str) -> bytes:
    """The key in a text. The engine would take anything shorter for a password, and open a new store with it."""
    try:
        found = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        found = b""
    if len(found) != KEY_LENGTH:
        raise StorageTrouble(
            "The key of this station cannot be read", "It is damaged.", "Put the key back from where it was copied."
        )
    return found


def _write_key_file(file: Path, text: str) -> None:
    """The key is durable, and whole, before there is a store that needs it."""
    partial = file.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    partial.rename(file)
    sync_folder(file.parent)


class _Keyring:
    """The operating system's keyring; loaded only where a key is not in the folder."""

    def __init__(self) -> None:
        import keyring
        import keyring.errors

        self._keyring = keyring
        self._trouble = keyring.errors.KeyringError

    @classmethod
    def there_is(cls) -> _Keyring | None:
        if os.environ.get("BOXOFFICE_KEYRING") == "file":
            return None
        one = cls()
        backend = one._keyring.get_keyring()
        return one if backend.priority > 0 else None

    def read(self, place: Folder, what: str = "") -> str | None:
        try:
            return self._keyring.get_password(SERVICE, str(place.root) + what)
        except self._trouble as error:
            log.info("The keyring does not answer: %s", error)
            return None

    def write(self, place: Folder, text: str, what: str = "") -> bool:
        try:
            self._keyring.set_password(SERVICE, str(place.root) + what, text)
        except self._trouble as error:
            log.info("The keyring does not keep a key: %s", error)
            return False
        return True
