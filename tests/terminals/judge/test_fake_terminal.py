"""The fake terminal says what the protocol's description says, and its book knows who was charged."""

from __future__ import annotations

import contextlib
import socket
from datetime import timedelta

import pytest

REGISTER = "06 00 06 00 00 00 8a 09 78"
PAY = "06 01 0a 04 00 00 00 00 12 50 49 09 78"
LAST = "06 20 05 00 00 00 03 02"
DONE = "80 00 00"


@pytest.fixture
def till(bench):
    """A till at a terminal without peculiarities, registered."""
    till = bench().plug()
    till.through(REGISTER)
    return till


def pay(till, order: str = PAY) -> list[str]:
    return till.through(order)


# Against transcripts made by hand from the description


def test_registration_is_acknowledged_and_completed_with_terminal_and_currency(bench):
    till = bench().plug()
    assert till.through(REGISTER) == [DONE, "06 0f 0a 19 00 29 52 50 00 41 49 09 78"]


def test_registration_without_a_currency_is_told_none(bench):
    assert bench().plug().through("06 00 04 00 00 00 8a") == [DONE, "06 0f 07 19 00 29 52 50 00 41"]


def test_registration_in_a_foreign_currency_is_refused_with_the_terminals_own(bench):
    assert bench().plug().through("06 00 06 00 00 00 8a 08 40") == ["84 6f 02 09 78"]


def test_payment_goes_from_the_order_to_its_completion(till):
    heard = pay(till)
    status = (
        "04 0f 65 27 00 04 00 00 00 00 12 50 49 09 78 0b 00 00 01 0c 18 16 48 0d 11 21 0e 04 09 17 00 01 19 60 "
        "22 f0 f8 ee ee ee ee ee ee 56 78 29 52 50 00 41 87 00 01 8a 0a 8b f0 f5 56 69 73 61 00 "
        "3b 30 30 30 30 30 31 00 00 2a 37 30 30 30 30 30 30 30 30 30 30 30 30 34 31 "
        "3c f0 f1 f2 50 61 79 6d 65 6e 74 20 6d 61 64 65"
    )
    assert heard == [DONE, "04 ff 01 0a", "04 ff 01 0e", status, "06 0f 00"]
    assert [(one.amount, one.receipt) for one in till.desk.ledger.charged] == [(1250, 1)]


def test_long_length_is_ff_and_two_bytes_little_end_first(bench):
    till = bench(long_lengths=True).plug()
    till.line.sendall(bytes.fromhex(REGISTER))
    raw = till.line.recv(4096)
    assert raw == bytes.fromhex("80 00 00 06 0f ff 0a 00 19 00 29 52 50 00 41 49 09 78")


def test_text_block_longer_than_a_byte_says_its_length_in_two(bench, zvt):
    till = bench(printing="block").plug()
    till.through(REGISTER)
    pay(till)
    block = next(one for one in till.desk.wire.passed if one.data.startswith(b"\x06\xd3"))
    assert block.data[2] == 0xFF
    assert int.from_bytes(block.data[3:5], "little") == len(block.data) - 5 > 0xFE


def test_lines_are_printed_at_the_till_only_if_it_wants_to(bench):
    asked, not_asked = bench(printing="lines").plug(), bench(printing="lines").plug()
    asked.through(REGISTER)
    not_asked.through("06 00 06 00 00 00 88 09 78")
    assert [one[:5] for one in pay(asked)].count("06 d1") == 4
    assert not any(one.startswith("06 d1") for one in pay(not_asked))


def test_progress_is_told_only_to_a_till_that_wants_to_hear_of_it(bench):
    till = bench().plug()
    till.through("06 00 06 00 00 00 82 09 78")
    assert not any(one.startswith("04 ff") for one in pay(till))


def test_payment_without_registration_is_refused(bench):
    till = bench().plug()
    assert pay(till) == [DONE, "06 1e 01 6b"]
    assert not till.desk.ledger.charged


