"""The demo as a newcomer has it: it ends as a whole, however it is ended, and is there again the next time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boxoffice.bootstrap import App
from boxoffice.config import Folder

STAY = ("-m", "boxoffice", "demo", "--no-gui", "--json", "--attendees", "20", "--data")
# As when an exit reaches a process inside Qt: nothing on its stack is unwound.
DROP = """
import sys
from pathlib import Path
from boxoffice.cli.demo import Demo
demo = Demo(Path(sys.argv[1]), 20)
demo.__enter__()
print(demo.url)
"""


def test_the_demo_takes_its_hub_along_and_comes_back_to_the_same_event(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = stay_and_end(folder)
    assert not answers(first["hub"])
    with App(Folder(Path(first["station"]))) as app:
        assert [one.name for one in app.lists() if (one.event, one.id) in app.door.lists] == ["Main entrance"]
    again = stay_and_end(folder)
    assert again == first
    assert not answers(again["hub"])


def test_the_hub_ends_even_where_nothing_is_unwound(tmp_path: Path) -> None:
    words = [sys.executable, "-c", DROP, str(tmp_path / "demo")]
    dropped = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    assert not answers(dropped.stdout.strip())


def stay_and_end(folder: Path) -> dict[str, Any]:
    """What a demo says of itself, which answers then and is told to end."""
    with subprocess.Popen([sys.executable, *STAY, str(folder)], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        said: dict[str, Any] = json.loads(demo.stdout.readline())
        assert answers(said["hub"])
        demo.terminate()
    return said


def answers(url: str) -> bool:
    """Whether somebody listens at this address."""
    place = urlsplit(url)
    with socket.socket() as line:
        return line.connect_ex((place.hostname, place.port)) == 0
