"""`badge` as scripts know it: templates go out and in as files, are given to items, and are seen before printing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain.badge_designs import standard
from boxoffice.domain.catalog import BadgeLayout, Event, Item
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.services import hear

NAME = {"type": "textarea", "left": "5", "bottom": "40", "width": "90", "fontsize": "24", "content": "attendee_name"}
MARK = {"type": "poweredby", "left": 1, "bottom": 1, "size": 9, "content": "dark"}


@pytest.fixture(autouse=True)
def station(station_folder: Path) -> Path:
    guest = Position(number=1, item=5, name="Ada Lovelace", secret="secret-of-ada")
    nouns = [
        Event(slug="conf26", name={"en": "Conference"}),
        Item(id=5, event="conf26", name={"en": "Speaker"}),
        BadgeLayout(id=3, event="conf26", name="Speakers", elements=(NAME, MARK)),
        Order(event="conf26", code="ADA", status=Status.PAID, positions=(guest,)),
    ]
    station_folder.mkdir()
    with App(Folder(station_folder)) as app:
        app.write(lambda c: [hear.apply(c, app.shelf, noun) for noun in nouns]).result()
        app.badges.keep(standard("Crew", 54, 86)).result()
    return station_folder


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]):
    """Run a verb; its exit status and the objects that it printed."""

    def say(*words: object) -> tuple[int, list[dict]]:
        status = run([*map(str, words), "--json"])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return say


def test_templates_are_listed_with_whom_they_are_for(said) -> None:
    assert said("badge", "choose", "Crew", "--event", "conf26", "--item", 5)[0] == 0
    status, (crew,) = said("badge", "list")
    assert status == 0
    assert (crew["name"], crew["width"], crew["items"]) == ("Crew", 54, {"conf26": [5]})
    said("badge", "choose", "-", "--event", "conf26", "--item", 5)
    assert said("badge")[1][0]["items"] == {}


def test_of_an_event_that_is_not_there_nothing_is_chosen_nor_listed(said) -> None:
    for words in (("choose", "Crew"), ("layout",)):
        assert said("badge", *words, "--event", "conf62")[0] == 2


def test_a_template_goes_out_and_comes_back(said, tmp_path: Path) -> None:
    file = tmp_path / "crew.json"
    assert said("badge", "export", "Crew", file)[0] == 0
    status, (kept,) = said("badge", "import", file)
    assert (status, kept["name"]) == (0, "Crew")
    assert len(said("badge", "list")[1]) == 2
    assert said("badge", "export", "Crew", tmp_path / "other.json")[0] == 2
    assert said("badge", "export", kept["id"], file)[0] == 2


def test_what_is_printed_where_no_template_is_kept_goes_out_as_well(said, tmp_path: Path) -> None:
    file = tmp_path / "standard.json"
    assert said("badge", "export", "Standard", file)[0] == 0
    assert said("badge", "import", file)[1][0]["name"] == "Standard"
    assert said("badge", "choose", "Nothing", "--event", "conf26")[0] == 2


def test_a_file_that_is_no_template_is_refused(said, tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text("{}", encoding="utf-8")
    assert said("badge", "import", file)[0] == 2
    assert said("badge", "import", tmp_path / "gone.json")[0] == 2


def test_a_layout_of_the_server_is_taken_over_and_its_losses_are_named(said) -> None:
    assert said("badge", "layout", "--event", "conf26")[1] == [{"id": 3, "name": "Speakers", "items": []}]
    status, (kept,) = said("badge", "layout", "--event", "conf26", 3)
    assert (status, kept["name"]) == (0, "Speakers")
    assert any("poweredby" in one for one in kept["lost"])
    assert said("badge", "layout", "--event", "conf26", 4)[0] == 2


def test_a_badge_is_seen_before_it_is_printed(said, tmp_path: Path) -> None:
    file = tmp_path / "ada.png"
    status, (shown,) = said("badge", "preview", "conf26/ADA-1", file, "--template", "Crew", "--dpi", 300)
    assert (status, shown["width"]) == (0, round(54 * 300 / 25.4))
    with Image.open(file) as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == ["secret-of-ada"]
    assert said("badge", "preview", "ADA-1", file, "--template", "Standard")[1][0]["template"] == "Standard"
    assert said("badge", "preview", "conf26/NOPE-1", file)[0] == 2
    assert said("badge", "preview", "conf26/ADA-1", file, "--dpi", 3)[0] == 2
