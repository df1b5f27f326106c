"""Signed tickets that the station does not hold, judged by what they say of themselves."""

from __future__ import annotations

import pytest

from boxoffice.domain.codes import SignedTicket
from boxoffice.domain.gate import Reason


@pytest.fixture
def signed():
    return SignedTicket(seed="abc", item=2, variation=7, subevent=None)


def test_gets_in_and_is_named_by_the_catalog(evening, signed):
    verdict = evening.scan_signed(signed)
    assert (verdict.reason, verdict.ticket) == (Reason.OK, None)
    assert (verdict.item, verdict.variation, verdict.texts) == ("Student", "Weekend", ("Orange band",))


def test_is_used_once_as_far_as_this_station_knows(evening, signed):
    evening.passed("17:00")
    verdict = evening.scan_signed(signed)
    assert (verdict.reason, verdict.first_entry.at) == (Reason.ALREADY_REDEEMED, evening.time("17:00"))


def test_of_an_item_that_is_not_known_is_an_error_that_no_force_overcomes(evening, signed):
    stranger = evening.changed(signed, item=77)
    assert evening.scan_signed(stranger).reason is Reason.ERROR
    assert evening.scan_signed(stranger, force=True, revoked=True).reason is Reason.ERROR
    assert "fetch new data" in str(evening.scan_signed(stranger).explanation)


def test_that_was_revoked_gets_in_only_by_force(evening, signed):
    assert evening.scan_signed(signed, revoked=True).reason is Reason.REVOKED
    forced = evening.scan_signed(signed, revoked=True, force=True)
    assert (forced.reason, forced.forced, forced.overruled) == (Reason.OK, True, (Reason.REVOKED,))


ORDER = [
    Reason.REVOKED,
    Reason.BLOCKED,
    Reason.INVALID_TIME,
    Reason.PRODUCT,
    Reason.RULES,
    Reason.INCOMPLETE,
    Reason.ALREADY_REDEEMED,
]


@pytest.mark.parametrize("reason", ORDER)
def test_is_checked_in_the_order_of_the_rules(evening, signed, reason):
    wrong = set(ORDER[ORDER.index(reason) :])
    if Reason.INVALID_TIME in wrong:
        signed = evening.changed(signed, valid_until=evening.time("01:00"))
    fields = {}
    if Reason.PRODUCT in wrong:
        fields |= {"all_items": False, "items": (4,)}
    if Reason.RULES in wrong:
        fields["rules"] = {"==": [1, 2]}
    if Reason.INCOMPLETE in wrong:
        evening.asks(items=(2,), required=True)
    evening.passed("17:00")
    evening.list = evening.a_list(**fields)
    verdict = evening.scan_signed(signed, revoked=Reason.REVOKED in wrong, blocked=Reason.BLOCKED in wrong)
    assert verdict.reason is reason


def test_of_another_date_is_explained_as_such(evening, signed):
    evening.list = evening.a_list(subevent=11)
    verdict = evening.scan_signed(evening.changed(signed, subevent=12))
    assert (verdict.reason, str(verdict.explanation)) == (Reason.PRODUCT, "Belongs to Sunday, not Saturday")


def test_answers_what_is_asked_at_the_door(evening, signed):
    evening.asks(items=(2,), required=True, type="B")
    assert evening.scan_signed(signed).reason is Reason.INCOMPLETE
    verdict = evening.scan_signed(signed, answers={"1": "yes"})
    assert (verdict.reason, verdict.answers) == (Reason.OK, {"1": "true"})


def test_leaves_whatever_its_validity(evening, signed):
    gone = evening.changed(signed, valid_until=evening.time("01:00"))
    assert evening.scan_signed(gone, direction="exit").reason is Reason.OK
