"""Each test of the hub is one of both its databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.hub.database import file_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the hub keeps everything. On PostgreSQL the test is skipped where there is none."""
    if request.param == "sqlite":
        return file_url(tmp_path / "hub.db")
    url: str = request.getfixturevalue("postgresql_url")
    return url
