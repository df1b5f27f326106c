"""Things on a badge stand in line: what is dragged comes to rest at the edges and middles of others, or on the grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Flag, auto
from typing import NamedTuple

from .badge_draft import LEAST, Spot

GRID = 0.5
"""In mm."""


class Edge(Flag):
    """What of a box a hand holds; all of them to move it."""

    LEFT = auto()
    TOP = auto()
    RIGHT = auto()
    BOTTOM = auto()
    ALL = LEFT | TOP | RIGHT | BOTTOM


class Snapped(NamedTuple):
    """Where it comes to rest, and the lines (in mm) that it then stands on."""

    spot: Spot
    across: tuple[float, ...] = ()
    """Places of upright lines."""
    down: tuple[float, ...] = ()


def dragged(spot: Spot, edges: Edge, dx: float, dy: float) -> Spot:
    """A box after the hand that holds these edges has moved so far."""
    if edges is Edge.ALL:
        return spot._replace(x=spot.x + dx, y=spot.y + dy)
    left, top, right, bottom = spot.x, spot.y, spot.x + spot.width, spot.y + spot.height
    if Edge.LEFT in edges:
        left = min(left + dx, max(right - LEAST, left))
    if Edge.RIGHT in edges:
        right = max(right + dx, min(left + LEAST, right))
    if Edge.TOP in edges:
        top = min(top + dy, max(bottom - LEAST, top))
    if Edge.BOTTOM in edges:
        bottom = max(bottom + dy, min(top + LEAST, bottom))
    return Spot(left, top, right - left, bottom - top)


def snapped(spot: Spot, edges: Edge, others: Sequence[Spot], width: float, height: float, reach: float) -> Snapped:
    """A box on a badge of this size, drawn to what is near: within `reach` mm to others, else to the grid."""
    upright = [0.0, width / 2, width, *_lines((one.x, one.width) for one in others)]
    level = [0.0, height / 2, height, *_lines((one.y, one.height) for one in others)]
    x, own_width, across = _drawn((spot.x, spot.width), Edge.LEFT in edges, Edge.RIGHT in edges, upright, reach)
    y, own_height, down = _drawn((spot.y, spot.height), Edge.TOP in edges, Edge.BOTTOM in edges, level, reach)
    return Snapped(Spot(x, y, own_width, own_height), across, down)


def _lines(spans: Iterable[tuple[float, float]]) -> list[float]:
    return [line for start, length in spans for line in (start, start + length / 2, start + length)]


def _drawn(
    span: tuple[float, float], first: bool, last: bool, lines: Sequence[float], reach: float
) -> tuple[float, float, tuple[float, ...]]:
    """A stretch with the ends that are held drawn to a line; its start and length, and the lines it stands on."""
    start, length = span
    if not (first or last):
        return start, length, ()
    ends = (start,) * first + (start + length,) * last
    held = (*ends, start + length / 2) if first and last else ends
    shift = min((line - at for at in held for line in lines), key=abs, default=reach + 1)
    if abs(shift) > reach:
        shift = round(held[0] / GRID) * GRID - held[0]
    at_rest = {round(line, 2) for line in lines for at in held if abs(at + shift - line) < 0.01}
    if first and last:
        return start + shift, length, tuple(sorted(at_rest))
    if first:
        return start + shift, length - shift, tuple(sorted(at_rest))
    return start, length + shift, tuple(sorted(at_rest))
