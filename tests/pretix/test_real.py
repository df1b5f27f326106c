"""The dialect against a real pretix: what it tells arrives, what a station tells it arrives, once."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.pretix


def test_start(server, station):
    north = station("North")
    north.sync()
