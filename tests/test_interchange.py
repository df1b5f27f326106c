from __future__ import annotations

import gzip

import pytest

from boxoffice import interchange
from boxoffice.domain.catalog import CheckInList, Event
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
