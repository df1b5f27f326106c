"""A PostgreSQL of our own in one folder, for tests and benchmarks: nothing to set up, nothing left behind.

It listens on a socket in its folder and on no port, so only this machine's users reach it, and only those
who may enter the folder. PostgreSQL refuses to run as root; root starts it as the user that Debian's
package made for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from boxoffice.errors import DeviceTrouble

OWNER = "postgres"
PACKAGED = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, a folder for each version; they are not on the path."""
PATIENCE = 60

_SMALL = {"listen_addresses": "", "shared_buffers": "64MB", "max_connections": "300", "max_wal_size": "1GB"}
_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}


class Cluster:
    """One PostgreSQL, running or not."""

    def __init__(self, folder: Path) -> None:
        """Its folder has to be there, with a path shorter than 80 letters: sockets have short names."""
        self.folder = folder
        self._data = folder / "data"

    def start(self, *, durable: bool) -> None:
        """Make it if it is not there, and start it. Raises `DeviceTrouble` where there is no PostgreSQL.

        What is not `durable` is quick, and lost when the power fails.
        """
        programs = programs_folder()
        if _is_root():
            shutil.chown(self.folder, OWNER, OWNER)
        if not self._data.exists():
            make = ("--no-sync", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--locale=C")
            _run(programs / "initdb", *make, "-D", str(self._data))
        settings = {**_SMALL, **({} if durable else _FORGETFUL), "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = str(self.folder / "log")
        _run(programs / "pg_ctl", "start", "-w", "-t", str(PATIENCE), "-D", str(self._data), "-l", log, "-o", options)

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped since."""
        return (self._data / "postmaster.pid").exists()

    def stop(self) -> None:
        """Stop it at once. A durable one keeps what it has."""
        if self.is_running:
            _run(programs_folder() / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self._data))

    def url(self, database: str = OWNER) -> str:
        """The address of one of its databases."""
        socket = {"host": str(self.folder)}
        return URL.create("postgresql", OWNER, database=database, query=socket).render_as_string()


def programs_folder() -> Path:
    """Where the newest PostgreSQL of this machine has its programs. Raises `DeviceTrouble` if there is none."""
    packaged = sorted(PACKAGED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(packaged[-1]) if packaged else shutil.which("initdb")
    if not found:
        raise DeviceTrouble("PostgreSQL is not here", "There is no initdb.", "On Debian: apt-get install postgresql")
    return Path(found).parent


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def _run(program: Path, *arguments: str) -> None:
    user: dict[str, Any] = {"user": OWNER, "group": OWNER, "extra_groups": []} if _is_root() else {}
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=2 * PATIENCE,
        check=False,
        text=True,
        cwd="/",
        **user,
    )
    if done.returncode:
        raise DeviceTrouble("PostgreSQL does not start", done.stderr.strip(), "It is not needed for anything else.")
