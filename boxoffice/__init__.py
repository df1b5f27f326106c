"""An offline-first box office and check-in desktop app."""

__version__ = "0.1.0"
