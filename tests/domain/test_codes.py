"""What is left of a scan's text, and tickets that prove themselves."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boxoffice.domain.codes import LIMIT, SignedTicket, clean, signed, signed_key

MANY = 100_000 if os.environ.get("BOXOFFICE_PROVE") == "1" else 2_000
HOSTILE = ["==QA", "=8fA", "//fA", "==w///fA"]


class TestCleaning:
    @pytest.mark.parametrize(
        ("read", "code"),
        [
            ("s3cret", "s3cret"),
            ("  s3cret\r\n", "s3cret"),
            ("\ts3cret\n\n", "s3cret"),
            ("\\000026s3cret", "s3cret"),
            ("\\000026 s3cret\r", "s3cret"),
            ("\\000003\\000026s3cret", "s3cret"),
            ("]Q2\\000026s3cret", "s3cret"),
            ("]C1s3cret", "s3cret"),
            ("\ufeffs3cret", "s3cret"),
            ("s3\x00cr\x1det\x7f", "s3cret"),
            ("s3\ud800cret", "s3cret"),
            ("\\00002s3cret", "\\00002s3cret"),
            ("s3cret\\000026", "s3cret\\000026"),
            ("=QwRXLl8gcRm+/AQA", "=QwRXLl8gcRm+/AQA"),
            ("https://evil.example/?a=b", "https://evil.example/?a=b"),
            ("张伟 42", "张伟 42"),
            ("", ""),
            ("\r\n", ""),
            ("\\000026", ""),
        ],
    )
    def test_leaves_the_code_and_nothing_else(self, read, code):
        assert clean(read) == code

    @pytest.mark.parametrize(
        ("read", "code"),
        [("~s3cret#", "s3cret"), ("~\\000026s3cret#\r\n", "s3cret"), ("s3cret", "s3cret"), ("s3cret#", "s3cret")],
    )
    def test_takes_off_what_the_gun_was_set_to_add(self, read, code):
        assert clean(read, prefix="~", suffix="#") == code

    def test_knows_a_prefix_of_control_characters(self):
        assert clean("\x02IDs3cret\x03", prefix="\x02ID", suffix="\x03") == "s3cret"

    def test_takes_a_prefix_off_once(self):
        assert clean("AAB", prefix="A") == "AB"

    def test_cuts_what_is_far_too_long(self):
        assert clean("x" * 10_000) == "x" * LIMIT
        assert len(clean("é" * 10_000).encode()) == LIMIT
        assert len(clean("😀x" * 10_000).encode()) <= LIMIT

    def test_counts_the_limit_without_what_guns_add(self):
        assert clean(" " * 10_000 + "s3cret") == "s3cret"

    @settings(max_examples=MANY)
    @given(st.text())
    @example("\\000026\\000026]Q1 ")
    @example("]Q1\x00 ]Q1")
    def test_gives_a_short_printable_text_that_stays_as_it_is(self, text):
        code = clean(text)
        assert clean(code) == code
        assert len(code.encode()) <= LIMIT
        assert code == code.strip()


def varint(number):
    number &= (1 << 64) - 1
    groups = []
    while True:
        number, group = number >> 7, number & 0x7F
        groups.append(group | (0x80 if number else 0))
        if not number:
            return bytes(groups)


def message(seed=b"abc123", **numbers):
    fields = {"item": 2, "variation": 3, "subevent": 4, "valid_from": 5, "valid_until": 6}
    parts = [b"\x0a", varint(len(seed)), seed]
    for name, number in numbers.items():
        parts += [bytes([fields[name] << 3]), varint(number)]
    return b"".join(parts)


def packed(payload, signature, version=1, payload_length=None, signature_length=None):
    lengths = (payload_length, len(payload)), (signature_length, len(signature))
    header = bytes([version]) + b"".join((a if a is not None else b).to_bytes(2, "big") for a, b in lengths)
    return base64.b64encode(header + payload + signature).decode()[::-1]


class Server:
    """Somebody who signs tickets."""

    def __init__(self):
        self.private = Ed25519PrivateKey.generate()
        self.key = in_the_server_s_form(self.private.public_key())

    def ticket(self, payload=None, **how):
        payload = message(item=5) if payload is None else payload
        return packed(payload, self.private.sign(payload), **how)


def in_the_server_s_form(public):
    return base64.b64encode(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.fixture(scope="module")
def server():
    return Server()


class TestSigned:
    def test_a_ticket_says_what_it_is(self, server):
        payload = message(item=5, variation=6, subevent=7, valid_from=1_795_251_600, valid_until=1_795_338_000)
        assert signed(server.ticket(payload), [server.key]) == SignedTicket(
            seed="abc123",
            item=5,
            variation=6,
            subevent=7,
            valid_from=datetime(2026, 11, 21, 9, tzinfo=UTC),
            valid_until=datetime(2026, 11, 22, 9, tzinfo=UTC),
        )

    def test_what_is_left_out_or_zero_is_none(self, server):
        found = signed(server.ticket(message(item=5, variation=0, subevent=0)), [server.key])
        assert found == SignedTicket(seed="abc123", item=5)

    def test_a_real_ticket_of_a_server_is_read(self):
        """Made by pretix 2026.8.0, with the key that it published."""
        key = (
            "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQUlEaWsvVFlRMWwyQWFMY3h6MERKM3NDY3hEa0pZVHFsQ2dK"
            "VHBhUllDamc9Ci0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo="
        )
        code = (
            "=4Qfv+zCp43D1M/WS/5uHDQTu2StOfJ/U4etTvHvgTmDCaDNMSXD6ADTTPgBWU3yapI4aIg1qQXiReFNNnKRkcBAwAAKGARZoNmd"
            "yYnay8UCKAEARAQA"
        )
        found = signed(code, [key])
        assert found is not None
        assert (found.item, found.variation, found.subevent, len(found.seed)) == (6, None, None, 9)

    def test_any_of_the_event_s_keys_will_do(self, server):
        other = Server()
        assert signed(server.ticket(), [other.key, server.key]) is not None
        assert signed(server.ticket(), [other.key]) is None
        assert signed(server.ticket(), []) is None

    def test_keys_that_are_none_are_passed_over(self, server):
        elliptic = in_the_server_s_form(generate_ec_key(SECP256R1()).public_key())
        assert signed(server.ticket(), ["", "%%%", "AAAA", "é", elliptic, server.key]) is not None

    def test_every_single_bit_counts(self, server):
        raw = base64.b64decode(server.ticket()[::-1])
        for bit in range(len(raw) * 8):
            changed = bytearray(raw)
            changed[bit // 8] ^= 1 << bit % 8
            assert signed(base64.b64encode(changed).decode()[::-1], [server.key]) is None

    def test_there_is_one_spelling_only(self, server):
        code = server.ticket()
        spellings = [
            code + "A",
            "A" + code,
            "=" + code,
            code.lstrip("="),
            code[:20] + "\n" + code[20:],
            code[:20] + "*" + code[20:],
            base64.b64encode(base64.b64decode(code[::-1]) + b"more").decode()[::-1],
            code.replace("=", "="),
        ]
        assert [signed(one, [server.key]) is not None for one in spellings] == [False] * 7 + [True]

    def test_unused_bits_of_the_last_letter_are_no_second_spelling(self, server):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        code = server.ticket(message(seed=b"abcd", item=5))
        padding = len(code) - len(code.lstrip("="))
        assert padding, "this payload was chosen so that there is padding"
        last = letters.index(code[padding])
        sibling = code[:padding] + letters[last ^ 1] + code[padding + 1 :]
        assert base64.b64decode(sibling[::-1]) == base64.b64decode(code[::-1])
        assert signed(sibling, [server.key]) is None

    @pytest.mark.parametrize(
        "how",
        [
            {"version": 0},
            {"version": 2},
            {"payload_length": 0},
            {"payload_length": 7},
            {"payload_length": 65535},
            {"signature_length": 0},
            {"signature_length": 63},
            {"signature_length": 65535},
        ],
    )
    def test_a_header_that_does_not_fit_is_no_ticket(self, server, how):
        assert signed(server.ticket(**how), [server.key]) is None

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"\x0a",
            b"\x0a\x05abc",
            b"\x0a\xff\xff\xff\xff\x0fabc",
            b"\x10",
            b"\x10" + b"\xff" * 9,
            b"\x10" + b"\xff" * 9 + b"\x7f",
            b"\x10" + b"\x80" * 11,
            b"\x13\x14",
            b"\x16\x00",
            b"\x0a\x02\xff\xfe",
            b"\x08\x05",
            b"\x12\x01x",
            message(item=5, valid_from=1 << 62),
            message(item=5, valid_until=-(1 << 62)),
        ],
    )
    def test_a_payload_that_is_signed_and_odd_is_no_ticket_or_an_unknown_item(self, server, payload):
        found = signed(server.ticket(payload), [server.key])
        assert found is None or found.item == 0

    def test_fields_that_are_not_known_yet_are_passed_over(self, server):
        newer = b"\x3a\x03new" + b"\x41" + b"\x00" * 8 + b"\x4d" + b"\x00" * 4 + b"\x50\x01" + message(item=5)
        assert signed(server.ticket(newer), [server.key]) == SignedTicket(seed="abc123", item=5)

    def test_the_last_of_repeated_fields_counts(self, server):
        assert signed(server.ticket(message(item=4) + message(item=5)), [server.key]).item == 5

    def test_a_negative_number_is_read_as_such(self, server):
        found = signed(server.ticket(message(item=5, valid_from=-86_400)), [server.key])
        assert found.valid_from == datetime(1969, 12, 31, tzinfo=UTC)

    def test_a_time_of_zero_is_none(self, server):
        """The server writes it into each ticket that is valid at any time."""
        found = signed(server.ticket(message(item=5, valid_from=0, valid_until=0)), [server.key])
        assert found == SignedTicket(seed="abc123", item=5)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_known_hostile_texts_are_no_tickets(self, server, text):
        assert signed(text, [server.key]) is None
        assert signed(text * 40, [server.key]) is None

    @settings(max_examples=MANY)
    @given(text=st.text())
    def test_no_text_is_a_ticket_or_a_crash(self, server, text):
        assert signed(clean(text), [server.key]) is None
        assert signed(text, [server.key]) is None

    @settings(max_examples=MANY)
    @given(raw=st.binary(max_size=300))
    def test_no_bytes_are_a_ticket_or_a_crash(self, server, raw):
        assert signed(base64.b64encode(raw).decode()[::-1], [server.key]) is None
        assert signed(packed(raw, b"\0" * 64), [server.key]) is None

    @settings(max_examples=MANY // 4)
    @given(payload=st.binary(max_size=200))
    def test_whatever_is_signed_is_read_or_refused(self, server, payload):
        found = signed(server.ticket(payload), [server.key])
        assert found is None or isinstance(found, SignedTicket)


def test_the_key_of_a_signed_ticket_does_not_give_it_away(server):
    code = server.ticket()
    assert signed_key(code) == signed_key(code)
    assert signed_key(code).startswith("sig:")
    assert len(signed_key(code)) == 36
    assert code[:8] not in signed_key(code)
