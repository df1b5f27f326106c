"""A station with something to sell, and the verbs in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain.catalog import Event, Item, TaxRule, Variation
from boxoffice.domain.orders import Order, Position
from boxoffice.ports import Enrolment
from boxoffice.services import hear

SHIRT = Item(
    id=2,
    event="conf26",
    name={"en": "T-shirt"},
    price=2_500,
    admission=False,
    variations=(Variation(id=7, value={"en": "XXL"}, price=2_800), Variation(id=8, value={"en": "M"})),
)
NOUNS = (
    Event(slug="conf26", name={"en": "Conference"}, currency="EUR"),
    TaxRule(id=1, event="conf26", name={"en": "VAT"}, rate=1900),
    Item(id=1, event="conf26", name={"en": "Regular"}, price=10_000, tax_rule=1),
    SHIRT,
    Order(
        event="conf26",
        code="WEB01",
        total=20_000,
        positions=(
            Position(number=1, item=1, price=10_000, secret="web-1", name="Ada Lovelace"),
            Position(number=2, item=1, price=10_000, secret="web-2", name="Grace Hopper"),
        ),
    ),
)

Verb = Callable[..., Any]


@pytest.fixture
def verb(
    tmp_path: Path,
    new_folder: Callable[[Path], Folder],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Verb:
    """Runs one verb with `--json`; what it answered, with the exit status where that is not 0."""
    monkeypatch.setenv("BOXOFFICE_KEYRING", "file")
    with App(new_folder(tmp_path)) as app:
        app.join(Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d", name="Desk")).result()

        def take_in(connection: Any) -> None:
            for noun in NOUNS:
                hear.apply(connection, app.shelf, noun)

        app.write(take_in).result()

    def do(*words: str) -> Any:
        status = run([*words, "--json", "--data", str(tmp_path)])
        said = capsys.readouterr()
        if status == 0:
            return json.loads(said.out)
        return status, json.loads(said.err)["error"] if said.err else json.loads(said.out)

    return do
