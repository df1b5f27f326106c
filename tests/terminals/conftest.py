"""What terminals say, as bytes: a payment of 12.50 EUR from registration to completion."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

_STATUS = (
    "2700 04000000001250 490978 0c090030 0d1121 870042 0b000742 2952500001 22f0f8 41111111eeee1234 8bf0f5 5669736100"
)


def _frame(command: str, data: str = "") -> bytes:
    body = bytes.fromhex(data)
    return bytes.fromhex(command) + bytes([len(body)]) + body


@pytest.fixture
def said() -> SimpleNamespace:
    return SimpleNamespace(
        yes=_frame("8000"),
        no=_frame("849c"),
        cannot=_frame("8483"),
        nothing_there=_frame("061e", "83"),
        day=_frame("040f", "2700 04000000123450 490978 60f0f5f3 00010003" + "03000000123450" + "00" * 42),
        shows=_frame("04ff", "0a 01 06 0a 24 08 07 06 496e73657274"),
        shows_number=_frame("04ff", "0a"),
        approved=_frame("040f", _STATUS),
        declined=_frame("040f", "2705 04000000001250 2952500001"),
        line=_frame("06d1", "40 546f74616c"),
        completed=_frame("060f", ""),
        registered=_frame("060f", "1900 2952500001 490978"),
        broken_off=_frame("061e", "6c"),
        taken_back_before=_frame("061e", "b4"),
        asks_for_more=_frame("040d", "00"),
        frame=_frame,
    )
