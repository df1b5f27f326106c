"""The HTTP library, without what hardly anybody needs of it.

Its tables (4 MiB) for texts that do not say in which letters they were written, and for addresses in other letters
than ours, wait until there is one. Whoever is on the way to the first window imports even this late: it takes a
tenth of a second.
"""

from __future__ import annotations

import logging
from importlib.metadata import version

from boxoffice.postponing import put_off

with put_off("charset_normalizer", "idna") as stand_ins:
    for stand_in in stand_ins:
        # What requests asks of it when it is loaded itself.
        vars(stand_in)["__version__"] = version(stand_in.__name__)
    import requests as requests

# What it warns of comes out of our adapter as a sentence.
logging.getLogger("urllib3").setLevel(logging.ERROR)
