"""What the two events of the demo sell and who may enter where.

`conf26` is a conference of three days with every kind of list, question and add-on; `fest26` is a series
of two evenings with signed tickets. All times follow the day on which the conference begins, so that a
demo can begin today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from boxoffice.domain.catalog import (
    AddOnRule,
    Category,
    CheckInList,
    Event,
    EventSettings,
    Item,
    Option,
    Question,
    QuestionType,
    Quota,
    SubEvent,
    TaxRule,
    Variation,
)
from boxoffice.domain.nouns import Noun
from boxoffice.domain.offering import Choice, Elsewhere, PassTerms

CONF = "conf26"
FEST = "fest26"
ZONE = "Europe/Berlin"
BEGINS = date(2026, 11, 20)
DAYS = 3

REGULAR, STUDENT, VIP, SPEAKER, DAY_TICKET, PRESS, CREW, EXHIBITOR, CHILD = range(1, 10)
MEMBER = 10
WORKSHOP, T_SHIRT, DINNER, PROCEEDINGS = range(20, 24)
ADMISSIONS = (REGULAR, STUDENT, VIP, SPEAKER, DAY_TICKET, PRESS, CREW, EXHIBITOR, CHILD, MEMBER)
MEMBERS = 1
"""The kind of membership that a member's ticket asks for."""
DAY_TICKETS = (51, 52, 53)
WORKSHOPS = tuple(range(201, 207))
SIZES = tuple(range(211, 217))
MENUS = (221, 222, 223)

HOUSE_RULES, FOOD, OTHER_FOOD, STUDENT_NUMBER, ARRIVAL, NUMBER_PLATE, GUESTS, DEPARTURE, LANGUAGES = range(1, 10)
FOOD_OPTIONS = (11, 12, 13, 14)
BY_CAR, BY_TRAIN = 31, 32

MAIN, WORKSHOP_ROOM, HALL, LOUNGE, DAY_ONE, WELCOME_BAG, DINNER_LIST, WITH_PENDING, BACKSTAGE, ONCE_A_DAY = range(3, 13)

EVENING, BALCONY, DRINKS, FESTIVAL_PASS, CONFERENCE_DAY = 1, 2, 3, 4, 5
FIRST_NIGHT, SECOND_NIGHT = 1, 2
FIRST_GATE, SECOND_GATE, BAR = 1, 2, 3


def moment(begins: date, day: int, clock: str) -> datetime:
    """A time on one of the event's days (the first is 1), as people there read it off the wall, in UTC."""
    local = datetime.combine(begins + timedelta(days=day - 1), time.fromisoformat(clock), ZoneInfo(ZONE))
    return local.astimezone(UTC)


def conference(begins: date) -> Iterator[Noun]:
    """All nouns of `conf26` but its orders."""
    yield Event(
        slug=CONF,
        name={"en": "Lakeside Conference 2026", "de": "Seekonferenz 2026", "zh": "湖畔大会 2026"},
        timezone=ZONE,
        date_from=moment(begins, 1, "09:00"),
        date_to=moment(begins, DAYS, "18:00"),
        date_admission=moment(begins, 1, "08:00"),
    )
    yield Category(id=1, event=CONF, name={"en": "Tickets", "de": "Eintrittskarten", "zh": "门票"}, position=1)
    yield Category(id=2, event=CONF, name={"en": "Workshops", "zh": "工作坊"}, position=2, is_addon=True)
    yield Category(id=3, event=CONF, name={"en": "Extras", "de": "Dazu", "zh": "附加"}, position=3, is_addon=True)
    yield TaxRule(id=1, event=CONF, name={"en": "VAT", "de": "MwSt.", "zh": "增值税"}, rate=1900)
    yield TaxRule(
        id=2, event=CONF, name={"en": "Reduced VAT", "de": "Ermäßigte MwSt.", "zh": "优惠税率增值税"}, rate=700
    )
    yield TaxRule(id=3, event=CONF, name={"en": "Tax free", "de": "Steuerfrei", "zh": "免税"}, rate=0)
    roles = {"student": {"en": "students", "de": "Studierende", "zh": "学生"}}
    yield EventSettings(event=CONF, roles=roles)
    yield from _conference_tickets()
    yield from _conference_extras()
    yield from _conference_quotas()
    yield from _conference_questions()
    yield from _conference_lists(begins)


