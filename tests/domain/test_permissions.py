"""The one table of who may do what, and the rules of PINs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import pins
from boxoffice.domain.permissions import RULES, Act, Role, may, may_look_after
from boxoffice.domain.pins import Tries

AT_THE_DESK = {Act.ACCEPT_UNPAID, Act.UNDO, Act.SETTLE, Act.EDIT}
LEADS = {Role.SUPERVISOR, Role.ORGANISER}


def test_the_table_names_every_act() -> None:
    assert set(RULES) == set(Act)


@pytest.mark.parametrize("act", Act)
def test_a_steward_only_scans(act: Act) -> None:
    assert not may(Role.STEWARD, act)


@pytest.mark.parametrize("act", Act)
def test_leaders_may_do_everything(act: Act) -> None:
    assert all(may(role, act) for role in LEADS)


def test_a_cashier_sells_and_a_desk_does_not() -> None:
    assert {act for act in Act if may(Role.CASHIER, act)} == AT_THE_DESK | {Act.SELL, Act.DRAWER}
    assert {act for act in Act if may(Role.DESK, act)} == AT_THE_DESK


@pytest.mark.parametrize(
    "act", [Act.REFUND, Act.VOID, Act.NO_SALE, Act.PRICE, Act.FORCE, Act.Z_OVERRIDE, Act.CORRECTION, Act.PAY_OUT]
)
def test_what_is_guarded_most_asks_for_role_pin_and_reason(act: Act) -> None:
    assert RULES[act].roles == LEADS
    assert RULES[act].pin
    assert RULES[act].reason


@pytest.mark.parametrize("role", Role)
def test_nobody_but_an_organiser_makes_leaders(role: Role) -> None:
    assert may_look_after(Role.ORGANISER, role)
    assert may_look_after(Role.SUPERVISOR, role) == (role not in LEADS)
    assert not may_look_after(Role.CASHIER, role)


@pytest.mark.parametrize(
    ("pin", "role", "good"),
    [
        ("4711", Role.CASHIER, True),
        ("471", Role.CASHIER, False),
        ("4711", Role.SUPERVISOR, False),
        ("27182", Role.ORGANISER, False),
        ("271828", Role.SUPERVISOR, True),
        ("271828", Role.ORGANISER, True),
        ("1" * 13, Role.CASHIER, False),
        ("2580a", Role.CASHIER, False),
        ("٤٧١١", Role.CASHIER, False),
        ("", Role.CASHIER, False),
        ("0000", Role.CASHIER, False),
        ("1234", Role.CASHIER, False),
        ("987654", Role.ORGANISER, False),
        ("1357", Role.CASHIER, True),
    ],
)
def test_which_pins_will_do(pin: str, role: Role, good: bool) -> None:
    assert (pins.fault(pin, role) == "") == good


def test_five_wrong_ones_are_free_and_then_waits_grow() -> None:
    tries = Tries()
    waits = []
    for _ in range(14):
        tries = pins.once_more(tries, 0)
        waits.append(pins.wait(tries, 0) // 1000)
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


@given(st.integers(pins.FREE, 100), st.integers(0, 10**12), st.integers(0, 10**9))
def test_a_wait_goes_by_with_the_machine_on_and_never_sooner(failed: int, at: int, later: int) -> None:
    tries = Tries(failed=failed, at=at)
    due = pins.wait(tries, at)
    assert due > 0
    assert pins.wait(tries, at + later) == max(0, due - later)


@given(st.integers(pins.FREE, 100), st.integers(1, 10**12), st.data())
def test_after_the_machine_was_switched_off_only_the_time_since_counts(
    failed: int, at: int, data: st.DataObject
) -> None:
    since_boot = data.draw(st.integers(0, at - 1))
    tries = Tries(failed=failed, at=at)
    assert pins.wait(tries, since_boot) == max(0, pins.wait(tries, at) - since_boot)
