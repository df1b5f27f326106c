from __future__ import annotations

import os
import sys

import pytest

from boxoffice.domain.orders import Order, Position, Status
from boxoffice.storage import connection, orders, pinyin, schema, search, search_index


class Desk:
    """A store with people in it, and the search box above it."""

    def __init__(self, store) -> None:
        self.store = store
        self._orders = 0

    def sells(self, *names: str, event="conf26", code="", status=Status.PAID, customer="", phone="", email="", **more):
        self._orders += 1
        code = code or f"Q{self._orders:04d}"
        positions = tuple(
            Position(number=number, item=1, name=name, secret=f"{code}{number}", **more)
            for number, name in enumerate(names, 1)
        )
        orders.put(
            self.store,
            Order(
                event=event, code=code, status=status, customer=customer, phone=phone, email=email, positions=positions
            ),
        )
        return code

    def names(self, typed: str, **more) -> list[str]:
        return [hit.name for hit in search.find(self.store, typed, **more)]

    def first(self, typed: str) -> search.Hit:
        return search.find(self.store, typed)[0]


@pytest.fixture
def desk(tmp_path):
    store = connection.writable(tmp_path / "store.db", b"k" * 32)
    schema.prepare(store)
    store.execute("BEGIN")
    yield Desk(store)
    store.close()


def test_names_that_begin_so_come_first_then_codes_then_companies_and_mail(desk):
    desk.sells("Zoë Zander", company="Mara Ltd")
    desk.sells("Yann Young", email="mara@example.org")
    desk.sells("Xenia Xu", code="MARA")
    desk.sells("Olga Maranova")
    desk.sells("Marabel Ito")
    desk.sells("Ines Mara")
    desk.sells("Mara Lind")
    assert desk.names("mara") == [
        "Mara Lind",
        "Ines Mara",
        "Marabel Ito",
        "Olga Maranova",
        "Xenia Xu",
        "Yann Young",
        "Zoë Zander",
    ]


def test_a_whole_name_stands_before_longer_ones(desk):
    desk.sells("Li Na Wang", "Lina Berg", "Li Na", "Li Nadal")
    assert desk.names("li na")[0] == "Li Na"
    assert set(desk.names("li na")) == {"Li Na Wang", "Lina Berg", "Li Na", "Li Nadal"}


def test_who_is_called_li_comes_before_who_begins_with_li(desk):
    desk.sells(*[f"Linda {letter}." for letter in "abcdefghijklmnopqrstuvwxyz"], "Bo Li")
    assert desk.names("li")[0] == "Bo Li"
    assert len(desk.names("li")) == 20


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张三", "张"),
        ("张三", "三"),
        ("张三", "zhang"),
        ("张三", "zs"),
        ("欧阳修", "ouyangx"),
        ("单小明", "shan"),
        ("Élodie Durand", "elodie"),
        ("Łukasz Żółć", "zolc"),
        ("Jürgen Groß", "juergen gros"),
        ("Юрий Щёкин", "shchekin"),
        ("محمد الحسن", "حسن"),
        ("김민수", "ㄱㅁㅅ"),
        ("O", "o"),
    ],
)
def test_one_among_many_is_found_and_marked(desk, name, typed):
    desk.sells("Berta Baum", "Carl Carlson", name, "Dora Dahl")
    assert desk.names(typed) == [name]
    assert desk.first(typed).marks["name"]


def test_names_are_marked_as_they_are_shown(desk):
    desk.sells("Élodie Müller", "张三")
    assert desk.first("mueller").marks == {"name": ((7, 13),)}
    assert desk.first("zs").marks == {"name": ((0, 2),)}


def test_phone_is_found_by_its_last_digits_and_as_it_is_dialled(desk):
    desk.sells("Anna", phone="+49 170 123-4567")
    desk.sells("Bert", phone="+49 170 123-9999")
    assert desk.names("4567") == ["Anna"]
    assert desk.names("0170 1234567") == ["Anna"]
    assert desk.names("+49 170 1234567") == ["Anna"]
    assert desk.names("1234") == []
    assert desk.first("34567").marks == {"phone": ((10, 16),)}


