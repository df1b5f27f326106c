"""Where a server is: its address as people give it and as it is kept, and what is asked of it there."""

from __future__ import annotations

from urllib.parse import urlsplit

from boxoffice.errors import BadInput, filled


def address(url: str) -> str:
    """A server's address as it is kept: no slash at the end. Raises `BadInput` if it is none."""
    try:
        parts = urlsplit(url.strip())
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        fine = False
    if not fine:
        raise BadInput(
            "That is not a server's address",
            filled("Got {url}.", url=repr(url)),
            "It looks like https://tickets.example.org.",
        )
    return parts._replace(query="", fragment="").geturl().rstrip("/")


def origin(url: str) -> tuple[str, str | None, int | None]:
    """What two addresses of one server have in common."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def is_loopback(url: str) -> bool:
    """Whether the server is on this machine, where packing costs more than it saves."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
