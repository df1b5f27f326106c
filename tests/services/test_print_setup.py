"""How a station prints: a printer's name is its own, and no way leads to one that is gone."""

from __future__ import annotations

import pytest

from boxoffice.domain.printing import Printer, Route
from boxoffice.errors import BadInput
from boxoffice.services import print_setup


@pytest.fixture
def do(day):
    """`do(print_setup.send_kind, "badge", "Till")`: in a transaction of its own."""
    return lambda verb, *values: day.app.write(lambda c: verb(c, *values)).result()


def printer(name: str, **more: str) -> Printer:
    return Printer(name=name, address=f"file:/{name}", **more)


def test_a_printer_that_is_taken_away_takes_its_routes_along(day, do):
    do(print_setup.add_printer, printer("Till"))
    do(print_setup.add_printer, printer("Office"))
    do(print_setup.send_kind, "receipt", "Office", "Till")
    do(print_setup.send_kind, "badge", "Till", "Office")
    do(print_setup.remove_printer, "Office")
    assert day.app.paper.setup.routes == {"badge": Route("Till")}


def test_two_printers_cannot_have_one_name(day, do):
    with pytest.raises(BadInput):
        do(print_setup.add_printer, Printer(name="", address="file:/x"))
    do(print_setup.add_printer, printer("Till"))
    do(print_setup.add_printer, printer("Till", profile="TM-T88V"))
    assert [one.profile for one in day.app.paper.setup.printers] == ["TM-T88V"]
