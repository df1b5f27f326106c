"""Hubs in the same network: found while they are there, and nothing that only claims to be one."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zeroconf
from zeroconf import ServiceInfo, Zeroconf

from boxoffice import config
from boxoffice.cli.main import run
from boxoffice.errors import DeviceTrouble
from boxoffice.ids import new_id
from sync import discovery
from sync.discovery import Announcement, Found, Search, find


@pytest.fixture(autouse=True)
def _among_ourselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests announce hubs on this machine at the same time, and keep it busy."""
    monkeypatch.setattr(discovery, "PATIENCE_MS", 20_000)
    monkeypatch.setattr(discovery, "SERVICE", f"_t{new_id()[-12:]}._tcp.local.")


HALL = Found("Main hall", "http://127.0.0.1:8470")


@pytest.fixture
def heard() -> Iterator[Callable[[int], tuple[Found, ...]]]:
    """`heard(2)`: what a search tells once there are so many; it may have told of fewer before."""
    news: queue.Queue[tuple[Found, ...]] = queue.Queue()
    search = Search(news.put)

    def until(number: int) -> tuple[Found, ...]:
        while len(there := news.get(timeout=60)) != number:
            pass
        return there

    yield until
    search.close()


def test_a_hub_is_found_while_it_is_there(heard: Any) -> None:
    announcement = Announcement(HALL.url, HALL.name)
    assert heard(1) == (HALL,)
    announcement.close()
    assert heard(0) == ()


def test_two_hubs_of_one_name_are_told_apart(heard: Any) -> None:
    first = Announcement("http://127.0.0.1:1", "Hall 2.1")
    second = Announcement("http://127.0.0.1:2", "Hall 2.1")
    both = heard(2)
    assert [one.url for one in both] == ["http://127.0.0.1:1", "http://127.0.0.1:2"]
    assert len({one.name for one in both}) == 2
    first.close()
    second.close()


@pytest.mark.parametrize(
    "said",
    [b"", b"ftp://127.0.0.1/", b"http://", b"http://user:secret@127.0.0.1/", b"http://127.0.0.1/\n", b"\xff\xfe"],
)
def test_what_has_no_address_of_a_hub_is_none(said: bytes) -> None:
    info = ServiceInfo(discovery.SERVICE, f"Nobody.{discovery.SERVICE}", port=1, properties={b"url": said})
    assert discovery._found(info.name, info) is None


def test_a_name_of_any_length_and_script_fits() -> None:
    label = discovery._label("主会场. " * 30)
    assert label.startswith("主会场  主会场")
    assert len(label.encode()) <= discovery.LONGEST_NAME


def test_where_there_is_no_network_it_is_said_and_typing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(**_: Any) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(zeroconf, "Zeroconf", no_network)
    with pytest.raises(DeviceTrouble, match="typed instead"):
        find(0)


def test_a_search_that_cannot_begin_leaves_no_line_open(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[Zeroconf] = []

    def no_browser(line: Zeroconf, *_: Any, **__: Any) -> None:
        lines.append(line)
        raise OSError("Network is unreachable")

    monkeypatch.setattr(zeroconf, "ServiceBrowser", no_browser)
    with pytest.raises(DeviceTrouble, match="Hubs cannot find or be found here"):
        find(0)
    assert [line.done for line in lines] == [True]


def test_with_nobody_there_the_answer_is_no(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hub", "find", "--seconds", "0"]) == 1
    assert capsys.readouterr().out == ""


def test_the_interfaces_of_a_machine_in_several_networks_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_INTERFACES", "10.0.0.7, 192.0.2.1")
    assert config.interfaces() == ["10.0.0.7", "192.0.2.1"]
    monkeypatch.delenv("BOXOFFICE_INTERFACES")
    assert config.interfaces() == []


def test_a_name_that_is_free_is_announced_as_it_is() -> None:
    line = Zeroconf(interfaces=["127.0.0.1"])
    announcement = Announcement(HALL.url, HALL.name)
    info = line.get_service_info(discovery.SERVICE, f"{HALL.name}.{discovery.SERVICE}", 60_000)
    assert info is not None
    assert (info.port, info.parsed_addresses()) == (8470, ["127.0.0.1"])
    announcement.close()
    line.close()