def test_an_order_is_found_by_its_code_and_a_ticket_by_its_own(desk):
    desk.sells("Anna", "Bert", "Cleo", code="A7B9C")
    desk.sells("Dora", code="A7B9D")
    assert desk.names("a7b9c") == ["Anna", "Bert", "Cleo"]
    assert desk.names("A7B9C-2") == ["Bert", "Anna", "Cleo"]
    assert desk.names("CONF26-A7B9D") == ["Dora"]
    assert len(desk.names("a7b9")) == 4
    assert desk.first("a7b9c").marks["order"] == ((0, 5),)


def test_a_full_code_is_not_crowded_out_by_names(desk):
    desk.sells(*[f"Anna {number:02d}" for number in range(40)])
    desk.sells("Zed", code="ANNA")
    assert len(desk.names("anna")) == 20
    assert desk.names("anna")[-1] == "Zed"


def test_companies_and_mail_are_found_and_marked(desk):
    desk.sells("Anna", company="Čapek Robotics", email="office@example.org")
    desk.sells("李娜", company="清华大学")
    desk.sells("Bert", email="b.schmidt@uni-x.example")
    assert desk.names("capek") == ["Anna"]
    assert desk.first("robo").marks == {"company": ((6, 10),)}
    assert desk.names("office@ex") == ["Anna"]
    assert desk.names("schmidt") == ["Bert"]
    assert desk.names("@uni-x") == ["Bert"]
    assert desk.names("华大") == ["李娜"]
    assert desk.names("qinghua") == ["李娜"]
    assert desk.names("anna rob") == ["Anna"], "name and company narrow each other"


def test_a_ticket_without_a_name_is_found_by_its_buyer(desk):
    desk.sells("", customer="Berta Buyer")
    desk.sells("Anna Buyer", customer="Berta Buyer")
    assert desk.names("berta") == ["Berta Buyer", "Anna Buyer"]
    assert desk.names("buyer berta") == ["Berta Buyer", "Anna Buyer"]


def test_namesakes_are_told_apart(desk):
    desk.sells("Wang Wei", company="Acme", email="w1@example.org", code="AAAAA")
    desk.sells("Wang Wei", company="Baidu", email="w2@example.org", code="BBBBB")
    hits = search.find(desk.store, "wang wei")
    assert [(hit.company, hit.email, hit.order, hit.item) for hit in hits] == [
        ("Acme", "w1@example.org", "AAAAA", 1),
        ("Baidu", "w2@example.org", "BBBBB", 1),
    ]
    assert [hit.order for hit in search.find(desk.store, "wang wei baidu")] == ["BBBBB"]


def test_who_was_cancelled_is_found_after_those_who_come(desk):
    desk.sells("Anna Alt", status=Status.CANCELED)
    desk.sells("Anna Berg")
    assert desk.names("anna") == ["Anna Berg", "Anna Alt"]
    assert search.find(desk.store, "anna alt")[0].status is Status.CANCELED


def test_more_names_come_in_the_order_of_the_alphabet(desk):
    for name in ("Annika Z", "Anna B", "Anneke", "Anna A", "An Mai"):
        desk.sells(name)
    assert desk.names("an") == ["An Mai", "Anna A", "Anna B", "Anneke", "Annika Z"]
    assert desk.names("ann", limit=2) == ["Anna A", "Anna B"]


def test_a_copy_of_the_store_finds_the_same(desk, tmp_path):
    desk.sells("Anna Alt")
    desk.store.execute("COMMIT")
    desk.store.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    desk.store.execute("BEGIN")
    copy = connection.reading(tmp_path / "copy.db", b"k" * 32)
    assert [hit.name for hit in search.find(copy, "al")] == ["Anna Alt"]
    copy.close()


