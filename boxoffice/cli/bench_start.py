"""`bench start`: from starting the process to a painted window that is ready for a scan, beside a bare Qt window.

Both sides are processes of their own, started in turn. Their memory is read a moment after the first
picture, when nothing happens. The yardstick is a window of the same toolkit that does nothing. Both find
their bytecode in one place, made before the first measurement: where the environment forbids to keep it
(`PYTHONDONTWRITEBYTECODE`), our side alone would be compiled at each start.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.errors import DeviceTrouble

from . import bench_event
from .output import say

SIZES = (10_000, 100_000, 1_000_000)

_IDLE = """
def idle(quit):
    print("painted", flush=True)
    def tell():
        with open("/proc/self/status") as status:
            print(next(line for line in status if line.startswith("VmRSS")).split()[1], flush=True)
        quit()
    QTimer.singleShot(1500, tell)
"""

BARE = (
    """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
"""
    + _IDLE
    + """
class Window(QWidget):
    def paintEvent(self, event):
        if not hasattr(self, "seen"):
            self.seen = True
            QTimer.singleShot(0, lambda: idle(app.quit))
app = QApplication([])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
"""
)

# The app as `boxoffice --data` starts it, but nobody closes the window.
OURS = (
    """
import gc, sys
gc.disable()
import ui.app
from PySide6.QtCore import QTimer
"""
    + _IDLE
    + """
settle = ui.app._settle_in
def settle_in(window, app, sync):
    idle(window.leave)
    settle(window, app, sync)
ui.app._settle_in = settle_in
ui.app.main(["--data", sys.argv[1]])
"""
)


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints a line each."""
    rounds = 2 if args.quick else 8
    for size in args.attendees or SIZES:
        with bench_event.scratch() as folder:
            with App(Folder(folder)) as app:
                bench_event.fill(app, size)
            values = _measure(folder, size, rounds)
        say(args, values, _line(values))
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: to the first picture {values['start_ratio']}× a bare window"
        f" ({values['start_ms']} to {values['bare_ms']} ms), idle memory {values['memory_ratio']}×"
        f" ({values['memory_mib']} to {values['bare_mib']} MiB)"
    )


def _measure(folder: Path, size: int, rounds: int) -> dict[str, Any]:
    # Once unmeasured: their bytecode is written, and their libraries are in memory.
    _start(BARE, folder)
    _start(OURS, folder)
    bare: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    for _ in range(rounds):
        bare.append(_start(BARE, folder))
        ours.append(_start(OURS, folder))
    (bare_ms, bare_mib), (ours_ms, ours_mib) = _best(bare), _best(ours)
    return {
        "attendees": size,
        "start_ratio": round(ours_ms / bare_ms, 2),
        "memory_ratio": round(ours_mib / bare_mib, 2),
        "start_ms": round(ours_ms),
        "bare_ms": round(bare_ms),
        "memory_mib": round(ours_mib),
        "bare_mib": round(bare_mib),
    }


def _best(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """The shortest start and the smallest memory: what is above it was other work of the machine."""
    return min(one[0] for one in runs), min(one[1] for one in runs)


def _start(script: str, folder: Path) -> tuple[float, float]:
    """Milliseconds to the first picture, and MiB of memory a moment later."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=_environment(folder),
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    painted = process.stdout.readline()
    taken = time.perf_counter() - begun
    memory = process.stdout.readline()
    process.stdout.close()
    if process.wait() or not painted or not memory:
        raise DeviceTrouble(
            "The window did not come up", f"Its process ended with {process.returncode}.", "See the log."
        )
    return taken * 1000, int(memory) / 1024


def _environment(folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "QT_QPA_PLATFORM": "offscreen",
        "BOXOFFICE_KEYRING": "file",
    }