@pytest.mark.parametrize(("does", "code"), [("is declined", "05"), ("walks away", "6c"), ("presses stop", "6c")])
def test_failure_is_told_twice_and_charges_nobody(bench, does, code):
    till = bench(customers=[(does,)]).plug()
    till.through(REGISTER)
    heard = pay(till)
    assert heard[-2:] == [f"04 0f 0e 27 {code} 04 00 00 00 00 12 50 29 52 50 00 41", f"06 1e 01 {code}"]
    assert not till.desk.ledger.charged


def test_failure_may_be_told_by_its_end_alone(bench):
    till = bench(customers=[("is declined",)], tells_failure=False).plug()
    till.through(REGISTER)
    assert [one[:5] for one in pay(till)] == ["80 00", "04 ff", "04 ff", "06 1e"]


def test_slow_customer_is_told_of_all_the_way(bench):
    till = bench(customers=[("pays", 600.0)], intermediate=9).plug()
    till.through(REGISTER)
    heard = pay(till)
    assert [one[:5] for one in heard].count("04 ff") == 9
    assert till.desk.clock() >= 1_600


def test_slow_customer_and_a_silent_terminal_are_nothing_for_as_long_as_a_till_waits(bench):
    till = bench(customers=[("pays", 600.0)], intermediate=0).plug()
    till.through(REGISTER)
    assert pay(till) == [DONE, "nothing"]
    assert not till.desk.ledger.charged


# Acknowledgements


def test_payment_waits_for_the_tills_acknowledgement_before_it_is_kept(till, zvt):
    till.say(PAY)
    while not till.hear().startswith("04 0f"):
        till.say(DONE)
    assert [one.standing for one in till.desk.ledger.entries] == [zvt.Standing.WAITING]
    till.say(DONE)
    assert [one.standing for one in till.desk.ledger.entries] == [zvt.Standing.KEPT]


@pytest.mark.parametrize(("unacknowledged", "charged"), [("let go", []), ("keep", [1250])])
def test_without_an_acknowledgement_the_dialect_decides(bench, unacknowledged, charged):
    till = bench(unacknowledged=unacknowledged).plug()
    till.through(REGISTER)
    till.say(PAY)
    while not till.hear().startswith("04 0f"):
        till.say(DONE)
    assert till.hear().startswith("06 1e" if unacknowledged == "let go" else "06 0f")
    assert [one.amount for one in till.desk.ledger.charged] == charged


def test_negative_acknowledgement_lets_it_go(till):
    till.say(PAY)
    while not till.hear().startswith("04 0f"):
        till.say(DONE)
    till.say("84 66 00")
    assert till.hear() == "06 1e 01 6c"
    assert not till.desk.ledger.charged


def test_till_may_ask_for_the_status_once_more(till):
    till.say(PAY)
    while not (first := till.hear()).startswith("04 0f"):
        till.say(DONE)
    till.say("84 9c 00")
    assert till.hear() == first
    till.say(DONE)
    assert till.hear() == "06 0f 00"
    assert len(till.desk.ledger.charged) == 1


# What it answers when it is asked


def test_last_transaction_is_told_as_it_was(till):
    status = pay(till)[-2]
    assert till.through(LAST) == [DONE, status, "06 0f 00"]


def test_without_any_transaction_there_is_none_to_repeat(till):
    assert till.through(LAST) == [DONE, "06 1e 01 83"]


def test_last_transaction_is_that_before_the_one_that_was_let_go(bench):
    till = bench().plug()
    till.through(REGISTER)
    first = pay(till)[-2]
    till.say(PAY)
    while not till.hear().startswith("04 0f"):
        till.say(DONE)
    till.line.close()
    till.desk.wire.let_pass(till.desk.clock, 900)
    again = till.desk.plug()
    again.through(REGISTER)
    assert again.through(LAST)[1] == first


def test_some_terminals_tell_of_a_failure_as_the_last_transaction(bench):
    till = bench(customers=["pays", ("is declined",)], remembers_failure=True).plug()
    till.through(REGISTER)
    pay(till)
    pay(till)
    assert till.through(LAST)[1].startswith("04 0f 0e 27 05")