def _conference_tickets() -> Iterator[Item]:
    addons = (AddOnRule(category=2, max_count=2), AddOnRule(category=3, max_count=3))
    for number, english, german, chinese, price, attention, text in (
        (REGULAR, "Regular", "Normal", "普通票", 38_000, False, None),
        (STUDENT, "Student", "Studierende", "学生票", 12_000, True, "Check the student card"),
        (VIP, "VIP", "VIP", "贵宾票", 95_000, False, "Gold badge"),
        (SPEAKER, "Speaker", "Vortragende", "讲者", 0, False, "Red badge, speakers' room 2.04"),
        (PRESS, "Press", "Presse", "媒体", 0, True, "Green badge, ask for the press card"),
        (CREW, "Crew", "Mitwirkende", "工作人员", 0, False, "Blue lanyard"),
        (EXHIBITOR, "Exhibitor", "Ausstellende", "参展商", 22_000, False, "Grey badge"),
        (CHILD, "Child", "Kind", "儿童", 0, False, "Wristband with a parent's phone number"),
    ):
        yield Item(
            id=number,
            event=CONF,
            name={"en": english, "de": german, "zh": chinese},
            category=1,
            price=price,
            tax_rule=1 if price else 3,
            position=number,
            addons=addons,
            roles=("student",) if number == STUDENT else (),
            checkin_attention=attention,
            checkin_text=text,
        )
    yield Item(
        id=MEMBER,
        event=CONF,
        name={"en": "Member", "de": "Mitglied", "zh": "会员票"},
        category=1,
        price=30_000,
        tax_rule=1,
        position=MEMBER,
        addons=addons,
        require_membership=True,
        membership_types=(MEMBERS,),
    )
    yield Item(
        id=DAY_TICKET,
        event=CONF,
        name={"en": "Day ticket", "de": "Tageskarte", "zh": "单日票"},
        category=1,
        price=16_000,
        tax_rule=1,
        position=DAY_TICKET,
        addons=addons[:1],
        variations=tuple(
            Variation(id=number, value={"en": english, "de": german, "zh": chinese}, position=place, checkin_text=text)
            for place, (number, english, german, chinese, text) in enumerate(
                (
                    (51, "First day", "Erster Tag", "第一天", "White badge"),
                    (52, "Second day", "Zweiter Tag", "第二天", "Yellow badge"),
                    (53, "Third day", "Dritter Tag", "第三天", "Orange badge"),
                )
            )
        ),
    )


def _conference_extras() -> Iterator[Item]:
    topics = (
        "Paper and ink",
        "Queues, explained",
        "Maps for everyone",
        "Sound on stage",
        "Writing clearly",
        "Repairing things",
    )
    yield _extra(WORKSHOP, "Workshop", "工作坊", 2, 9_000, zip(WORKSHOPS, topics, strict=True))
    yield _extra(T_SHIRT, "T-shirt", "T恤", 3, 2_500, zip(SIZES, ("XS", "S", "M", "L", "XL", "XXL"), strict=True))
    yield _extra(DINNER, "Dinner", "晚宴", 3, 7_500, zip(MENUS, ("Menu", "Vegetarian", "Vegan"), strict=True))
    yield _extra(PROCEEDINGS, "Proceedings", "论文集", 3, 3_900, ())


def _extra(number: int, english: str, chinese: str, category: int, price: int, kinds: Any) -> Item:
    return Item(
        id=number,
        event=CONF,
        name={"en": english, "zh": chinese},
        category=category,
        price=price,
        tax_rule=2 if number == PROCEEDINGS else 1,
        admission=False,
        position=number,
        variations=tuple(
            Variation(id=kind, value={"en": value}, position=place) for place, (kind, value) in enumerate(kinds)
        ),
    )


