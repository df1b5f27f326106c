"""What can be seen from here, without anybody typing an address."""

from __future__ import annotations

import pytest
from zeroconf import ServiceInfo, Zeroconf

from boxoffice import config
from boxoffice.domain.printing import Language
from boxoffice.ids import new_id
from printers import found
from printers.found import IPP, RAW, Found
from printers.paths import cups, usb_device
from printers.paths.usb_device import UsbPrinter


@pytest.fixture
def network():
    line = Zeroconf(interfaces=config.interfaces())
    yield line
    line.close()


def test_printers_in_the_network_say_where_they_are(network):
    ours = new_id()[-6:]  # Others may test on this machine at the same time.
    for service, name, port in ((IPP, f"Office {ours}", 631), (RAW, f"Till {ours}", 9101)):
        info = ServiceInfo(service, f"{name}.{service}", port=port, parsed_addresses=["127.0.0.1"])
        network.register_service(info)
    wanted = Found(f"Till {ours}", "tcp://127.0.0.1:9101")
    there = next(seen for seen in (found.in_network(1.0) for _ in range(60)) if wanted in seen)
    assert all("631" not in one.address for one in there)


def test_what_is_plugged_in_and_set_up_is_found_once(monkeypatch):
    monkeypatch.setattr(usb_device, "plugged_in", lambda: [UsbPrinter(0x4B8, 0xE15, ""), UsbPrinter(1, 2, "TM")])
    monkeypatch.setattr(cups, "queues", lambda: ["Badges upstairs"])
    monkeypatch.setattr(found, "_on_serial_ports", list)
    monkeypatch.setattr(
        found, "in_network", lambda _: [Found("TM", "usb:0001:0002"), Found("Bar", "tcp://10.0.0.9:9100")]
    )
    assert found.find() == [
        Found("USB 04b8:0e15", "usb:04b8:0e15"),
        Found("TM", "usb:0001:0002"),
        Found("Badges upstairs", "cups:Badges%20upstairs", Language.PDF),
        Found("Bar", "tcp://10.0.0.9:9100"),
    ]