def test_receipt_numbers_begin_anew_after_9999(bench):
    till = bench(receipt=9998).plug()
    till.through(REGISTER)
    pay(till)
    pay(till)
    assert [one.receipt for one in till.desk.ledger.charged] == [9999, 1]


def test_terminal_at_work_has_no_time(till):
    till.say(PAY)
    assert till.hear() == DONE
    till.say("06 20 05 00 00 00 03 02")
    assert [till.hear(), till.hear()] == ["04 ff 01 0a", "84 a0 00"]


def test_breaking_off_in_time_charges_nobody(till):
    till.say(PAY)
    assert [till.hear(), till.hear()] == [DONE, "04 ff 01 0a"]
    till.say(DONE)
    till.say("06 b0 00")
    assert till.hear() == DONE
    assert till.hear() == "04 0f 0e 27 6c 04 00 00 00 00 12 50 29 52 50 00 41"
    till.say(DONE)
    assert till.hear() == "06 1e 01 6c"
    assert not till.desk.ledger.entries


def test_unknown_orders_and_broken_ones_are_refused(till):
    assert till.through("06 99 00") == ["84 83 00"]
    assert till.through("06 01 03 04 00 00") == ["84 9a 00"]
    assert till.through("06 01 00") == ["84 9a 00"]


def test_state_is_told(till):
    assert till.through("05 01 03 00 00 00") == [DONE, "06 0f 01 00"]


# Back again, and the day's end


def test_payment_is_taken_back_by_its_receipt_number_once(till):
    pay(till)
    heard = till.through("06 30 06 00 00 00 87 00 01")
    assert heard[1].startswith("04 0f")
    assert "87 00 02" in heard[1]
    assert not till.desk.ledger.charged
    assert till.through("06 30 06 00 00 00 87 00 01") == [DONE, "06 1e 01 b4"]
    assert till.through("06 30 06 00 00 00 87 00 77") == [DONE, "06 1e 01 b5"]


def test_refund_gives_money_without_naming_a_payment(till):
    heard = till.through("06 31 0d 00 00 00 04 00 00 00 00 04 00 49 09 78")
    assert heard[-1] == "06 0f 00"
    assert till.desk.ledger.turnover == -400


def test_days_end_tells_the_total_and_begins_anew(till):
    pay(till)
    pay(till)
    heard = till.through("06 50 03 00 00 00")
    assert heard[1].startswith("04 0f")
    assert "27 00 04 00 00 00 00 25 00 49 09 78" in heard[1]
    assert "60 f0 f5 f3 00 01 00 02 02 00 00 00 00 25 00" in heard[1]
    assert till.desk.ledger.days == [2500]
    assert till.desk.ledger.turnover == 0


# The line


def test_payment_at_which_the_line_is_cut_ends_as_the_dialect_says(bench):
    for alone, approved in (("break off", 0), ("go on", 1)):
        till = bench(alone=alone).plug()
        till.through(REGISTER)
        till.say(PAY)
        till.hear()
        till.line.close()
        till.desk.wire.let_pass(till.desk.clock, 900)
        assert len(till.desk.ledger.entries) == approved
        assert not till.desk.ledger.charged


def test_terminal_that_goes_on_alone_and_keeps_charges_with_nobody_listening(bench):
    till = bench(alone="go on", unacknowledged="keep").plug()
    till.through(REGISTER)
    till.say(PAY)
    till.line.close()
    till.desk.wire.let_pass(till.desk.clock, 900)
    assert [one.amount for one in till.desk.ledger.charged] == [1250]


def faulty(bench, fault, number: int):
    """A till at a line whose frame of that number meets a fault; 4 is the order to pay, 10 the status."""
    till = bench(faults={number: fault}).plug()
    till.through(REGISTER)
    return till


