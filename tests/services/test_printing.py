"""What is to come out on paper: queued with the act, marked when it is a second time, never forgotten by accident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from boxoffice.domain.badges import Template
from boxoffice.domain.documents import Badge, BillLine, Receipt, Tendered
from boxoffice.domain.facts import DrawerOpened, Printed
from boxoffice.domain.printing import Answer, Language, Printer, Printout, State
from boxoffice.errors import BadInput, Refused
from boxoffice.services import print_jobs, print_setup, printing
from boxoffice.services.printing import PrintedBefore, StillWaits
from boxoffice.storage import journal, print_queue

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
RECEIPT = Receipt(
    at=NOW, number="R-7", currency="EUR", lines=(BillLine(text="Weekend", each=1250, amount=1250),), total=1250
)


def badge(ticket: str) -> Badge:
    return Badge(at=NOW, ticket=ticket, template=Template(name="Plain", width=54, height=86), fields={"name": "Ada"})


@pytest.fixture
def do(day):
    """`do(print_jobs.cancel, operation, NOW)`: in a transaction of its own."""
    return lambda verb, *values, **named: day.app.write(lambda c: verb(c, *values, **named)).result()


@pytest.fixture
def printers(do):
    def add(*names, **properties):
        for name in names or ("Till",):
            do(print_setup.add_printer, Printer(name=name, address=f"file:/{name}", **properties))

    return add


@pytest.fixture
def job(day):
    return lambda operation: day.app.read(lambda c: print_queue.find(c, operation))


@pytest.fixture
def comes_out(do, job):
    """The job's bytes leave, and then the printer says this."""

    def print_it(one, state=State.CONFIRMED, because=""):
        assert do(print_jobs.begin, one.operation, b"bytes", NOW)
        do(print_jobs.ended, one.operation, state, because, NOW)
        return job(one.operation)

    return print_it


@pytest.fixture
def told(day):
    """Facts of a kind in the journal."""
    return lambda kind: [
        fact for entry in day.app.read(lambda c: list(journal.entries(c))) if isinstance(fact := entry.fact(), kind)
    ]


def test_a_document_waits_whole_for_the_printer_of_its_kind(do, printers, job):
    printers("Till", "Office")
    do(print_setup.send_kind, "receipt", "Office", "Till")
    one = job(do(printing.enqueue, RECEIPT, NOW).operation)
    assert (one.printer, one.fallback, one.state) == ("Office", "Till", State.QUEUED)
    assert (one.document, one.subject, one.copy) == (RECEIPT, "R-7", 0)


def test_a_sale_that_is_taken_back_leaves_no_paper(day, printers):
    printers()

    def sell(connection):
        printing.enqueue(connection, RECEIPT, NOW)
        raise Refused("No change")

    with pytest.raises(Refused):
        day.app.write(sell).result()
    assert day.app.paper.queue == []


def test_a_station_without_a_printer_keeps_the_receipt_for_later(do, printers, job):
    kept = do(printing.enqueue, RECEIPT, NOW)
    assert (kept.state, kept.because) == (State.CANCELLED, printing.NO_PRINTER)
    printers()
    assert do(printing.reprint, kept.operation, NOW).copy == 0


def test_a_second_print_is_a_copy_with_a_number(do, printers, comes_out, told):
    printers()
    first = do(printing.enqueue, RECEIPT, NOW)
    comes_out(first)
    second = do(printing.reprint, first.operation, NOW, operator="Mia", reason="Lost")
    comes_out(second)
    third = do(printing.reprint, second.operation, NOW)
    assert (second.copy, third.copy) == (1, 2)
    mark = printing.mark_of(second)
    assert mark is not None
    assert (mark.number, mark.operator, mark.reason) == (1, "Mia", "Lost")
    assert printing.mark_of(first) is None
    (copy,) = told(Printed)
    assert (copy.what, copy.document, copy.copy, copy.reason) == ("receipt", "R-7", 1, "Lost")


def test_what_has_not_come_out_is_not_printed_a_second_time(do, printers):
    printers()
    first = do(printing.enqueue, RECEIPT, NOW)
    with pytest.raises(Refused, match="not been printed yet"):
        do(printing.reprint, first.operation, NOW)


def test_nothing_leaves_for_a_job_that_was_cancelled(do, printers):
    printers()
    one = do(printing.enqueue, RECEIPT, NOW)
    do(print_jobs.cancel, one.operation, NOW)
    assert not do(print_jobs.begin, one.operation, b"bytes", NOW)