def _conference_quotas() -> Iterator[Quota]:
    yield Quota(id=1, event=CONF, name="Everybody", size=None, items=ADMISSIONS)
    yield Quota(id=2, event=CONF, name="VIP", size=5_000, items=(VIP,))
    for place, number in enumerate(WORKSHOPS):
        yield Quota(id=10 + place, event=CONF, name="Workshop", size=80, items=(WORKSHOP,), variations=(number,))
    yield Quota(id=20, event=CONF, name="Dinner", size=600, items=(DINNER,), variations=MENUS)


def _conference_questions() -> Iterator[Question]:
    yield Question(
        id=HOUSE_RULES,
        event=CONF,
        question={
            "en": "Accepts the rules for the stage?",
            "de": "Stimmt den Bühnenregeln zu?",
            "zh": "同意舞台规定？",
        },
        type=QuestionType.YES_NO,
        required=True,
        items=(SPEAKER, PRESS),
        position=1,
        identifier="stage-rules",
        ask_during_checkin=True,
    )
    yield Question(
        id=FOOD,
        event=CONF,
        question={"en": "What do you eat?", "de": "Was essen Sie?", "zh": "饮食要求？"},
        type=QuestionType.CHOICE,
        items=(VIP, SPEAKER),
        options=_options(dict(zip(FOOD_OPTIONS, ("Everything", "Vegetarian", "Vegan", "Other"), strict=True))),
        position=2,
        identifier="food",
        ask_during_checkin=True,
        show_during_checkin=True,
    )
    yield Question(
        id=OTHER_FOOD,
        event=CONF,
        question={"en": "What else should the kitchen know?", "de": "Was soll die Küche noch wissen?"},
        type=QuestionType.TEXT,
        required=True,
        items=(VIP, SPEAKER),
        position=3,
        identifier="other-food",
        ask_during_checkin=True,
        dependency_question=FOOD,
        dependency_values=("other",),
        valid_string_length_max=120,
    )
    yield Question(
        id=STUDENT_NUMBER,
        event=CONF,
        question={"en": "Student number", "de": "Matrikelnummer", "zh": "学号"},
        required=True,
        items=(STUDENT,),
        position=4,
        identifier="student-number",
        show_during_checkin=True,
    )
    yield Question(
        id=ARRIVAL,
        event=CONF,
        question={"en": "How did you come?", "de": "Wie sind Sie angereist?", "zh": "您如何前来？"},
        type=QuestionType.CHOICE,
        required=True,
        items=(EXHIBITOR,),
        options=_options({BY_CAR: "Car", BY_TRAIN: "Train", 33: "On foot"}),
        position=5,
        identifier="arrival",
        ask_during_checkin=True,
    )
    yield Question(
        id=NUMBER_PLATE,
        event=CONF,
        question={"en": "Number plate", "de": "Kennzeichen"},
        required=True,
        items=(EXHIBITOR,),
        position=6,
        identifier="plate",
        ask_during_checkin=True,
        dependency_question=ARRIVAL,
        dependency_values=("car",),
    )
    yield Question(
        id=GUESTS,
        event=CONF,
        question={"en": "How many guests come for dinner?"},
        type=QuestionType.NUMBER,
        items=(VIP,),
        position=7,
        identifier="guests",
        ask_during_checkin=True,
        valid_number_min="0",
        valid_number_max="3",
    )
    yield Question(
        id=DEPARTURE,
        event=CONF,
        question={"en": "When do you leave?", "de": "Wann reisen Sie ab?"},
        type=QuestionType.DATE,
        items=(CREW,),
        position=8,
        identifier="departure",
        ask_during_checkin=True,
    )
    yield Question(
        id=LANGUAGES,
        event=CONF,
        question={"en": "Languages you speak", "de": "Sprachen"},
        type=QuestionType.CHOICES,
        items=(CREW,),
        options=_options({21: "English", 22: "German", 23: "Chinese", 24: "Arabic"}),
        position=9,
        identifier="languages",
        show_during_checkin=True,
    )


