"""Badge templates, which ticket gets which, and the pictures that stand on badges.

A picture lies here under the digest of its bytes, once, however many badges show it. A pretix
neither gives nor hears of any of this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.badges import Template
from boxoffice.domain.orders import ticket_key

from .connection import Connection

_template = decoder(Template)


class Kept(msgspec.Struct, frozen=True):
    """A template under the name by which it is chosen."""

    id: str
    template: Template


def put(connection: Connection, kept: Kept) -> None:
    """Keep a template, in the place of the one of this id."""
    connection.execute(
        "INSERT INTO badge_templates (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        (kept.id, msgspec.json.encode(kept.template).decode()),
    )


def find(connection: Connection, template_id: str) -> Template | None:
    """One template."""
    row = connection.execute("SELECT body FROM badge_templates WHERE id = ?", (template_id,)).fetchone()
    return None if row is None else _template.decode(row[0])


def listing(connection: Connection) -> list[Kept]:
    """All templates, by name."""
    rows = connection.execute("SELECT id, body FROM badge_templates").fetchall()
    found = [Kept(template_id, _template.decode(body)) for template_id, body in rows]
    return sorted(found, key=lambda one: (one.template.name.casefold(), one.id))


def drop(connection: Connection, template_id: str) -> None:
    """Forget a template; what had chosen it falls back to the next one."""
    connection.execute("DELETE FROM badge_templates WHERE id = ?", (template_id,))


def choose(connection: Connection, event: str, item: int, template_id: str | None) -> None:
    """Let an item have this template, or with item 0 the whole event; None takes the choice back."""
    if template_id is None:
        connection.execute("DELETE FROM badge_choices WHERE event = ? AND item = ?", (event, item))
        return
    connection.execute(
        "INSERT INTO badge_choices (event, item, template) VALUES (?, ?, ?)"
        " ON CONFLICT (event, item) DO UPDATE SET template = excluded.template",
        (event, item, template_id),
    )


def choices(connection: Connection, event: str) -> dict[int, str]:
    """What was chosen for an event: item (0 for all) to template."""
    return dict(connection.execute("SELECT item, template FROM badge_choices WHERE event = ?", (event,)).fetchall())


def chosen_for(connection: Connection, template_id: str) -> list[tuple[str, int]]:
    """Events and items that have chosen a template."""
    rows = connection.execute("SELECT event, item FROM badge_choices WHERE template = ?", (template_id,)).fetchall()
    return sorted(rows)


def chosen(connection: Connection, event: str, item: int) -> Template | None:
    """The template that a ticket of this item gets: the item's, else the event's; None if none was chosen."""
    row = connection.execute(
        "SELECT body FROM badge_choices JOIN badge_templates ON id = template"
        " WHERE event = ? AND item IN (?, 0) ORDER BY item = 0 LIMIT 1",
        (event, item),
    ).fetchone()
    return None if row is None else _template.decode(row[0])


def digest_of(image: bytes) -> str:
    """The name under which a picture is kept."""
    return hashlib.sha256(image).hexdigest()


def put_picture(connection: Connection, image: bytes) -> str:
    """Keep a picture; its digest."""
    digest = digest_of(image)
    connection.execute("INSERT OR IGNORE INTO pictures (digest, image) VALUES (?, ?)", (digest, image))
    return digest


def picture(connection: Connection, digest: str) -> bytes | None:
    """A picture's bytes."""
    row = connection.execute("SELECT image FROM pictures WHERE digest = ?", (digest,)).fetchone()
    return None if row is None else bytes(row[0])


def pictures(connection: Connection, digests: tuple[str, ...]) -> Mapping[str, bytes]:
    """The pictures of these digests, as far as they are here."""
    found = ((digest, picture(connection, digest)) for digest in digests if digest)
    return {digest: image for digest, image in found if image is not None}


def put_photo(
    connection: Connection, event: str, ticket: str, digest: str | None, at: int = 0, device: str = ""
) -> None:
    """Let a ticket have this picture of its holder, taken then (microseconds) by that device.

    None takes it away, and the picture if it was the last.
    """
    held = photo(connection, event, ticket)
    if digest is None:
        connection.execute("DELETE FROM photos WHERE event = ? AND ticket = ?", (event, ticket))
    else:
        connection.execute(
            "INSERT INTO photos (event, ticket, picture, at, device) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (event, ticket) DO UPDATE SET picture = excluded.picture, at = excluded.at,"
            " device = excluded.device",
            (event, ticket, digest, at, device),
        )
    if held and held != digest:
        # A face is not kept longer than it is wanted.
        connection.execute(
            "DELETE FROM pictures WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM photos WHERE picture = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM item_pictures WHERE picture = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM proofs WHERE picture = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM answers WHERE answer = 'file:' || ?1)"
            " AND NOT EXISTS (SELECT 1 FROM badge_templates WHERE instr(body, ?1))",
            (held,),
        )


def drop_photos(connection: Connection, event: str, code: str) -> None:
    """Forget the faces of everybody in an order."""
    # "." comes right behind "-", so this is everything that begins with `CODE-`.
    of_order = (event, f"{code}-", f"{code}.")
    rows = connection.execute("SELECT ticket FROM photos WHERE event = ? AND ticket >= ? AND ticket < ?", of_order)
    for (ticket,) in rows.fetchall():
        put_photo(connection, event, ticket, None)


def photo(connection: Connection, event: str, ticket: str) -> str:
    """The digest of the holder's picture; empty if there is none."""
    row = connection.execute("SELECT picture FROM photos WHERE event = ? AND ticket = ?", (event, ticket)).fetchone()
    return "" if row is None else str(row[0])


def taken(connection: Connection, event: str, ticket: str) -> tuple[int, str] | None:
    """When the holder's picture was taken (microseconds), and by which device; None if there is none."""
    row = connection.execute("SELECT at, device FROM photos WHERE event = ? AND ticket = ?", (event, ticket)).fetchone()
    return None if row is None else (row[0], row[1])


# Somebody to try a badge on


def neighbour(connection: Connection, event: str, ticket: str, step: int) -> str:
    """The ticket before (-1) or after (1) another one, round and round; any if `ticket` is empty. Empty if none is."""
    code, _, number = ticket.rpartition("-")
    sign, order = (">", "ASC") if step > 0 else ("<", "DESC")
    beside = f"AND id {sign} (SELECT id FROM positions WHERE event = ? AND order_code = ? AND number = ?)"
    for condition, values in ((beside, (event, code, number)), ("", ())):
        row = connection.execute(
            "SELECT order_code, number FROM positions WHERE event = ? AND canceled = 0 AND addon_to IS NULL"
            f" {condition} ORDER BY id {order} LIMIT 1",
            (event, *values),
        ).fetchone()
        if row is not None:
            return ticket_key(*row)
    return ""


def longest_name(connection: Connection, event: str) -> str:
    """The ticket with the longest name of an event; empty if there is none. Looks at each of them."""
    row = connection.execute(
        "SELECT order_code, number FROM positions WHERE event = ? AND canceled = 0 AND addon_to IS NULL"
        " ORDER BY length(name) DESC LIMIT 1",
        (event,),
    ).fetchone()
    return "" if row is None else ticket_key(*row)