def test_a_job_on_its_way_is_neither_cancelled_nor_sent_elsewhere(do, printers):
    printers("Till", "Office")
    one = do(printing.enqueue, RECEIPT, NOW)
    do(print_jobs.begin, one.operation, b"bytes", NOW)
    with pytest.raises(Refused, match="too late"):
        do(print_jobs.cancel, one.operation, NOW)
    with pytest.raises(Refused, match="elsewhere"):
        do(print_jobs.redirect, one.operation, "Office")


def test_the_bytes_that_left_are_kept_with_their_hash(day, do, printers, comes_out):
    printers()
    one = comes_out(do(printing.enqueue, RECEIPT, NOW))
    assert day.app.read(lambda c: print_queue.sent_bytes(c, one.operation)) == b"bytes"
    assert one.sent == "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9"


def test_everything_that_waits_goes_elsewhere_at_once(do, printers, job):
    printers("Till", "Office")
    jobs = [do(printing.enqueue, RECEIPT, NOW) for _ in range(3)]
    assert [one.operation for one in do(print_jobs.redirect_all, "Till", "Office")] == [one.operation for one in jobs]
    assert {job(one.operation).printer for one in jobs} == {"Office"}


def test_a_drawer_never_opens_at_another_printer(do, printers, job):
    printers("Till", drawer=True)
    printers("Office")
    one = do(printing.open_drawer, NOW)
    assert do(print_jobs.redirect_all, "Till", "Office") == []
    with pytest.raises(Refused, match="A drawer opens where the sale is"):
        do(print_jobs.redirect, one.operation, "Office")
    assert job(one.operation).printer == "Till"


def test_a_receipt_that_waits_is_what_is_asked_for_when_it_is_wanted_again(do, printers, job):
    printers("Till", "Office")
    one = do(printing.enqueue, RECEIPT, NOW)
    assert do(printing.again, RECEIPT, NOW, reason="Lost") == one
    there = do(printing.again, RECEIPT, NOW, printer="Office")
    assert (there.operation, there.printer, there.copy) == (one.operation, "Office", 0)
    with pytest.raises(BadInput, match="There is no printer Nix"):
        do(printing.again, RECEIPT, NOW, printer="Nix")
    assert job(one.operation).printer == "Office"


def test_a_receipt_on_its_way_to_one_printer_is_not_printed_at_another(do, printers):
    printers("Till", "Office")
    one = do(printing.enqueue, RECEIPT, NOW)
    do(print_jobs.begin, one.operation, b"bytes", NOW)
    assert do(printing.again, RECEIPT, NOW).operation == one.operation
    with pytest.raises(StillWaits, match="It waits for Till, since 21 Nov"):
        do(printing.again, RECEIPT, NOW, printer="Office")


def test_what_failed_is_tried_anew_and_not_printed_twice_unmarked(do, printers, job):
    printers()
    one = do(printing.enqueue, RECEIPT, NOW)
    do(print_jobs.failed, one.operation, "A fault", NOW)
    with pytest.raises(StillWaits):
        do(printing.reprint, one.operation, NOW)
    assert do(printing.again, RECEIPT, NOW).operation == one.operation
    assert job(one.operation).state is State.QUEUED


def test_a_badge_that_waits_goes_where_it_is_wanted_now(do, printers):
    printers("Badges", "Office")
    one = do(printing.again, badge("A-1"), NOW, event="conf26")
    later = msgspec.structs.replace(badge("A-1"), at=NOW + timedelta(minutes=5))
    there = do(printing.again, later, NOW, event="conf26", printer="Office")
    assert (there.operation, there.printer) == (one.operation, "Office")
    other = msgspec.structs.replace(later, fields={"name": "Ada Lovelace"})
    with pytest.raises(PrintedBefore):
        do(printing.again, other, NOW, event="conf26")


def test_nobody_knows_what_became_of_a_job_when_the_app_died(day, do, printers, job):
    printers()
    one, waits = do(printing.enqueue, RECEIPT, NOW), do(printing.enqueue, RECEIPT, NOW)
    do(print_jobs.begin, one.operation, b"bytes", NOW)
    do(print_jobs.interrupted, NOW)
    assert job(one.operation).asks
    assert job(one.operation).because == print_jobs.INTERRUPTED
    assert job(waits.operation).state is State.QUEUED


@pytest.mark.parametrize("said", [Answer.AGAIN, Answer.CANCEL])
def test_what_may_have_come_out_is_a_copy_from_then_on(do, printers, comes_out, said):
    printers()
    one = comes_out(do(printing.enqueue, RECEIPT, NOW), State.UNKNOWN)
    again = do(print_jobs.answer, one.operation, said, NOW, operator="Mia")
    if said is Answer.CANCEL:
        again = do(printing.reprint, one.operation, NOW, operator="Mia")
    assert (again.operation != one.operation, again.copy, again.operator) == (True, 1, "Mia")


