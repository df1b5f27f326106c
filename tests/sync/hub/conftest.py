"""Each test of the hub is one of both its databases."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where the hub keeps everything. On PostgreSQL the test is skipped where there is none."""
    name = "file_database_url" if request.param == "sqlite" else "postgresql_url"
    url: str = request.getfixturevalue(name)
    return url
