"""A PIN is kept as argon2id makes it, with a salt of its own and a pepper that does not lie in the store.

Sealing takes a tenth of a second on purpose, so it never happens on the writing thread.
"""

from __future__ import annotations

import os

from boxoffice.errors import StorageTrouble

MEMORY_KIB, PASSES = 32 * 1024, 3


def seal(pin: str, pepper: bytes) -> str:
    """What is kept of a PIN. It names what it was made with, so that dearer seals can follow later."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    made = Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB, secret=pepper)
    return made.derive_phc_encoded(pin.encode())


def fits(pin: str, sealed: str, pepper: bytes) -> bool:
    """Whether this is the PIN. Raises `StorageTrouble` for a seal that cannot be read."""
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(pin.encode(), sealed, secret=pepper)
    except InvalidKey:
        return False
    except ValueError as error:
        raise StorageTrouble("This PIN cannot be checked", "What is kept of it is damaged.", "Give another.") from error
    return True
