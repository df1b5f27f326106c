"""Where everything is joined: the app for a person, or a verb of the command line."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Open the app, or do what the words say."""
    words = sys.argv[1:]
    if words[:1] == ["--data"] and len(words) > 2:
        words = [*words[2:], *words[:2]]  # The folder may be named before the verb as well.
    if not words or words[0] == "--data":
        # Nothing dies before the first picture; looking for it would cost a tenth of the start.
        gc.disable()
        from ui.app import main as open_app

        return open_app(words)
    from boxoffice.cli.main import run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())
