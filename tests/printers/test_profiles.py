"""Models of printers: what the library knows of them, and what a station may set differently."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from boxoffice.errors import BadInput, DeviceTrouble
from printers.profiles import LEAST_COLUMNS, MOST_COLUMNS, names, prepare, profile


@pytest.mark.parametrize("name", [None, *sorted(names())])
def test_each_model_has_columns_that_fit_on_its_paper(name: str | None) -> None:
    one = profile(name) if name else profile()
    assert LEAST_COLUMNS <= one.columns <= MOST_COLUMNS
    assert one.across <= one.dots


@pytest.mark.parametrize(
    ("name", "columns", "dots"), [("POS-5890", 32, 384), ("TM-T88V", 42, 512), ("TM-T20II", 48, 576)]
)
def test_paper_of_58_and_80_millimetres(name: str, columns: int, dots: int) -> None:
    assert (profile(name).columns, profile(name).dots) == (columns, dots)


def test_customer_displays_are_no_printers() -> None:
    assert {"OCD-100", "AF-240"}.isdisjoint(names())


def test_more_columns_are_printed_in_small_letters() -> None:
    assert (profile("TM-T20II", 42).font, profile("TM-T20II", 56).font) == (0, 1)


def test_a_model_without_a_width_takes_the_columns_it_is_told() -> None:
    assert [profile("default", columns).dots for columns in (32, 42, 48, 56)] == [384, 504, 576, 504]


@pytest.mark.parametrize("columns", [31, 57])
def test_columns_that_no_paper_has_are_refused(columns: int) -> None:
    with pytest.raises(BadInput):
        profile("default", columns)


def test_columns_that_this_paper_does_not_have_are_refused() -> None:
    with pytest.raises(BadInput, match="do not fit"):
        profile("POS-5890", 48)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(BadInput, match="no printer model called Gutenberg"):
        profile("Gutenberg")


def test_a_file_of_models_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(DeviceTrouble, match="printer models cannot be read"):
        prepare(tmp_path, tmp_path / "missing.json")


def test_a_newer_file_of_models_is_believed_and_its_pickle_stays_private(tmp_path: Path) -> None:
    newer = tmp_path / "capabilities.json"
    model = {
        "name": "Newest",
        "codePages": {"0": "CP437"},
        "features": {"bitImageRaster": True, "qrCode": True},
        "fonts": {"0": {"columns": 40}},
        "media": {"dpi": 203, "width": {"mm": 72, "pixels": 480}},
    }
    encodings = {"CP437": {"python_encode": "cp437"}}
    newer.write_text(json.dumps({"profiles": {"default": model, "New": model}, "encodings": encodings}))
    code = f"""
from pathlib import Path
from printers.profiles import prepare, profile
prepare(Path({str(tmp_path / "private")!r}), Path({str(newer)!r}))
print(profile("New").title, profile("New").columns)
"""
    for _ in range(2):  # the second reads the pickle of the first
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
        assert done.stdout.split() == ["Newest", "40"]
    (folder,) = (tmp_path / "private").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.glob("*.pickle"))
