"""What a window may ask of the screens and pages that it shows; each has it or has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .preferences import Preferences


@runtime_checkable
class Living(Protocol):
    """A screen whose content changes while nobody touches it."""

    def look_again(self) -> None:
        """Show what there is now; at once if it is what was shown before."""
        ...


@runtime_checkable
class Typing(Protocol):
    """A screen that knows where the keys belong."""

    def take_keys(self) -> None:
        """Let what is typed go there."""
        ...


@runtime_checkable
class Scanning(Protocol):
    """A screen that has a use for scans while it is shown."""

    def take_scan(self, text: str) -> bool:
        """Something was held to the gun or the camera; whether it was for this screen."""
        ...


@runtime_checkable
class Following(Protocol):
    """A screen that changes with what the person likes."""

    def follow(self, preferences: Preferences) -> None:
        """Be as it is liked now."""
        ...


@runtime_checkable
class Keyed(Protocol):
    """A screen with keys of its own."""

    def keys(self) -> list[tuple[str, str]]:
        """Each key, and what it does."""
        ...
