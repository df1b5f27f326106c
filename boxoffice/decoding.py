"""Decoders for what was written down or comes over a line, each made once and by one thread at a time.

msgspec describes a struct when a decoder for it is first wanted, and lets other threads see the description before it
is complete: two threads that want one at the same moment end the process (seen with 0.22). So nobody makes decoders
but this module, under one lock. What is made may be used by any number of threads at once.
"""

from __future__ import annotations

import threading
from typing import Any, Protocol, TypeVar, overload

import msgspec

T = TypeVar("T")
Read = TypeVar("Read", covariant=True)


class Decodes(Protocol[Read]):
    """What a decoder is for whoever has one."""

    def decode(self, buf: Any, /) -> Read:
        """The value in bytes, or in the text of JSON.

        Raises `msgspec.DecodeError`, or `msgspec.ValidationError` if it is of another type.
        """
        ...


_making = threading.RLock()
_made: dict[Any, msgspec.json.Decoder[Any]] = {}
_packed: dict[Any, msgspec.msgpack.Decoder[Any]] = {}


@overload
def decoder(kind: type[T]) -> msgspec.json.Decoder[T]: ...


@overload
def decoder(kind: Any) -> msgspec.json.Decoder[Any]: ...


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """What reads JSON of this type; always the same one for a type."""
    found = _made.get(kind)
    if found is not None:
        return found
    with _making:
        return _made.setdefault(kind, msgspec.json.Decoder(kind))


@overload
def packed_decoder(kind: type[T]) -> msgspec.msgpack.Decoder[T]: ...


@overload
def packed_decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]: ...


def packed_decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    """What reads MessagePack of this type; always the same one for a type."""
    found = _packed.get(kind)
    if found is not None:
        return found
    with _making:
        return _packed.setdefault(kind, msgspec.msgpack.Decoder(kind))


@overload
def decode(data: bytes | str, kind: type[T]) -> T: ...


@overload
def decode(data: bytes | str, kind: Any = Any) -> Any: ...


def decode(data: bytes | str, kind: Any = Any) -> Any:
    """A value from JSON. Raises `msgspec.DecodeError`, or `msgspec.ValidationError` if it is of another type."""
    return decoder(kind).decode(data)


@overload
def convert(value: Any, kind: type[T]) -> T: ...


@overload
def convert(value: Any, kind: Any) -> Any: ...


def convert(value: Any, kind: Any) -> Any:
    """A value of this type from builtin ones. Raises `msgspec.ValidationError`."""
    decoder(kind)  # describes the type, if nobody has
    return msgspec.convert(value, kind)
