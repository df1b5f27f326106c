"""Printers that belong to the operating system: what it took is its own to print."""

# ruff: noqa: ARG002 - the stand-ins have the arguments of what they stand for

from __future__ import annotations

import os
import stat

import pytest

from boxoffice.domain.printing import Language, Paper, Printer, State
from boxoffice.errors import DeviceTrouble
from printers.paths import cups
from printers.paths.cups import CupsPath
from printers.paths.opening import open_path
from printers.paths.path import NotSent, Withdrawn
from printers.paths.windows import WindowsPath

LP = """#!/bin/sh
[ -e "$0.refuses" ] && { echo "lp: no such queue" >&2; exit 1; }
cat > "$0.data"
echo "$@" > "$0.words"
echo "request id is Badges-7 (1 file(s))"
"""
LPSTAT = """#!/bin/sh
case "$*" in
    -e) echo Badges; echo Office ;;
    "-p Badges") cat "$0.state" 2>/dev/null || echo "printer Badges is idle.  enabled since today" ;;
    "-W not-completed -o Badges")
        [ -e "$0.silent" ] && exec sleep 120
        [ -e "$0.busy" ] && echo "Badges-7  ada  1024  today"
        ;;
esac
exit 0
"""


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A CUPS of two small scripts; its folder."""
    for name, script in (("lp", LP), ("lpstat", LPSTAT)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(cups, "WATCHES", 0.2)
    monkeypatch.setattr(cups, "_LOOKS_EVERY", 0.02)
    monkeypatch.setattr(cups, "TAKES_WITHIN", 60.0)
    return tmp_path


def test_cups_takes_a_pdf_as_it_is_and_bytes_raw(system, post):
    assert CupsPath("Badges", raw=False).deliver(post.parcel(b"%PDF")).state is State.SENT
    assert (system / "lp.words").read_text() == "-d Badges -t receipt R-1 -\n"
    assert (system / "lp.data").read_bytes() == b"%PDF"
    CupsPath("Badges", raw=True).deliver(post.parcel(b"\x1b@"))
    assert "-o raw" in (system / "lp.words").read_text()


def test_what_cups_keeps_is_sent_and_said_to_wait_there(system, post):
    (system / "lpstat.busy").touch()
    result = CupsPath("Badges", raw=True).deliver(post.parcel())
    assert (result.state, result.because) == (State.SENT, cups.WAITS_THERE)


def test_what_cups_took_before_it_fell_silent_is_not_sent_once_more(system, post, monkeypatch):
    (system / "lpstat.silent").touch()
    run = cups._run

    def run_hurried(words, data=b""):
        monkeypatch.setattr(cups, "TAKES_WITHIN", 0.5 if "not-completed" in words else 60.0)
        return run(words, data)

    monkeypatch.setattr(cups, "_run", run_hurried)
    result = CupsPath("Badges", raw=True).deliver(post.parcel())
    assert (result.state, result.because) == (State.SENT, cups.WAITS_THERE)


def test_a_queue_that_cups_does_not_know_takes_nothing(system, post):
    with pytest.raises(NotSent, match="no such printer"):
        CupsPath("Nobody", raw=True).deliver(post.parcel())
    assert post.begun == 0


def test_what_cups_refuses_did_not_leave(system, post):
    (system / "lp.refuses").touch()
    with pytest.raises(NotSent, match="did not take it"):
        CupsPath("Badges", raw=True).deliver(post.parcel())


def test_cups_says_how_its_printer_is(system):
    (system / "lpstat.state").write_text("printer Badges disabled since today - media-empty-error\n")
    condition = CupsPath("Badges", raw=True).look()
    assert (condition.paper, condition.online) == (Paper.OUT, False)
    assert cups.queues() == ["Badges", "Office"]


def test_without_cups_it_says_so(tmp_path, monkeypatch, post):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotSent, match="CUPS is not on this computer"):
        CupsPath("Badges", raw=True).deliver(post.parcel())
    assert cups.queues() == []


class Spool:
    """A stand-in for the spooler of Windows."""

    def __init__(self) -> None:
        self.printed: list[bytes] = []
        self.open: dict[int, bytes] = {}
        self.bits = 0
        self.fails = ""

    def names(self):
        return ["Till"]

    def status(self, name):
        return self.bits

    def begin(self, name, title):
        if name not in self.names():
            raise OSError("The printer name is invalid")
        self.open[1] = b""
        return 1

    def write(self, document, data):
        if self.fails == "write":
            raise OSError("The spooler is gone")
        self.open[document] += data[:4]
        return len(data[:4])

    def end(self, document):
        if self.fails == "end":
            raise OSError("The spooler is gone")
        self.printed.append(self.open.pop(document))

    def abort(self, document):
        del self.open[document]


@pytest.fixture
def spool():
    return Spool()


def test_windows_takes_a_document_whole(spool, post):
    assert WindowsPath("Till", spool).deliver(post.parcel(b"Thank you\n")).state is State.SENT
    assert spool.printed == [b"Thank you\n"]


def test_windows_prints_nothing_of_a_document_that_was_not_complete(spool, post):
    spool.fails = "write"
    with pytest.raises(NotSent, match="Windows did not take it"):
        WindowsPath("Till", spool).deliver(post.parcel())
    post.wanted = False
    with pytest.raises(Withdrawn):
        WindowsPath("Till", spool).deliver(post.parcel())
    assert (spool.printed, spool.open) == ([], {})


def test_windows_that_falls_silent_at_the_end_leaves_a_question(spool, post):
    spool.fails = "end"
    assert WindowsPath("Till", spool).deliver(post.parcel()).state is State.UNKNOWN


def test_windows_says_how_its_printer_is(spool):
    spool.bits = 0x10 | 0x80
    condition = WindowsPath("Till", spool).look()
    assert (condition.paper, condition.online, condition.hindrance) == (Paper.OUT, False, "Out of paper")


def test_elsewhere_a_printer_of_windows_takes_nothing(post):
    with pytest.raises(NotSent, match="no Windows"):
        open_path(Printer(name="Till", address="windows:Till")).deliver(post.parcel())


class Sheets:
    """What a window lends."""

    def __init__(self) -> None:
        self.printed: list[bytes] = []
        self.fails = False

    def names(self):
        return ["Office"]

    def print_pdf(self, name, data, title):
        if self.fails:
            raise DeviceTrouble("The system's printer takes nothing")
        self.printed.append(data)


def test_a_printer_of_the_system_needs_the_window(post):
    printer = Printer(name="Badges", address="system:Office", language=Language.PDF)
    with pytest.raises(NotSent, match="needs the app's window"):
        open_path(printer).deliver(post.parcel())
    sheets = Sheets()
    assert open_path(printer, sheets).deliver(post.parcel(b"%PDF")).state is State.SENT
    assert sheets.printed == [b"%PDF"]
    sheets.fails = True
    assert open_path(printer, sheets).deliver(post.parcel()).state is State.UNKNOWN
    with pytest.raises(NotSent, match="knows no printer"):
        open_path(Printer(name="Badges", address="system:Gone"), sheets).deliver(post.parcel())
