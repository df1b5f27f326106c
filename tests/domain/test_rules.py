"""The rules of a list, read as the server reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.catalog import Event, SubEvent
from boxoffice.domain.passages import Direction, Passage
from boxoffice.domain.rules import DEEPEST, LARGEST, Circumstances, RuleTrouble, holds

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)  # a Saturday, 12:00 in Berlin
EVENT = Event(
    slug="e",
    timezone="Europe/Berlin",
    date_from=datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
    date_to=datetime(2026, 11, 21, 20, 0, tzinfo=UTC),
)


def entries(*times, direction=Direction.ENTRY):
    return tuple(Passage(direction, datetime.fromisoformat(one)) for one in times)


def here(**fields):
    return Circumstances(**{"item": 5, "now": NOON, "event": EVENT, **fields})


def var(name):
    return {"var": name}


def lookups(model, *things):
    return {"objectList": [{"lookup": [model, number, label]} for number, label in things]}


def at(text):
    return {"buildTime": ["custom", text]}


@pytest.mark.parametrize(
    ("rule", "fields", "expected"),
    [
        ({}, {}, True),
        ({"and": [True, True]}, {}, True),
        ({"and": [True, False]}, {}, False),
        ({"and": []}, {}, True),
        ({"or": [False, True]}, {}, True),
        ({"or": [False, False]}, {}, False),
        ({"or": []}, {}, False),
        ({"and": [{"or": [False, True]}, {"and": [True]}]}, {}, True),
        ({"or": True}, {}, True),
        # Numbers, also where one side is a text.
        ({"<": [1, 2]}, {}, True),
        ({"<": [2, 2]}, {}, False),
        ({"<=": [2, 2]}, {}, True),
        ({">": [3, 2]}, {}, True),
        ({">=": [2, 3]}, {}, False),
        ({"==": [2, 2.0]}, {}, True),
        ({"!=": [2, 3]}, {}, True),
        ({"<": ["1", 2]}, {}, True),
        ({">": ["10", 9]}, {}, True),
        ({"==": ["2", 2]}, {}, True),
        ({"==": [True, 1]}, {}, True),
        # What is missing is no number: it is not less than one and not more.
        ({"<": [var("variation"), 5]}, {}, False),
        ({">": [var("variation"), 5]}, {}, False),
        ({"==": [var("variation"), 5]}, {}, False),
        ({"!=": [var("variation"), 5]}, {}, True),
        # Ids are numbers or texts.
        ({"inList": [var("product"), lookups("product", (5, "Regular"))]}, {}, True),
        ({"inList": [var("product"), lookups("product", ("5", "Regular"))]}, {}, True),
        ({"inList": [var("product"), lookups("product", (6, "VIP"), (7, "Crew"))]}, {}, False),
        ({"inList": [var("product"), ["5"]]}, {}, True),
        ({"inList": [var("variation"), lookups("variation", (8, "Weekend"))]}, {"variation": 8}, True),
        ({"inList": [var("variation"), lookups("variation", (8, "Weekend"))]}, {}, False),
        ({"inList": [var("product"), {"objectList": []}]}, {}, False),
        # Gates by id, or by name where the door knows no id.
        ({"inList": [var("gate"), lookups("gate", (2, "North"))]}, {"gate_id": 2}, True),
        ({"inList": [var("gate"), lookups("gate", (2, "North"))]}, {"gate_id": 3, "gate": "North"}, False),
        ({"inList": [var("gate"), lookups("gate", (2, "North"))]}, {"gate": "North"}, True),
        ({"inList": [var("gate"), lookups("gate", (2, "North"))]}, {"gate": "South"}, False),
        ({"inList": [var("gate"), lookups("gate", (2, "North"))]}, {}, False),
        # Time.
        ({"isAfter": [var("now"), at("2026-11-21T11:59:00+01:00")]}, {}, True),
        ({"isAfter": [var("now"), at("2026-11-21T12:00:00+01:00")]}, {}, False),
        ({"isAfter": [var("now"), at("2026-11-21T12:00:00+01:00"), 1]}, {}, True),
        ({"isAfter": [var("now"), at("2026-11-21T12:10:00+01:00"), 10]}, {}, False),
        ({"isAfter": [var("now"), at("2026-11-21T12:09:59+01:00"), "10"]}, {}, True),
        ({"isAfter": [var("now"), at("2026-11-21T11:00:00Z"), None]}, {}, False),
        ({"isBefore": [var("now"), at("2026-11-21T12:00:00.000+01:00")]}, {}, False),
        ({"isBefore": [var("now"), at("2026-11-21T12:00:00.001+01:00")]}, {}, True),
        ({"isBefore": [var("now"), at("2026-11-21T11:50:00+01:00"), 10]}, {}, False),
        ({"isBefore": [var("now"), at("2026-11-21T11:50:01+01:00"), 10]}, {}, True),
        ({"isAfter": [var("now"), {"buildTime": ["customtime", "11:59"]}]}, {}, True),
        ({"isAfter": [var("now"), {"buildTime": ["customtime", "12:00:01"]}]}, {}, False),
        ({"isBefore": [var("now"), {"buildTime": ["customtime", "9:30"]}]}, {}, False),
        ({"isAfter": [var("now"), {"buildTime": ["date_from"]}]}, {}, True),
        ({"isAfter": [var("now"), {"buildTime": "date_from"}]}, {}, True),
        ({"isBefore": [var("now"), {"buildTime": ["date_to"]}]}, {}, True),
        ({"isAfter": [var("now"), {"buildTime": ["date_admission"]}]}, {}, True),
        ({"==": [var("now_isoweekday"), 6]}, {}, True),
        ({"==": [var("now_isoweekday"), 7]}, {"now": NOON + timedelta(hours=12)}, True),
        # History.
        ({"==": [var("entries_number"), 0]}, {}, True),
        ({"<": [var("minutes_since_last_entry"), 0]}, {}, True),
        ({"==": [var("minutes_since_first_entry"), -1]}, {}, True),
        ({"==": [var("entry_status"), "absent"]}, {}, True),
    ],
)
def test_a_rule_holds_or_not(rule, fields, expected):
    assert holds(rule, here(**fields)) is expected


TWO_DAYS = entries("2026-11-20T22:30:00+00:00", "2026-11-20T23:30:00+00:00", "2026-11-21T10:15:30+00:00")


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (var("entries_number"), 3),
        (var("entries_today"), 2),
        (var("entries_days"), 2),
        (var("minutes_since_last_entry"), 44),
        (var("minutes_since_first_entry"), 750),
        (var("entry_status"), "present"),
        ({"entries_since": [at("2026-11-20T23:30:00Z")]}, 2),
        ({"entries_since": at("2026-11-20T23:30:01Z")}, 1),
        ({"entries_before": [at("2026-11-20T23:30:00Z")]}, 1),
        ({"entries_before": [at("2026-11-20T23:30:01Z")]}, 2),
        ({"entries_days_since": [at("2026-11-20T20:00:00Z")]}, 2),
        ({"entries_days_since": [at("2026-11-20T23:00:00Z")]}, 1),
        ({"entries_days_before": [at("2026-11-21T10:00:00Z")]}, 2),
        ({"entries_days_before": [at("2026-11-20T23:00:00Z")]}, 1),
        ({"entries_since": [{"buildTime": ["customtime", "11:00"]}]}, 1),
    ],
)
def test_history_is_counted_in_days_of_the_event_s_clock(part, expected):
    circumstances = here(history=TWO_DAYS)
    assert holds({"==": [part, expected]}, circumstances)


def test_exits_are_no_entries_but_change_who_is_inside():
    history = (*TWO_DAYS, Passage(Direction.EXIT, NOON - timedelta(minutes=5)))
    assert holds({"==": [var("entries_number"), 3]}, here(history=history))
    assert holds({"==": [var("minutes_since_last_entry"), 44]}, here(history=history))
    assert holds({"==": [var("entry_status"), "absent"]}, here(history=history))


def test_times_of_a_series_are_those_of_the_ticket_s_own_date():
    tonight = SubEvent(id=1, event="e", date_from=NOON + timedelta(hours=6))
    admitted = SubEvent(id=2, event="e", date_from=NOON + timedelta(hours=6), date_admission=NOON - timedelta(hours=1))
    since = [{"isAfter": [var("now"), {"buildTime": [kind]}]} for kind in ("date_from", "date_to", "date_admission")]
    assert [holds(rule, here(subevent=tonight)) for rule in since] == [False, False, False]
    assert [holds(rule, here(subevent=admitted)) for rule in since] == [False, False, True]


class TestClockChange:
    """The clock in Berlin went back from 3:00 to 2:00 on 25 October 2026, and forward on 29 March."""

    @pytest.mark.parametrize(
        ("now", "clock", "after"),
        [
            ("2026-10-25T00:29:00Z", "02:30", False),
            ("2026-10-25T00:31:00Z", "02:30", True),
            ("2026-10-25T01:29:00Z", "02:30", True),
            ("2026-03-29T01:10:00Z", "03:00", True),
            ("2026-03-29T00:59:00Z", "03:00", False),
        ],
    )
    def test_a_time_of_day_is_the_first_of_its_name(self, now, clock, after):
        rule = {"isAfter": [var("now"), {"buildTime": ["customtime", clock]}]}
        assert holds(rule, here(now=datetime.fromisoformat(now))) is after

    def test_a_day_of_twenty_five_hours_is_one_day(self):
        history = entries("2026-10-24T22:05:00+00:00", "2026-10-25T22:55:00+00:00")
        now = datetime(2026, 10, 25, 22, 58, tzinfo=UTC)
        assert holds({"==": [var("entries_days"), 1]}, here(history=history, now=now))
        assert holds({"==": [var("entries_today"), 2]}, here(history=history, now=now))

    def test_minutes_are_real_minutes(self):
        history = entries("2026-10-25T00:30:00+00:00")
        now = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        assert holds({"==": [var("minutes_since_last_entry"), 60]}, here(history=history, now=now))


@pytest.mark.parametrize(
    "rule",
    [
        {"frobnicate": [1]},
        {"and": [True], "or": [True]},
        {"var": "password"},
        {"var": []},
        {"var": "__class__"},
        {"==": [1]},
        {"==": [1, 2, 3]},
        {"<": [None, None]},
        {"<": ["a", None]},
        {"isBefore": [var("variation"), at("2026-11-21T12:00:00Z")]},
        {"isBefore": [var("now"), "2026-11-21T12:00:00Z"]},
        {"isBefore": [var("now"), at("2026-11-21T12:00:00")]},
        {"isBefore": [var("now"), at("yesterday")]},
        {"isBefore": [var("now"), at(None)]},
        {"isBefore": [var("now"), at("2026-11-21T12:00:00Z"), "soon"]},
        {"isBefore": [var("now"), at("2026-11-21T12:00:00Z"), 1e300]},
        {"isBefore": [var("now"), {"buildTime": ["customtime", "25:00"]}]},
        {"isBefore": [var("now"), {"buildTime": ["date_of_birth"]}]},
        {"isBefore": [var("now"), {"buildTime": []}]},
        {"inList": [var("product"), 5]},
        {"inList": [var("product"), {"objectList": [{"lookup": ["product", "five", "x"]}]}]},
        {"inList": [var("product"), [[5]]]},
        {"entries_since": ["2026-11-21"]},
        {"or": [True, {"frobnicate": []}]},
        {"and": [False, {"var": "nothing"}]},
    ],
)
def test_a_broken_rule_is_trouble_wherever_it_is_broken(rule):
    with pytest.raises(RuleTrouble):
        holds(rule, here(history=TWO_DAYS))


def test_an_event_without_dates_breaks_rules_about_them():
    with pytest.raises(RuleTrouble):
        holds({"isAfter": [var("now"), {"buildTime": ["date_from"]}]}, here(event=Event(slug="e")))


def test_an_unknown_zone_is_trouble():
    with pytest.raises(RuleTrouble):
        holds({"==": [1, 1]}, here(event=Event(slug="e", timezone="Mars/Olympus")))


def nested(depth, rule):
    for _ in range(depth):
        rule = {"and": [rule]}
    return rule


def test_rules_may_be_nested_so_deep_and_no_deeper():
    assert holds(nested(DEEPEST, {"==": [1, 1]}), here())
    for depth in (DEEPEST + 1, 20_000):
        with pytest.raises(RuleTrouble):
            holds(nested(depth, {"==": [1, 1]}), here())


def test_rules_may_be_so_large_and_no_larger():
    assert holds({"and": [{"==": [1, 1]}] * (LARGEST - 1)}, here())
    with pytest.raises(RuleTrouble):
        holds({"and": [{"==": [1, 1]}] * LARGEST}, here())


# Laws


values = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["5", "present", "", "2026-11-21T12:00:00Z"])
variables = st.sampled_from(["product", "variation", "gate", "now", "now_isoweekday", "entries_number", "entry_status"])
sound = st.recursive(
    st.booleans()
    | st.builds(lambda op, a, b: {op: [a, b]}, st.sampled_from(["==", "!="]), variables.map(var), values)
    | st.builds(
        lambda op, n: {op: [var("entries_number"), n]}, st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 4)
    ),
    lambda inner: st.builds(lambda op, parts: {op: parts}, st.sampled_from(["and", "or"]), st.lists(inner, max_size=4)),
)
names = st.sampled_from(
    [
        "and",
        "or",
        "<",
        "==",
        "inList",
        "isBefore",
        "isAfter",
        "var",
        "objectList",
        "lookup",
        "buildTime",
        "entries_since",
    ]
)
anything = st.recursive(
    values | variables | st.floats(),
    lambda inner: st.dictionaries(names, st.lists(inner, max_size=4) | inner, max_size=2) | st.lists(inner, max_size=3),
    max_leaves=30,
)


@given(a=sound, b=sound)
def test_and_or_are_what_they_are_called(a, b):
    circumstances = here(history=TWO_DAYS)
    one, other = holds({"and": [a]}, circumstances), holds({"or": [b]}, circumstances)
    assert holds({"and": [a, b]}, circumstances) is (one and other)
    assert holds({"or": [a, b]}, circumstances) is (one or other)
    assert holds({"and": [a, b]}, circumstances) is holds({"and": [b, a]}, circumstances)
    assert holds({"or": [a, {"and": [a, b]}]}, circumstances) is one
    assert holds({"and": [a, {"or": [a, b]}]}, circumstances) is one


@given(a=values, b=values)
def test_equal_and_unequal_never_agree(a, b):
    assert holds({"==": [a, b]}, here()) is not holds({"!=": [a, b]}, here())
    assert holds({"==": [a, b]}, here()) is holds({"==": [b, a]}, here())


@given(a=st.integers(), b=st.integers())
def test_numbers_have_one_order(a, b):
    assert [holds({op: [a, b]}, here()) for op in ("<", "==", ">")].count(True) == 1 or float(a) == float(b)


@given(rule=st.dictionaries(names, anything, max_size=2))
def test_no_rule_crashes(rule):
    try:
        assert holds(rule, here(history=TWO_DAYS)) in (True, False)
    except RuleTrouble:
        return
