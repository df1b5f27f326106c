"""Printers from the command line: set up, tried, and everything that can happen in the queue."""

from __future__ import annotations

import json
import math
import time
from types import SimpleNamespace

import pytest

from boxoffice.cli import print_jobs
from boxoffice.cli.main import run

PATIENT = ("--wait", "20")


@pytest.fixture
def say(station_folder, capsys):
    """`say("queue")`: the exit status and the objects that were printed."""

    def speak(*words):
        status = run(["printers", *words, "--json"])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return speak


@pytest.fixture
def till(say, network_printer):
    say("add", "Till", f"tcp://127.0.0.1:{network_printer.port}", "--drawer")
    return network_printer


def test_a_printer_is_set_up_tried_and_vouched_for(say, till):
    status, (printer,) = say()
    assert (status, printer["name"], "receipt" in printer["kinds"], printer["waiting"]) == (0, "Till", True, 0)
    status, (job,) = say("test", "Till", *PATIENT)
    assert (status, job["state"], job["kind"], job["printer"]) == (0, "confirmed", "test", "Till")
    assert len(till.documents) == 1
    status, (asked,) = say("ask")
    assert (status, asked["paper"], asked["online"], asked["trouble"]) == (0, "ok", True, None)


@pytest.fixture
def until_tried(monkeypatch):
    """Time is up for whoever waits for paper when the printer was tried, and not before."""
    clock, these = SimpleNamespace(monotonic=time.monotonic, sleep=time.sleep), print_jobs._these

    def looked_at(app, operations):
        found = these(app, operations)
        if all(job.because for job in found):
            clock.monotonic = lambda: math.inf
        return found

    monkeypatch.setattr(print_jobs, "time", clock)
    monkeypatch.setattr(print_jobs, "_these", looked_at)


def test_a_test_page_does_not_come_out_tomorrow(say, till, until_tried):
    till.refuses()
    status, (job,) = say("test", "Till", "--wait", "60")
    assert (status, job["state"]) == (3, "queued")
    assert job["because"] == "The printer cannot be reached"
    assert say("queue") == (0, [])
    status, (asked,) = say("ask")
    assert (status, "cannot be reached" in asked["trouble"]) == (3, True)


def test_a_question_is_answered_and_what_is_printed_again_is_a_copy(say, till):
    till.resets_at(40)
    status, (job,) = say("test", "Till", *PATIENT)
    assert (status, job["state"], job["asks"]) == (3, "unknown", True)
    status, (waiting,) = say("queue")
    assert (status, waiting["job"]) == (1, job["job"])
    status, (again,) = say("answer", job["job"], "again", *PATIENT)
    assert (status, again["state"], again["copy"]) == (0, "confirmed", 1)
    assert say("queue") == (0, [])
    assert [one["state"] for one in say("queue", "--done", "5")[1]] == ["unknown", "confirmed"]


def test_what_waits_is_sent_elsewhere_and_what_left_can_be_had(say, till, knifeless_printer, tmp_path):
    say("add", "Office", f"tcp://127.0.0.1:{knifeless_printer.port}")
    till.refuses()
    say("drawer", "--reason", "Change", "--wait", "1")
    status, (job,) = say("again", _paper(say, till), "--wait", "1")
    assert (status, job["state"], job["copy"]) == (3, "queued", 1)
    assert say("redirect", "Till", "Nix")[0] == 2
    status, (job,) = say("redirect", "Till", "Office", *PATIENT)
    assert (status, job["kind"], job["printer"], job["state"]) == (0, "test", "Office", "confirmed")
    assert say("redirect", "Till", "Office")[0] == 1
    assert knifeless_printer.pulses == 0
    status, (file,) = say("sent", job["job"], str(tmp_path / "sent.bin"))
    assert (status, file["sha256"]) == (0, job["sent"])
    assert (tmp_path / "sent.bin").read_bytes() == knifeless_printer.printed


def _paper(say, till):
    """Something that has come out, though its printer cannot be reached any more."""
    till.comes_back()
    _, (job,) = say("test", "Till", *PATIENT)
    till.refuses()
    return job["job"]


def test_the_drawer_opens_by_hand(say, till):
    status, (job,) = say("drawer", "--reason", "Change", *PATIENT)
    assert (status, job["state"], till.pulses) == (0, "confirmed", 1)


def test_a_kind_goes_its_own_way(say, till, tmp_path):
    say("add", "Badges", f"file:{tmp_path}/badges", "--for", "badge")
    assert say("route", "ticket", "Badges", "--fallback", "Till")[0] == 0
    kinds = {printer["name"]: printer["kinds"] for printer in say()[1]}
    assert kinds["Badges"] == ["badge", "ticket"]
    assert "badge" not in kinds["Till"]
    say("remove", "Badges")
    assert [printer["name"] for printer in say()[1]] == ["Till"]


@pytest.mark.parametrize(
    "words",
    [
        ("add", "Till", "usb:what"),
        ("add", "Till", "file:/x", "--profile", "none"),
        ("add", "Till", "file:/x", "--columns", "5"),
        ("remove", "Nobody"),
        ("route", "badge", "Nobody"),
        ("test", "Nobody"),
        ("cancel", "nothing"),
    ],
)
def test_what_makes_no_sense_is_said_so(say, words):
    assert say(*words)[0] == 2


def test_a_drawer_that_nobody_has_cannot_be_opened(say):
    assert say("drawer", "--reason", "Change")[0] == 1


def test_a_file_without_printer_models_is_not_taken(say, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("{}")
    for name in ("missing.json", "other.json"):
        assert say("models", "--file", str(tmp_path / name))[0] == 2
    assert "TM-T20II" in {one["name"] for one in say("models")[1]}


def test_printer_models_come_from_a_newer_file_from_then_on(station_folder, say, tmp_path):
    newer = tmp_path / "newer.json"
    newer.write_text('{"profiles": {"default": {"features": {}}}, "encodings": {"CP437": {}}}')
    assert say("models", "--file", str(newer))[0] == 0
    newer.unlink()
    assert say("models")[0] == 3
    assert say("models", "--file", "")[0] == 0
