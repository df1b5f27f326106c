"""Serial lines, files, pipes and USB: what is taken is known, what is not is left."""

# ruff: noqa: ARG002 - the stand-in has the arguments of what it stands for

from __future__ import annotations

import itertools
import os
import threading
from types import SimpleNamespace

import pytest

from boxoffice.domain.printing import Paper, Printer, State
from printers.paths import line
from printers.paths.address import address_of
from printers.paths.line import LinePath
from printers.paths.opening import open_path
from printers.paths.path import NotSent, Withdrawn


@pytest.fixture(autouse=True)
def hasty(monkeypatch, patience_with_printers):
    monkeypatch.setattr(line, "LOOKS_EVERY", 0.05)


def way(address):
    return open_path(Printer(name="Till", address=address))


# Serial


def test_a_serial_printer_is_asked_and_vouches(serial_printer, post):
    path = way(f"serial:{serial_printer.path}?flow=none")
    assert path.look().paper is Paper.OK
    assert path.deliver(post.parcel(b"Thank you\n\x1dV\x00")).state is State.CONFIRMED
    assert serial_printer.wait_for_documents() == [b"Thank you\n\x1dV\x00"]


def test_a_serial_printer_that_says_nothing_has_what_the_line_took(serial_printer, patience_with_printers, post):
    serial_printer.falls_silent()
    patience_with_printers(0.3, reads=60.0)
    assert way(f"serial:{serial_printer.path}?flow=none").deliver(post.parcel(b"Hi\n\x1dV\x00")).state is State.SENT
    serial_printer.wait_for_documents()


def test_a_serial_printer_that_takes_nothing_any_more_leaves_a_question(serial_printer, no_patience, post):
    serial_printer.falls_silent()
    serial_printer.stops_reading()
    result = way(f"serial:{serial_printer.path}?flow=none").deliver(post.parcel(b"x" * 100_000))
    assert result.state is State.UNKNOWN


def test_a_port_that_is_not_there_takes_nothing(tmp_path, post):
    with pytest.raises(NotSent, match="serial port cannot be opened"):
        way(f"serial:{tmp_path}/ttyNone").deliver(post.parcel())
    assert post.begun == 0


class Talkative:
    """A line to a printer that comes to the end of an earlier document while it is asked, and then says no more."""

    ends = False
    hears = True

    def __init__(self) -> None:
        self.said = [b"\x00\x12", b"\x12", b"\x12", b"\x00"]

    def write(self, data):
        if not data.startswith(b"\x10\x04"):
            assert self.said == []

    def read(self, seconds):
        return self.said.pop(0) if self.said else None

    def finish(self):
        pass

    def close(self):
        pass


def test_the_end_of_an_earlier_document_is_not_taken_for_that_of_this_one(post):
    seconds = itertools.count()
    path = LinePath(lambda _: Talkative(), lambda: next(seconds) / 10)
    result = path.deliver(post.parcel())
    assert (result.state, result.because) == (State.UNKNOWN, line.SILENT_BEHIND)


# Files


def test_a_file_grows(tmp_path, post):
    path = way(f"file:{tmp_path}/paper")
    assert path.deliver(post.parcel(b"one\n")).state is State.SENT
    assert path.deliver(post.parcel(b"two\n")).state is State.SENT
    assert (tmp_path / "paper").read_bytes() == b"one\ntwo\n"


def test_a_pipe_that_nobody_reads_takes_nothing(tmp_path, post):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotSent, match="file cannot be opened") as refused:
        way(f"file:{tmp_path}/pipe").deliver(post.parcel())
    assert "nobody reads" in refused.value.what


def test_a_pipe_is_read_by_another_program(tmp_path, post):
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    path = way(f"file:{tmp_path}/pipe")
    while True:
        try:
            result = path.deliver(post.parcel(b"x" * 200_000))
            break
        except NotSent:
            continue  # The reader is not there yet.
    reader.join()
    assert (result.state, len(read[0])) == (State.SENT, 200_000)


def test_a_pipe_whose_reader_stops_reading_leaves_a_question(tmp_path, no_patience, post):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    result = way(f"file:{tmp_path}/pipe").deliver(post.parcel(b"x" * 200_000))
    os.close(reader)
    assert result.state is State.UNKNOWN


