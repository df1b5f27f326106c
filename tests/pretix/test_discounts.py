"""Automatic discounts come to what pretix's own rules make of the same carts, unit by unit."""

from __future__ import annotations

import json
import random
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.domain.catalog import Catalog, Discount, Event
from boxoffice.domain.discounts import Thing, given

pytestmark = pytest.mark.pretix
MANY = 400


def a_rule(chance: random.Random) -> dict[str, Any]:
    """One that pretix would let an organiser make."""
    mode = chance.choice(["mixed", "mixed", "same", "distinct"])
    by_value = mode != "distinct" and chance.random() < 0.2
    return {
        "condition_all_products": chance.random() < 0.5,
        "items": [1],
        "condition_apply_to_addons": chance.random() < 0.7,
        "condition_ignore_voucher_discounted": chance.random() < 0.3,
        "condition_min_count": 0 if by_value else chance.randint(1, 4),
        "condition_min_value": str(chance.randint(10, 60)) if by_value else "0.00",
        "benefit_same_products": mode == "distinct" or chance.random() < 0.6,
        "gaining": chance.choice([[1], [2], [1, 2]]),
        "benefit_discount_matching_percent": str(chance.choice([10, 25, 50, 100])),
        "benefit_only_apply_to_cheapest_n_matches": None if by_value else chance.choice([None, 1, 2]),
        "benefit_apply_to_addons": chance.random() < 0.7,
        "benefit_ignore_voucher_discounted": chance.random() < 0.3,
        "subevent_mode": mode,
    }


def a_unit(chance: random.Random) -> dict[str, Any]:
    return {
        "item": chance.choice([1, 1, 2]),
        "date": chance.choice([None, 1, 2, 3]),
        "price": chance.choice([1_000, 1_000, 2_000, 3_000, 4_400]),
        "addon": chance.choice([0, 0, 0, 1, 2]),
        "bundled": chance.random() < 0.1,
        "saved": chance.choice([0, 0, 0, 5]),
    }


def ours(case: dict[str, Any]) -> list[int]:
    rules = {
        place: Discount(
            id=place,
            event="e",
            position=place,
            all_items=rule["condition_all_products"],
            items=tuple(rule["items"]),
            addons_too=rule["condition_apply_to_addons"],
            ignore_vouchers=rule["condition_ignore_voucher_discounted"],
            min_count=rule["condition_min_count"],
            min_value=round(float(rule["condition_min_value"]) * 100),
            same_items=rule["benefit_same_products"],
            other_items=tuple(rule["gaining"]),
            percent=int(rule["benefit_discount_matching_percent"]) * 100,
            cheapest_only=rule["benefit_only_apply_to_cheapest_n_matches"],
            gains_of_addons=rule["benefit_apply_to_addons"],
            gains_beside_vouchers=not rule["benefit_ignore_voucher_discounted"],
            per_date=rule["subevent_mode"],
        )
        for place, rule in enumerate(case["rules"])
    }
    things = [
        Thing(
            item=one["item"],
            subevent=one["date"],
            price=one["price"],
            addon_of=str(one["addon"] or ""),
            bundled=one["bundled"],
            by_voucher=one["saved"] > 0,
        )
        for one in case["units"]
    ]
    less = given(things, Catalog(event=Event(slug="e"), discounts=rules), datetime.now(UTC))
    return [less[place].price if place in less else one.price for place, one in enumerate(things)]


def test_random_carts_cost_what_pretix_says(server: Any) -> None:
    chance = random.Random(2026)
    cases = [
        {
            "rules": [a_rule(chance) for _ in range(chance.randint(1, 2))],
            "units": [a_unit(chance) for _ in range(chance.randint(1, 9))],
        }
        for _ in range(MANY)
    ]
    judge = Path(__file__).parent / "discount_judge.py"
    done = subprocess.run(server.python(str(judge)), input=json.dumps(cases), capture_output=True, text=True,
                          check=False, env=server.environment)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    wrong = [
        (case, mine, theirs)
        for case, theirs in zip(cases, json.loads(done.stdout), strict=True)
        if (mine := ours(case)) != theirs
    ]
    assert wrong[:1] == [], len(wrong)
