"""What stations are told: everything once, in one order, from any place onwards."""

from __future__ import annotations

import gzip
import threading
from datetime import UTC, datetime

import msgspec
import pytest
import requests

from boxoffice.decoding import decode
from boxoffice.domain.catalog import Item, Question, QuestionType
from boxoffice.domain.checkins import Objection, Settlement
from boxoffice.domain.facts import Admitted, Private, Settled
from boxoffice.domain.instants import micros
from boxoffice.domain.nouns import Gone, id_of
from boxoffice.domain.orders import Order, Revoked
from boxoffice.errors import ServerTrouble
from boxoffice.ports import Role
from sync.hub import documents, feed

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def names(nouns):
    return [noun.id if isinstance(noun, Gone) else id_of(noun) for noun in nouns]


def test_the_first_sync_brings_everything_in_the_order_it_came(north):
    assert names(north.feed()) == ["conf26", "1", "1", "A1", "A2", "A3"]


def test_nouns_arrive_as_they_were_loaded(hub, north, order):
    assert [noun for noun in north.feed() if isinstance(noun, Order)] == [order("A1"), order("A2"), order("A3")]


def test_the_feed_says_how_much_there_is_to_come(north):
    feed = north.line.changes("conf26", "")
    assert feed.total == len(list(feed)) == 6


def test_a_station_that_has_everything_is_told_nothing(north):
    feed = north.line.changes("conf26", north.cursor())
    assert feed.total == 0
    assert list(feed) == []
    assert feed.cursor == north.cursor()


@pytest.mark.parametrize("read", range(6))
def test_a_sync_that_breaks_off_goes_on_at_any_row(north, read):
    changes = list(north.line.changes("conf26", ""))
    before, cursor = changes[:read], changes[read].cursor
    rest = north.feed(cursor=cursor)
    assert [one.noun for one in before] + [changes[read].noun] + rest == north.feed()


def test_a_changed_noun_comes_once_at_its_latest_state(hub, north, order):
    cursor = north.cursor()
    hub.load(order("A1", name="Ada King"))
    hub.load(order("A1", name="Ada Byron"))
    assert north.feed(cursor=cursor) == [order("A1", name="Ada Byron")]
    assert names(north.feed()).count("A1") == 1


def test_a_noun_that_is_gone_is_told_as_gone(hub, north):
    cursor = north.cursor()
    with hub.database.writing() as connection:
        documents.put(connection, [documents.Document("conf26", "order", "A2", None)])
    assert north.feed(cursor=cursor) == [Gone("order", "conf26", "A2")]


def test_a_first_sync_hears_nothing_of_what_is_gone(hub, north):
    with hub.database.writing() as connection:
        documents.put(connection, [documents.Document("conf26", "order", "A2", None)])
    feed = north.line.changes("conf26", "")
    assert feed.total == 5
    assert "A2" not in names(change.noun for change in feed)


def test_events_have_feeds_of_their_own(hub, event, order):
    hub.load(*event("other"), order("B1", event="other"))
    station = hub.station()
    assert names(station.feed("other")) == ["other", "1", "1", "B1"]
    assert "B1" not in names(station.feed("conf26"))


def test_a_cursor_ahead_of_a_store_that_was_put_back_starts_over(north):
    era = north.cursor().partition(".")[0]
    assert names(north.feed(cursor=f"{era}.999999")) == names(north.feed())


def test_a_limited_feed_goes_on_where_it_stopped(hub, north):
    url = f"{hub.url}/v1/events/conf26/changes"
    seen, cursor = [], ""
    for _ in range(3):
        answer = requests.get(url, {"since": cursor, "limit": "2"}, headers=north.headers, timeout=60)
        *lines, last = [decode(line) for line in answer.content.splitlines()]
        assert last == {"kind": "end", "cursor": lines[-1]["cursor"]}
        seen += [line["id"] for line in lines]
        cursor = last["cursor"]
    assert seen == ["conf26", "1", "1", "A1", "A2", "A3"]


def test_the_feed_is_packed_for_those_who_can_unpack(hub, north):
    answers = [
        requests.get(
            f"{hub.url}/v1/events/conf26/changes",
            headers={**north.headers, "Accept-Encoding": encoding},
            stream=True,
            timeout=60,
        )
        for encoding in ("gzip", "identity")
    ]
    packed, plain = (answer.raw.read(decode_content=False) for answer in answers)
    assert answers[0].headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain


def test_a_station_reads_a_packed_feed_like_a_plain_one(hub, north):
    plain = north.feed()
    north.line._api._headers["Accept-Encoding"] = "gzip"
    assert north.feed() == plain


