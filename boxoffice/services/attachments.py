"""Files handed in at the door as answers: a photo of a paper, a portrait, a PDF.

A picture is made no larger than reading it needs, and loses what else was in its file; a PDF goes as it is. What was
handed in goes to the server with the entry, and stays at this station beside its other pictures, encrypted like them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from boxoffice.domain import attachments
from boxoffice.domain.catalog import Catalog, Question, QuestionType
from boxoffice.errors import BadInput, filled
from boxoffice.storage import badges
from boxoffice.storage.connection import Connection

from . import pictures

LARGEST_PICTURE = 300_000
"""Bytes of one that is kept: small print on a page can be read."""
LARGEST_PDF = 2**20
LARGEST_TOGETHER = 4 * 2**20
"""Bytes of all files of one entry: as text, a third more, they fit into one request to a server."""
_HINT = "Choose a PNG, a JPEG or a PDF file, or take a photo."


def from_file(path: Path, *, portrait: bool = False) -> bytes:
    """The file that somebody names, fit to be an answer. Raises `BadInput`."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= pictures.MOST_BYTES else b""
    except OSError as error:
        raise BadInput(
            "The file cannot be read", filled("{name}: {error}.", name=path.name, error=error.strerror), _HINT
        ) from error
    if size > pictures.MOST_BYTES:
        raise _too_large(pictures.MOST_BYTES)
    return fit(content, portrait=portrait)


def fit(content: bytes, *, portrait: bool = False) -> bytes:
    """A file fit to be an answer; a `portrait` is cut to its middle, three wide and four high. Raises `BadInput`."""
    media, _ = attachments.kind_of(content)
    if not media or (portrait and media == attachments.PDF):
        what = "A portrait is wanted: a photo." if portrait else "It is no PNG, no JPEG and no PDF."
        raise BadInput("This file cannot be handed in", what, _HINT)
    if media == attachments.PDF:
        if len(content) > LARGEST_PDF:
            raise _too_large(LARGEST_PDF)
        return content
    return pictures.portrait(content) if portrait else pictures.light(pictures.fit(content), LARGEST_PICTURE)


def _too_large(most: int) -> BadInput:
    return BadInput("This file is too large", filled("It has more than {most} MB.", most=most // 2**20), _HINT)


def named(answers: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Of these files, those that an answer speaks of. Raises `BadInput` if they are too much for one entry."""
    found = {answer: files[answer] for answer in answers.values() if answer in files}
    if sum(map(len, found.values())) > LARGEST_TOGETHER:
        raise BadInput("These files are too large together", "Nothing was recorded.", _HINT)
    return found


def keep(connection: Connection, files: Iterable[bytes]) -> None:
    """Keep the pictures among what was handed in where this station's pictures are, to be looked at."""
    for content in files:
        if attachments.kind_of(content)[0] != attachments.PDF:
            badges.put_picture(connection, content)


def question_named(catalog: Catalog, name: str) -> Question | None:
    """The question of this id or identifier that wants a file."""
    wanting = (one for one in catalog.questions.values() if one.type is QuestionType.FILE)
    return next((one for one in wanting if name in (str(one.id), one.identifier)), None)
