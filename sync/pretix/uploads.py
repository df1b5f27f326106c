"""Files that were handed in at a door, given to a pretix before the entry whose answers speak of them.

pretix names a file when it is uploaded, and knows that name for a day only. So it is uploaded each time its entry is
sent, right before it: a name that was kept might have run out, and pretix takes an answer that it cannot follow for
none and says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from boxoffice.domain import attachments
from boxoffice.domain.facts import Private
from boxoffice.errors import ServerTrouble
from sync.wire import pretix as wire

if TYPE_CHECKING:
    from sync.api import Api

_PATH = "/api/v1/upload"
_HEARD = (400, 403)
_TOO_LARGE = 413


class Uploaded(msgspec.Struct, frozen=True):
    """The answers of an entry as the server is to be told them."""

    answers: Mapping[str, str]
    remark: str = ""
    """Why there is one answer less: the server would not have the file."""


class _Named(msgspec.Struct):
    id: str = ""


def upload(api: Api, private: Private) -> Uploaded:
    """Hand over the files that the answers speak of. Raises `ServerTrouble` where nothing came through."""
    answers = dict(private.answers)
    remark = ""
    for question, answer in private.answers.items():
        content = private.files.get(answer)
        if content is None:
            continue
        name, no = _upload(api, content)
        remark = remark or no
        if name:
            answers[question] = name
        else:
            del answers[question]
    return Uploaded(answers, remark)


def _upload(api: Api, content: bytes) -> tuple[str, str]:
    """The server's name for a file; or why it has none."""
    media, ending = attachments.kind_of(content)
    headers = {"Content-Type": media, "Content-Disposition": f'attachment; filename="answer.{ending}"'}
    try:
        reply = api.post(_PATH, content, welcome=_HEARD, headers=headers)
    except ServerTrouble as trouble:
        if trouble.status != _TOO_LARGE:  # The server's doorkeeper, which would say so for ever.
            raise
        return "", "The file that was handed in is too large for pretix."
    if reply.status != 201:
        return "", f"pretix would not have the file that was handed in: {wire.said(reply.body) or reply.status}"
    return wire.understood(reply.body, _Named).id, ""
