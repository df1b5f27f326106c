"""Words: looked up, filled, in plural, in another language; and none forgotten."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit

import assets
from boxoffice.domain.gate import Reason
from boxoffice.domain.progress import Progress
from boxoffice.domain.reconciling import CAUSES, NEXT
from boxoffice.domain.tenders import TITLES
from boxoffice.domain.words import Sentence
from boxoffice.terminals import zvt_words
from sync.hub import chain
from ui import alarms, answers, asking, language, refusals
from ui.alarms import alarm_words
from ui.card_words import card_words
from ui.language import plural, tell, tr
from ui.papers import paper
from ui.refusals import refusal_words
from ui.screens import conflicts
from ui.screens.report import receipts, reconciling, saving
from ui.screens.report import screen as report
from ui.screens.till import drawer, orders_page, payment, places
from ui.sheets import permission
from ui.sheets.paying import tender_sheets
from ui.widgets import badge, badge_form, strip

UI = Path(language.__file__).parent


@pytest.fixture(autouse=True)
def _english_afterwards(qapp: object) -> Iterator[None]:
    yield
    language.set_language("en")


def spoken() -> set[str]:
    """Every sentence that the window asks the catalogue for."""
    said = set(answers._WORDS.values()) | set(strip._NAMES.values()) | {word for _, _, word in badge.STATES.values()}
    said |= {*paper.KINDS.values(), *paper.PAPER.values(), *paper.ANSWERS.values(), *paper.SAID}
    said |= {word for _, _, word in paper.STATES.values()} | set(alarms.SAID)
    said |= {*refusals.SAID, *refusals.FIELDS.values()}
    said |= set(conflicts._WHAT.values()) | set(conflicts._DONE.values())
    said |= set(permission.ACTS.values()) | set(zvt_words.DOING.values())
    said |= {name for _, name, _ in payment._BESIDE} | {words for _, words in drawer._MOVES}
    said |= set(TITLES.values()) | {one.value for one in Progress} | set(places._NAMES.values())
    said |= {
        word
        for heading, go, reasons in (*asking._WORDS.values(), asking.GIVEN_AWAY)
        for word in (heading, go, *reasons)
    }
    said |= {word for words in tender_sheets.ASKS.values() for word in words} | set(orders_page.STATES.values())
    tables = (
        badge_form.FIELD_NAMES,
        badge_form.ALIGNED,
        badge_form.STANDING,
        badge_form.TURNED,
        badge_form.PLACES,
        badge_form._KINDS,
    )
    said |= {word for table in tables for word in table.values()}
    said |= {
        *CAUSES.values(),
        *NEXT.values(),
        *report.NAMES.values(),
        *reconciling.BY.values(),
        *reconciling.SIDES_OF,
        reconciling.PERHAPS,
    }
    said |= {word for word in receipts.KINDS.values() if word} | {name for _, name in (*saving._FILES, *saving._TABLES)}
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "plural"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    said.add(first.value)
    return said


def catalogue(code: str) -> dict[str, Any]:
    return json.loads(assets.read_text(f"translations/{code}.json"))


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_every_sentence_is_translated(code: str) -> None:
    assert spoken() - set(catalogue(code)) == set()


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_translations_keep_their_values(code: str) -> None:
    names = re.compile(r"\{(\w+)\}")
    for english, translated in catalogue(code).items():
        for form in translated if isinstance(translated, list) else [translated]:
            assert set(names.findall(form)) <= set(names.findall(english)) | {"n"}, english


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_what_is_counted_has_its_forms(code: str) -> None:
    counted = {
        node.args[0].value
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "plural"
        if isinstance(node.args[0], ast.Constant)
    }
    known = catalogue(code)
    assert {one for one in counted if not isinstance(known[one], list)} == set()


def test_every_reason_has_a_word() -> None:
    assert all(answers.word_for(reason) for reason in Reason)


def test_an_unknown_sentence_stays_english() -> None:
    language.set_language("zh")
    assert tr("Nobody has translated this {n} yet", n=1) == "Nobody has translated this 1 yet"


def test_a_sentence_made_of_parts_is_translated_part_by_part() -> None:
    language.set_language("zh")
    at = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
    told = tell(Sentence("Only for {allowed}; possible from {from}", {"allowed": "VIP", "from": at}))
    assert told.startswith("仅限VIP; ")
    assert "09:05" in told


def test_the_parts_of_a_message_are_sentences() -> None:
    assert language.sentences("Nothing would change", "", "Choose something else.") == (
        "Nothing would change. Choose something else."
    )
    language.set_language("zh")
    assert language.sentences("Valid", "Cancel") == "有效。取消。"


def test_a_word_longer_than_a_line_may_go_on_in_the_next_one() -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff"
    assert language.breakable(f"For {name}, paid").replace("\u200b", "") == f"For {name}, paid"
    assert max(len(part) for part in language.breakable(name).split("\u200b")) == 8
    assert language.breakable("Grace Hopper") == "Grace Hopper"


def test_numbers_choose_their_form() -> None:
    assert plural("{n} day", "{n} days", 1) == "1 day"
    assert plural("{n} day", "{n} days", 2) == "2 days"
    language.set_language("zh")
    assert plural("{n} day", "{n} days", 2) == "2 天"


def test_another_day_is_named_as_the_language_names_days() -> None:
    day = datetime(2020, 11, 21, 9, 5, tzinfo=UTC)
    assert language.clock(day).startswith("21 Nov ")
    language.set_language("zh")
    assert language.clock(day).startswith("11月21日 ")


def test_the_language_switches_while_the_window_runs(evening: Any, scan: Any) -> None:
    window = evening.open()
    window.likes.choose(language="zh")
    evening.qtbot.waitUntil(lambda: window.strip.places[strip.Where.DOOR].words == "入口")
    scan(evening.ticket())
    evening.answer("有效")


REFUSING = (
    "boxoffice/domain/changes.py",
    "boxoffice/domain/counting.py",
    "sync/hub/acts.py",
    "sync/hub/effects.py",
    "sync/pretix/acts.py",
    "sync/pretix/gift_cards.py",
    "sync/pretix/sales.py",
    "sync/pretix/uploads.py",
    "sync/wire/pretix_doors.py",
    "sync/wire/pretix_sales.py",
)
"""Where it is said why an act is not taken."""


def sentences_in(path: Path) -> Iterator[str]:
    """Whole sentences of a file, but for those that explain it, with an X for each value."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    values = (one for node in ast.walk(tree) if not isinstance(node, ast.Expr) for one in ast.iter_child_nodes(node))
    for one in values:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            said = re.sub(r"\{\w+\}", "X", one.value)
        elif isinstance(one, ast.JoinedStr):
            said = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in one.values)
        else:
            continue
        if re.fullmatch(r"(?:[A-Z]|pretix ).* .*\.", said):
            yield said