def test_a_feed_of_several_pages_leaves_no_row_out(hub, north, order):
    hub.load(*(order(f"B{number:04}") for number in range(2500)))
    feed = north.line.changes("conf26", "")
    assert feed.total == 2506
    assert len({name for name in names(change.noun for change in feed) if name.startswith("B")}) == 2500


def test_a_change_during_a_sync_is_not_lost(hub, north, order):
    """A noun that moves while it is being read comes with the next round, at the latest."""
    hub.load(*(order(f"B{number:04}") for number in range(2500)))
    feed = north.line.changes("conf26", "")
    seen = {}
    for change in feed:
        seen[id_of(change.noun)] = change.noun
        if len(seen) == 10:
            hub.load(order("B2400", name="Late"))
    for change in north.line.changes("conf26", feed.cursor):
        seen[id_of(change.noun)] = change.noun
    assert seen["B2400"] == order("B2400", name="Late")
    assert len(seen) == 2505  # the item and the list are both called 1


@pytest.fixture
def small_pages(monkeypatch):
    """A feed of a handful of rows is one of many pages."""
    monkeypatch.setattr(feed, "PAGE", 3)


@pytest.fixture
def busy(hub, order, small_pages):
    """An event in which things happened in this order: orders, a scan, another item, and an order with an odd name."""
    hub.load(order("C3"), order("B2"), order('Ä/9 "'))
    hub.load(Item(id=2, event="conf26", name={"en": "Late"}, price=1))
    hub.load(order("B1"), Revoked(event="conf26", secret="lost"))
    return hub


def test_a_large_first_feed_tells_the_catalog_and_then_orders_by_their_codes(busy, north, order):
    busy.load(Settlement(event="conf26", conflict="c1", action="accept", at=NINE), order("A0"))
    feed = north.line.changes("conf26", "")
    told = names(change.noun for change in feed)
    assert told[:5] == ["conf26", "1", "1", "2", "lost"]
    assert sorted(told[5:-1]) == sorted(["A0", "A1", "A2", "A3", "B1", "B2", "C3", 'Ä/9 "'])
    assert told[5:11] == ["A0", "A1", "A2", "A3", "B1", "B2"]
    assert told[-1] == "c1"
    assert feed.total == len(told)


def test_a_large_first_feed_goes_on_at_any_row_and_ends_at_what_changed_meanwhile(busy, north, order):
    feed = north.line.changes("conf26", "")
    changes = list(feed)
    whole = [change.noun for change in changes]
    with busy.database.writing() as connection:
        documents.put(connection, [documents.Document("conf26", "order", "A2", None)])
    busy.load(order("A1", name="Ada King"))
    later = [Gone("order", "conf26", "A2"), order("A1", name="Ada King")]
    for read, change in enumerate(changes, 1):
        rest = north.line.changes("conf26", change.cursor)
        total, told = rest.total, [one.noun for one in rest]
        assert told == [one for one in whole[read:] if one not in (order("A1"), order("A2"))] + later
        assert total == len(told)
        assert rest.cursor == north.cursor()
    assert north.feed(cursor=feed.cursor) == later


def test_a_large_first_feed_in_small_pieces_is_the_same(busy, north):
    url, seen, cursor, pieces = f"{busy.url}/v1/events/conf26/changes", [], "", 0
    while True:
        answer = requests.get(url, {"since": cursor, "limit": "2"}, headers=north.headers, timeout=60)
        *lines, last = [decode(line) for line in answer.content.splitlines()]
        if not lines:
            break
        seen += [line["id"] for line in lines]
        cursor = last["cursor"]
        pieces += 1
    assert seen == names(north.feed())
    assert pieces == (len(seen) + 1) // 2


def test_no_reader_steps_over_a_row_that_commits_later(hub, north, order):
    """Four writers and a reader that follows them: what it read is in the end exactly what is there."""
    followed: list[str] = []
    done = threading.Event()
    start = north.cursor()

    def write(writer: int) -> None:
        for number in range(20):
            hub.load(order(f"W{writer}N{number}"))

    def follow() -> None:
        cursor = start
        last_round = False
        while not last_round:
            last_round = done.is_set()
            feed = north.line.changes("conf26", cursor)
            followed.extend(names(change.noun for change in feed))
            cursor = feed.cursor

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert sorted(followed) == sorted(f"W{writer}N{number}" for writer in range(4) for number in range(20))


