"""What an error says can be said in every language: none is put together where no screen can take it apart again."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import assets
from boxoffice.errors import filled
from ui import language

ROOT = Path(assets.__file__).parent.parent
FOLDERS = ("boxoffice", "printers", "sync", "ui")
OTHER_READERS = (
    "boxoffice/cli/",
    "boxoffice/domain/rules.py",
    "boxoffice/interchange.py",
    "boxoffice/scanning/sample",
    "sync/hub/",
    "ui/measuring.py",
    "ui/tour.py",
)
"""Read on a terminal by whoever serves or tries the app out: in English, as the command line is."""
ERRORS = re.compile(r"Refused|BadInput|\w*Trouble|DeviceRevoked|ForkedJournal|NotSent")


@functools.cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Everything that is called where a person at a screen may read of it."""
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(OTHER_READERS):
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Call):
                        yield f"{name}:{node.lineno}", node


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def parts(call: ast.Call) -> Iterator[ast.expr]:
    """What it says; of an either-or both."""
    for part in call.args:
        yield from (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,)


def test_no_sentence_of_an_error_is_put_together_in_english() -> None:
    errors = [(where, call) for where, call in calls() if ERRORS.fullmatch(_called(call))]
    assert len(errors) > 200
    glued = [where for where, call in errors for part in parts(call) if isinstance(part, ast.JoinedStr | ast.BinOp)]
    assert glued == []


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_every_sentence_of_an_error_is_translated(code: str) -> None:
    known = json.loads(assets.read_text(f"translations/{code}.json"))
    found = [call for _, call in calls() if ERRORS.fullmatch(_called(call)) or _called(call) == "filled"]
    said = {text for call in found for part in (call, *parts(call)) if (text := _text(part)) and _has_words(text)}
    assert said - known.keys() == set()


def _text(part: ast.expr) -> str:
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return part.value
    if isinstance(part, ast.Call) and _called(part) == "filled" and isinstance(part.args[0], ast.Constant):
        return str(part.args[0].value)
    return ""


def _has_words(text: str) -> bool:
    return re.search(r"[a-z]{2}", re.sub(r"\{\w*\}", "", text)) is not None


@pytest.mark.usefixtures("qapp")
def test_a_sentence_with_a_name_in_it_is_said_in_the_language_of_the_screen() -> None:
    said = filled("There is no order {code}", code="ABC12")
    assert said == "There is no order ABC12"
    language.set_language("zh")
    try:
        assert language.tr(said) == "没有订单 ABC12"
    finally:
        language.set_language("en")
