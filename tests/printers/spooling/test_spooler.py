"""What waits comes out once: on a printer that is well, and sooner or later on every other."""

from __future__ import annotations

import threading

import pytest

from boxoffice.domain.facts import DrawerOpened
from boxoffice.domain.printing import Answer, Paper, State
from boxoffice.errors import BadInput, DeviceTrouble
from boxoffice.services import print_jobs, print_setup
from boxoffice.storage import journal, print_queue
from printers import lane, spooler
from printers.lane import Lane
from printers.paths import line

pytestmark = pytest.mark.usefixtures("hasty")


def test_a_receipt_comes_out_and_is_vouched_for(counter, network_printer, cut):
    counter.till(network_printer.port)
    counter.open()
    assert counter.ends(counter.sell(), State.CONFIRMED).because == ""
    assert network_printer.documents == [b"R-1\n" + cut]


def test_what_was_kept_is_what_came_out(counter, network_printer):
    counter.till(network_printer.port)
    counter.open()
    operation = counter.sell()
    counter.ends(operation, State.CONFIRMED)
    assert counter.app.read(lambda c: print_queue.sent_bytes(c, operation)) == network_printer.printed


def test_what_was_sold_before_it_opened_is_printed_in_order(counter, network_printer, cut):
    counter.till(network_printer.port)
    numbers = [f"R-{n}" for n in range(5)]
    for number in numbers:
        counter.sell(number)
    counter.open()
    assert network_printer.wait_for_documents(5) == [number.encode() + b"\n" + cut for number in numbers]


def test_a_printer_that_is_off_holds_its_paper_back_until_it_comes_back(counter, network_printer):
    counter.till(network_printer.port)
    network_printer.refuses()
    counter.open()
    operation = counter.sell()
    counter.waits_until(lambda: counter.says() == "The printer cannot be reached")
    assert counter.job(operation).state is State.QUEUED
    network_printer.comes_back()
    counter.spooler.hurry()
    counter.ends(operation, State.CONFIRMED)


def test_however_often_it_is_tried_a_document_is_made_once(counter, network_printer):
    made = []
    plain = counter.render.data_of
    counter.render.data_of = lambda job, printer: made.append(job.operation) or plain(job, printer)
    counter.till(network_printer.port)
    network_printer.refuses()
    counter.open()
    operation, other = counter.sell("R-1"), counter.sell("R-2")
    counter.waits_until(lambda: counter.job(operation).tries >= 2)
    network_printer.comes_back()
    counter.spooler.hurry()
    counter.ends(other, State.CONFIRMED)
    assert made == [operation, other]


@pytest.mark.parametrize(
    ("happens", "said"),
    [("runs_out_of_paper", "Out of paper"), ("is_opened", "Its cover is open"), ("jams", "It reports a fault")],
)
def test_a_printer_in_need_of_a_hand_gets_nothing_until_it_has_had_one(counter, network_printer, happens, said):
    counter.till(network_printer.port)
    getattr(network_printer, happens)()
    counter.open()
    operation = counter.sell()
    counter.waits_until(lambda: counter.says() == said)
    counter.waits_until(lambda: counter.job(operation).because == said)
    network_printer.comes_back()
    counter.ends(operation, State.CONFIRMED)
    assert len(network_printer.documents) == 1


def test_paper_that_ends_in_the_middle_is_put_in_and_the_receipt_goes_on(counter, network_printer):
    counter.till(network_printer.port)
    network_printer.runs_out_of_paper(after=11)
    counter.open()
    operation = counter.sell()
    counter.waits_until(lambda: counter.paper() is Paper.OUT)
    assert counter.job(operation).state is State.SENDING
    network_printer.comes_back()
    counter.ends(operation, State.CONFIRMED)
    assert len(network_printer.documents) == 1


def test_low_paper_is_shown_and_printed_on(counter, network_printer):
    counter.till(network_printer.port)
    network_printer.runs_low()
    counter.open()
    counter.ends(counter.sell(), State.CONFIRMED)
    counter.waits_until(lambda: counter.paper() is Paper.LOW)


def test_a_printer_that_answers_nothing_and_reads_to_the_end_has_printed_as_far_as_anybody_knows(
    counter, network_printer, patience_with_printers
):
    network_printer.falls_silent()
    patience_with_printers(0.3, reads=60.0)
    counter.till(network_printer.port)
    counter.open()
    assert counter.ends(counter.sell(), State.SENT).because == ""


def test_a_printer_that_reads_nothing_leaves_everybody_in_the_dark(counter, network_printer, patience_with_printers):
    network_printer.stops_reading()
    patience_with_printers(0.3)
    counter.till(network_printer.port)
    counter.open()
    job = counter.ends(counter.sell(), State.UNKNOWN)
    assert (job.because, job.asks) == (line.NO_WORD, True)
    counter.waits_until(lambda: counter.state.asks == 1)


def test_one_that_is_known_to_say_nothing_is_not_asked_about(counter, network_printer):
    network_printer.falls_silent()
    counter.till(network_printer.port, silent=True)
    counter.open()
    counter.ends(counter.sell(), State.SENT)


