"""What a badge can be printed for: all tickets of an event, or those of one kind."""

from __future__ import annotations

from boxoffice.bootstrap import App
from ui.language import clock, name_of, tr


def uses(app: App, event: str, template_id: str) -> list[tuple[int, str, bool, str]]:
    """Of each kind its number, its name, whether this badge is printed for it, and which other one is."""
    if not event or not template_id:
        return []
    catalog = app.catalog(event)
    names = {one.id: one.template.name for one in app.badges.templates()}
    chosen = app.badges.choices(event)
    items = sorted((one for one in catalog.items.values() if one.admission), key=lambda one: (one.position, one.id))
    rows = [(0, tr("all of {event}", event=name_of(catalog.event.name) or event))]
    rows += [(one.id, name_of(one.name)) for one in items]
    return [
        (
            number,
            _with_origin(app, event, number, name) if chosen.get(number) == template_id else name,
            chosen.get(number) == template_id,
            names.get(chosen[number], "") if chosen.get(number, template_id) != template_id else "",
        )
        for number, name in rows
    ]


def _with_origin(app: App, event: str, item: int, name: str) -> str:
    """With the station that has designed it for all, and when."""
    origin = app.badges.origin(event, item)
    if origin is None:
        return name
    return tr("{name} · from {station}, {when}", name=name, station=origin.device, when=clock(origin.at))
