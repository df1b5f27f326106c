"""One more thread for questions to the store that take a moment, so that the window never waits for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")


class Background:
    """Answers one question after the other. Stop it before the station is closed."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._stopped = False

    def ask(self, question: Callable[[], T]) -> Future[T]:
        """Find the answer on the other thread; after `stop` the question is forgotten."""
        if self._stopped:
            forgotten: Future[T] = Future()
            forgotten.cancel()
            return forgotten
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="questions")
        return self._pool.submit(question)

    def stop(self) -> None:
        """Wait for the question under way and forget the others."""
        self._stopped = True
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
