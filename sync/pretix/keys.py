"""The key pair of a station: what its pretix seals for it alone, the keys to wristbands and cards, it can open.

The private half is made here, never leaves the encrypted store, and goes with it when the station is wiped. The
server takes a public half once in a device's life, so the pair is made before it enrols.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Iterable

from boxoffice.domain.orders import MediumKeys
from sync.wire.pretix_orders import KeySetRow

log = logging.getLogger(__name__)

_BITS = 2048
_PUBLIC_EXPONENT = 65537


def new_key() -> str:
    """A fresh private key, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(_PUBLIC_EXPONENT, _BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_half(private: str) -> str:
    """What the server may know of a private key, as PEM."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private.encode(), None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def opened(private: str, rows: Iterable[KeySetRow]) -> tuple[MediumKeys, ...]:
    """The key sets that were sealed for this station. One that it cannot open is left out."""
    return tuple(keys for row in rows if (keys := _opened(private, row)))


def _opened(private: str, row: KeySetRow) -> MediumKeys | None:
    try:
        return MediumKeys(
            id=row.public_id,
            organizer=row.organizer,
            type=row.media_type,
            active=row.active,
            uid_key=_unsealed(private, row.uid_key),
            diversification_key=_unsealed(private, row.diversification_key),
        )
    except (ValueError, binascii.Error) as error:
        log.info("The keys %s for %s cannot be opened: %s", row.public_id, row.media_type, error)
        return None


def _unsealed(private: str, sealed: str) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - it was made here
    return key.decrypt(base64.b64decode(sealed, validate=True), padding.PKCS1v15())
