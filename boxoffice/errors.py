"""The family of errors that a person may read.

Each one says what happened, what was kept and what to do next, in the words of the person at the
door or the till. Anything that is not of this family is a bug of ours and is treated as one.
"""

from __future__ import annotations

from collections.abc import Mapping


class Filled(str):
    """A sentence with its values in it, that still knows both apart: so a screen can say it in its own language."""

    template: str
    values: Mapping[str, object]


def filled(template: str, /, **values: object) -> str:
    """An English sentence with `{names}` in it, filled with these values."""
    made = Filled(template.format_map({name: str(value) for name, value in values.items()}))
    made.template = template
    made.values = values
    return made


class Trouble(Exception):
    """Something a person should read: a title at arm's length, what happened, what to do next."""

    exit_status = 3

    def __init__(self, title: str, what: str = "", hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        """One line for a log or a terminal."""
        return " ".join(part if part.endswith((".", "!", "?")) else part + "." for part in self.parts())

    def parts(self) -> list[str]:
        """Title, what happened and the hint; those that are there."""
        return [part for part in (self.title, self.what, self.hint) if part]


class Refused(Trouble):
    """A rule says no. Shown beside the button; nothing was changed."""

    exit_status = 1


class NeedsPermission(Refused):
    """A rule says that somebody else, or a PIN, has to stand by this. Nothing was changed.

    `act` is the word in the table of permissions.
    """

    def __init__(self, act: str, title: str) -> None:
        super().__init__(title, "Nothing was done.", "Somebody who may has to stand by it with a PIN.")
        self.act = act


class BadInput(Trouble):
    """Words, files or codes that cannot be understood. Nothing was changed."""

    exit_status = 2


class DeviceTrouble(Trouble):
    """A camera, gun, printer or terminal does not do its part. Work goes on without it."""


WORK_GOES_ON = "Work goes on; what was done waits here."
"""The hint where nobody has to do anything about it."""


class ServerTrouble(Trouble):
    """The central server cannot be reached or does not make sense. Work goes on; what was done waits.

    `status` is the answer's number where there was one, `retry_after` the seconds that the server asks for.
    """

    def __init__(
        self,
        title: str,
        what: str = "",
        hint: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(title, what, hint)
        self.status = status
        self.retry_after = retry_after


class DeviceRevoked(ServerTrouble):
    """The server no longer knows this station. It stops talking to it and keeps everything."""


class StorageTrouble(Trouble):
    """The station cannot write down what it does, so it must not do it."""