def test_what_was_taken_away_meanwhile_does_not_leave(tmp_path, post):
    post.wanted = False
    with pytest.raises(Withdrawn):
        way(f"file:{tmp_path}/paper").deliver(post.parcel(silent=True))
    assert (tmp_path / "paper").read_bytes() == b""


# USB: the library's own seam for what lies below it


class Bus:
    """A bus with one printer on it, as the library sees a backend."""

    def __init__(self) -> None:
        import usb.backend

        self.there = True
        self.taken = b""
        self.answers: list[bytes] = []
        self.claimed = self.released = self.opened = self.closed = 0
        self.breaks = False
        bus = self

        class Backend(usb.backend.IBackend):
            def enumerate_devices(self):
                return iter(["printer"] if bus.there else [])

            def get_device_descriptor(self, device):
                return SimpleNamespace(
                    bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
                    bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E15, bcdDevice=0x100, iManufacturer=0,
                    iProduct=0, iSerialNumber=0, bNumConfigurations=1, address=5, bus=1, port_number=1,
                    port_numbers=(1,), speed=3,
                )  # fmt: skip

            def get_configuration_descriptor(self, device, number):
                if number:
                    raise IndexError
                return SimpleNamespace(
                    bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
                    iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
                )  # fmt: skip

            def get_interface_descriptor(self, device, number, alternate, configuration):
                if number or alternate:
                    raise IndexError
                return SimpleNamespace(
                    bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
                    bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
                )  # fmt: skip

            def get_endpoint_descriptor(self, device, number, interface, alternate, configuration):
                address = (0x01, 0x82)[number]
                return SimpleNamespace(
                    bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=2, wMaxPacketSize=64,
                    bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
                )  # fmt: skip

            def get_configuration(self, handle):
                return 1

            def open_device(self, device):
                bus.opened += 1
                return "handle"

            def close_device(self, handle):
                bus.closed += 1

            def is_kernel_driver_active(self, handle, interface):
                return False

            def claim_interface(self, handle, interface):
                bus.claimed += 1

            def release_interface(self, handle, interface):
                bus.released += 1

            def bulk_write(self, handle, end, interface, data, timeout):
                import usb.core

                if bus.breaks:
                    raise usb.core.USBError("No such device")
                sent = bytes(data)
                bus.taken += sent
                if sent[:2] == b"\x10\x04":
                    bus.answers.append(b"\x12")
                if sent.endswith(b"\x1dr\x01"):
                    bus.answers.append(b"\x00")
                return len(sent)

            def bulk_read(self, handle, end, interface, buffer, timeout):
                import usb.core

                if not bus.answers:
                    raise usb.core.USBTimeoutError("timed out")
                answer = bus.answers.pop(0)
                buffer[: len(answer)] = type(buffer)("B", answer)
                return len(answer)

        self.backend = Backend()


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def on_usb(bus):
    from printers.paths.usb_device import UsbLine

    return LinePath(lambda stopped: UsbLine(address_of("usb:04b8:0e15"), stopped, bus.backend))


def test_a_usb_printer_is_asked_vouches_and_is_let_go(bus, on_usb, post):
    assert on_usb.deliver(post.parcel(b"x" * 10_000)).state is State.CONFIRMED
    assert b"x" * 10_000 in bus.taken
    assert bus.claimed == bus.released == bus.opened == bus.closed == 1


def test_a_usb_printer_that_was_plugged_out_comes_back(bus, on_usb, post):
    bus.there = False
    with pytest.raises(NotSent, match="USB printer cannot be opened"):
        on_usb.deliver(post.parcel())
    bus.there = True
    assert on_usb.deliver(post.parcel()).state is State.CONFIRMED


def test_a_usb_printer_that_is_plugged_out_in_the_middle_leaves_a_question(bus, on_usb, post, monkeypatch):
    parcel = post.parcel(silent=True)
    bus.breaks = True
    assert on_usb.deliver(parcel).state is State.UNKNOWN
    assert bus.closed == bus.opened


def test_a_usb_printer_is_found(bus):
    from printers.paths.usb_device import UsbPrinter, plugged_in

    assert plugged_in(bus.backend) == [UsbPrinter(0x04B8, 0x0E15, "")]
