"""Decoding in a process of its own: it may be killed, crash or hang, and the next picture is read."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from boxoffice.scanning.found import Effort
from boxoffice.scanning.slot import Slot
from boxoffice.scanning.worker import DecoderLost, DecodingProcess
from boxoffice.scanning.worker_process import GIVES_WAY, Request

Show = Callable[..., Any]

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals that Windows does not have")

# A decoder that dies or hangs, as native code does, on pictures that begin with a certain shade.
POISONED = """
import ctypes, os, signal
from boxoffice.scanning import decoder, worker_process

read = decoder.Decoder.read

def poisoned(self, picture, effort):
    if picture[0, 0] == 66:
        os.kill(os.getpid(), signal.SIGSEGV)
    if picture[0, 0] == 77:
        ctypes.PyDLL(None).sleep(3600)  # holding the interpreter's lock
    if picture[0, 0] == 88:
        os.write(1, b"a native library prints\\n")
    return read(self, picture, effort)

decoder.Decoder.read = poisoned
worker_process.main()
"""
CRASHES, HANGS, PRINTS = 66, 77, 88


@pytest.fixture
def start() -> Iterator[Callable[..., DecodingProcess]]:
    started: list[DecodingProcess] = []

    def begin(**more: Any) -> DecodingProcess:
        started.append(DecodingProcess(deadline=60.0, **more))
        return started[-1]

    yield begin
    for process in started:
        process.close()


@pytest.fixture
def poisoned(start: Callable[..., DecodingProcess], tmp_path: Path) -> DecodingProcess:
    script = tmp_path / "poisoned.py"
    script.write_text(POISONED)
    return start(command=(sys.executable, str(script)))


@contextlib.contextmanager
def hurried(process: DecodingProcess) -> Iterator[None]:
    """Only what never answers is waited for so short; what is read on a busy machine takes its time."""
    process._deadline, patience = 0.5, process._deadline
    yield
    process._deadline = patience


def texts(process: DecodingProcess, picture: Any, effort: Effort = Effort.LIVE) -> list[str]:
    return [one.text for one in process.read(picture, effort).found]


def test_pictures_are_read_grey_and_in_colour(start: Callable[..., DecodingProcess], show: Show) -> None:
    process = start()
    assert texts(process, show("Zoë 张三")) == ["Zoë 张三"]
    assert texts(process, np.repeat(show("in colour")[:, :, None], 3, axis=2)) == ["in colour"]
    assert process.started == 1


def test_a_picture_larger_than_the_slot_is_read_all_the_same(start: Callable[..., DecodingProcess], show: Show) -> None:
    process = start()
    assert texts(process, show("small")) == ["small"]
    assert texts(process, show("large", width=2400, height=1600)) == ["large"]
    assert texts(process, show("small again")) == ["small again"]
    assert process.started == 2


def test_a_huge_picture_is_read_and_its_code_found_in_its_own_pixels(
    start: Callable[..., DecodingProcess], show: Show
) -> None:
    (found,) = start().read(show("a poster", width=7000, height=4000)).found
    assert found.text == "a poster"
    assert np.abs(np.array(found.outline).mean(axis=0) - (3500, 2000)).max() < 30


@posix
def test_the_window_goes_before_the_decoder(start: Callable[..., DecodingProcess], show: Show) -> None:
    process = start()
    assert texts(process, show("read all the same")) == ["read all the same"]
    assert process.process_id is not None
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, process.process_id) == min(own + GIVES_WAY, 19)


@posix
def test_a_killed_decoder_costs_one_picture(start: Callable[..., DecodingProcess], show: Show) -> None:
    process = start()
    assert texts(process, show("before")) == ["before"]
    assert process.process_id is not None
    os.kill(process.process_id, signal.SIGKILL)
    with pytest.raises(DecoderLost):
        process.read(show("lost"))
    assert texts(process, show("after")) == ["after"]
    assert process.started == 2


@posix
def test_a_crash_costs_one_picture(poisoned: DecodingProcess, show: Show) -> None:
    poison = show("lost")
    poison[0, 0] = CRASHES
    for _ in range(2):
        with pytest.raises(DecoderLost, match="crashed"):
            poisoned.read(poison)
        assert texts(poisoned, show("after")) == ["after"]


@posix
def test_a_decoder_that_hangs_is_ended_and_costs_one_picture(poisoned: DecodingProcess, show: Show) -> None:
    assert texts(poisoned, show("before")) == ["before"]
    hung = poisoned.process_id
    assert hung is not None
    poison = show("lost")
    poison[0, 0] = HANGS
    with hurried(poisoned), pytest.raises(DecoderLost, match="did not answer"):
        poisoned.read(poison)
    assert not alive(hung)
    assert texts(poisoned, show("after")) == ["after"]


@posix
def test_a_decoder_that_is_stopped_by_the_system_is_ended_too(poisoned: DecodingProcess, show: Show) -> None:
    assert texts(poisoned, show("before")) == ["before"]
    assert poisoned.process_id is not None
    os.kill(poisoned.process_id, signal.SIGSTOP)
    with hurried(poisoned), pytest.raises(DecoderLost, match="did not answer"):
        poisoned.read(show("lost"))
    assert texts(poisoned, show("after")) == ["after"]


@posix
def test_a_decoder_that_hangs_ends_by_itself_when_nobody_is_left_to_end_it(tmp_path: Path) -> None:
    script = tmp_path / "poisoned.py"
    script.write_text(POISONED)
    slot = Slot(40 * 40)
    slot.picture(40, 40)[:] = HANGS
    orphan = subprocess.Popen(
        [sys.executable, str(script), slot.address, str(slot.size), "QRCode", "0.2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=slot.descriptors,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert orphan.stdin is not None
    orphan.stdin.write(msgspec.json.encode(Request(1, 40, 40, Effort.LIVE)) + b"\n")
    orphan.stdin.flush()
    try:
        assert orphan.wait(60) == -signal.SIGALRM
    finally:
        orphan.kill()
        orphan.stdin.close()
        slot.close()


def test_what_native_code_prints_is_not_taken_for_an_answer(poisoned: DecodingProcess, show: Show) -> None:
    picture = show("read")
    picture[0, 0] = PRINTS
    assert texts(poisoned, picture) == ["read"]


def test_a_process_that_does_not_start_is_named(start: Callable[..., DecodingProcess], show: Show) -> None:
    with pytest.raises(DecoderLost, match="could not be started"):
        start(command=("no-such-program-here",)).read(show("lost"))
    with pytest.raises(DecoderLost, match="crashed"):
        start(command=(sys.executable, "-c", "pass")).read(show("lost"))


def test_a_process_that_answers_nonsense_is_ended(start: Callable[..., DecodingProcess], show: Show) -> None:
    with pytest.raises(DecoderLost, match="nonsense"):
        start(command=(sys.executable, "-c", "print('hello', flush=True); input()")).read(show("lost"))


def test_closing_ends_the_process_and_the_next_picture_starts_one(
    start: Callable[..., DecodingProcess], show: Show
) -> None:
    process = start()
    process.start()
    first = process.process_id
    assert first is not None
    process.close()
    assert not alive(first)
    assert process.process_id is None
    assert texts(process, show("again")) == ["again"]


def test_the_process_knows_no_window_and_no_store(tmp_path: Path, start: Callable[..., DecodingProcess]) -> None:
    loaded = tmp_path / "loaded"
    script = tmp_path / "spy.py"
    script.write_text(
        "import atexit, pathlib, sys\n"
        "from boxoffice.scanning import worker_process\n"
        f"atexit.register(lambda: pathlib.Path({str(loaded)!r}).write_text(' '.join(sys.modules)))\n"
        "worker_process.main()\n"
    )
    process = start(command=(sys.executable, str(script)))
    process.read(np.zeros((40, 40), dtype=np.uint8))
    child = process._child
    assert child is not None
    assert child._process.stdin is not None
    child._process.stdin.close()
    child._process.wait(60)
    names = set(loaded.read_text().split())
    assert "zxingcpp" in names
    assert {"PySide6", "sqlcipher3", "requests", "boxoffice.storage"} & names == set()


def test_a_picture_without_a_code_is_no_trouble(start: Callable[..., DecodingProcess]) -> None:
    reading = start().read(np.zeros((720, 1280), dtype=np.uint8), Effort.THOROUGH)
    assert reading.found == ()
    assert reading.seconds > 0


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
