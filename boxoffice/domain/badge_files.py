"""A badge template as a file that can be carried to another station: JSON with the pictures that stand on it.

The format is ours and has a number. A newer number than ours is refused instead of half understood.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from boxoffice.decoding import decode
from boxoffice.errors import BadInput, filled

from .badge_checks import faults
from .badges import Template

FORMAT = "boxoffice-badge"
VERSION = 1
MOST_BYTES = 16 * 2**20
"""Of a file; pictures are what makes one large."""

_HINT = "Export it again where it was made, or choose another file."


class Sheet(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the file holds."""

    template: Template
    pictures: Mapping[str, bytes] = {}
    """By their digests; base64 in the file."""


class _File(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    version: int
    sheet: msgspec.Raw


def written(sheet: Sheet) -> bytes:
    """The file's content, for people to read too."""
    inner = msgspec.Raw(msgspec.json.encode(sheet))
    return (
        msgspec.json.format(msgspec.json.encode(_File(format=FORMAT, version=VERSION, sheet=inner)), indent=2) + b"\n"
    )


def read(content: bytes) -> Sheet:
    """What a file holds. Raises `BadInput` that names what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise BadInput("This file is too large for a badge template", "Nothing was changed.", _HINT)
    try:
        file = decode(content, _File)
    except msgspec.DecodeError as error:
        raise BadInput(
            "This is no badge template", filled("{error} Nothing was changed.", error=_words(error)), _HINT
        ) from error
    if file.format != FORMAT:
        raise BadInput(
            "This is no badge template",
            filled("It is a {format}. Nothing was changed.", format=repr(file.format[:40])),
            _HINT,
        )
    if file.version > VERSION or file.version < 1:
        raise BadInput(
            "This badge template was made by a newer version of the app",
            filled(
                "Its format is number {version}, and {own} is understood here. Nothing was changed.",
                version=file.version,
                own=VERSION,
            ),
            "Bring this app up to date.",
        )
    return _checked(file.sheet)


def _checked(inner: msgspec.Raw) -> Sheet:
    try:
        sheet = decode(inner, Sheet)
    except msgspec.DecodeError as error:
        raise BadInput(
            "This badge template is damaged", filled("{error} Nothing was changed.", error=_words(error)), _HINT
        ) from error
    found = faults(sheet.template)
    if found:
        said = " ".join(f"{fault}." for fault in found[:3])
        raise BadInput("This badge template cannot be printed", filled("{said} Nothing was changed.", said=said), _HINT)
    return sheet


def _words(error: msgspec.DecodeError) -> str:
    """The library's sentence, with the place in front as people count: from one."""
    said, at, path = str(error).partition(" - at ")
    place = path.strip("`$").lstrip(".")
    return f"{place}: {said}." if at and place else f"{said}."
