"""What every test may lean on: a station's folder of its own, a quiet log, loopback and no further.

A log record of WARNING or above that no test announced fails the test in which it appeared, and so
does a connection that would leave this machine. `make prove` runs the same tests with larger numbers.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"

# Set here and not in a fixture: plugins and child processes read them too.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BOXOFFICE_KEYRING"] = "file"

settings.register_profile("quick", deadline=None, derandomize=True, max_examples=50, print_blob=True)
settings.register_profile("prove", deadline=None, max_examples=10_000, print_blob=True)
settings.load_profile("prove" if PROVE else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests marked `prove` to `make prove`."""
    if PROVE:
        return
    long_ones = [item for item in items if item.get_closest_marker("prove")]
    if long_ones:
        config.hook.pytest_deselected(items=long_ones)
        items[:] = [item for item in items if item not in long_ones]


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


@pytest.fixture
def station_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for one station, which commands and services take for their own without being told."""
    folder = tmp_path / "station"
    monkeypatch.setenv("BOXOFFICE_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def quick_disk() -> Iterator[Path]:
    """A folder in memory where the system has room for one: for tests that commit thousands of times."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    with tempfile.TemporaryDirectory(prefix="boxoffice-", dir=memory if roomy else None) as folder:
        yield Path(folder)


@pytest.fixture
def scratch(quick_disk: Path) -> Iterator[Path]:
    """An empty folder on the quick disk."""
    with tempfile.TemporaryDirectory(dir=quick_disk) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def rounds() -> Callable[[int, int], int]:
    """How often to repeat: `rounds(40, 2_000)` is 40 in `make test` and 2,000 in `make prove`."""
    return lambda quick, prove: prove if PROVE else quick


def _stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple) or not isinstance(address[0], str) or address[0] == "localhost":
        return
    if not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
        raise RuntimeError(f"A test wanted to leave this machine for {address[0]}.")


sys.addaudithook(_stay_on_this_machine)