def test_why_a_server_will_not_have_an_act_is_read_in_the_language_of_the_reader() -> None:
    language.set_language("zh")
    said = {one for name in REFUSING for one in sentences_in(UI.parent / name)}
    said = {one for one in said if not one.startswith(("Entry ", "Operation "))}  # They are held against a station.
    assert len(said) > 40
    assert {one for one in said if re.search("[a-z]{3}", refusal_words(one).replace("pretix", ""))} == set()


def test_a_refusal_keeps_what_it_names_and_what_nobody_here_knows() -> None:
    language.set_language("zh")
    words = "Somebody else has changed name in the meantime: it says Dr. Ada. St. John."
    assert refusal_words(words) == "期间有人改动了 持有人：现为 Dr. Ada. St. John。"
    copied = refusal_words(f"Another act came under this operation id before. {chain.COPIED}")
    assert not re.search("[a-z]", copied)
    assert refusal_words("It was put off 7 times, while others were taken. It rains.").endswith("It rains.")


def test_what_a_hub_holds_against_a_station_is_read_in_the_language_of_the_reader() -> None:
    language.set_language("zh")
    told = alarm_words(f"Another entry 1/7 of this station is here already. {chain.COPIED}")
    assert "1/7" in told
    assert not re.search("[a-z]", told)
    seal = "Entry 1/7 does not follow the entry before it and was changed after it was sealed."
    assert not re.search("[a-z]", alarm_words(seal))
    assert alarm_words("It rains at the server.") == "It rains at the server."


@pytest.mark.parametrize(("code", "word"), [("zh", "复制"), ("en", "Copy")])
def test_qt_speaks_the_language_too(qtbot: Any, code: str, word: str) -> None:
    language.set_language(code)
    field = QLineEdit("Ada")
    qtbot.addWidget(field)
    assert any(word in action.text().replace("&", "") for action in field.createStandardContextMenu().actions())


def test_a_card_payment_is_named_in_words() -> None:
    language.set_language("zh")
    assert card_words("by hand 01a203ab-cc80-7d94-b01e-421b23b86485") == "手工 …b86485"
    assert card_words("Till 1 01a203ab-cc80-7d94-b01e-421b23b86485") == "Till 1 …b86485"
    assert card_words("Ana") == "Ana"
