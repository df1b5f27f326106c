"""The printers of python-escpos's capability file, read without python-escpos: what the file itself says of them."""

from __future__ import annotations

import importlib.resources
import json
from typing import Any

from .decoder import Model

_FILE: dict[str, Any] = json.loads(
    importlib.resources.files("escpos").joinpath("capabilities.json").read_text(encoding="utf-8")
)
PROFILES: dict[str, Any] = _FILE["profiles"]
_TABLES = {name: "".join(one["data"]) for name, one in _FILE["encodings"].items() if "data" in one}
_COMMANDS = {
    "bitImageRaster": {"GS v 0"},
    "graphics": {"GS ( L", "GS 8 L"},
    "bitImageColumn": {"ESC *"},
    "highDensity": {"1b 2a 20", "1b 2a 21"},
    "qrCode": {"GS ( k"},
    "barcodeB": {f"1d 6b {system:02x}" for system in range(65, 80)},
    "paperFullCut": {"1d 56 00", "1d 56 30", "1d 56 41"},
    "paperPartCut": {"1d 56 01", "1d 56 31", "1d 56 42"},
    "pulseStandard": {"ESC p"},
}
"""A command by its name, or by its first three bytes."""


def model_of(profile: str, **properties: Any) -> Model:
    """The printer of a profile; what the file does not know, or another one has, can be said."""
    facts = PROFILES[profile]
    lacking = {name for name in _COMMANDS if not facts["features"].get(name)}
    width = facts["media"].get("width", {}).get("pixels")
    known: dict[str, Any] = {
        "code_pages": {int(number): name for number, name in facts["codePages"].items()},
        "tables": _TABLES,
        "lacks": frozenset().union(*(_COMMANDS[name] for name in lacking)),
        "columns": facts["fonts"]["0"]["columns"],
    }
    if isinstance(width, int):
        known["dots"] = width
    return Model(**known | properties)
