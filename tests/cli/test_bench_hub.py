"""The benchmark of the hub runs, and takes nothing for granted that the hub does not keep."""

from __future__ import annotations

import json

import pytest

from boxoffice.cli.main import run


@pytest.mark.prove
def test_it_measures_each_database_that_can_be_had(capsys, postgresql):
    assert run(["bench", "hub", "--quick", "--json"]) == 0
    measured = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["database"], one["workers"]) for one in measured] == [("sqlite", 1), ("sqlite", 2), ("postgresql", 2)]
    assert all(one["acts_ratio"] > 0 and one["known_p99_ms"] > 0 for one in measured)