def test_a_printer_that_answered_before_and_is_silent_now_gets_nothing(
    counter, network_printer, patience_with_printers
):
    counter.till(network_printer.port)
    counter.open()
    counter.ends(counter.sell("R-1"), State.CONFIRMED)
    network_printer.falls_silent()
    patience_with_printers(0.3, reads=60.0)
    operation = counter.sell("R-2")
    counter.waits_until(lambda: counter.says() == "The printer does not answer")
    assert counter.job(operation).state is State.QUEUED
    network_printer.comes_back()
    patience_with_printers(60.0)  # Only now: a question that it swallowed would be waited for as long.
    counter.ends(operation, State.CONFIRMED)
    assert len(network_printer.documents) == 2


def test_one_that_falls_silent_in_the_middle_leaves_a_question(counter, network_printer, patience_with_printers):
    counter.till(network_printer.port)
    counter.open()
    counter.ends(counter.sell("R-1"), State.CONFIRMED)
    network_printer.wait_until(lambda: not network_printer.engaged)
    network_printer.holds_at(12)
    before, operation = network_printer.received, counter.sell("R-2")
    network_printer.wait_until(lambda: network_printer.received == before + 12)
    patience_with_printers(0.3)
    job = counter.ends(operation, State.UNKNOWN)
    assert job.because == line.SILENT_BEHIND


def test_a_line_that_breaks_in_the_middle_leaves_a_question_and_the_second_is_a_copy(counter, network_printer, cut):
    counter.till(network_printer.port)
    network_printer.resets_at(11)
    counter.open()
    operation = counter.sell()
    counter.ends(operation, State.UNKNOWN)
    again = counter.do(print_jobs.answer, operation, Answer.AGAIN, counter.job(operation).changed_at)
    counter.ends(again.operation, State.CONFIRMED)
    assert network_printer.documents[-1].endswith(b"R-1 COPY 1\n" + cut)


def test_a_line_that_breaks_while_it_is_asked_costs_nothing(counter, network_printer, cut):
    counter.till(network_printer.port)
    network_printer.resets_at(3)
    counter.open()
    counter.ends(counter.sell(), State.CONFIRMED)
    assert network_printer.documents == [b"R-1\n" + cut]


def test_a_dead_printer_holds_up_nobody_elses_paper(counter, network_printer, knifeless_printer):
    counter.till(network_printer.port)
    network_printer.stops_reading()
    counter.till(knifeless_printer.port, "Office")
    counter.open()
    dead = counter.sell("R-1")
    counter.ends(counter.sell("R-2", printer="Office"), State.CONFIRMED)
    assert counter.job(dead).state is not State.CONFIRMED


def test_one_tap_sends_everything_elsewhere(counter, network_printer, knifeless_printer):
    counter.till(network_printer.port)
    network_printer.refuses()
    counter.till(knifeless_printer.port, "Office", columns=32)
    counter.open()
    operation = counter.sell()
    counter.waits_until(lambda: counter.says() != "")
    counter.do(print_jobs.redirect_all, "Till", "Office")
    counter.ends(operation, State.CONFIRMED)
    assert b"32R-1\n" in knifeless_printer.printed


def test_the_fallback_takes_over_by_itself(counter, network_printer, knifeless_printer):
    network_printer.refuses()
    counter.till(network_printer.port)
    counter.till(knifeless_printer.port, "Office")
    counter.do(print_setup.send_kind, "receipt", "Till", "Office")
    counter.open()
    assert counter.ends(counter.sell(), State.CONFIRMED).printer == "Office"


def test_a_document_that_cannot_be_printed_holds_up_no_other(counter, network_printer, expect_warning):
    expect_warning("A receipt cannot be printed")
    make = counter.render.data_of
    counter.render.data_of = lambda job, printer: 1 // 0 if job.subject == "R-1" else make(job, printer)
    counter.till(network_printer.port)
    counter.open()
    bad = counter.sell("R-1")
    counter.ends(counter.sell("R-2"), State.CONFIRMED)
    assert counter.job(bad).state is State.FAILED
    counter.render.data_of = make
    counter.do(print_jobs.retry, bad)
    counter.ends(bad, State.CONFIRMED)


def test_what_cannot_be_loaded_yet_is_the_printers_trouble_and_is_tried_again(counter, network_printer):
    there = threading.Event()

    def load():
        if not there.is_set():
            raise DeviceTrouble("The file of printer models cannot be read")

    counter.render.load = load
    counter.till(network_printer.port)
    counter.open()
    operation = counter.sell()
    counter.waits_until(lambda: counter.says() == "The file of printer models cannot be read")
    assert counter.job(operation).state is State.QUEUED
    there.set()
    counter.ends(operation, State.CONFIRMED)
    counter.waits_until(lambda: counter.says() == "")


