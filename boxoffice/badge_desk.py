"""Badges for screens and the command line: templates, the pictures on them, and the badge of a ticket.

It belongs to an open station and decides nothing; the services do. What changes the store comes back as a future,
what is only read is read on the calling thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from boxoffice.storage import badges
from boxoffice.storage.badges import Kept

if TYPE_CHECKING:
    from boxoffice.domain.badges import Template
    from boxoffice.domain.documents import Badge
    from boxoffice.domain.printing import Job
    from boxoffice.storage.settings import Origin
    from boxoffice.storage.station import Station


class BadgeDesk:
    """The badges of a station."""

    def __init__(self, station: Station, operator: str = "") -> None:
        self._station = station
        self._operator = operator

    # Templates

    def templates(self) -> list[Kept]:
        """All templates, by name."""
        return self._station.read(badges.listing)

    def choices(self, event: str) -> dict[int, str]:
        """Which template was chosen for an event's items; item 0 is all of them."""
        return self._station.read(lambda c: badges.choices(c, event))

    def choose(self, event: str, item: int, template_id: str | None) -> Future[None]:
        """Let an item (0: all of the event) have a template, or none of its own."""
        from boxoffice.services import designs

        now = datetime.now(UTC)
        return self._station.write(lambda c: designs.choose_badge(c, event, item, template_id, now))

    def keep(self, template: Template, template_id: str = "") -> Future[Kept]:
        """Keep a template, as a new one or in the place of another. Raises `BadInput` that names its faults."""
        from boxoffice.services import badges as service

        now = datetime.now(UTC)
        return self._station.write(lambda c: service.keep(c, template, template_id, now))

    def drop(self, template_id: str) -> Future[None]:
        """Forget a template; what had chosen it falls back to the next one."""
        from boxoffice.services import designs

        now = datetime.now(UTC)
        return self._station.write(lambda c: designs.drop_badge(c, template_id, now))

    def origin(self, event: str, item: int) -> Origin | None:
        """Who chose or changed the badge of an item (0: all of the event) for all stations; None if it is our own."""
        from boxoffice.services import designs

        return self._station.read(lambda c: designs.origin_of_badge(c, event, item))

    def export(self, template: Template) -> bytes:
        """A template as a file's content, with its pictures."""
        from boxoffice.services import badges as service

        return self._station.read(lambda c: service.written(c, template))

    def take_in(self, content: bytes) -> Future[Kept]:
        """Keep a template that was exported somewhere. Raises `BadInput`."""
        from boxoffice.domain import badge_files
        from boxoffice.services import badges as service

        sheet = badge_files.read(content)
        return self._station.write(lambda c: service.take_in(c, sheet))

    # Pictures

    def add_picture(self, file: Path) -> Future[str]:
        """Keep the picture in a file; its digest. Raises `BadInput`. Takes a moment on the calling thread."""
        from boxoffice.services import pictures

        image = pictures.from_file(file)
        return self._station.write(lambda c: badges.put_picture(c, image))

    def set_photo(self, event: str, ticket: str, file: Path | None) -> Future[None]:
        """Let a ticket have the picture in a file as its holder's photo, or none. Raises `BadInput`."""
        from boxoffice.services import pictures

        return self.put_photo(event, ticket, pictures.from_file(file) if file else None)

    def put_photo(self, event: str, ticket: str, image: bytes | None) -> Future[None]:
        """Let a ticket have a picture as its holder's photo, or none. Raises `BadInput`.

        Takes a moment on the calling thread.
        """
        from boxoffice.services import photos, pictures

        picture, now = pictures.portrait(image) if image else None, datetime.now(UTC)
        return self._station.write(lambda c: photos.put(c, event, ticket, picture, now))

    def picture(self, digest: str) -> bytes | None:
        """A picture by its digest."""
        return self._station.read(lambda c: badges.picture(c, digest))

    # Badges

    def badge_for(self, event: str, ticket: str, template: Template | None = None) -> Badge:
        """The badge of a ticket as it is now. Raises `BadInput` if there is no such ticket."""
        from boxoffice.services import badges as service

        now = datetime.now(UTC)
        return self._station.read(lambda c: service.badge_for(c, self._station.shelf, event, ticket, now, template))

    def print(self, event: str, ticket: str, *, operator: str = "", reason: str = "", printer: str = "") -> Future[Job]:
        """Have the badge of a ticket printed. Raises `PrintedBefore` for a second one without a reason."""
        from boxoffice.services import badges as service

        now, shelf, who = datetime.now(UTC), self._station.shelf, operator or self._operator
        return self._station.write(
            lambda c: service.print_badge(c, shelf, event, ticket, now, operator=who, reason=reason, printer=printer)
        )

    def photo(self, event: str, ticket: str) -> str:
        """The digest of the holder's photo; empty if there is none."""
        return self._station.read(lambda c: badges.photo(c, event, ticket))

    def pictures_of(self, badge: Badge) -> Mapping[str, bytes]:
        """The pictures that stand on a badge, by their digests."""
        from boxoffice.services import badges as service

        return self._station.read(lambda c: service.pictures_of(c, badge))

    def neighbour(self, event: str, ticket: str, step: int) -> str:
        """The ticket before (-1) or after (1) another one; any if that is empty. Empty if there is none."""
        return self._station.read(lambda c: badges.neighbour(c, event, ticket, step))

    def longest_name(self, event: str) -> str:
        """The ticket with the longest name; empty if there is none. Takes a moment on large events."""
        return self._station.read(lambda c: badges.longest_name(c, event))