def test_versions_are_visible_in_the_order_of_their_numbers(hub, order):
    """A writer that holds its numbers keeps the next one waiting, so no later number is ever seen before it."""
    second = threading.Thread(target=lambda: hub.load(order("LATER")))
    with hub.database.writing() as connection:
        documents.put_changed(connection, [order("SOONER")])
        second.start()
        with hub.database.reading() as reader:
            assert documents.body(reader, "conf26", "order", "LATER") is None
    second.join()
    with hub.database.reading() as reader:
        rows = documents.page(reader, "conf26", 0, documents.newest(reader), 100)
    assert [name for _, _, name, _ in rows][-2:] == ["SOONER", "LATER"]


@pytest.fixture
def asked(hub, order):
    """Ada answered five questions, and left her addresses."""
    hub.load(
        Question(id=4, event="conf26"),
        Question(id=5, event="conf26", ask_during_checkin=True, dependency_question=6, dependency_values=("true",)),
        Question(id=6, event="conf26", type=QuestionType.YES_NO),
        Question(id=7, event="conf26", type=QuestionType.PHONE),
        Question(id=8, event="conf26", type=QuestionType.PHONE, ask_during_checkin=True),
        Question(id=9, event="conf26", show_during_checkin=True),
    )
    answers = {"4": "diabetic", "5": "XL", "6": "true", "7": "+49 30 1234", "8": "+49 30 1234", "9": "lunch"}
    ada = order("A1", customer="Ada Byron")
    hub.load(msgspec.structs.replace(ada, positions=(msgspec.structs.replace(ada.positions[0], answers=answers),)))


def test_a_stewards_station_gets_what_the_door_needs_and_no_more(hub, asked):
    steward = hub.station("Door", Role.STEWARD)
    found = {noun.code: noun for noun in steward.feed() if isinstance(noun, Order)}
    ada = found["A1"].positions[0]
    assert (found["A1"].email, found["A1"].phone, found["A1"].total) == ("", "", 0)
    assert (ada.email, ada.price, ada.name, found["A1"].customer) == ("", 0, "Ada Lovelace", "Ada Byron")
    assert ada.answers == {"5": "XL", "6": "true", "8": "***", "9": "lunch"}
    raw = requests.get(f"{hub.url}/v1/events/conf26/changes", headers=steward.headers, timeout=60).text
    assert not [word for word in ("@", "1234", "diabetic") if word in raw]


@pytest.mark.parametrize("role", [Role.DESK, Role.CASHIER, Role.SUPERVISOR])
def test_who_talks_to_people_gets_everything(hub, asked, role):
    found = {noun.code: noun for noun in hub.station("Desk", role).feed() if isinstance(noun, Order)}
    assert found["A1"].positions[0].answers["4"] == "diabetic"
    assert (found["A1"].email, found["A1"].phone) == ("b@example.org", "+49 30 1234")


def test_what_a_steward_is_not_told_stays_at_the_hub(hub, asked, north, at_nine):
    """An answer given at the steward's door joins those that the steward never saw."""
    steward = hub.station("Door", Role.STEWARD)
    fact = Admitted(event="conf26", at=micros(at_nine), list=1, ticket="A1-1")
    steward.push(steward.write(fact, Private(answers={"5": "S"})))
    found = {noun.code: noun for noun in north.feed() if isinstance(noun, Order)}
    assert found["A1"].positions[0].answers == {
        "4": "diabetic",
        "5": "S",
        "6": "true",
        "7": "+49 30 1234",
        "8": "+49 30 1234",
        "9": "lunch",
    }
    assert found["A1"].positions[0].email == "ada@example.org"


def test_what_a_desk_noted_about_a_conflict_is_not_for_stewards(hub, north, at_nine):
    fact = Settled(event="conf26", at=micros(at_nine), conflict="double:A1-1", action="accept")
    north.push(north.write(fact, Private(note="Twins, see passport")))
    notes = [
        [noun.note for noun in station.feed() if isinstance(noun, Settlement)]
        for station in (north, hub.station("Door", Role.STEWARD))
    ]
    assert notes == [["Twins, see passport"], [""]]


def test_what_a_server_above_holds_against_an_edit_is_not_for_stewards(hub, north, at_nine):
    hub.load(Objection(event="conf26", operation="o", at=at_nine, words="It says Ada Byron."))
    words = [
        [noun.words for noun in station.feed() if isinstance(noun, Objection)]
        for station in (north, hub.station("Door", Role.STEWARD))
    ]
    assert words == [["It says Ada Byron."], [""]]


def test_a_feed_may_be_left_before_its_end(hub, north):
    feed = north.line.changes("conf26", "")
    next(iter(feed))
    feed.close()
    assert len(north.feed()) == 6


def test_an_event_of_others_is_not_there(hub, event):
    hub.load(*event("secret"))
    station = hub.station(events=("conf26",))
    with pytest.raises(ServerTrouble) as trouble:
        station.line.changes("secret", "")
    assert trouble.value.status == 404
