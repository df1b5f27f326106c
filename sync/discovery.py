"""Hubs in the same network: one says that it is there, and a station that looks for one need not type its address.

This is multicast DNS with service discovery (RFC 6762, RFC 6763), and a convenience only: nothing is trusted
that is found so, no token goes anywhere before a person has chosen, and an address can always be typed.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from boxoffice import config
from boxoffice.errors import DeviceTrouble, filled

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, Zeroconf

log = logging.getLogger(__name__)

SERVICE = "_boxoffice._tcp.local."
LONGEST_NAME = 63 - 5
"""Bytes of a label, less a number that is added where two hubs bear one name."""
LONGEST_URL = 200
PATIENCE_MS = 2_000


class Found(msgspec.Struct, frozen=True, order=True):
    """A hub that says it is there."""

    name: str
    url: str


class Announcement:
    """Says that a hub is there until it is closed."""

    def __init__(self, url: str, name: str) -> None:
        """Raises `DeviceTrouble` where there is no network to say it in."""
        from zeroconf import ServiceInfo

        address = urlsplit(url)
        self._info = ServiceInfo(
            SERVICE,
            f"{_label(name)}.{SERVICE}",
            port=address.port or (443 if address.scheme == "https" else 80),
            properties={"url": url},
            parsed_addresses=_addresses(address.hostname or ""),
        )
        self._line = _line()
        try:
            self._line.register_service(self._info, allow_name_change=True)
        except Exception as error:
            self._line.close()
            raise _no_network(error) from error

    def close(self) -> None:
        """Take it back, so that nobody finds a hub that is gone."""
        with contextlib.suppress(OSError):
            self._line.unregister_service(self._info)
        self._line.close()


class Search:
    """Looks for hubs until it is closed."""

    def __init__(self, changed: Callable[[tuple[Found, ...]], None]) -> None:
        """`changed` hears, on another thread, what there is now. Raises `DeviceTrouble` where there is no network."""
        from zeroconf import ServiceBrowser

        self._changed = changed
        self._found: dict[str, Found] = {}
        self._lock = threading.Lock()
        self._line = _line()
        try:
            self._browser = ServiceBrowser(self._line, SERVICE, handlers=[self._on_change])
        except Exception as error:
            self._line.close()
            raise _no_network(error) from error

    def close(self) -> None:
        """Look no more."""
        self._browser.cancel()
        self._line.close()

    def _on_change(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: Any) -> None:
        from zeroconf import ServiceStateChange

        found = None
        if state_change is not ServiceStateChange.Removed:
            info = zeroconf.get_service_info(service_type, name, PATIENCE_MS)
            found = _found(name, info) if info else None
        with self._lock:
            before = tuple(sorted(self._found.values()))
            self._found.pop(name, None)
            if found is not None:
                self._found[name] = found
            now = tuple(sorted(self._found.values()))
        if now != before:
            self._changed(now)


def find(seconds: float) -> tuple[Found, ...]:
    """The hubs that answer within so long. Raises `DeviceTrouble` where there is no network."""
    latest: list[tuple[Found, ...]] = [()]
    with contextlib.closing(Search(latest.append)):
        time.sleep(seconds)  # Nobody can say when the last one has answered.
    return latest[-1]


def _line() -> Zeroconf:
    from zeroconf import InterfaceChoice, Zeroconf

    try:
        return Zeroconf(interfaces=config.interfaces() or InterfaceChoice.All)
    except OSError as error:
        raise _no_network(error) from error


def _no_network(error: Exception) -> DeviceTrouble:
    return DeviceTrouble(
        "Hubs cannot find or be found here",
        filled("{error}.", error=error),
        "The address can be typed instead; nothing else is missing.",
    )


def _label(name: str) -> str:
    """The name as one label; a dot would begin another."""
    words = name.replace(".", " ").strip() or "Box office"
    return words.encode()[:LONGEST_NAME].decode("utf-8", "ignore")


def _addresses(host: str) -> list[str]:
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    return []


def _found(name: str, info: ServiceInfo) -> Found | None:
    """What a stranger says of itself, if it can be what it claims to be."""
    said = info.properties.get(b"url") or b""
    url = said.decode("utf-8", "replace")
    address = urlsplit(url) if url.isprintable() and len(url) <= LONGEST_URL else None
    if address is None or address.scheme not in ("http", "https") or not address.hostname or address.username:
        log.info("What calls itself %s is no hub: %r", name, said[:LONGEST_URL])
        return None
    return Found(name.removesuffix(f".{SERVICE}"), url)
