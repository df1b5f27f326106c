"""Words on papers and badges' templates that the desk lead's station shares with all others of the event.

Only a lead's station tells what it changed, and only where the server has a place for it; every station takes over
what it hears, unless what it has was changed later. What one station keeps to itself is its own until then.
Pictures go along, no larger than one message holds.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain import designs
from boxoffice.domain.badge_checks import faults
from boxoffice.domain.designs import BADGE_OF_ALL, PAPERS, PAPERS_OF_ALL, Design
from boxoffice.domain.facts import Designed, Private
from boxoffice.domain.instants import micros, moment
from boxoffice.errors import BadInput, filled
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.storage import badges, catalog, journal, settings
from boxoffice.storage.badges import Kept
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import Origin, Stationery

from . import pictures

log = logging.getLogger(__name__)

_kept = decoder(Kept)
_stationery = decoder(Stationery)

MOST_PICTURES = 44_000
"""Bytes of all pictures of one design: with a third more, as text, they still fit into one message."""


# What is changed here


def put_papers(connection: Connection, event: str, chosen: Stationery | None, now: datetime) -> None:
    """Keep what an event (empty: every one) has on its papers, and let the other stations know."""
    settings.put_stationery(connection, event, chosen)
    carried: Mapping[str, bytes] = {}
    body = ""
    if chosen is not None:
        names, carried = _light(connection, [chosen.logo] if chosen.logo else [])
        body = _text(msgspec.structs.replace(chosen, logo=names.get(chosen.logo, "")))
    _tell(connection, event, PAPERS if event else PAPERS_OF_ALL, body, carried, now)


def choose_badge(connection: Connection, event: str, item: int, template_id: str | None, now: datetime) -> None:
    """Let an item (0: all of the event) have a template, or none of its own, and let the other stations know."""
    badges.choose(connection, event, item, template_id)
    _tell_choice(connection, event, item, template_id, now)


def changed_badge(connection: Connection, template_id: str, now: datetime) -> None:
    """Let the other stations know what a template looks like now, wherever it was chosen."""
    for event, item in badges.chosen_for(connection, template_id):
        _tell_choice(connection, event, item, template_id, now)


def drop_badge(connection: Connection, template_id: str, now: datetime) -> None:
    """Forget a template here, and that it was chosen everywhere."""
    chosen = badges.chosen_for(connection, template_id)
    badges.drop(connection, template_id)
    for event, item in chosen:
        _tell_choice(connection, event, item, None, now)


def _tell_choice(connection: Connection, event: str, item: int, template_id: str | None, now: datetime) -> None:
    template = badges.find(connection, template_id) if template_id else None
    carried: Mapping[str, bytes] = {}
    body = ""
    if template_id and template is not None:
        names, carried = _light(connection, template.pictures)
        body = _text(Kept(template_id, template.with_pictures(names)))
    _tell(connection, event, designs.badge_of(item) if event else BADGE_OF_ALL, body, carried, now)


def _tell(
    connection: Connection, event: str, name: str, body: str, carried: Mapping[str, bytes], now: datetime
) -> None:
    hub = settings.hub(connection)
    if hub is None or hub.role is not Role.SUPERVISOR:
        for one in _events(connection, event):
            settings.put_origin(connection, one, name, None)
        return
    device, at = settings.station(connection), micros(now)
    for one in _events(connection, event):
        # As precise as the message, so that our own is known again when it comes back.
        settings.put_origin(connection, one, name, Origin(moment(at), device.name, device.device))
        fact = Designed(event=one, at=at, design=name, body=body)
        journal.append(connection, new_id(), fact, Private(pictures=carried) if carried else None)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _light(connection: Connection, digests: Sequence[str]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Pictures as they travel, by their digests, and the digest that each of ours has there."""
    names, carried = {}, {}
    for digest, image in badges.pictures(connection, tuple(digests)).items():
        light = pictures.light(image, MOST_PICTURES // len(digests))
        names[digest] = badges.digest_of(light)
        carried[names[digest]] = light
    return names, carried


def origin_of_badge(connection: Connection, event: str, item: int) -> Origin | None:
    """Who chose or changed the badge of an item last, for all stations; None where it is this station's own."""
    name = designs.badge_of(item) if event else BADGE_OF_ALL
    return next(filter(None, (settings.origin(connection, one, name) for one in _events(connection, event))), None)


def origin_of_papers(connection: Connection, event: str) -> Origin | None:
    """Who changed the words on an event's papers last, or with no event, on those of all."""
    name = PAPERS if event else PAPERS_OF_ALL
    return next(filter(None, (settings.origin(connection, one, name) for one in _events(connection, event))), None)


def _events(connection: Connection, event: str) -> list[str]:
    return [event] if event else catalog.events(connection)


# What is heard


def hear(connection: Connection, noun: Design) -> None:
    """Take over what another station has designed, unless what is here was changed later."""
    origin = settings.origin(connection, noun.event, noun.id)
    if origin is not None and (origin.at, origin.device_id) >= noun.turn:
        return
    try:
        _take_over(connection, noun)
    except (msgspec.MsgspecError, BadInput) as error:
        log.warning("A design that %s has changed cannot be used here, ours stays: %s", noun.device, error)
        return
    settings.put_origin(connection, noun.event, noun.id, Origin(noun.at, noun.device, noun.device_id))


def _take_over(connection: Connection, noun: Design) -> None:
    if noun.id in (PAPERS, PAPERS_OF_ALL):
        event = noun.event if noun.id == PAPERS else ""
        settings.put_stationery(connection, event, _papers(connection, noun) if noun.body else None)
        return
    item = 0 if noun.id == BADGE_OF_ALL else designs.item_of(noun.id)
    if item is None:
        return
    event = "" if noun.id == BADGE_OF_ALL else noun.event
    if not noun.body:
        badges.choose(connection, event, item, None)
        return
    kept = _kept.decode(noun.body)
    if found := faults(kept.template):
        raise BadInput("This badge cannot be printed", filled("{found}.", found=found[0]), "Mend it where it was made.")
    digests = {named: badges.put_picture(connection, pictures.fit(image)) for named, image in noun.pictures.items()}
    badges.put(connection, Kept(kept.id, kept.template.with_pictures(digests)))
    badges.choose(connection, event, item, kept.id)


def _papers(connection: Connection, noun: Design) -> Stationery:
    chosen = _stationery.decode(noun.body)
    image = noun.pictures.get(chosen.logo)
    logo = badges.put_picture(connection, pictures.fit(image)) if image else ""
    return msgspec.structs.replace(chosen, logo=logo)