def test_it_came_out_says_a_person_once(do, printers, comes_out, job):
    printers()
    one = comes_out(do(printing.enqueue, RECEIPT, NOW), State.UNKNOWN)
    do(print_jobs.answer, one.operation, Answer.CAME_OUT, NOW)
    assert job(one.operation).state is State.CONFIRMED
    with pytest.raises(Refused, match="nothing to answer"):
        do(print_jobs.answer, one.operation, Answer.AGAIN, NOW)


def test_a_badge_that_came_out_is_known_to_all(day, do, printers, comes_out, told):
    printers()
    ticket = day.ticket()
    comes_out(do(printing.enqueue, badge(ticket.key), NOW, event="conf26"))
    (fact,) = told(Printed)
    assert (fact.event, fact.ticket, fact.what, fact.copy) == ("conf26", ticket.key, "badge", 0)
    (printed,) = day.app.lookup.card("conf26", ticket.key).printed
    assert (printed.what, printed.device, printed.at) == ("badge", "North door", NOW)
    assert day.app.outbox().waiting == 1


def test_a_badge_that_may_not_have_come_out_is_told_when_a_person_says_so(do, printers, comes_out, told):
    printers()
    one = comes_out(do(printing.enqueue, badge("A-1"), NOW, event="conf26"), State.UNKNOWN)
    assert told(Printed) == []
    do(print_jobs.answer, one.operation, Answer.CAME_OUT, NOW)
    assert len(told(Printed)) == 1


def test_a_second_badge_at_the_next_desk_is_stopped_with_who_and_when(day, do, printers):
    printers()
    day.hear(Printout(event="conf26", ticket="A-1", what="badge", at=NOW, device="Desk 2", operation="other"))
    with pytest.raises(PrintedBefore) as stopped:
        do(printing.enqueue, badge("A-1"), NOW, event="conf26")
    assert "Desk 2" in str(stopped.value)
    assert stopped.value.printout.at == NOW
    again = do(printing.enqueue, badge("A-1"), NOW, event="conf26", reason="Lost it")
    assert (again.copy, again.reason) == (1, "Lost it")


def test_a_ticket_print_does_not_stop_the_badge(day, do, printers):
    printers()
    day.hear(Printout(event="conf26", ticket="A-1", what="ticket", at=NOW, device="Desk 2", operation="other"))
    assert do(printing.enqueue, badge("A-1"), NOW, event="conf26").copy == 0


def test_a_badge_that_still_waits_is_not_queued_twice(do, printers):
    printers()
    do(printing.enqueue, badge("A-1"), NOW, event="conf26")
    with pytest.raises(PrintedBefore) as stopped:
        do(printing.enqueue, badge("A-1"), NOW, event="conf26")
    assert stopped.value.waits_at == "Till"


def test_our_own_print_told_by_a_server_in_its_own_words_counts_once(day, do, printers, comes_out):
    printers()
    comes_out(do(printing.enqueue, badge("A-1"), NOW, event="conf26"))
    day.hear(
        Printout(event="conf26", ticket="A-1", what="badge", at=NOW, device="Device 4", operation="pretix:print:9")
    )
    assert len(day.app.read(lambda c: print_queue.printouts(c, "conf26", "A-1"))) == 1


def test_the_drawer_goes_to_the_printer_that_has_one_and_is_written_down(do, printers, comes_out, told):
    printers("Badges")
    assert do(printing.open_drawer, NOW) is None
    printers("Till", drawer=True)
    one = do(printing.open_drawer, NOW, event="conf26", receipt="R-7", reason="Sale")
    assert one.printer == "Till"
    comes_out(one)
    (opened,) = told(DrawerOpened)
    assert (opened.receipt, opened.reason, opened.unsure) == ("R-7", "Sale", False)


def test_a_drawer_that_may_have_opened_is_written_down_as_unsure_and_never_repeated(do, printers, comes_out, told):
    printers("Till", drawer=True)
    one = comes_out(do(printing.open_drawer, NOW, event="conf26"), State.UNKNOWN)
    assert not one.asks
    assert told(DrawerOpened)[0].unsure
    with pytest.raises(Refused):
        do(print_jobs.answer, one.operation, Answer.AGAIN, NOW)
    with pytest.raises(Refused):
        do(printing.reprint, one.operation, NOW)