def test_an_address_that_is_none_is_the_printers_trouble_and_not_the_documents(counter, network_printer):
    counter.printer("Till", "usb:what")
    counter.open()
    operation = counter.sell()
    counter.waits_until(lambda: "is no address" in counter.says())
    counter.till(network_printer.port)
    counter.ends(operation, State.CONFIRMED)


def test_the_drawer_opens_once_before_the_receipt(counter, network_printer):
    counter.till(network_printer.port, drawer=True)
    drawer, receipt = counter.open_drawer(), counter.sell()
    counter.open()
    counter.ends(receipt, State.CONFIRMED)
    assert counter.job(drawer).state is State.CONFIRMED
    assert network_printer.pulses == 1
    assert network_printer.printed.index(b"\x1bp") < network_printer.printed.index(b"R-1")


def test_the_drawer_opens_without_paper_too(counter, network_printer):
    counter.till(network_printer.port, drawer=True)
    network_printer.runs_out_of_paper()
    counter.open()
    counter.ends(counter.open_drawer(), State.CONFIRMED)
    network_printer.wait_until(lambda: network_printer.pulses == 1)


def test_a_drawer_that_may_have_opened_is_never_told_again(counter, network_printer):
    counter.till(network_printer.port, drawer=True)
    network_printer.resets_at(11)
    counter.open()
    drawer = counter.open_drawer()
    counter.ends(drawer, State.UNKNOWN)
    counter.ends(counter.sell(), State.CONFIRMED)
    assert counter.job(drawer).tries == 1
    facts = [entry.fact() for entry in counter.app.read(lambda c: list(journal.entries(c)))]
    assert [fact.unsure for fact in facts if isinstance(fact, DrawerOpened)] == [True]


def test_it_stops_whatever_the_printer_does(counter, network_printer, patience_with_printers):
    patience_with_printers(3_600.0)
    counter.till(network_printer.port)
    network_printer.holds_at(10)
    others = set(threading.enumerate())
    here = counter.open()
    operation = counter.sell()
    network_printer.wait_until(lambda: network_printer.received == 10)
    here.stop(patience=60)
    assert "printer Till" not in {thread.name for thread in set(threading.enumerate()) - others}
    assert counter.job(operation).state is State.UNKNOWN


def test_a_printer_that_was_just_taken_up_is_let_go_with_the_others(counter, network_printer, monkeypatch):
    taken_up, stopped = threading.Event(), threading.Event()
    lanes = []

    class Slow(Lane):
        def __init__(self, *of):
            super().__init__(*of)
            lanes.append(self)
            taken_up.set()
            assert stopped.wait(60)

    monkeypatch.setattr(spooler, "Lane", Slow)
    counter.till(network_printer.port)
    here = counter.open()
    assert taken_up.wait(60)
    here.stop(0)
    stopped.set()
    here.stop(60)
    assert [lane.thread.is_alive() for lane in lanes] == [False]


def test_what_was_on_its_way_when_the_app_died_is_asked_about_and_not_repeated(counter, network_printer):
    counter.till(network_printer.port)
    died, waits = counter.sell("R-1"), counter.sell("R-2")
    counter.do(print_jobs.begin, died, b"R-1", counter.job(died).queued_at)
    counter.open()
    counter.ends(waits, State.CONFIRMED)
    assert counter.job(died).asks
    assert b"R-1" not in network_printer.printed


def test_a_printer_that_still_tried_when_its_paper_went_elsewhere_has_it_printed_once(
    counter, network_printer, knifeless_printer
):
    trying, goes_on = threading.Event(), threading.Event()
    plain = counter.render.data_of

    def data_of(job, printer):
        if printer.name == "Till" and not trying.is_set():
            trying.set()
            assert goes_on.wait(60)
        return plain(job, printer)

    counter.render.data_of = data_of
    counter.till(network_printer.port)
    network_printer.refuses()
    counter.till(knifeless_printer.port, "Office")
    knifeless_printer.holds_at(12)
    counter.open()
    operation = counter.sell()
    assert trying.wait(60)
    counter.do(print_jobs.redirect_all, "Till", "Office")
    knifeless_printer.wait_until(lambda: knifeless_printer.received == 12)
    goes_on.set()
    counter.waits_until(lambda: counter.says() == "The printer cannot be reached")
    knifeless_printer.goes_on()
    counter.ends(operation, State.CONFIRMED)
    assert knifeless_printer.printed.count(b"R-1\n") == 1


def test_a_wish_to_try_again_counts_also_while_a_try_is_about_to_fail(counter, network_printer, monkeypatch):
    monkeypatch.setattr(lane, "FIRST_WAIT", 600.0)
    trying, fails = threading.Event(), threading.Event()
    plain = counter.render.data_of

    def data_of(job, printer):
        if not trying.is_set():
            trying.set()
            assert fails.wait(60)
            raise BadInput("Not now", "Too early.", "Try again.")
        return plain(job, printer)

    counter.render.data_of = data_of
    counter.till(network_printer.port)
    counter.open()
    operation = counter.sell()
    assert trying.wait(60)
    counter.spooler.hurry("Till")
    fails.set()
    counter.ends(operation, State.CONFIRMED)