def test_cut_before_the_order_leaves_the_terminal_out_of_it(bench, zvt):
    till = faulty(bench, zvt.Fault.CUT_BEFORE, 4)
    till.say(PAY)
    assert till.hear() == "cut"
    assert not till.desk.ledger.entries


def test_cut_after_the_status_leaves_it_unacknowledged(bench, zvt):
    till = faulty(bench, zvt.Fault.CUT_AFTER, 10)
    pay(till)
    till.desk.wire.let_pass(till.desk.clock, 900)
    assert [one.standing for one in till.desk.ledger.entries] == [zvt.Standing.LET_GO]


def test_lost_acknowledgement_lets_the_payment_go(bench, zvt):
    till = faulty(bench, zvt.Fault.LOST, 11)
    assert pay(till)[-1] == "06 1e 01 6c"
    assert not till.desk.ledger.charged


def test_late_acknowledgement_is_as_none(bench, zvt):
    till = faulty(bench, zvt.Fault.LATE, 11)
    assert pay(till)[-1] == "06 1e 01 6c"
    assert not till.desk.ledger.charged


def test_frame_that_comes_twice_is_heard_twice(bench, zvt):
    till = faulty(bench, zvt.Fault.TWICE, 10)
    heard = pay(till)
    assert [one[:5] for one in heard].count("04 0f") == 2
    assert len(till.desk.ledger.charged) == 1


def test_truncated_frame_never_becomes_one(bench, zvt):
    till = faulty(bench, zvt.Fault.TRUNCATED, 10)
    assert not any(one.startswith("04 0f") for one in pay(till))


def test_silence_is_neither_news_nor_an_end(bench, zvt):
    till = faulty(bench, zvt.Fault.SILENCE, 10)
    assert pay(till)[-1] == "nothing"


def test_reboot_forgets_the_registration_and_keeps_the_book(bench, zvt):
    till = faulty(bench, zvt.Fault.REBOOT, 12)
    pay(till)
    with pytest.raises(zvt.Unplugged):
        till.desk.plug()
    till.desk.wire.let_pass(till.desk.clock, 900)
    again = till.desk.plug()
    assert again.through(PAY) == [DONE, "06 1e 01 6b"]
    assert [one.amount for one in till.desk.ledger.charged] == [1250]


def test_swapped_terminal_has_another_name_and_another_book(bench, zvt):
    till = faulty(bench, zvt.Fault.SWAPPED, 12)
    pay(till)
    again = till.desk.plug()
    assert again.through(REGISTER)[-1] == "06 0f 0a 19 00 29 77 77 77 77 49 09 78"
    assert again.through(LAST) == [DONE, "06 1e 01 83"]


def test_wrong_clock_shows_in_what_it_says(bench):
    till = bench(off=timedelta(days=1)).plug()
    till.through(REGISTER)
    assert "0d 11 22" in pay(till)[-2]


# Real lines


def test_real_socket_pays_as_a_virtual_one(zvt):
    now = zvt.real_time(0.1)  # so slow that its patience is long
    terminal = zvt.Terminal(now)
    terminal.customers.append(zvt.Customer(takes=0.01))
    with zvt.Port(zvt.Wire(terminal, now)) as port, socket.create_connection(("127.0.0.1", port.port), 60) as line:
        till = zvt.HandMade(line)
        till.through(REGISTER)
        assert pay(till)[-1] == "06 0f 00"
    assert [one.amount for one in terminal.ledger.charged] == [1250]


def test_second_call_takes_the_place_of_the_first(zvt):
    now = zvt.real_time()
    with zvt.Port(zvt.Wire(zvt.Terminal(now), now)) as port, contextlib.ExitStack() as lines:
        first = zvt.HandMade(lines.enter_context(socket.create_connection(("127.0.0.1", port.port), 60)))
        first.through(REGISTER)
        second = zvt.HandMade(lines.enter_context(socket.create_connection(("127.0.0.1", port.port), 60)))
        assert second.through(REGISTER)[0] == DONE
        assert first.hear() == "cut"
