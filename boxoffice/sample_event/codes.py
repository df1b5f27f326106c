"""The codes of the conference: vouchers of each kind, gift cards, memberships that hold and that do not, a discount."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from boxoffice.domain.catalog import Discount
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.memberships import Membership
from boxoffice.domain.nouns import Noun
from boxoffice.domain.vouchers import Mode, Voucher

from .catalog import CONF, DAYS, MEMBERS, REGULAR, VIP, WORKSHOP, moment

SOCIETY = "Lakeside Society"


def of_conference(begins: date) -> Iterator[Noun]:
    """What can be typed or held to the gun at a till of `conf26`."""
    over = moment(begins, DAYS, "18:00")
    yield Discount(
        id=1,
        event=CONF,
        name="Third workshop at half price",
        position=1,
        all_items=False,
        items=(WORKSHOP,),
        min_count=3,
        percent=5_000,
        cheapest_only=1,
    )
    yield Voucher(id=1, event=CONF, code="PRESS2026HALF", mode=Mode.PERCENT, value=5_000, max_usages=40, redeemed=12)
    yield Voucher(id=2, event=CONF, code="FRIEND2026TEN", mode=Mode.SUBTRACT, value=1_000, max_usages=500, tag="promo")
    yield Voucher(id=3, event=CONF, code="SPONSOR2026FREE", mode=Mode.SET, item=REGULAR, max_usages=1)
    yield Voucher(
        id=4, event=CONF, code="PATRON2026VIP", mode=Mode.SET, value=50_000, item=VIP, max_usages=3, block_quota=True
    )
    yield Voucher(id=5, event=CONF, code="TEAM2026BUDGET", mode=Mode.PERCENT, value=2_500, max_usages=99, budget=30_000)
    yield Voucher(
        id=6, event=CONF, code="EARLY2026OVER", mode=Mode.PERCENT, value=1_500, valid_until=moment(begins, -20, "23:59")
    )
    yield GiftCard(event=CONF, code="LAKESIDE2026GIFT", currency="EUR", value=5_000)
    yield GiftCard(event=CONF, code="HARBOUR2026GIFT1", currency="EUR", value=15_000, expires=over)
    yield GiftCard(
        event=CONF, code="OLDTOWN2019GIFT7", currency="EUR", value=2_000, expires=moment(begins, -300, "12:00")
    )
    yield Membership(event=CONF, number="LS-1001", type=MEMBERS, type_name=SOCIETY, ends=moment(begins, 60, "23:59"))
    yield Membership(event=CONF, number="LS-1002", type=MEMBERS, type_name=SOCIETY, ends=moment(begins, -30, "23:59"))
    yield Membership(event=CONF, number="LS-1003", type=MEMBERS, type_name=SOCIETY, canceled=True)
