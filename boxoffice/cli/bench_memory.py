"""What something takes of the machine's memory, together with the processes that are started for it.

Only memory counts that a process has for itself: the pages of a library lie in the machine once, however many
processes have them in front of them. Where the system does not tell, it is all 0.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

LOOK_EVERY = 0.25
"""Seconds. A look costs about a thousandth of one."""
_OWN = Path("/proc/self")


class Memory:
    """Looks on while it is entered. Figures are KiB above what was there before."""

    def __init__(self) -> None:
        self.own_peak = 0.0
        """The most that this process took."""
        self.peak = 0.0
        """The most that it took together with the processes that it has started since."""
        self._before = 0.0
        self._others: set[Path] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="memory", daemon=True)

    def __enter__(self) -> Memory:
        self._before = _private(_OWN)
        self._others = set(_children())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _look_on(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        own = max(0.0, _private(_OWN) - self._before)  # What is let go of meanwhile makes room for nobody else.
        self.own_peak = max(self.own_peak, own)
        self.peak = max(self.peak, own + sum(map(_private, set(_children()) - self._others)))


def _children() -> Iterator[Path]:
    for thread in (_OWN / "task").glob("*/children"):
        with contextlib.suppress(OSError):  # It has ended meanwhile.
            yield from (Path("/proc", child) for child in thread.read_text().split())


def _private(process: Path) -> float:
    """KiB that nobody else has in front of them."""
    with contextlib.suppress(OSError):  # It has ended meanwhile, or the system does not tell.
        lines = (process / "smaps_rollup").read_text().splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith("Private_"))
    return 0.0
