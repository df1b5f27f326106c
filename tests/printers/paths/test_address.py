from __future__ import annotations

import pytest

from boxoffice.errors import BadInput
from printers.paths.address import Address, address_of


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.1.50", Address(scheme="tcp", name="192.168.1.50")),
        ("tcp://printer.local:9101", Address(scheme="tcp", name="printer.local", port=9101)),
        ("printer.local", Address(scheme="tcp", name="printer.local")),
        ("192.168.1.50:9100", Address(scheme="tcp", name="192.168.1.50")),
        ("tcp://[fe80::1]:9100", Address(scheme="tcp", name="fe80::1")),
        ("usb:04b8:0e15", Address(scheme="usb", name="04b8:0e15", vendor=0x04B8, product=0x0E15)),
        ("usb:04b8:0e15:X7", Address(scheme="usb", name="04b8:0e15:X7", vendor=0x04B8, product=0x0E15, serial="X7")),
        ("serial:/dev/ttyUSB0", Address(scheme="serial", name="/dev/ttyUSB0")),
        (
            "serial:COM3?baud=9600&flow=xonxoff",
            Address(scheme="serial", name="COM3", baud=9600, flow="xonxoff"),
        ),
        ("file:/dev/usb/lp0", Address(scheme="file", name="/dev/usb/lp0")),
        ("cups:Badges%20upstairs", Address(scheme="cups", name="Badges upstairs")),
        ("windows:EPSON TM-T20", Address(scheme="windows", name="EPSON TM-T20")),
        ("system:Office", Address(scheme="system", name="Office")),
    ],
)
def test_what_a_person_types_is_taken_apart(text, address):
    assert address_of(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "tcp://", "tcp://host:port", "tcp://host/path", "usb:04b8", "usb:printer:1", "serial:", "cups:"),
        *("serial:/dev/x?speed=1", "serial:/dev/x?baud=fast", "serial:/dev/x?baud=0", "serial:/dev/x?flow=up"),
    ],
)
def test_what_is_no_address_is_said_so(text):
    with pytest.raises(BadInput, match="is no address of a printer"):
        address_of(text)