def test_search_can_be_narrowed_to_events(desk):
    desk.sells("Anna Conf", event="conf26")
    desk.sells("Anna Fest", event="fest26")
    assert desk.names("anna", events=["fest26"]) == ["Anna Fest"]
    assert desk.names("anna", events=["fest26", "conf26"]) == ["Anna Conf", "Anna Fest"]
    assert desk.names("anna", events=[]) == []


@pytest.mark.parametrize("between", [(), ("COMMIT", "BEGIN")])
def test_a_changed_name_is_found_by_the_new_one_alone(desk, between):
    code = desk.sells("Anna Alt")
    for step in between:
        desk.store.execute(step)
    position = Position(number=1, item=1, name="Anna Neu", secret="s")
    orders.put(desk.store, Order(event="conf26", code=code, status=Status.PAID, positions=(position,)))
    assert desk.names("alt") == []
    assert desk.names("al") == []
    assert desk.names("neu") == ["Anna Neu"]
    assert desk.names("anna") == ["Anna Neu"]


def test_add_ons_are_found_by_their_ticket_alone(desk):
    shirt = Position(number=2, item=7, secret="t", addon_to=1)
    ticket = Position(number=1, item=1, name="Anna", secret="s")
    orders.put(
        desk.store, Order(event="conf26", code="A", status=Status.PAID, customer="Anna", positions=(ticket, shirt))
    )
    assert [hit.item for hit in search.find(desk.store, "anna")] == [1]


def test_what_was_removed_is_not_found_and_may_be_removed_twice(desk):
    desk.sells("Anna")
    found = desk.first("anna").id
    search_index.remove(desk.store, [found])
    search_index.remove(desk.store, [found, 4711])
    assert desk.names("anna") == []


def test_no_more_than_asked_for(desk):
    desk.sells(*[f"Anna {number:02d}" for number in range(50)])
    assert len(desk.names("anna", limit=5)) == 5
    assert desk.names("anna", limit=0) == []
    assert len(desk.names("a", limit=45)) == 45


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "'",
        '"',
        '"" OR a',
        "a* OR b",
        "NEAR(a b)",
        "-anna",
        "^a",
        "a AND",
        "words:a",
        "%",
        "\x00",
        "🙂",
        "(" * 99,
        "a " * 999,
    ],
)
def test_nothing_that_is_typed_breaks_the_search(desk, typed):
    desk.sells("Anna")
    assert isinstance(desk.names(typed), list)


def test_the_index_is_the_same_after_tidying(desk):
    desk.store.execute("COMMIT")
    for number in range(30):
        desk.sells(f"Anna {number:02d}")
    before, parts = desk.names("anna"), search_index.parts(desk.store)
    assert search_index.merge(desk.store, 1_000, everything=True)
    assert desk.names("anna") == before
    assert search_index.parts(desk.store) != parts


def test_no_sale_has_to_tidy_the_index_before_very_many_parts_lie_about(desk):
    desk.store.execute("COMMIT")
    desk.sells("Anna")
    one = len(search_index.parts(desk.store))
    for number in range(14):
        desk.sells(f"Anna {number:02d}")
    many = len(search_index.parts(desk.store))
    desk.sells("Anna Last")
    assert one < len(search_index.parts(desk.store)) < many


def test_the_dictionary_of_pinyin_is_loaded_small_and_leaves_the_environment_alone(desk, monkeypatch):
    monkeypatch.setenv("PYPINYIN_NO_PHRASES", "as it was")
    pinyin._dictionary.cache_clear()
    pinyin.readings.cache_clear()
    desk.sells("张三")
    assert os.environ["PYPINYIN_NO_PHRASES"] == "as it was"
    assert "PYPINYIN_NO_DICT_COPY" not in os.environ
    assert "pypinyin.phrases_dict" not in sys.modules
