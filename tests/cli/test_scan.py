"""`scan` as scripts know it: the exact object that it prints, its exit status, and what goes to standard error."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item, Question, QuestionType, Variation
from boxoffice.domain.orders import Order, Position, Revoked, Status
from boxoffice.ports import Enrolment
from boxoffice.services import hear
from boxoffice.storage import feeds, journal

KEYS = [
    "verdict", "explanation", "attendee", "company", "item", "variation", "event", "order", "position", "seat",
    "attention", "texts", "questions", "first_entry", "list", "direction", "at", "nonce", "data_age_s",
]  # fmt: skip
NOT_BEFORE_SIX = {
    "isAfter": [{"var": "now"}, {"buildTime": ["custom", "2026-11-21T18:00:00+00:00"]}, None],
}
FAMILY = "张伟"


def order(code, event="conf26", status=Status.PAID, **position):
    given = {"number": 1, "item": 1, "secret": f"secret-{code}", "name": f"Guest {code}", **position}
    return Order(event=event, code=code, status=status, positions=(Position(**given),))


NOUNS = [
    Event(slug="conf26", name={"en": "Conference"}),
    Event(slug="expo", name={"en": "Expo"}),
    Item(
        id=1,
        event="conf26",
        name={"en": "Regular", "de": "Normal"},
        checkin_text="Orange band",
        checkin_attention=True,
        variations=(Variation(id=7, value={"en": "Weekend"}),),
    ),
    Item(id=2, event="conf26", name={"en": "Workshop"}),
    Item(id=1, event="expo", name={"en": "Visitor"}),
    Question(
        id=5, event="conf26", items=(2,), question={"en": "Size?"}, type=QuestionType.TEXT, required=True,
        ask_during_checkin=True,
    ),
    Item(id=3, event="conf26", name={"en": "Press"}),
    Question(
        id=6, event="conf26", items=(3,), question={"en": "Permit"}, identifier="PERMIT", type=QuestionType.FILE,
        required=True, ask_during_checkin=True,
    ),
    CheckInList(id=1, event="conf26", name="Main entrance", include_pending=True),
    CheckInList(id=2, event="conf26", name="After six", rules=NOT_BEFORE_SIX),
    CheckInList(id=3, event="conf26", name="Everybody"),
    CheckInList(id=1, event="expo", name="Everybody"),
    order("ADA", name="Ada Lovelace", company="Analytical", variation=7, seat="Row 1"),
    order("BOB"),
    order("WS", item=2, secret="secret-WS"),
    order("PASS", item=3, secret="secret-PASS"),
    order("DUE", status=Status.PENDING),
    order("WEI", name=FAMILY),
    order("EXPO", event="expo"),
    Revoked(event="conf26", secret="secret-OLD"),
]  # fmt: skip


@pytest.fixture(scope="module")
def template(quick_disk):
    root = Path(tempfile.mkdtemp(dir=quick_disk))
    enrolment = Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d1", name="Door 1", gate="North")
    with App(Folder(root)) as app:
        app.join(enrolment).result()
        app.write(lambda c: [hear.apply(c, app.shelf, noun) for noun in NOUNS]).result()
        app.write(lambda c: feeds.complete(c, "conf26", datetime(2026, 11, 21, 8, 59, tzinfo=UTC))).result()
    return root


@pytest.fixture
def folder(template, scratch, monkeypatch):
    """The station that the verbs take for their own."""
    root = scratch / "station"
    shutil.copytree(template, root)
    monkeypatch.setenv("BOXOFFICE_DATA", str(root))
    return root


@pytest.fixture
def verb(folder, capsys):
    """Runs the words of a command; its status, what it printed, and what it said on standard error."""

    def say(*words):
        try:
            status = run(words)
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        return status, said.out, said.err

    return say


@pytest.fixture
def scan(verb):
    """`scan(code, ...)` with `--json` on list 1 at nine; its status and the object that it printed."""

    def say(code, *words, lists=("conf26/1",), at="2026-11-21T09:00:00+00:00"):
        chosen = [word for one in lists for word in ("--list", one)]
        status, out, err = verb("scan", code, "--json", "--at", at, *chosen, *words)
        assert err == ""
        (line,) = out.splitlines()
        return status, json.loads(line)

    return say


def test_an_admission(scan):
    status, said = scan("secret-ADA")
    assert status == 0
    assert list(said) == KEYS
    nonce = said.pop("nonce")
    assert len(nonce) == 36
    assert said == {
        "verdict": "ok",
        "explanation": None,
        "attendee": "Ada Lovelace",
        "company": "Analytical",
        "item": "Regular",
        "variation": "Weekend",
        "event": "conf26",
        "order": "ADA",
        "position": 1,
        "seat": "Row 1",
        "attention": True,
        "texts": ["Orange band"],
        "questions": [],
        "first_entry": None,
        "list": {"id": 1, "name": "Main entrance"},
        "direction": "entry",
        "at": "2026-11-21T09:00:00+00:00",
        "data_age_s": 60.0,
    }


def test_a_ticket_that_was_used_names_its_first_entry(scan):
    scan("secret-BOB", "--gate", "South")
    status, said = scan("secret-BOB", at="2026-11-21T09:05:00+00:00")
    assert status == 1
    assert list(said) == KEYS
    assert said["verdict"] == "already_redeemed"
    assert said["first_entry"] == {"at": "2026-11-21T09:00:00+00:00", "gate": "South", "device": "Door 1"}
    assert said["attendee"] == "Guest BOB", "a refusal carries what is known of the ticket"
    assert said["company"] is None
    assert isinstance(said["explanation"], str)


def test_the_gate_of_the_enrolment_is_taken_where_none_is_named(scan):
    scan("secret-BOB")
    assert scan("secret-BOB")[1]["first_entry"]["gate"] == "North"


def test_an_unknown_code_has_the_same_fields_without_a_ticket(scan):
    status, said = scan("nobody's")
    assert status == 1
    assert list(said) == KEYS
    assert said["verdict"] == "invalid"
    assert [said[name] for name in ("attendee", "company", "item", "variation", "order", "position", "seat")] == [
        None
    ] * 7
    assert said["event"] == "conf26"
    assert said["list"] == {"id": 1, "name": "Main entrance"}
    assert said["questions"] == said["texts"] == []
    assert said["attention"] is False


@pytest.mark.parametrize(("code", "verdict"), [("secret-OLD", "revoked"), ("secret-DUE", "unpaid"), ("", "invalid")])
def test_other_refusals(scan, code, verdict):
    status, said = scan(code)
    assert (status, said["verdict"]) == (1, verdict)


def test_an_unpaid_ticket_may_be_accepted(scan):
    assert scan("secret-DUE", "--accept-unpaid")[0] == 0


def test_a_question_leaves_the_scan_incomplete_and_unrecorded(scan, folder):
    status, said = scan("secret-WS")
    assert status == 1
    assert list(said) == KEYS
    assert said["verdict"] == "incomplete"
    assert said["questions"] == [{"id": 5, "question": "Size?", "type": "S", "required": True, "options": []}]
    with App(Folder(folder)) as app:
        assert app.read(lambda c: list(journal.entries(c))) == []


def test_what_may_be_skipped_is_asked_with_the_rest_and_not_of_whoever_is_in(scan, folder):
    lunch = Question(id=6, event="conf26", items=(2,), question={"en": "Lunch?"}, ask_during_checkin=True)
    with App(Folder(folder)) as app:
        app.write(lambda c: hear.apply(c, app.shelf, lunch)).result()
    assert [(one["id"], one["required"]) for one in scan("secret-WS")[1]["questions"]] == [(5, True), (6, False)]
    status, said = scan("secret-WS", "--answer", "5=M")
    assert (status, said["questions"]) == (0, [])


def test_an_answer_completes_it(scan):
    assert scan("secret-WS", "--answer", "5=M")[0] == 0


def test_a_file_is_handed_in_by_its_path(scan, folder, scratch):
    assert scan("secret-PASS")[1]["questions"][0]["type"] == "F"
    permit = scratch / "permit.pdf"
    permit.write_bytes(b"%PDF-1.4 a permit")
    assert scan("secret-PASS", "--answer", f"6=@{permit}")[0] == 0
    with App(Folder(folder)) as app:
        entry = app.read(lambda c: list(journal.entries(c)))[-1]
    assert list(entry.private_part().files.values()) == [b"%PDF-1.4 a permit"]


def test_a_path_that_leads_nowhere_is_told_and_nothing_recorded(verb, folder, scratch):
    status, _, err = verb("scan", "secret-PASS", "--list", "conf26/1", "--answer", f"PERMIT=@{scratch / 'none.pdf'}")
    assert status == 2
    assert "none.pdf" in err
    with App(Folder(folder)) as app:
        assert not app.read(lambda c: list(journal.entries(c)))


def test_an_answer_that_begins_with_an_at_is_no_file_where_words_are_wanted(scan, folder):
    scan("secret-WS", "--answer", "5=@ada")
    with App(Folder(folder)) as app:
        entry = app.read(lambda c: list(journal.entries(c)))[-1]
    assert entry.private_part().answers == {"5": "@ada"}


def test_an_answer_may_hold_an_equals_sign(scan, folder):
    scan("secret-WS", "--answer", "5=a=b")
    with App(Folder(folder)) as app:
        (entry,) = app.read(lambda c: list(journal.entries(c)))
    assert entry.private_part().answers == {"5": "a=b"}


def test_a_rule_that_says_no_is_explained_with_the_time_from_which_it_would_hold(scan):
    status, said = scan("secret-BOB", lists=["After six"])
    assert (status, said["verdict"]) == (1, "rules")
    assert "18:00" in said["explanation"]
    assert scan("secret-BOB", lists=["After six"], at="2026-11-21T18:01:00+00:00")[0] == 0


def test_the_time_is_told_in_utc_whatever_zone_it_was_given_in(scan):
    assert scan("secret-BOB", at="2026-11-21T10:00:00+01:00")[1]["at"] == "2026-11-21T09:00:00+00:00"


def test_a_time_without_a_zone_is_this_machines(scan):
    there = datetime(2026, 11, 21, 12).astimezone()
    assert scan("secret-BOB", at="2026-11-21T12:00:00")[1]["at"] == there.astimezone(UTC).isoformat()


def test_an_exit_is_one(scan):
    status, said = scan("secret-BOB", "--exit")
    assert (status, said["verdict"], said["direction"]) == (0, "ok", "exit")


@pytest.mark.parametrize("name", ["conf26/1", "conf26/Main entrance", "Main entrance"])
def test_a_list_is_named_by_id_or_name_with_or_without_its_event(scan, name):
    assert scan("secret-BOB", lists=[name])[1]["list"]["id"] == 1


def test_one_list_for_each_event(scan):
    lists = ["conf26/1", "expo/Everybody"]
    assert scan("secret-BOB", lists=lists)[1]["event"] == "conf26"
    assert scan("secret-EXPO", lists=lists)[1]["event"] == "expo"


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        (["Nowhere"], "No list is called Nowhere"),
        (["Everybody"], "2 lists are called Everybody"),
        (["1"], "2 lists are called 1"),
        (["conf26/1", "conf26/2"], "Two lists of one event"),
    ],
)
def test_lists_that_do_not_fit_are_wrong_usage(verb, lists, told):
    chosen = [word for one in lists for word in ("--list", one)]
    status, out, err = verb("scan", "secret-BOB", *chosen)
    assert (status, out) == (2, "")
    assert err.startswith(f"boxoffice: {told}")
    assert err.count("\n") == 1


def test_a_name_that_several_lists_have_is_told_with_those_alone(verb):
    told = verb("scan", "secret-BOB", "--list", "Everybody")[2]
    assert "conf26/3 (Everybody), expo/1 (Everybody)" in told
    assert "Main entrance" not in told


def test_a_folder_that_is_no_station_yet_is_told_how_to_become_one(verb, scratch):
    status, out, err = verb("scan", "secret-BOB", "--list", "1", "--data", str(scratch / "other"))
    assert (status, out) == (2, "")
    assert "boxoffice enrol URL TOKEN" in err


def test_whoever_closed_all_streams_still_hears_the_status(folder, monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert run(["scan", "secret-BOB", "--list", "conf26/1"]) == 0
    assert run(["scan", "secret-BOB", "--list", "conf26/1", "--json"]) == 1
    assert run(["scan", "secret-BOB", "--list", "nowhere"]) == 2
    assert run(["scan", "-", "--list", "conf26/1"]) == 0
    for opened in (sys.stdin, sys.stdout, sys.stderr):
        opened.close()


def test_an_answer_that_cannot_be_written_is_trouble_and_the_scan_is_kept(folder, monkeypatch, capsys):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device here is always full")
    with full.open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert run(["scan", "secret-BOB", "--list", "conf26/1"]) == 3
    assert capsys.readouterr().err.startswith("boxoffice: The answer cannot be written. Standard output: No space")
    with App(Folder(folder)) as app:
        assert app.read(lambda c: len(list(journal.entries(c)))) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("scan", "secret-BOB"),
        ("scan", "--list", "conf26/1"),
        ("scan", "secret-BOB", "--list", "conf26/1", "--at", "nine"),
        ("scan", "secret-BOB", "--list", "conf26/1", "--answer", "M"),
        ("scan", "secret-BOB", "--list", "conf26/1", "--nonsense"),
        ("nonsense",),
    ],
)
def test_words_that_are_not_understood_are_wrong_usage(verb, words):
    status, out, err = verb(*words)
    assert (status, out) == (2, "")
    assert err


def test_trouble_is_one_object_on_standard_error_where_objects_were_asked_for(verb):
    status, out, err = verb("scan", "secret-BOB", "--json", "--list", "Nowhere")
    assert (status, out) == (2, "")
    assert set(json.loads(err)) == {"error", "what", "hint"}


def test_a_station_that_is_open_elsewhere_is_trouble(verb, folder):
    with App(Folder(folder)):
        status, out, err = verb("scan", "secret-BOB", "--list", "conf26/1")
    assert (status, out) == (3, "")
    assert "another window" in err


def test_a_station_whose_key_is_gone_is_trouble(verb, folder):
    (folder / "key").unlink()
    status, out, err = verb("scan", "secret-BOB", "--list", "conf26/1")
    assert (status, out) == (3, "")
    assert "key" in err


def test_a_name_that_the_terminal_cannot_show_does_not_stop_the_answer(folder):
    words = [sys.executable, "-m", "boxoffice", "scan", "secret-WEI", "--list", "conf26/1"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    answered = subprocess.run(words, env=environment, capture_output=True, check=False)
    assert (answered.returncode, answered.stderr) == (0, b"")
    assert answered.stdout == b"OK ??, Regular (WEI-1)\n"


def test_people_get_one_line(verb):
    status, out, err = verb("scan", "secret-ADA", "--list", "conf26/1")
    assert (status, err) == (0, "")
    assert out == "OK Ada Lovelace, Regular (ADA-1)\n"


def test_what_was_scanned_can_be_taken_back_once(scan, verb):
    nonce = scan("secret-ADA")[1]["nonce"]
    status, out, _ = verb("undo", nonce, "--json", "--reason", "Wrong person")
    assert status == 0
    assert json.loads(out) == {"undone": nonce, "ticket": "ADA-1", "attendee": "Ada Lovelace", "direction": "entry"}
    assert verb("undo", nonce)[0] == 1
    assert verb("undo", "nonsense")[0] == 1
    assert scan("secret-ADA")[0] == 0


class Piped:
    """`scan -` in a process of its own."""

    def __init__(self, folder, **environment):
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "boxoffice", "scan", "-", "--json", "--list", "conf26/1"],
            env={**os.environ, "BOXOFFICE_DATA": str(folder), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )

    def ask(self, *codes):
        """One answer for each code, in order."""
        self.process.stdin.write(b"".join(code + b"\n" for code in codes))
        self.process.stdin.flush()
        return [json.loads(self.process.stdout.readline()) for _ in codes]

    def resident(self):
        """KiB of memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))

    def end(self):
        """Close its input; its status, what it said beyond the answers, and what it said on standard error."""
        self.process.stdin.close()
        rest = self.process.stdout.read()
        status = self.process.wait(60)
        self._said.seek(0)
        return status, rest, self._said.read()

    def close(self):
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self._said):
            file.close()


