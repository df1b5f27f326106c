"""Events in files: how they come to a central server that has none of its own, and leave it again.

A file holds one noun a line, `{"kind": "order", "row": {...}}`, in the words of the hub's feed, plain or
with gzip. It is read and written line by line, so its size does not matter.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.nouns import KINDS, Noun, kind_of
from boxoffice.errors import BadInput


class _Line(msgspec.Struct):
    kind: str
    row: msgspec.Raw


_decode_line = decoder(_Line).decode
_decoders = {kind: decoder(noun) for kind, noun in KINDS.items()}


def write(path: Path, nouns: Iterable[Noun]) -> int:
    """Write an event to a file (with gzip if it is called `.gz`); how many lines it has.

    The file appears when it is whole; an older one stays until then.
    """
    unfinished = path.with_name(path.name + ".part")
    encoder, lines = msgspec.json.Encoder(), 0
    with _writing(unfinished, compressed=path.suffix == ".gz") as file:
        for noun in nouns:
            file.write(b'{"kind":"%b","row":%b}\n' % (kind_of(noun).encode(), encoder.encode(noun)))
            lines += 1
    os.replace(unfinished, path)
    return lines


@contextmanager
def _writing(path: Path, *, compressed: bool) -> Iterator[io.BufferedIOBase]:
    with path.open("wb") as plain:
        if not compressed:
            yield plain
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as file:
            yield file


def read(path: Path) -> Iterator[Noun]:
    """The nouns of a file, one by one. Raises `BadInput` with the number of the line that is not right."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            noun = _noun(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(
                f"{path.name} is not an event file",
                f"Line {number}: {error}",
                "Each line is one object with `kind` and `row`.",
            ) from error
        yield noun


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as plain, _reading(plain) as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(
            f"{path.name} cannot be read",
            f"{getattr(error, 'strerror', None) or error}.",
            "Is it the file you meant, and is it whole?",
        ) from error


_GZIP = b"\x1f\x8b"


def _reading(plain: io.BufferedReader) -> io.BufferedIOBase:
    if plain.peek(2)[:2] == _GZIP:
        return gzip.GzipFile(fileobj=plain)
    return plain


def _noun(line: bytes) -> Noun:
    entry = _decode_line(line)
    decoder = _decoders.get(entry.kind)
    if decoder is None:
        raise msgspec.ValidationError(f"Nothing is called {entry.kind!r}; known are {', '.join(KINDS)}")
    return decoder.decode(entry.row)
