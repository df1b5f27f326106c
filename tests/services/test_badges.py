"""What stands on the badge of a ticket, and which template it gets."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image as Pictures

from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.badge_designs import standard
from boxoffice.domain.badge_files import Sheet, read
from boxoffice.domain.badges import Image, Template, Words
from boxoffice.domain.catalog import Category, Event, Item, Option, Question, QuestionType, SubEvent, Variation
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.printing import Printer, Printout
from boxoffice.errors import BadInput
from boxoffice.services import badges, pictures, print_setup, printing
from boxoffice.storage import badges as kept_badges
from boxoffice.storage import settings
from boxoffice.storage.settings import ListSettings

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def png(colour: str = "black") -> bytes:
    content = io.BytesIO()
    Pictures.new("RGB", (20, 10), colour).save(content, "PNG")
    return content.getvalue()


def template(name: str, *elements: Any) -> Template:
    return Template(name=name, width=62, height=100, elements=elements)


@pytest.fixture
def badge(day: Any) -> Any:
    """The badge of a ticket as it would be printed now."""
    return lambda ticket: day.app.read(lambda c: badges.badge_for(c, day.app.shelf, "conf26", ticket.key, NOW))


@pytest.fixture
def keep(day: Any) -> Any:
    return lambda one: day.app.write(lambda c: badges.keep(c, one)).result()


@pytest.fixture
def choose(day: Any) -> Any:
    return lambda item, kept, event="conf26": day.app.write(
        lambda c: kept_badges.choose(c, event, item, kept.id)
    ).result()


def test_a_badge_says_what_is_known_of_a_ticket(day: Any, badge: Any) -> None:
    day.hear(
        Category(id=3, event="conf26", name={"en": "Tickets"}),
        Item(
            id=1, event="conf26", name={"en": "Regular"}, category=3,
            variations=(Variation(id=7, value={"en": "Weekend"}),),
        ),
    )  # fmt: skip
    ticket = day.ticket("Ludwig van Beethoven", company="Bonn", variation=7, price=11900, seat="A-12")
    made = badge(ticket)
    expected = {
        "name": "Ludwig van Beethoven",
        "given_name": "Ludwig",
        "family_name": "van Beethoven",
        "company": "Bonn",
        "item": "Regular",
        "variation": "Weekend",
        "category": "Tickets",
        "event": "conf26",
        "order": ticket.order.code,
        "ticket": ticket.key,
        "seat": "A-12",
        "secret": ticket.position.secret,
        "price": "119.00 EUR",
    }
    assert made.fields == expected
    assert (made.ticket, made.station, made.at) == (ticket.key, "North door", NOW)
    assert made.template == badges.STANDARD


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("欧阳娜娜", "娜娜", "欧阳"),
        ("张伟", "伟", "张"),
        ("Madonna", "Madonna", None),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
    ],
)
def test_a_name_is_parted_as_far_as_it_tells(day: Any, badge: Any, name: str, given: str, family: str | None) -> None:
    fields = badge(day.ticket(name)).fields
    assert (fields.get("given_name"), fields.get("family_name")) == (given, family)


def test_answers_stand_under_the_questions_id_and_its_identifier(day: Any, badge: Any) -> None:
    shirt = Question(
        id=3, event="conf26", question={"en": "Shirt"}, type=QuestionType.CHOICE, identifier="SHIRT", items=(1,),
        options=(Option(id=31, answer={"en": "Large"}),), ask_during_checkin=True,
    )  # fmt: skip
    day.hear(shirt)
    fields = badge(day.ticket(answers={"3": "31"})).fields
    assert (fields["question:3"], fields["question:SHIRT"]) == ("Large", "Large")


def test_what_was_answered_at_this_door_stands_on_the_badge(day: Any, badge: Any) -> None:
    day.hear(Question(id=4, event="conf26", question={"en": "Pronoun"}, items=(1,), ask_during_checkin=True))
    ticket = day.ticket()
    day.scan(ticket, answers={"4": "she"})
    assert badge(ticket).fields["question:4"] == "she"


def test_add_ons_of_the_ticket_are_named(day: Any, badge: Any) -> None:
    day.hear(Item(id=2, event="conf26", name={"en": "Workshop"}), Item(id=3, event="conf26", name={"en": "Dinner"}))
    positions = (
        Position(number=1, item=1, name="Ada"),
        Position(number=2, item=2, addon_to=1),
        Position(number=3, item=3, addon_to=1),
        Position(number=4, item=3, addon_to=1, canceled=True),
    )
    day.hear(Order(event="conf26", code="ADDON", status=Status.PAID, positions=positions))
    made = day.app.read(lambda c: badges.badge_for(c, day.app.shelf, "conf26", "ADDON-1", NOW))
    assert made.fields["addons"] == "Workshop, Dinner"


def test_dates_are_those_of_the_events_clock_in_the_stations_language(day: Any, badge: Any) -> None:
    begins, ends = datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)
    day.hear(Event(slug="conf26", timezone="Europe/Berlin", date_from=begins, date_to=ends))
    ticket = day.ticket()
    assert badge(ticket).fields["date"].replace("\u2009", " ") == "Nov 21 – 23, 2026"
    day.app.write(lambda c: settings.put(c, "locale", "zh")).result()
    assert badge(ticket).fields["date"] == "2026年11月21日至23日"


def test_in_a_series_the_date_is_the_tickets_own(day: Any, badge: Any) -> None:
    day.hear(SubEvent(id=11, event="conf26", name={"en": "Second night"}, date_from=datetime(2026, 11, 22, tzinfo=UTC)))
    assert badge(day.ticket(subevent=11)).fields["date"] == "Second night, Nov 22, 2026"


def test_a_ticket_that_is_not_here_has_no_badge(day: Any) -> None:
    with pytest.raises(BadInput, match="no ticket NOPE-1"):
        day.app.read(lambda c: badges.badge_for(c, day.app.shelf, "conf26", "NOPE-1", NOW))


def test_the_most_special_template_wins(day: Any, badge: Any, keep: Any, choose: Any) -> None:
    ticket = day.ticket()
    choose(0, keep(template("Everywhere")), event="")
    assert badge(ticket).template.name == "Everywhere"
    choose(0, keep(template("Conference")))
    assert badge(ticket).template.name == "Conference"
    choose(1, keep(template("Regular")))
    assert badge(ticket).template.name == "Regular"
    assert badge(day.ticket(item=2)).template.name == "Conference"


def test_a_template_with_faults_is_not_kept(day: Any, keep: Any) -> None:
    with pytest.raises(BadInput, match=r"no ticket has the field .nmae"):
        keep(template("Wrong", Words(x=1, y=1, width=20, height=9, text="{nmae}")))
    assert day.app.read(kept_badges.listing) == []


def test_a_template_travels_with_its_pictures(day: Any) -> None:
    content = png()
    digest = day.app.write(lambda c: kept_badges.put_picture(c, content)).result()
    made = template("Logo", Image(x=1, y=1, width=20, height=10, picture=digest))
    file = day.app.read(lambda c: badges.written(c, made))
    assert read(file) == Sheet(template=made, pictures={digest: content})
    day.app.write(lambda c: c.execute("DELETE FROM pictures")).result()
    kept = day.app.write(lambda c: badges.take_in(c, read(file))).result()
    (there,) = kept.template.pictures
    assert day.app.read(lambda c: kept_badges.picture(c, there)) == pictures.fit(content)


def test_a_template_whose_picture_is_missing_is_refused_whole(day: Any) -> None:
    sheet = Sheet(template=template("Logo", Image(x=1, y=1, width=20, height=10, picture="gone")))
    with pytest.raises(BadInput, match="not in the file"):
        day.app.write(lambda c: badges.take_in(c, sheet)).result()
    assert day.app.read(kept_badges.listing) == []


def test_a_photo_comes_with_the_badge(day: Any, badge: Any) -> None:
    ticket = day.ticket()
    digest = day.app.write(lambda c: kept_badges.put_picture(c, png())).result()
    day.app.write(lambda c: kept_badges.put_photo(c, "conf26", ticket.key, digest)).result()
    made = badge(ticket)
    assert made.photo == digest
    assert day.app.read(lambda c: badges.pictures_of(c, made)) == {digest: png()}


def test_the_usual_badge_is_what_is_printed_where_nothing_was_chosen() -> None:
    assert standard("Standard", 62, 100) == badges.STANDARD


# Printing


@pytest.fixture
def printed(day: Any) -> Any:
    """The badges in the queue: ticket and copy."""
    return lambda: [(job.subject, job.copy, job.reason) for job in day.app.paper.queue if job.kind == "badge"]


@pytest.fixture
def at_entry(day: Any) -> Any:
    """Say when an entry on the list has the badge printed."""
    printer = Printer(name="Badges", address="tcp://127.0.0.1:1")
    day.app.write(lambda c: print_setup.add_printer(c, printer)).result()
    return lambda when: day.app.set_list("conf26", 1, ListSettings(badges=when)).result()


def test_by_itself_an_entry_prints_nothing(day: Any, at_entry: Any, printed: Any) -> None:
    day.scan(day.ticket())
    assert printed() == []


def test_the_first_entry_prints_the_badge_and_another_one_does_not(day: Any, at_entry: Any, printed: Any) -> None:
    day.list(1, "Main entrance", allow_multiple_entries=True)
    at_entry(AutoPrint.FIRST)
    ticket = day.ticket()
    day.scan(ticket)
    day.scan(ticket, "09:30")
    assert printed() == [(ticket.key, 0, "")]


def test_a_list_may_want_a_badge_for_each_entry(day: Any, at_entry: Any, printed: Any) -> None:
    day.list(1, "Main entrance", allow_multiple_entries=True)
    at_entry(AutoPrint.ALWAYS)
    ticket = day.ticket()
    day.scan(ticket)
    day.scan(ticket, "09:30")
    assert [(subject, copy) for subject, copy, _ in printed()] == [(ticket.key, 0), (ticket.key, 1)]


def test_who_is_refused_or_goes_out_gets_no_badge(day: Any, at_entry: Any, printed: Any) -> None:
    at_entry(AutoPrint.ALWAYS)
    day.scan(day.ticket(status=Status.PENDING))
    day.scan(day.ticket(), exit=True)
    day.scan("unknown")
    day.scan(day.ticket(), preview=True)
    assert printed() == []


def test_what_was_printed_at_another_desk_is_not_printed_here(day: Any, at_entry: Any, printed: Any) -> None:
    at_entry(AutoPrint.FIRST)
    ticket = day.ticket()
    day.hear(Printout(event="conf26", ticket=ticket.key, what="badge", at=NOW, device="South", operation="o1"))
    day.scan(ticket)
    assert printed() == []
    with pytest.raises(printing.PrintedBefore, match="South"):
        day.app.badges.print("conf26", ticket.key).result()


def test_a_badge_is_printed_without_an_entry_and_again_only_with_a_reason(
    day: Any, at_entry: Any, printed: Any
) -> None:
    ticket = day.ticket()
    day.app.badges.print("conf26", ticket.key).result()
    assert day.app.lookup.card("conf26", ticket.key).checkins == ()
    with pytest.raises(printing.PrintedBefore):
        day.app.badges.print("conf26", ticket.key).result()
    day.app.badges.print("conf26", ticket.key, reason="Lost").result()
    assert printed() == [(ticket.key, 0, ""), (ticket.key, 1, "Lost")]


def test_what_was_answered_at_the_door_is_on_the_badge_that_the_entry_prints(day: Any, at_entry: Any) -> None:
    at_entry(AutoPrint.FIRST)
    day.hear(Question(id=4, event="conf26", question={"en": "Pronoun"}, items=(1,), ask_during_checkin=True))
    day.scan(day.ticket(), answers={"4": "she"})
    (job,) = day.app.paper.queue
    assert job.document.fields["question:4"] == "she"


def test_a_repeated_scan_prints_no_second_badge(day: Any, at_entry: Any, printed: Any) -> None:
    at_entry(AutoPrint.ALWAYS)
    ticket = day.ticket()
    day.scan(ticket, nonce="n1")
    day.scan(ticket, nonce="n1")
    assert len(printed()) == 1


@pytest.mark.parametrize("locale", ["de-informal", "tlh", ""])
def test_an_event_with_an_odd_clock_or_language_keeps_nobody_out(
    day: Any, at_entry: Any, printed: Any, locale: str
) -> None:
    at_entry(AutoPrint.FIRST)
    day.hear(Event(slug="conf26", timezone="Moon/Tycho", date_from=NOW, date_to=NOW))
    day.app.write(lambda c: settings.put(c, "locale", locale)).result()
    ticket = day.ticket()
    assert day.scan(ticket).admitted
    assert printed() == [(ticket.key, 0, "")]
