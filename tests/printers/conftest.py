"""A receipt as it comes from the till, the judge of what is sent to printers, and the printers as it sees them.

python-escpos keeps what it derives from its capability file in a private folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
import pytest

from boxoffice.domain.documents import BillLine, Letterhead, Receipt, TaxGroup, Tendered
from printers.profiles import prepare

from . import capability_file, comparison, decoder
from .commands import Command, NotUnderstood, Reader
from .decoder import Model
from .paper import Paper


@pytest.fixture(autouse=True, scope="session")
def printer_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("ESCPOS_CAPABILITIES_FILE", raising=False)
        prepare(tmp_path_factory.mktemp("escpos"))
        yield


RECEIPT = Receipt(
    at=datetime(2026, 11, 21, 18, 4, tzinfo=UTC),
    timezone="Europe/Berlin",
    letterhead=Letterhead(
        event="Conference 2026",
        organiser="Lakeside Stage Ltd",
        address=("1 Lake Street", "12345 Lakeside"),
        tax_id="DE123456789",
        footer=("Thank you and goodbye",),
    ),
    station="Till 1",
    operator="Ada",
    number="T1-000123",
    currency="EUR",
    lines=(
        BillLine(text="Weekend", quantity=2, each=4500, amount=9000, tax="A", notes=("Saturday and Sunday",)),
        BillLine(text="T-shirt", each=1500, amount=1500, tax="A"),
        BillLine(text="Water", each=500, amount=500, tax="B"),
    ),
    total=11000,
    tenders=(Tendered(tender="cash", amount=11000, given=12000, change=1000),),
    taxes=(
        TaxGroup(letter="A", rate=1900, base=8824, tax=1676, gross=10500),
        TaxGroup(letter="B", rate=700, base=467, tax=33, gross=500),
    ),
    orders=("A7B9C",),
    code="https://example.org/r/T1-000123",
)


class Till(Protocol):
    def __call__(self, **changes: Any) -> Receipt: ...


@pytest.fixture
def receipt() -> Till:
    """A receipt, with what a test wants to be different."""
    return lambda **changes: msgspec.structs.replace(RECEIPT, **changes)


@pytest.fixture
def not_understood() -> type[NotUnderstood]:
    """What is raised for bytes that no printer would carry out."""
    return NotUnderstood


@pytest.fixture
def decode() -> Callable[..., Paper]:
    """`decode(data, dots=384, columns=32)`: the paper as it comes out of a printer of these properties."""

    def decode(data: bytes, model: Model | None = None, **properties: Any) -> Paper:
        return decoder.decode(data, model or Model(**properties))

    return decode


@pytest.fixture(scope="session")
def commands() -> Callable[[bytes], list[Command]]:
    """`commands(data)`: what it is made of."""
    return lambda data: list(Reader().feed(data))


@pytest.fixture(scope="session")
def compare() -> Callable[..., list[str]]:
    """`compare(lines, profile, paper)`: where the paper is not what the preview of the lines shows."""
    return comparison.differences


@pytest.fixture(scope="session")
def model_of() -> Callable[..., Model]:
    """`model_of("TM-T88II")`: a printer with the width, the pages and the abilities that its profile says it has."""
    return capability_file.model_of


@pytest.fixture
def no_patience(patience_with_printers: Callable[..., None]) -> None:
    """A printer that is silent for a moment is given up."""
    patience_with_printers(0.3)
