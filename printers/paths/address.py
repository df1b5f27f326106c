"""Addresses of printers: one line of text that a person can type, and the way it stands for."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from boxoffice.errors import BadInput, filled

RAW_PORT = 9100
SCHEMES = ("tcp", "usb", "serial", "file", "cups", "windows", "system")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address taken apart. What is not of its scheme is empty."""

    scheme: str
    name: str
    """The host, the device, the path or the queue."""
    port: int = RAW_PORT
    baud: int = 19200
    flow: str = "dsrdtr"
    """Of a serial line: `dsrdtr`, `rtscts`, `xonxoff` or `none`."""
    vendor: int = 0
    product: int = 0
    serial: str = ""


def address_of(text: str) -> Address:
    """Take an address apart; a bare host or host and port is one in the network. Raises `BadInput`."""
    scheme, colon, rest = text.strip().partition(":")
    if not colon or scheme.lower() not in SCHEMES:
        scheme, rest = "tcp", "//" + text.strip()
    try:
        return _READERS[scheme.lower()](rest)
    except ValueError as error:
        raise BadInput(
            filled("{what} is no address of a printer", what=text),
            filled("{error}.", error=error),
            "Like tcp://192.168.1.50, usb:04b8:0e15, serial:/dev/ttyUSB0?baud=19200, file:/path, cups:Name.",
        ) from error


def _network(rest: str) -> Address:
    parts = urlsplit("tcp:" + rest)
    if not parts.hostname or parts.path.strip("/"):
        raise ValueError("A host is wanted, and perhaps a port")
    return Address(scheme="tcp", name=parts.hostname, port=parts.port or RAW_PORT)


def _usb(rest: str) -> Address:
    vendor, _, more = rest.strip("/").partition(":")
    product, _, serial = more.partition(":")
    try:
        numbers = int(vendor, 16), int(product, 16)
    except ValueError as error:
        raise ValueError("The numbers of its maker and its model are wanted, as lsusb shows them") from error
    return Address(scheme="usb", name=rest.strip("/"), vendor=numbers[0], product=numbers[1], serial=serial)


def _serial(rest: str) -> Address:
    device, _, query = rest.partition("?")
    asked = {name: values[-1] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}
    flow = asked.pop("flow", "dsrdtr")
    baud = int(asked.pop("baud", "19200"))
    if asked or flow not in ("dsrdtr", "rtscts", "xonxoff", "none") or not device or baud <= 0:
        raise ValueError("A device is wanted, and perhaps baud and flow (dsrdtr, rtscts, xonxoff, none)")
    return Address(scheme="serial", name=unquote(device), baud=baud, flow=flow)


def _named(scheme: str) -> Callable[[str], Address]:
    def read(rest: str) -> Address:
        name = unquote(rest.removeprefix("//") if scheme == "file" else rest.strip("/"))
        if not name:
            raise ValueError("A name is wanted")
        return Address(scheme=scheme, name=name)

    return read


_READERS: dict[str, Callable[[str], Address]] = {
    "tcp": _network,
    "usb": _usb,
    "serial": _serial,
    **{scheme: _named(scheme) for scheme in ("file", "cups", "windows", "system")},
}