def test_a_drawer_that_could_not_be_opened_at_once_stays_shut(day, do, printers, job, told):
    printers("Till", drawer=True)
    one = do(printing.open_drawer, NOW)
    do(print_jobs.tidy, NOW + print_jobs.DRAWER_PATIENCE)
    assert job(one.operation).state is State.QUEUED
    late = [print_jobs.DRAWER_PATIENCE, print_jobs.DRAWER_PATIENCE + timedelta(seconds=1)]
    assert [day.app.read(lambda c, by=by: print_jobs.is_untidy(c, NOW + by)) for by in late] == [False, True]
    do(print_jobs.tidy, NOW + print_jobs.DRAWER_PATIENCE + timedelta(seconds=1))
    assert (job(one.operation).state, job(one.operation).because) == (State.CANCELLED, print_jobs.TOO_LATE)
    assert told(DrawerOpened) == []


def test_after_two_tries_in_vain_the_fallback_does_it(day, do, printers, job):
    printers("Till", "Office")
    do(print_setup.send_kind, "receipt", "Till", "Office")
    one = do(printing.enqueue, RECEIPT, NOW)
    for tries in range(2):
        assert day.app.read(lambda c: print_jobs.is_untidy(c, NOW)) is False, tries
        do(print_queue.not_sent, one.operation, "The printer cannot be reached")
    assert day.app.read(lambda c: print_jobs.is_untidy(c, NOW))
    do(print_jobs.tidy, NOW)
    assert (job(one.operation).printer, job(one.operation).tries) == ("Office", 0)


def test_what_waits_for_a_printer_that_is_taken_away_can_go_elsewhere(do, printers, job):
    printers("Till", "Office")
    one = do(printing.enqueue, RECEIPT, NOW)
    do(print_setup.remove_printer, "Till")
    assert job(one.operation).printer == "Till"
    do(print_jobs.redirect, one.operation, "Office")
    assert job(one.operation).printer == "Office"


def test_documents_about_guests_are_forgotten_and_receipts_are_not(day, do, printers, comes_out, job):
    printers()
    receipt = comes_out(do(printing.enqueue, RECEIPT, NOW))
    guest = comes_out(do(printing.enqueue, badge("A-1"), NOW, event="conf26"))
    waits = do(printing.enqueue, badge("B-1"), NOW, event="conf26")
    do(print_jobs.tidy, NOW + print_jobs.KEPT + timedelta(hours=1))
    assert job(guest.operation).document is None
    assert day.app.read(lambda c: print_queue.sent_bytes(c, guest.operation)) == b""
    assert job(receipt.operation).document == RECEIPT
    assert job(waits.operation).document is not None
    with pytest.raises(Refused, match="no longer kept"):
        do(printing.reprint, guest.operation, NOW)


def test_a_cash_sale_opens_the_drawer_and_prints_and_a_card_sale_only_prints(day, do, printers, told):
    printers("Till", drawer=True)
    for tender in ("cash", "card"):
        receipt = msgspec.structs.replace(RECEIPT, tenders=(Tendered(tender=tender, amount=1250),))
        do(printing.give_out, receipt, NOW, "conf26")
    assert [job.kind for job in day.app.paper.queue] == ["drawer", "receipt", "receipt"]


def test_what_is_not_printed_here_is_not_kept_in_the_queue(day, do, printers):
    printers("Badges", language=Language.PDF)
    do(printing.give_out, RECEIPT, NOW, "conf26")
    printers("Till")
    do(print_setup.send_kind, "receipt", "")
    do(printing.give_out, RECEIPT, NOW, "conf26")
    assert day.app.paper.queue == []
    do(print_setup.send_kind_anywhere, "receipt")
    do(printing.give_out, RECEIPT, NOW, "conf26")
    assert [job.printer for job in day.app.paper.queue] == ["Till"]


def test_in_training_the_drawer_stays_shut(day, do, printers):
    printers("Till", drawer=True)
    receipt = msgspec.structs.replace(RECEIPT, tenders=(Tendered(tender="cash", amount=1250),), training=True)
    do(printing.give_out, receipt, NOW, "conf26")
    assert [job.kind for job in day.app.paper.queue] == ["receipt"]


def test_of_a_job_that_was_sent_elsewhere_its_first_printer_says_nothing_any_more(day, do, printers, job):
    printers("Till", "Office")
    one = do(printing.enqueue, RECEIPT, NOW)
    do(print_jobs.redirect, one.operation, "Office")
    assert not do(print_jobs.begin, one.operation, b"bytes", NOW, "Till")
    do(print_jobs.failed, one.operation, "A fault", NOW, "Till")
    assert do(print_jobs.begin, one.operation, b"bytes", NOW, "Office")
    do(print_queue.not_sent, one.operation, "Out of paper", "Till")
    assert (job(one.operation).state, job(one.operation).because) == (State.SENDING, "")
