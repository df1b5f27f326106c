"""Values, troubles and bugs of other threads, brought to the Qt thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject

from boxoffice.errors import Trouble
from ui.courier import Courier


@pytest.fixture
def courier(qapp: object) -> Courier:
    return Courier()


def on_another_thread(act: Any) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_a_value_arrives_on_the_qt_thread(courier: Courier, qtbot: Any) -> None:
    future: Future[int] = Future()
    arrived: list[tuple[int, threading.Thread]] = []
    receiver = QObject()
    courier.bring(
        future, to=receiver, done=lambda n: arrived.append((n, threading.current_thread())), failed=pytest.fail
    )
    on_another_thread(lambda: future.set_result(7))
    assert arrived == []
    qtbot.waitUntil(lambda: arrived == [(7, threading.main_thread())])


def test_a_future_that_is_done_already_is_brought_later_all_the_same(courier: Courier, qtbot: Any) -> None:
    future: Future[int] = Future()
    future.set_result(1)
    arrived: list[int] = []
    receiver = QObject()
    courier.bring(future, to=receiver, done=arrived.append, failed=pytest.fail)
    assert arrived == []
    qtbot.waitUntil(lambda: arrived == [1])


def test_a_trouble_is_handed_to_whoever_reports_it(courier: Courier, qtbot: Any) -> None:
    future: Future[int] = Future()
    troubles: list[Trouble] = []
    receiver = QObject()
    courier.bring(future, to=receiver, done=pytest.fail, failed=troubles.append)
    trouble = Trouble("No disk")
    future.set_exception(trouble)
    qtbot.waitUntil(lambda: troubles == [trouble])


def test_nothing_is_brought_to_a_widget_that_is_gone(courier: Courier, qtbot: Any) -> None:
    import shiboken6

    future: Future[int] = Future()
    receiver = QObject()
    courier.bring(future, to=receiver, done=pytest.fail, failed=pytest.fail)
    shiboken6.delete(receiver)
    future.set_result(1)
    QCoreApplication.sendPostedEvents()


def test_callbacks_keep_their_order(courier: Courier, qtbot: Any) -> None:
    told: list[int] = []
    receiver = QObject()
    tell = courier.to(receiver, told.append)
    on_another_thread(lambda: [tell(n) for n in range(100)])
    qtbot.waitUntil(lambda: len(told) == 100)
    assert told == list(range(100))


def test_a_bug_is_not_swallowed(courier: Courier, qtbot: Any) -> None:
    future: Future[int] = Future()
    receiver = QObject()
    courier.bring(future, to=receiver, done=pytest.fail, failed=pytest.fail)
    with qtbot.captureExceptions() as caught:
        future.set_exception(ZeroDivisionError())
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_whoever_attempts_something_hears_of_a_bug_too(courier: Courier, qtbot: Any) -> None:
    future: Future[int] = Future()
    receiver = QObject()
    told: list[Trouble] = []
    courier.attempt(lambda _: future, to=receiver, done=pytest.fail, failed=told.append)
    with qtbot.captureExceptions() as caught:
        future.set_exception(ZeroDivisionError())
        qtbot.waitUntil(lambda: bool(told))
    assert (caught[0][0], told[0].title) == (ZeroDivisionError, "Something went wrong in this app")


def test_a_trouble_before_anything_was_begun_has_failed_like_any_other(courier: Courier) -> None:
    def act(_: object) -> Future[int]:
        raise Trouble("No drawer is open")

    told: list[Trouble] = []
    courier.attempt(act, to=QObject(), done=pytest.fail, failed=told.append)
    assert [one.title for one in told] == ["No drawer is open"]
