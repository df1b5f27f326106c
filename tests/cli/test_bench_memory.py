"""What a measurement takes of memory is told with that of the processes that it starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from boxoffice.cli.bench_memory import Memory

MUCH = 32 * 1024 * 1024
KIB = 1024

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell it this way")


def test_memory_counts_though_it_is_given_back() -> None:
    with Memory() as memory:
        held = bytearray(b"x") * MUCH
        memory._look()
        del held
    assert MUCH / KIB * 0.9 < memory.own_peak < MUCH / KIB * 2
    assert memory.peak == memory.own_peak, "Nobody else was there"


def test_what_a_process_takes_counts_too_and_one_that_was_there_does_not() -> None:
    script = f"held = bytearray(b'x') * {MUCH}; print(flush=True); input()"
    with _started(script) as before, Memory() as memory:
        with _started(script) as later:
            memory._look()
            later.communicate("")
        before.communicate("")
    assert MUCH / KIB * 0.9 < memory.peak < MUCH / KIB * 2
    assert memory.own_peak < MUCH / KIB / 2


def _started(script: str) -> subprocess.Popen[str]:
    started = subprocess.Popen((sys.executable, "-c", script), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    started.stdout.readline()
    return started
