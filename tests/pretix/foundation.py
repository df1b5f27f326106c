"""Lays the ground in an empty pretix: what its API cannot make. Run by pretix's own Python, once.

Prints the team's token and the id of a gate as JSON. Everything else is made by `fill.py` through the
API, as an organiser's program would make it.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django_scopes import scope  # noqa: E402
from pretix.base.models import Event, Gate, Organizer, Team, TeamAPIToken  # noqa: E402
from pretix.plugins.badges.models import BadgeLayout  # noqa: E402

PLUGINS = "pretix.plugins.manualpayment,pretix.plugins.ticketoutputpdf,pretix.plugins.badges"
# So long that what was seeded once can be used for years.
BEGINS = datetime(2026, 1, 1, 8, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=3650)

organizer = Organizer.objects.create(name="Demo", slug="demo")
with scope(organizer=organizer):
    for slug, name, generator, series in (
        ("conf", {"en": "Conference", "de": "Konferenz"}, "random", False),
        ("signed", {"en": "Signed tickets"}, "pretix_sig1", False),
        ("series", {"en": "A series"}, "random", True),
    ):
        event = Event.objects.create(
            organizer=organizer, slug=slug, name=name, currency="EUR", live=True, plugins=PLUGINS,
            date_from=BEGINS, date_to=ENDS, has_subevents=series,
        )  # fmt: skip
        event.settings.timezone = "Europe/Berlin"
        event.settings.locales = ["en", "de"]
        event.settings.attendee_names_asked = True
        event.settings.ticket_secret_generator = generator
        if slug == "conf":
            BadgeLayout.objects.create(event=event, name="Badge", default=True, layout=json.dumps([{"type": "text"}]))
    gate = Gate.objects.create(organizer=organizer, name="North gate", identifier="NORTH")
    rights = {"all_events": True, "all_event_permissions": True, "all_organizer_permissions": True}
    team = Team.objects.create(organizer=organizer, name="Tests", **rights)
    token = TeamAPIToken.objects.create(team=team, name="tests")
    json.dump({"token": token.token, "gate": gate.pk}, sys.stdout)
