"""Which tickets are kept back for vouchers, and for how many people."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.catalog import Catalog, Event, Quota
from boxoffice.domain.vouchers import Voucher, is_overused, kept_back, plain_code

SEATS = Quota(id=1, event="conf26", size=100, items=(1, 2), variations=(7,))
SATURDAY = Quota(id=2, event="conf26", size=50, items=(1,), subevent=11)
SUNDAY = Quota(id=3, event="conf26", size=50, items=(1,), subevent=12)
QUOTAS = {one.id: one for one in (SEATS, SATURDAY, SUNDAY)}


def back(used: int = 0, **more: Any) -> dict[int, int]:
    voucher = Voucher(id=1, event="conf26", code="Band 2026", block_quota=True, **more)
    return kept_back([voucher], Catalog(event=Event(slug="conf26"), quotas=QUOTAS), {plain_code("band 2026"): used})


@pytest.mark.parametrize(
    ("voucher", "quotas"),
    [
        ({"quota": 1}, {1}),
        ({"item": 1}, {1, 2, 3}),
        ({"item": 2}, {1}),
        ({"item": 9}, set()),
        ({"item": 2, "variation": 7}, {1}),
        ({"item": 2, "variation": 8}, set()),
        ({"item": 1, "subevent": 11}, {2}),
        ({"quota": 2, "subevent": 11}, {2}),
        ({"quota": 2, "subevent": 12}, set()),
        ({}, set()),
    ],
)
def test_tickets_are_kept_back_of_what_the_voucher_is_for(voucher: dict[str, int], quotas: set[int]) -> None:
    assert set(back(**voucher)) == quotas


def test_as_many_are_kept_back_as_it_can_still_be_used() -> None:
    assert back(item=2, max_usages=5) == {1: 5}
    assert back(item=2, max_usages=5, redeemed=2, used=1) == {1: 2}
    assert back(item=2, max_usages=5, redeemed=4, used=3) == {}


def test_of_two_vouchers_each_has_its_own_kept_back() -> None:
    both = [Voucher(id=one, event="conf26", code=f"V{one}", quota=1, max_usages=one) for one in (2, 3)]
    assert kept_back(both, Catalog(event=Event(slug="conf26"), quotas=QUOTAS), {}) == {1: 5}


def test_its_last_use_is_none_too_many() -> None:
    used = [Voucher(id=1, event="conf26", code="V", max_usages=2, redeemed=times) for times in (2, 3)]
    assert [is_overused(one) for one in used] == [False, True]