def _options(names: dict[int, str]) -> tuple[Option, ...]:
    return tuple(
        Option(id=number, identifier=name.lower().replace(" ", "-"), answer={"en": name}, position=place)
        for place, (number, name) in enumerate(names.items())
    )


def _conference_lists(begins: date) -> Iterator[CheckInList]:
    now = {"var": "now"}
    important = _one_of("product", {VIP: "VIP", SPEAKER: "Speaker"})
    yield CheckInList(
        id=MAIN,
        event=CONF,
        name="Main entrance",
        all_items=False,
        items=ADMISSIONS,
        exit_all_at=moment(begins, 2, "03:00"),
    )
    yield CheckInList(
        id=WORKSHOP_ROOM,
        event=CONF,
        name="Workshop room",
        all_items=False,
        items=(WORKSHOP,),
        addon_match=True,
        ends_stay_on=(HALL,),
    )
    yield CheckInList(id=HALL, event=CONF, name="Exhibition hall", all_items=False, items=ADMISSIONS)
    yield CheckInList(
        id=LOUNGE,
        event=CONF,
        name="VIP lounge",
        all_items=False,
        items=ADMISSIONS,
        rules={
            "and": [
                important,
                {"isAfter": [now, _at("customtime", "10:00:00"), 0]},
                {"isBefore": [now, _at("customtime", "22:00:00"), 15]},
            ]
        },
    )
    yield CheckInList(
        id=DAY_ONE,
        event=CONF,
        name="Day 1 only",
        all_items=False,
        items=ADMISSIONS,
        rules={
            "and": [
                {"isAfter": [now, {"buildTime": ["date_admission"]}, 30]},
                {"isBefore": [now, _at("custom", moment(begins, 1, "22:00").isoformat()), None]},
            ]
        },
    )
    yield CheckInList(
        id=WELCOME_BAG,
        event=CONF,
        name="Welcome bag (once only)",
        all_items=False,
        items=(REGULAR, STUDENT, VIP, SPEAKER, DAY_TICKET),
        allow_entry_after_exit=False,
    )
    yield CheckInList(id=DINNER_LIST, event=CONF, name="Dinner", all_items=False, items=(DINNER,), addon_match=True)
    yield CheckInList(id=WITH_PENDING, event=CONF, name="Registration desk", include_pending=True)
    yield CheckInList(
        id=BACKSTAGE,
        event=CONF,
        name="Backstage",
        all_items=False,
        items=(SPEAKER, CREW),
        allow_multiple_entries=True,
    )
    yield CheckInList(
        id=ONCE_A_DAY,
        event=CONF,
        name="Lunch (once a day)",
        all_items=False,
        items=(REGULAR, VIP, SPEAKER, CREW, PRESS, EXHIBITOR),
        allow_multiple_entries=True,
        rules={"or": [{"<": [{"var": "entries_today"}, 1]}, _one_of("product", {CREW: "Crew"})]},
    )


def _at(kind: str, value: str) -> dict[str, Any]:
    return {"buildTime": [kind, value]}


def _one_of(model: str, choices: dict[int, str]) -> dict[str, Any]:
    lookups = [{"lookup": [model, str(number), name]} for number, name in choices.items()]
    return {"inList": [{"var": model}, {"objectList": lookups}]}


