"""Has pretix's own rules judge carts that stand on standard input, and prints what each unit costs then.

Run by pretix's own Python. What has to be in the database for it is taken back at the end.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from django_scopes import scope  # noqa: E402
from pretix.base.models import Discount, Event, Organizer  # noqa: E402
from pretix.base.services.pricing import apply_discounts  # noqa: E402

cases = json.load(sys.stdin)
organizer = Organizer.objects.get(slug="demo")
with scope(organizer=organizer), transaction.atomic():
    event = Event.objects.get(slug="conf")
    items = {number: event.items.create(name=str(number), default_price=1) for number in (1, 2)}
    answers = []
    for case in cases:
        event.discounts.update(active=False)
        for place, rule in enumerate(case["rules"]):
            limited = [items[one] for one in rule.pop("items")]
            gaining = [items[one] for one in rule.pop("gaining")]
            made = Discount.objects.create(event=event, internal_name=f"D{place}", position=place, active=True, **rule)
            made.condition_limit_products.set(limited)
            made.benefit_limit_products.set(gaining)
        units = [
            (items[one["item"]].pk, one["date"], now() if one["date"] else None, Decimal(one["price"]) / 100,
             one["addon"] or None, one["bundled"], Decimal(one["saved"]))
            for one in case["units"]
        ]  # fmt: skip
        answers.append([int(price * 100) for price, _ in apply_discounts(event, "web", units)])
    transaction.set_rollback(True)
json.dump(answers, sys.stdout)
