"""The one door for a person and for a script."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from boxoffice.__main__ import main


def test_the_folder_may_be_named_before_the_verb_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOXOFFICE_KEYRING", "file")
    monkeypatch.setitem(sys.modules, "ui.app", SimpleNamespace(main=lambda _: 99))
    monkeypatch.setattr("sys.argv", ["boxoffice", "--data", str(tmp_path), "operators", "may", "--json"])
    assert main() == 0
    assert "cashier" in capsys.readouterr().out
