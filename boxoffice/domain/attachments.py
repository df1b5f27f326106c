"""Files that answer a question at the door: under which name an answer speaks of one, and of which kind it is.

The name is made of what is in the file, so that the same file is one wherever it is kept. Kinds are those that the
field's best-known server takes; what a file is, its first bytes say, and not what somebody called it.
"""

from __future__ import annotations

import hashlib

_PREFIX = "file:"
PDF = "application/pdf"
_MARKS = ((b"%PDF-", PDF, "pdf"), (b"\x89PNG\r\n\x1a\n", "image/png", "png"), (b"\xff\xd8\xff", "image/jpeg", "jpg"))


def name_of(content: bytes) -> str:
    """What an answer says that means this file."""
    return _PREFIX + hashlib.sha256(content).hexdigest()


def digest_in(answer: str) -> str:
    """What a file is kept under that an answer names; empty where it names none."""
    return answer.removeprefix(_PREFIX) if answer.startswith(_PREFIX) else ""


def kind_of(content: bytes) -> tuple[str, str]:
    """Its media type and the ending of its name; both empty for anything that is not taken."""
    return next(((media, ending) for mark, media, ending in _MARKS if content.startswith(mark)), ("", ""))
