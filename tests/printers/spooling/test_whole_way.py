"""From the till to the paper: a true receipt through the true queue, renderer and path, read by the judge."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from boxoffice.domain.printing import State
from boxoffice.services import print_jobs, printing
from printers.rendering import Renderer

GUEST = "Zoë Łucja 欧阳娜娜 \x1bp\x00\x19\xfa"


@pytest.fixture
def till(counter, tmp_path):
    """A counter whose printers get what real ones would."""
    counter.render = Renderer(tmp_path)
    return counter


@pytest.fixture
def sell(till, receipt):
    """`sell("Bar")`: a receipt for this printer, or for the usual one."""

    def sell(printer: str = "") -> str:
        enqueue = printing.enqueue
        return till.do(enqueue, receipt(operator=GUEST), datetime.now(UTC), event="conf26", printer=printer).operation

    return sell


def test_it_is_the_same_receipt_on_whatever_way_it_comes(
    till, sell, decode, model_of, network_printer, serial_printer, tmp_path
):
    ways = {
        "Network": f"tcp://127.0.0.1:{network_printer.port}",
        "Serial": f"serial:{serial_printer.path}?flow=none",
        "File": f"file:{tmp_path / 'out.bin'}",
    }
    for name, address in ways.items():
        till.printer(name, address, profile="TM-T88V")
    till.open()
    for name in ways:
        till.ends(sell(name), State.CONFIRMED if name != "File" else State.SENT)
    came = [*network_printer.documents, *serial_printer.documents, (tmp_path / "out.bin").read_bytes()]
    papers = [decode(data, model_of("TM-T88V")) for data in came]
    assert len(papers) == 3
    assert len({paper.text for paper in papers}) == 1
    assert (papers[0].faults, papers[0].pulses, len(papers[0].cuts)) == ([], [], 1)
    assert papers[0].read() == ["https://example.org/r/T1-000123"]


def test_on_the_neighbours_narrow_printer_it_is_laid_out_anew(
    till, sell, decode, model_of, network_printer, knifeless_printer
):
    network_printer.refuses()
    till.till(network_printer.port, profile="TM-T20II")
    till.till(knifeless_printer.port, "Office", profile="POS-5890")
    till.open()
    operation = sell()
    till.waits_until(lambda: till.says() != "")
    till.do(print_jobs.redirect_all, "Till", "Office")
    till.ends(operation, State.CONFIRMED)
    paper = decode(knifeless_printer.printed, model_of("POS-5890"))
    assert paper.faults == []
    assert max(map(len, paper.lines)) == 32
    assert paper.read() == ["https://example.org/r/T1-000123"]


def test_after_paper_ran_out_at_any_place_it_is_whole_on_the_next_roll(
    till, sell, decode, model_of, network_printer, hasty
):
    till.till(network_printer.port, profile="TM-T88V")
    till.open()
    texts = set()
    for after in range(40, 640, 150):
        network_printer.runs_out_of_paper(after=after)
        operation = sell()
        network_printer.wait_until(lambda: network_printer.busy)
        network_printer.comes_back()
        till.ends(operation, State.CONFIRMED)
        texts.add(decode(network_printer.documents[-1], model_of("TM-T88V")).text)
    assert len(texts) == 1
    assert network_printer.strange == b""