def festival(begins: date, keys: tuple[str, ...]) -> Iterator[Noun]:
    """All nouns of `fest26` but its orders; its two evenings lie on the conference's second and third day."""
    yield Event(
        slug=FEST,
        name={"en": "Lakeside Nights", "de": "Nächte am See", "zh": "湖畔之夜"},
        timezone=ZONE,
        has_subevents=True,
        date_from=moment(begins, 2, "20:00"),
        date_to=moment(begins, DAYS, "23:59"),
        valid_keys=keys,
    )
    for number, day, english, german in (
        (FIRST_NIGHT, 2, "First night", "Erste Nacht"),
        (SECOND_NIGHT, 3, "Second night", "Zweite Nacht"),
    ):
        yield SubEvent(
            id=number,
            event=FEST,
            name={"en": english, "de": german},
            date_from=moment(begins, day, "20:00"),
            date_to=moment(begins, day, "23:59"),
            date_admission=moment(begins, day, "19:00"),
        )
    yield Category(id=1, event=FEST, name={"en": "Tickets", "de": "Eintritt", "zh": "门票"}, position=1)
    yield Category(id=2, event=FEST, name={"en": "At the bar", "de": "An der Bar"}, position=2, is_addon=True)
    yield TaxRule(id=1, event=FEST, name={"en": "VAT", "de": "MwSt.", "zh": "增值税"}, rate=1900)
    drinks = (AddOnRule(category=2, max_count=5),)
    yield Item(
        id=EVENING,
        event=FEST,
        name={"en": "Standing", "de": "Stehplatz", "zh": "站票"},
        category=1,
        price=2_800,
        tax_rule=1,
        addons=drinks,
    )
    yield Item(
        id=BALCONY,
        event=FEST,
        name={"en": "Balcony", "de": "Balkon", "zh": "看台"},
        category=1,
        price=4_500,
        tax_rule=1,
        addons=drinks,
    )
    yield Item(
        id=DRINKS,
        event=FEST,
        name={"en": "Drinks voucher", "de": "Getränk"},
        category=2,
        price=600,
        tax_rule=1,
        admission=False,
    )
    yield Item(
        id=CONFERENCE_DAY,
        event=FEST,
        name={"en": "Day at the conference", "de": "Tag auf der Konferenz", "zh": "大会日票"},
        category=1,
        price=9_000,
        tax_rule=1,
        admission=False,
        position=CONFERENCE_DAY,
    )
    yield Item(
        id=FESTIVAL_PASS,
        event=FEST,
        name={"en": "Festival pass", "de": "Festivalpass", "zh": "音乐节通票"},
        category=1,
        price=5_000,
        tax_rule=1,
        position=FESTIVAL_PASS,
        pass_terms=PassTerms(
            entries=3,
            choices=(
                Choice(id=1, name={"en": "A seat on the balcony", "zh": "看台座位"}, item=BALCONY, price=1_200),
                Choice(
                    id=2,
                    name={"en": "A day at the conference", "de": "Ein Tag auf der Konferenz", "zh": "大会一日"},
                    item=CONFERENCE_DAY,
                    price=9_000,
                    elsewhere=Elsewhere(event=CONF, item=DAY_TICKET, variation=DAY_TICKETS[1]),
                ),
            ),
        ),
    )
    for number, name in ((FIRST_NIGHT, "First night"), (SECOND_NIGHT, "Second night")):
        yield Quota(id=number, event=FEST, name=name, size=1_200, items=(EVENING, BALCONY), subevent=number)
    yield _night(FIRST_GATE, "Lakeside gate, first night", FIRST_NIGHT)
    yield _night(SECOND_GATE, "Lakeside gate, second night", SECOND_NIGHT)
    yield CheckInList(
        id=BAR, event=FEST, name="Bar", all_items=False, items=(DRINKS,), addon_match=True, allow_entry_after_exit=False
    )


def _night(number: int, name: str, subevent: int) -> CheckInList:
    """Doors open with the admission of that night."""
    return CheckInList(
        id=number,
        event=FEST,
        name=name,
        all_items=False,
        items=(EVENING, BALCONY, FESTIVAL_PASS),
        subevent=subevent,
        rules={"isAfter": [{"var": "now"}, {"buildTime": ["date_admission"]}, 15]},
    )
