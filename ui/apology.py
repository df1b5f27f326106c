"""What a person is told of a bug of ours."""

from __future__ import annotations

from boxoffice.errors import Trouble


def apology() -> Trouble:
    """Nothing that was answered is lost, and the app stays up."""
    return Trouble(
        "Something went wrong in this app",
        "What was recorded is kept; what you did last may have to be done again.",
        "If it happens again, tell the organiser; the log says more.",
    )