@pytest.fixture
def piped(folder):
    started = []

    def start(**environment):
        started.append(Piped(folder, **environment))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_each_line_is_answered_when_it_comes(piped):
    door = piped()
    assert door.ask(b"secret-BOB")[0]["verdict"] == "ok"
    assert door.ask(b"secret-BOB")[0]["verdict"] == "already_redeemed"
    assert door.end() == (0, b"", b"")


def test_lines_of_any_kind_are_answered_one_each(piped):
    door = piped()
    lines = [b"", b" ", b"\xff\xfe\x00", b"\x00", b"-", b"--exit", b"x" * 1_000_000, "张伟".encode(), b"secret-BOB\r"]
    verdicts = [one["verdict"] for one in door.ask(*lines)]
    assert verdicts == ["invalid"] * 8 + ["ok"]
    assert door.end() == (0, b"", b"")


def test_a_last_line_without_its_end_is_answered(piped):
    door = piped()
    door.process.stdin.write(b"secret-BOB")
    status, said, err = door.end()
    assert (status, json.loads(said)["verdict"], err) == (0, "ok", b"")


def test_names_arrive_in_utf_8_whatever_the_terminal_speaks(piped):
    door = piped(PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert door.ask(b"secret-WEI")[0]["attendee"] == FAMILY
    assert door.end() == (0, b"", b"")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_ten_thousand_codes_are_ten_thousand_lines_and_no_more_memory(piped, folder):
    door = piped()
    codes = [f"secret-{code}".encode() for code in ("ADA", "BOB", "WS", "nobody", "OLD")]
    nonces, small = [], 0
    for number in range(100, 10_001, 100):
        answers = door.ask(*(codes[at % len(codes)] for at in range(100)))
        assert all(list(answer) == KEYS for answer in answers)
        nonces += [answer["nonce"] for answer in answers]
        if number == 1_000:
            small = door.resident()
    grown = door.resident() - small
    assert door.end() == (0, b"", b"")
    assert len(set(nonces)) == 10_000
    assert grown < 12 * 1024, "beyond what the engine keeps of its pages"
    with App(Folder(folder)) as app:
        written = [
            one for (one,) in app.read(lambda c: c.execute("SELECT operation FROM journal ORDER BY id").fetchall())
        ]
    once = set(written)
    assert written == [nonce for nonce in nonces if nonce in once]
    assert len(written) == 10_000 - 10_000 // len(codes), "all but those that wait for an answer to a question"


def test_a_reader_that_goes_away_ends_it_and_what_was_answered_is_kept(piped, folder):
    door = piped()
    nonce = door.ask(b"secret-BOB")[0]["nonce"]
    door.process.stdout.close()
    door.process.stdin.write(b"secret-ADA\n" * 5)
    door.process.stdin.close()
    assert door.process.wait(60) == 141
    with App(Folder(folder)) as app:
        written = app.read(lambda c: [entry.operation for entry in journal.entries(c)])
    assert written[0] == nonce


def test_a_fault_of_the_program_is_no_answer(expect_warning, monkeypatch, capsys):
    def fault(_):
        raise ZeroDivisionError

    expect_warning("This is a fault of the program")
    monkeypatch.setattr("boxoffice.cli.station.run_status", fault)
    assert run(["status"]) == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [["status"], ["search", "Ada"], ["sync"]])
def test_a_slip_in_the_path_of_the_station_makes_no_new_one(words, tmp_path, capsys):
    nowhere = tmp_path / "staton"
    assert run([*words, "--data", str(nowhere), "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["error"] == f"There is no station in {nowhere}"
    assert not nowhere.exists()
