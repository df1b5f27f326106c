from __future__ import annotations

import gzip

import pytest

from boxoffice import interchange
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.orders import Blocked, Order, Position, Status
from boxoffice.errors import BadInput

NOUNS = [
    Event(slug="conf", name={"en": "Conf"}),
    CheckInList(id=3, event="conf", name="Main", rules={"and": [{"<": [{"var": "entries_today"}, 1]}]}),
    Order(event="conf", code="A", status=Status.PAID, positions=(Position(number=1, item=1, name="张三", secret="s"),)),
    Blocked(event="conf", secret="s"),
]


@pytest.mark.parametrize("name", ["event.ndjson", "event.ndjson.gz"])
def test_what_was_written_is_read_again(tmp_path, name):
    assert interchange.write(tmp_path / name, NOUNS) == 4
    assert list(interchange.read(tmp_path / name)) == NOUNS
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_same_event_makes_the_same_bytes(tmp_path):
    interchange.write(tmp_path / "a.gz", NOUNS)
    interchange.write(tmp_path / "b.gz", NOUNS)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_a_file_whose_writing_failed_leaves_the_old_one(tmp_path):
    path = tmp_path / "event.ndjson"
    interchange.write(path, NOUNS)
    with pytest.raises(ZeroDivisionError):
        interchange.write(path, (noun for noun in [*NOUNS, 1 / 0]))
    assert list(interchange.read(path)) == NOUNS


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"not json", "Line 2"),
        (b'{"kind":"order"}', "Line 2"),
        (b'{"kind":"dragon","row":{}}', "dragon"),
        (b'{"kind":"event","row":{"slug":4}}', "slug"),
        (b'{"kind":"event","row":' + b"[" * 100_000, "Line 2"),
        (b"\xff\xfe", "Line 2"),
    ],
)
def test_a_line_that_is_not_right_is_named(tmp_path, line, says):
    path = tmp_path / "event.ndjson"
    path.write_bytes(b'{"kind":"event","row":{"slug":"conf"}}\n' + line + b"\n")
    with pytest.raises(BadInput, match=says):
        list(interchange.read(path))


def test_a_file_that_is_cut_off_or_missing_is_named(tmp_path):
    path = tmp_path / "event.ndjson.gz"
    whole = gzip.compress(b'{"kind":"event","row":{"slug":"conf"}}\n' * 1_000)
    path.write_bytes(whole[:-20])
    with pytest.raises(BadInput, match=r"event\.ndjson\.gz"):
        list(interchange.read(path))
    with pytest.raises(BadInput, match="gone"):
        list(interchange.read(tmp_path / "gone"))


def spreadsheet(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def orders(path, **more):
    return [noun for noun in interchange.read_csv(path, "fair", **more) if isinstance(noun, Order)]


def test_a_spreadsheet_becomes_an_event(tmp_path):
    path = spreadsheet(
        tmp_path,
        "name,email,company,item,secret,order\n"
        "Élodie Müller,e@x.example,Acme,Regular,s1,a1b2c\n"
        "张三,,,VIP,s2,A1B2C\n"
        '"O\'Brien, Conan",,,Regular,,\n',
    )
    nouns = list(interchange.read_csv(path, "fair", mint=lambda: "minted"))
    assert nouns[0] == Event(slug="fair", name={"en": "fair"})
    assert {noun.name["en"]: noun.id for noun in nouns if isinstance(noun, Item)} == {"Regular": 1, "VIP": 2}
    group, single = [noun for noun in nouns if isinstance(noun, Order)]
    assert (group.code, group.status, group.email) == ("A1B2C", Status.PAID, "e@x.example")
    assert [(one.number, one.name, one.item, one.secret) for one in group.positions] == [
        (1, "Élodie Müller", 1, "s1"),
        (2, "张三", 2, "s2"),
    ]
    assert single.positions[0].name == "O'Brien, Conan"
    assert single.positions[0].secret == "minted"


@pytest.mark.parametrize(
    "text", ["\ufeffNAME;Company\nAda;Acme\n", "company\tname\nAcme\tAda\n", "name,company\r\n\r\nAda,Acme\r\n"]
)
def test_spreadsheets_come_in_many_dialects(tmp_path, text):
    (order,) = orders(spreadsheet(tmp_path, text))
    assert (order.positions[0].name, order.positions[0].company) == ("Ada", "Acme")


def test_the_same_file_makes_the_same_orders_and_namesakes_two(tmp_path):
    path = spreadsheet(tmp_path, "name\nWang Wei\nWang Wei\nAda\n")
    first, again = orders(path), orders(path)
    assert [order.code for order in first] == [order.code for order in again]
    assert len({order.code for order in first}) == 3
    assert len({order.positions[0].secret for order in first + again}) == 6


@pytest.mark.parametrize(
    ("text", "encoding", "says"),
    [
        ("who\nAda\n", "utf-8", "no column `name`"),
        ("", "utf-8", "no column `name`"),
        ("name\nÉlodie\n", "latin-1", "UTF-8"),
        ("name,secret\nAda,s\nBert,s\n", "utf-8", "Lines 2 and 3"),
        ("name\nAda\n" + "x" * 200_000, "utf-8", "Line 3"),
    ],
)
def test_a_spreadsheet_that_is_not_right_is_refused_with_a_reason(tmp_path, text, encoding, says):
    with pytest.raises(BadInput, match=says):
        orders(spreadsheet(tmp_path, text, encoding))
