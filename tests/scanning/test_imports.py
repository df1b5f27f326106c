"""Guns and cameras are known to the window long before a picture library may be loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"cv2", "numpy", "pyzbar", "zxingcpp", "serial", "qrcode", "PIL", "PySide6"}


@pytest.mark.parametrize(
    "name", ["wedge", "layouts", "once", "serial_gun", "camera", "worker", "worker_process", "found", "frames", "state"]
)
def test_knowing_a_source_loads_nothing_heavy(name: str) -> None:
    loaded = run(f"import boxoffice.scanning.{name}, sys; print(*{{one.partition('.')[0] for one in sys.modules}})")
    assert HEAVY & set(loaded.split()) == set()


@pytest.mark.parametrize("before", [{}, {"QT_QPA_FONTDIR": "ours", "QT_QPA_PLATFORM_PLUGIN_PATH": "ours too"}])
def test_opencv_leaves_qts_environment_as_it_was(before: dict[str, str]) -> None:
    names = ("QT_QPA_FONTDIR", "QT_QPA_PLATFORM_PLUGIN_PATH")
    code = f"import boxoffice.scanning.opencv, os; print({{n: os.environ[n] for n in {names} if n in os.environ}})"
    assert run(code, before).strip() == str({name: before[name] for name in names if name in before})


def run(code: str, extra: dict[str, str] | None = None) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA_")}
    environment = clean | {"PYTHONPATH": str(ROOT)} | (extra or {})
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout
