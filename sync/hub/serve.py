"""Running the hub: one process, one address, until it is told to stop.

The web server's own way of stopping waits for open streams, which never end by themselves, and then raises
the signal once more. Here the streams are ended first and the process leaves with status 0.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from boxoffice.errors import DeviceTrouble

from . import turns
from .app import Hub

QUEUE = 256
STOP_WITHIN = 5
LITTER = 50_000
"""Objects made after which the interpreter looks for those that only hold each other."""
KEEP_ALIVE = 75
"""Longer than a station's pause between two polls, so that it does not run into a line being closed."""


class Server(uvicorn.Server):
    """The hub behind a listening socket."""

    def __init__(self, hub: Hub, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
        config = uvicorn.Config(
            hub.app(),
            http="httptools",
            ws="none",
            interface="asgi3",
            proxy_headers=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=STOP_WITHIN,
        )
        super().__init__(config)
        self._hub = hub
        self._listener = listener
        self._ready = ready

    def serve_until_stopped(self) -> None:
        """Serve until `stop` or a signal, and finish what was begun."""
        _rarely_look_for_litter()
        turns.short()
        try:
            self.run(sockets=[self._listener])
        finally:
            self._hub.close()

    def stop(self) -> None:
        """Ask it to stop. May come from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when requests are answered."""
        await super().startup(sockets)
        if self._ready is not None:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        self._hub.pokes.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on the usual signals. On another thread than the main one there are none."""
        with contextlib.ExitStack() as before:
            if threading.current_thread() is threading.main_thread():
                for number in (signal.SIGINT, signal.SIGTERM):
                    before.callback(signal.signal, number, signal.signal(number, self._on_signal))
            yield

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()


def _rarely_look_for_litter() -> None:
    """Acts come by the thousand and none of them is part of a circle: looking for such costs more than it finds."""
    gc.freeze()
    gc.set_threshold(LITTER)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `DeviceTrouble` if the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The event loop turns TCP_NODELAY on only where the protocol is named; without it each answer takes 45 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(QUEUE)
    except OSError as error:
        listener.close()
        raise DeviceTrouble(
            "The hub cannot listen there", f"{host}:{port}: {error.strerror}.", "Choose another --port or --host."
        ) from error
    return listener


def seen_at(listener: socket.socket) -> str:
    """The address under which others reach a listening socket."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - asks whether it is so
        host = _own_address() or "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _own_address() -> str:
    """This machine's address in its network. Nothing is sent: choosing a way out is enough to learn it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        try:
            out.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(out.getsockname()[0])
