"""Where the stations come from that are killed. What they import is loaded once, before the first of them begins.

No store is opened in here and no thread is started, so that what begins is a process like any other that has just
loaded its modules: with locks, files and an end of its own. Asked over a line for one station at a time, it says
its number, and when it has ended, how.
"""

from __future__ import annotations

import json
import os
import runpy
import socket
import sys
import traceback

import requests  # noqa: F401 - with it come most of the modules of a station that syncs

import boxoffice.bootstrap
import boxoffice.cli.door
import boxoffice.cli.main
import boxoffice.counter
import boxoffice.gate
import boxoffice.services.admit
import boxoffice.services.card
import boxoffice.services.elsewhere
import boxoffice.services.hand_out
import boxoffice.services.lookup
import boxoffice.services.pass_sale  # noqa: F401
import sync.engine
import sync.worker  # noqa: F401


def live(words: list[str], folder: str, channels: list[int]) -> None:
    """What Python does with these words."""
    for stream, channel in enumerate(channels):
        os.dup2(channel, stream)
        os.close(channel)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    os.environ["BOXOFFICE_DATA"] = folder
    how, what, *sys.argv[1:] = words
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


def main() -> None:
    """Bring up stations until nobody asks any more."""
    line = socket.socket(fileno=int(sys.argv[1]))
    while True:
        asked, channels, _, _ = socket.recv_fds(line, 65_536, 2)
        if not asked:
            return
        while not asked.endswith(b"\n"):
            asked += line.recv(65_536)
        station = os.fork()
        if not station:
            line.close()
            try:
                live(**json.loads(asked), channels=channels)
            except BaseException:  # noqa: BLE001 - whatever it is, it is the station's
                traceback.print_exc()
            finally:
                os._exit(1)  # Each of them is meant to be killed.
        for channel in channels:
            os.close(channel)
        line.sendall(f"{station}\n".encode())
        _, status = os.waitpid(station, 0)
        line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
