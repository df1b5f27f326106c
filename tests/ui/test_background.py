"""Questions that are answered beside the window."""

from __future__ import annotations

from threading import get_ident

from ui.background import Background


def test_a_question_is_answered_on_another_thread_until_it_is_stopped() -> None:
    background = Background()
    assert background.ask(get_ident).result() != get_ident()
    background.stop()
    assert background.ask(get_ident).cancelled()
