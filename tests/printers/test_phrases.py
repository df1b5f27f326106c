"""The words on paper: all there in each language, with their values in place; money and dates as people write them."""

from __future__ import annotations

import ast
import functools
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import assets
import printers
from boxoffice.domain import shift_report, takings
from boxoffice.domain.documents import Movement
from boxoffice.domain.tenders import TITLES
from boxoffice.services import reports
from printers import till_paper
from printers.phrases import Speech

LANGUAGES = sorted(path.stem for path in assets.path("translations/paper").glob("*.json"))
SUMMED = {"_summed", "_if_any", "_grouped", "_prices"}
"""Functions of the report that are told a label."""
EVENING = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


@functools.cache
def said_in_the_code() -> set[str]:
    folder = Path(printers.__file__).parent
    calls = [node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    found = set(TITLES.values()) | set(till_paper._MOVEMENTS.values())
    for node in calls:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
            found |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    return found


def said_in_reports() -> set[str]:
    modules = [ast.parse(Path(one.__file__).read_text("utf-8")) for one in (shift_report, takings, reports)]
    calls = [node for report in modules for node in ast.walk(report) if isinstance(node, ast.Call)]
    words = [one.value for call in calls for one in call.keywords if one.arg in {"label", "title"}]
    words += [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in SUMMED]
    tables = {*shift_report.MOVES.values(), *shift_report.STATES.values()}
    said = {one.value for one in words if isinstance(one, ast.Constant)}
    words_of_reports = {takings.HOURS, shift_report.WALK_INS, reports.DAY, reports.EVENT, reports.DAYS}
    states = {word for word, _ in (*takings._KINDS, *reports._STATES)}
    return said | tables | {shift_report.NO_CATEGORY, shift_report.NOBODY} | words_of_reports | states


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_phrase_of_the_code_has_a_translation(language: str) -> None:
    catalogue = json.loads(assets.read_text(f"translations/paper/{language}.json"))
    assert (said_in_the_code() | said_in_reports()) - set(catalogue) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_values(language: str) -> None:
    catalogue = json.loads(assets.read_text(f"translations/paper/{language}.json"))
    fields = {key: set(re.findall(r"{\w+}", key)) for key in catalogue}
    assert {key for key, text in catalogue.items() if set(re.findall(r"{\w+}", text)) != fields[key]} == set()


def test_all_catalogues_have_the_same_phrases() -> None:
    phrases = [set(json.loads(assets.read_text(f"translations/paper/{one}.json"))) for one in LANGUAGES]
    assert all(one == phrases[0] for one in phrases)
    assert {"de", "fr", "it", "zh"} <= set(LANGUAGES)


def test_every_movement_has_a_name() -> None:
    assert set(till_paper._MOVEMENTS) == set(Movement)


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "money", "figure"),
    [
        ("en", 123450, "EUR", "€1,234.50", "1,234.50"),
        ("de", 123450, "EUR", "1.234,50 €", "1.234,50"),
        ("de-CH", -123450, "CHF", "CHF-1’234.50", "-1’234.50"),
        ("fr", 123450, "EUR", "1 234,50 €", "1 234,50"),
        ("sv", -100, "SEK", "-1,00 kr", "-1,00"),
        ("ja", 1234, "JPY", "￥1,234", "1,234"),
        ("en", 1234, "KWD", "KWD1.234", "1.234"),
        ("zh-hans", 123450, "CNY", "¥1,234.50", "1,234.50"),
        ("de-informal", 50, "EUR", "0,50 €", "0,50"),
        ("klingon", 50, "EUR", "€0.50", "0.50"),
        ("", 50, "EUR", "€0.50", "0.50"),
    ],
)
def test_money(locale: str, amount: int, currency: str, money: str, figure: str) -> None:
    speech = Speech(locale)
    assert (speech.money(amount, currency), speech.amount(amount, currency)) == (money, figure)


@pytest.mark.parametrize(("locale", "rate", "written"), [("en", 1900, "19%"), ("de", 770, "7,7 %"), ("fr", 0, "0 %")])
def test_a_rate_has_the_digits_it_needs(locale: str, rate: int, written: str) -> None:
    assert Speech(locale).percent(rate) == written


def test_times_are_those_of_the_event() -> None:
    speech = Speech("de", "Asia/Tokyo")
    assert speech.moment(EVENING) == "22.11.2026 07:30"
    assert speech.long_moment(EVENING) == "Sonntag, 22. November 2026, 07:30"


def test_a_zone_that_nobody_knows_is_utc() -> None:
    assert Speech("de", "Middle/Earth").clock(EVENING) == "22:30"


def test_a_phrase_without_a_translation_stays_english() -> None:
    assert Speech("de").say("The band plays on") == "The band plays on"
    assert Speech("nl").say("Receipt {number}", number=3) == "Receipt 3"
