"""The same scans, judged here and by the server: the same answers, but for those that differ on purpose."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.passages import Direction

pytestmark = pytest.mark.pretix
HOME = "/api/v1/organizers/demo/"

# Ours, theirs: why.
ON_PURPOSE = {
    ("ok", "incomplete"): "Only a required question holds up a queue; optional ones are shown beside the answer.",
    ("canceled", "invalid"): "A ticket that was cancelled by itself is called so; the server no longer finds it.",
    ("already_redeemed", "incomplete"): "The server asks its questions before it says that nobody may come in.",
}
IN_A_SERIES = {("product", "invalid"): "A ticket for another date is called so; the server does not find it there."}


@pytest.fixture
def north(station):
    north = station("North")
    north.sync()
    return north


def asked_there(server: Any, secret: str, gate_list: int, at: datetime, direction: str) -> str:
    """What the server would say; nothing is written down there."""
    body = {"secret": secret, "lists": [gate_list], "datetime": at.isoformat(), "type": direction}
    status, said = server.ask("POST", f"{HOME}checkinrpc/redeem/", {**body, "simulate": True, "force": False})
    assert status in (201, 400, 404), said
    return str(said.get("reason") or said["status"])


def compared(
    server: Any, station: Any, scans: list[tuple[str, int, str]], event: str, *, but_for: Any = ON_PURPOSE
) -> Counter[tuple[str, str]]:
    at = datetime.now(UTC)
    answers: Counter[tuple[str, str]] = Counter()
    unexplained = []
    for secret, gate_list, direction in scans:
        verdict = station.scan(secret, gate_list, event=event, at=at, direction=Direction(direction), preview=True)
        pair = (verdict.reason.value, asked_there(server, secret, gate_list, at, direction))
        answers[pair] += 1
        if pair[0] != pair[1] and pair not in but_for:
            unexplained.append((secret, gate_list, direction, *pair))
    assert unexplained == []
    return answers


def test_two_hundred_scans_are_answered_alike(server, north, capsys):
    known = server.known["conf"]
    lists = known["lists"]
    special = [secret for secrets in known["secrets"].values() for secret in secrets]
    scans = [(secret, lists["main"], "entry") for secret in known["plain"][:110]]
    for gate_list in lists.values():
        scans += [(secret, gate_list, "entry") for secret in (*special, "nobody", "BAND-0001")]
    scans += [(secret, lists["main"], "exit") for secret in special[:10]]
    answers = compared(server, north, scans, "conf")
    with capsys.disabled():
        print(f"\n{sum(answers.values())} scans of the conference: {dict(answers)}")  # noqa: T201
    assert sum(answers.values()) >= 200
    reasons = {theirs for _, theirs in answers}
    assert {"ok", "already_redeemed", "unpaid", "canceled", "blocked", "invalid", "invalid_time", "product"} <= reasons


def test_signed_tickets_are_answered_alike_with_their_order_and_without(server, north):
    known = server.known["signed"]
    scans = [(secret, known["lists"]["main"], "entry") for secret in known["secrets"]]
    assert compared(server, north, scans, "signed")[("ok", "ok")] == 5
    kept = known["secrets"][0]
    north.app.write(lambda c: c.execute("DELETE FROM positions WHERE secret = ?", (kept,)) and None).result()
    assert compared(server, north, scans[:1], "signed") == {("ok", "ok"): 1}


def test_a_ticket_for_another_evening_is_refused_alike(server, north):
    known = server.known["series"]
    scans = [(secret, gate_list, "entry") for secret in known["secrets"] for gate_list in known["lists"]]
    answers = compared(server, north, scans, "series", but_for=IN_A_SERIES)
    assert answers == {("ok", "ok"): 6, ("product", "invalid"): 6}
