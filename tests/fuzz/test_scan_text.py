"""Whatever a gun, a camera or a person delivers: there is an answer, it is written down, and the journal holds."""

from __future__ import annotations

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boxoffice.domain import codes
from boxoffice.domain.gate import Direction, Reason
from boxoffice.storage import verify

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"
PARTS = range(8 if PROVE else 1)
MANY = 10_000 if PROVE else 350
SOME = 10_000 if PROVE else 75
"""Together more than 100,000 texts in `make prove`."""

anything = st.text(st.characters(exclude_categories=()))
"""Halves of characters, controls and letters that are none included."""
bytes_read_as = st.sampled_from(
    [("utf-8", "replace"), ("utf-8", "surrogateescape"), ("latin-1", "strict"), ("utf-16", "replace")]
)
raw = st.builds(lambda read, how: read.decode(*how), st.binary(max_size=200), bytes_read_as)
controls = st.text(st.characters(categories=("Cc", "Cf", "Zl", "Zp", "Zs")))
guns = st.builds(
    lambda marks, text: "".join(marks) + text,
    st.lists(st.sampled_from(["\\000026", "]Q2", "]C1", "]d2", " ", "\x1d", "\ufeff", "\\00"])),
    anything,
)
traps = st.sampled_from(
    [
        "'; DROP TABLE journal;--", '"', "%s%n", "{0.__class__}", "../../etc/passwd", "\x00", "C0001-1", "-", "NULL",
        "sig:", "https://evil.example/?a=b", "\N{RIGHT-TO-LEFT OVERRIDE}s3cret-1", "s3cret-1\N{ZERO WIDTH JOINER}",
    ]
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=MANY)
@given(st.one_of(anything, raw, controls, guns, traps), st.sampled_from(Direction))
@example("", Direction.ENTRY)
@example("\x00", Direction.ENTRY)
@example("\ud800", Direction.EXIT)
def test_any_text_is_answered_and_written_down(desk, part, text, direction):
    verdict = desk.scan(text, direction=direction)
    if codes.clean(text) not in desk.known:
        assert verdict.reason is Reason.INVALID


@settings(max_examples=SOME)
@given(st.data(), anything, anything)
def test_a_known_code_with_something_around_it_is_another_code(desk, data, before, after):
    code = data.draw(st.sampled_from(desk.known))
    text = before + code + after
    verdict = desk.scan(text)
    assert (verdict.reason is Reason.INVALID) == (codes.clean(text) not in desk.known)


@settings(max_examples=SOME)
@given(st.binary(max_size=300))
@example(b"")
@example(b"\x0a\xff\xff\xff\xff\x0f")
@example(b"\x28" + b"\xff" * 9 + b"\x01")
def test_whatever_the_server_signed_is_answered(desk, payload):
    """The signature is right; what is signed may be nonsense."""
    assert desk.scan(desk.signed(payload)).reason in set(Reason)


@settings(max_examples=SOME // 5)
@given(st.data())
def test_a_signed_ticket_with_one_letter_changed_is_invalid(desk, data):
    place = data.draw(st.integers(0, len(desk.good) - 1))
    letter = data.draw(st.characters(max_codepoint=255))
    changed = desk.good[:place] + letter + desk.good[place + 1 :]
    if codes.clean(changed) != desk.good:
        assert desk.scan(changed).reason is Reason.INVALID


@settings(max_examples=SOME // 5)
@given(st.dictionaries(st.one_of(st.just("1"), anything), anything, max_size=3))
def test_any_answers_are_taken_or_asked_for_again(desk, answers):
    assert desk.scan("s3cret-1", answers=answers).reason in set(Reason)


@pytest.mark.parametrize("code", ["==QA", "=8fA", "//fA", "==w///fA"])
def test_hostile_signed_tickets_are_invalid(desk, code):
    assert desk.scan(code).reason is Reason.INVALID


def test_a_revoked_signed_ticket_is_revoked(desk):
    assert desk.scan(desk.revoked).reason is Reason.REVOKED


def test_the_same_signed_ticket_enters_once(desk):
    ticket = desk.signed(b"\x0a\x05other\x10\x01")
    assert desk.scan(ticket, skip_questions=True).admitted
    assert desk.scan(ticket, skip_questions=True).reason is Reason.ALREADY_REDEEMED


@pytest.mark.parametrize("piece", ["x", "é", "😀", "张", "\x00", " ", "=", "\\000026", "]Q2", "\\000026 ]Q2", "\ud800"])
@pytest.mark.parametrize("end", ["", "s3cret-2"])
def test_a_megabyte_is_answered_like_any_text(desk, piece, end):
    text = piece * (1_000_000 // len(piece)) + end
    verdict = desk.scan(text)
    assert (verdict.reason is Reason.INVALID) == (codes.clean(text) not in desk.known)


@pytest.fixture(autouse=True, scope="module")
def _in_the_end_all_is_sound(desk):
    yield
    assert desk.app.read(verify.check).faults == ()
