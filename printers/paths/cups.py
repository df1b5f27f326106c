"""Printers of the operating system on Linux and macOS, through CUPS: handed over to `lp`, asked after with `lpstat`.

CUPS keeps what it took and tries again by itself, so a job that it has is not ours to repeat or to send elsewhere:
it counts as sent, and what CUPS says of the printer stands beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence

from boxoffice.domain.printing import Condition, Paper, State
from boxoffice.errors import filled

from .path import NotSent, Parcel, Result, Withdrawn

TAKES_WITHIN = 10.0
WATCHES = 20.0
"""Seconds in which we look whether CUPS has got rid of it."""
_LOOKS_EVERY = 0.5
_TAKEN = re.compile(r"request id is (\S+)")
WAITS_THERE = "It waits in the system's own queue"


class CupsPath:
    """One queue of CUPS. `raw` bytes are for the printer itself; anything else is a PDF."""

    def __init__(self, name: str, *, raw: bool) -> None:
        self._name = name
        self._raw = raw

    def look(self) -> Condition:
        """How CUPS says that the printer is."""
        said = _asked("-p", self._name)
        if not said:
            raise NotSent("CUPS knows no such printer", filled("{name}.", name=self._name), "`lpstat -e` lists them.")
        return Condition(paper=Paper.OUT if "media-empty" in said else Paper.UNKNOWN, online="disabled" not in said)

    def deliver(self, parcel: Parcel) -> Result:
        """Hand it over. Raises `NotSent` if there is no such printer."""
        self.look()
        if not parcel.begin():
            raise Withdrawn
        words = ["lp", "-d", self._name, "-t", parcel.title, *(("-o", "raw") if self._raw else ()), "-"]
        try:
            done = _run(words, parcel.data)
        except subprocess.TimeoutExpired:
            return Result(state=State.UNKNOWN, because="CUPS did not say whether it took it")
        taken = _TAKEN.search(done.stdout)
        if done.returncode != 0:
            raise NotSent("CUPS did not take it", filled("{said}.", said=done.stderr.strip()), "The document waits.")
        return self._watch(taken[1], parcel) if taken else Result(state=State.SENT)

    def _watch(self, request: str, parcel: Parcel) -> Result:
        until = time.monotonic() + WATCHES
        while time.monotonic() < until and not parcel.stopped():
            if not self._still_has(request):
                return Result(state=State.SENT)
            time.sleep(_LOOKS_EVERY)
        return Result(state=State.SENT, because=WAITS_THERE)

    def _still_has(self, request: str) -> bool:
        try:
            return request in _asked("-W", "not-completed", "-o", self._name).split()
        except NotSent:  # CUPS says nothing any more, and has taken it nevertheless
            return True


def _asked(*words: str) -> str:
    """What `lpstat` says. Raises `NotSent`."""
    try:
        return _run(("lpstat", *words)).stdout
    except subprocess.TimeoutExpired as error:
        raise NotSent("CUPS does not answer", "Nothing was sent.", "The document waits.") from error


def _run(words: Sequence[str], data: bytes = b"") -> subprocess.CompletedProcess[str]:
    if shutil.which(words[0]) is None:
        raise NotSent(
            "CUPS is not on this computer",
            filled("There is no {words}.", words=words[0]),
            "Choose another way to the printer.",
        )
    done = subprocess.run(
        words, input=data, capture_output=True, timeout=TAKES_WITHIN, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return subprocess.CompletedProcess(
        words, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )


def queues() -> list[str]:
    """The names of CUPS's printers; none where there is no CUPS, or it does not answer."""
    try:
        return _asked("-e").split()
    except NotSent:
        return []
