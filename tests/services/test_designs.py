"""Words on papers and badges that the desk lead's station shares with all others."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from PIL import Image as Pictures

from boxoffice.domain.badge_designs import standard
from boxoffice.domain.badges import Image, Template
from boxoffice.domain.designs import Design, badge_of, item_of, told
from boxoffice.domain.facts import Designed
from boxoffice.ports import Role
from boxoffice.services import badges, designs, pictures
from boxoffice.storage import badges as kept_badges
from boxoffice.storage import journal, settings
from boxoffice.storage.settings import Origin, Stationery

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
PAPERS = Stationery(organiser="Lakeside Stage", footer=({"en": "Thank you", "de": "Danke"},))
CREW = standard("Crew", 54, 86)


def noisy(side: int = 300) -> bytes:
    """A photo that no format makes small."""
    content = io.BytesIO()
    Pictures.effect_noise((side, side), 90).convert("RGB").save(content, "PNG")
    return pictures.fit(content.getvalue())


class Lead:
    """Designs at one station, and hears what others have designed."""

    def __init__(self, day: Any) -> None:
        self.day = day
        self.app = day.app

    def put(self, chosen: Stationery | None, event: str = "conf26", at: datetime = NINE) -> None:
        self.app.write(lambda c: designs.put_papers(c, event, chosen, at)).result()

    def papers(self, event: str = "conf26") -> Stationery:
        found: Stationery = self.app.read(lambda c: settings.stationery(c, event))
        return found

    def origin(self, event: str = "conf26") -> Origin | None:
        found: Origin | None = self.app.read(lambda c: designs.origin_of_papers(c, event))
        return found

    def keep(self, template: Template, template_id: str = "", at: datetime = NINE) -> str:
        kept = self.app.write(lambda c: badges.keep(c, template, template_id, at)).result()
        return str(kept.id)

    def choose(self, item: int, template_id: str | None, event: str = "conf26", at: datetime = NINE) -> None:
        self.app.write(lambda c: designs.choose_badge(c, event, item, template_id, at)).result()

    def template(self, item: int = 1) -> Template:
        found: Template = self.app.read(lambda c: badges.template_for(c, "conf26", item))
        return found

    def told(self) -> list[Design]:
        """What this station has told of, as another one that it says so of would."""
        entries = self.app.read(lambda c: list(journal.entries(c)))
        found = [(one.fact(), one.private_part()) for one in entries]
        return [told(fact, private, "South", "d2") for fact, private in found if isinstance(fact, Designed)]


@pytest.fixture
def lead(day: Any) -> Lead:
    return Lead(day)


def test_the_words_on_papers_come_from_the_lead_and_say_so(lead: Lead) -> None:
    lead.put(PAPERS)
    (design,) = lead.told()
    lead.put(None)
    lead.day.hear(msgspec.structs.replace(design, at=TEN))
    assert lead.papers() == PAPERS
    assert lead.origin() == Origin(TEN, "South", "d2")


def test_what_all_events_have_is_told_in_each_of_them(lead: Lead) -> None:
    lead.put(PAPERS, event="")
    (design,) = lead.told()
    lead.put(None, event="")
    lead.day.hear(msgspec.structs.replace(design, at=TEN))
    assert lead.papers("") == PAPERS
    assert lead.origin("") == Origin(TEN, "South", "d2")
    assert lead.origin() is None


def test_a_badge_goes_to_all_who_print_it_and_with_each_later_change(lead: Lead) -> None:
    crew = lead.keep(CREW)
    lead.choose(1, crew)
    changed = msgspec.structs.replace(CREW, elements=CREW.elements[:2])
    lead.keep(changed, crew, TEN)
    first, second = lead.told()
    assert (first.id, second.id) == (badge_of(1), badge_of(1))
    lead.choose(1, None, at=TEN)
    lead.day.hear(msgspec.structs.replace(second, at=TEN + timedelta(hours=1)))
    assert lead.template() == changed
    lead.day.hear(msgspec.structs.replace(first, at=NINE))
    assert lead.template() == changed


def test_a_badge_that_is_dropped_is_taken_back_everywhere(lead: Lead) -> None:
    crew = lead.keep(CREW)
    lead.choose(0, crew)
    lead.app.write(lambda c: designs.drop_badge(c, crew, TEN)).result()
    given, taken_back = lead.told()
    assert (given.id, taken_back.id, taken_back.body) == ("badge-0", "badge-0", "")
    lead.day.hear(msgspec.structs.replace(given, at=TEN + timedelta(hours=1)))
    assert lead.template() == CREW
    lead.day.hear(msgspec.structs.replace(taken_back, at=TEN + timedelta(hours=2)))
    assert lead.template() == badges.STANDARD


def test_its_pictures_come_along_no_larger_than_a_message_holds(lead: Lead) -> None:
    image = noisy()
    assert len(image) > designs.MOST_PICTURES
    digest = lead.app.write(lambda c: kept_badges.put_picture(c, image)).result()
    photo = Image(x=5, y=5, width=20, height=20, picture=digest)
    crew = lead.keep(msgspec.structs.replace(CREW, elements=(*CREW.elements, photo)))
    lead.choose(1, crew)
    lead.put(msgspec.structs.replace(PAPERS, logo=digest))
    badge, papers = lead.told()
    assert all(sum(map(len, one.pictures.values())) <= designs.MOST_PICTURES for one in (badge, papers))
    lead.day.hear(*(msgspec.structs.replace(one, at=TEN) for one in (badge, papers)))
    (light,) = lead.template().pictures
    assert lead.papers().logo == light != digest
    shown = lead.app.badges.picture(light) or b""
    with Pictures.open(io.BytesIO(shown)) as found:
        assert 50 < found.width < 300


def test_the_later_change_holds_whichever_is_heard_first(lead: Lead) -> None:
    lead.put(PAPERS, at=TEN)
    (mine,) = lead.told()
    lead.day.hear(msgspec.structs.replace(mine, body="", at=NINE))
    assert lead.papers() == PAPERS
    assert lead.origin() == Origin(TEN, "North door", "d1")


@pytest.mark.parametrize("role", [Role.STEWARD, Role.CASHIER])
def test_what_another_than_the_lead_changes_stays_at_its_station(lead: Lead, role: Role) -> None:
    lead.put(PAPERS)
    lead.day.enrol(role)
    lead.put(msgspec.structs.replace(PAPERS, organiser="Own"), at=TEN)
    assert len(lead.told()) == 1
    assert lead.papers().organiser == "Own"
    assert lead.origin() is None


@pytest.mark.parametrize("body", ["{", '{"id":1}', '{"id":"x","template":{"name":"","width":1,"height":1}}'])
def test_a_design_that_cannot_be_used_leaves_what_is_here(lead: Lead, body: str, expect_warning: Any) -> None:
    lead.choose(1, lead.keep(CREW))
    expect_warning("South has changed cannot be used here")
    lead.day.hear(Design(event="conf26", id="badge-1", body=body, at=TEN, device="South", device_id="d2"))
    assert lead.template() == CREW


def test_a_kind_of_design_that_is_not_known_yet_changes_nothing(lead: Lead) -> None:
    lead.day.hear(Design(event="conf26", id="menu", body="{}", at=TEN, device="South", device_id="d2"))
    assert lead.template() == badges.STANDARD


@pytest.mark.parametrize(
    ("name", "item"),
    [
        (badge_of(7), 7),
        (badge_of(0), 0),
        ("badge-all", None),
        ("badge-", None),
        ("papers", None),
        ("7", None),
        ("badge-" + "9" * 18, 10**18 - 1),
        ("badge-" + "9" * 19, None),  # no store has room for that
    ],
)
def test_of_a_design_its_name_says_whose_badge_it_is(name: str, item: int | None) -> None:
    assert item_of(name) == item
