"""The page in a real browser, as somebody uses it: log in, look, log out; in light and in dark."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from boxoffice.domain.facts import Admitted
from boxoffice.domain.instants import micros
from sync.hub import page
from sync.hub.database import file_url

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *("--remote-debugging-pipe", "--window-size=1100,900"),
)
# The browser listens on the third file and speaks on the fourth, whatever numbers the pipes have here.
ON_THREE_AND_FOUR = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
for number, pipe in enumerate(pipes, 3):
    os.dup2(pipe, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
NAME = "South <img src=x onerror=alert(1)>"


@pytest.fixture
def database_url(tmp_path):
    """The browser sees the same whatever lies behind the hub."""
    return file_url(tmp_path / "hub.db")


class Chromium:
    """A browser with one window, told what to do over two pipes."""

    def __init__(self, program, folder):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        wrapped = [sys.executable, "-c", ON_THREE_AND_FOUR, str(theirs_in), str(theirs_out), program, *FLAGS]
        self._process = subprocess.Popen(
            [*wrapped, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self._number = 0
        self._rest = b""
        self.complaints = []
        self._session = None
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.tell(f"{domain}.enable")

    def tell(self, method, **parameters):
        """Say one thing; what it answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        while True:
            heard = self._hear()
            if heard.get("id") == self._number:
                assert "error" not in heard, heard
                return heard["result"]

    def _hear(self):
        while b"\0" not in self._rest:
            part = os.read(self._in.fileno(), 1 << 20)
            assert part, "The browser has ended"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        heard = json.loads(message)
        if heard.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.complaints.append(heard["params"])
        return heard

    def go(self, url):
        self.tell("Page.navigate", url=url)

    def value(self, script):
        """What a script says in the page; of a promise, what it comes to."""
        found = self.tell("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, condition):
        """Wait until something holds in the page."""
        self.value(
            f"new Promise((yes, no) => {{ const end = Date.now() + 20000; const look = () => {{"
            f" if ({condition}) yes(); else if (Date.now() > end) no(document.body.innerText);"
            " else setTimeout(look, 20); }; look(); })"
        )

    def picture(self, path):
        path.write_bytes(base64.b64decode(self.tell("Page.captureScreenshot")["data"]))

    def dark(self):
        self.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def close(self):
        with contextlib.suppress(OSError, AssertionError):
            self._session = None
            self.tell("Browser.close")
        self._process.wait(60)
        self._in.close()
        self._out.close()


@pytest.fixture
def chromium(tmp_path):
    found = [program for name in ("chromium", "chromium-browser", "google-chrome") if (program := shutil.which(name))]
    if not found:
        pytest.skip("There is no Chromium. On Debian: apt-get install chromium")
    with contextlib.closing(Chromium(found[0], tmp_path / "browser")) as browser:
        yield browser


VISIBLE = "document.body.innerText"


def test_somebody_logs_in_looks_and_logs_out(hub, north, chromium, tmp_path):
    south = hub.station(NAME)
    for station, minute in ((north, 1), (south, 2)):
        at = micros(datetime.now(UTC)) - minute * 60_000_000
        station.push(station.write(Admitted(event="conf26", at=at, list=1, ticket="A1-1", gate="Main")))
    with hub.database.writing() as connection:
        token = page.admit(connection, "Grace", 0)

    chromium.go(hub.url)
    chromium.wait_for("document.readyState === 'complete' && !document.getElementById('login').hidden")
    assert "North" not in chromium.value(VISIBLE)

    for typed in ("wrong", token):
        chromium.value("document.getElementById('token').focus()")
        chromium.tell("Input.insertText", text=typed)
        chromium.value("document.querySelector('#login button').click()")
        if typed == "wrong":
            chromium.wait_for(f"{VISIBLE}.includes('opens no page')")
    chromium.wait_for("document.querySelectorAll('#stations tbody tr').length === 2")

    shown = chromium.value(VISIBLE)
    assert [
        word for word in ("North", NAME, "✓ fine", "Main entrance", "Conflicts (1)", "A1-1") if word not in shown
    ] == []
    assert "Two entries" in shown
    assert "Ada" not in shown
    assert chromium.value("document.images.length") == 0  # what a station calls itself stays text
    assert chromium.value("document.cookie") == ""
    paper = "getComputedStyle(document.body).backgroundColor"
    assert chromium.value(paper) == "rgb(255, 255, 255)"
    chromium.picture(tmp_path / "light.png")
    chromium.dark()
    assert chromium.value(paper) == "rgb(20, 22, 26)"
    chromium.picture(tmp_path / "dark.png")
    assert chromium.value("document.documentElement.scrollWidth <= innerWidth")

    chromium.value("document.getElementById('leave').click()")
    chromium.wait_for("!document.getElementById('login').hidden && document.getElementById('view').hidden")
    # A browser also notes each answer that is a no, and gives advice.
    amiss = [
        one for one in chromium.complaints if one.get("entry", {}).get("source") not in ("network", "recommendation")
    ]
    assert amiss == []
