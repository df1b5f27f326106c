"""The benchmark of a sync with a pretix: what stands in for the server speaks its words."""

from __future__ import annotations

from boxoffice.cli import bench_pretix


def test_a_station_takes_in_what_the_stand_in_tells_and_then_what_has_changed(tmp_path) -> None:
    measured = bench_pretix.measure(tmp_path / "station", 130, bare=1.0)
    assert measured["first_ratio"] > 0
    assert measured["delta_ratio"] > 0
    assert "from a pretix" in bench_pretix.line(measured)
