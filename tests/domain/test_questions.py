"""Questions asked at the door: which, and what fits."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boxoffice.domain.catalog import Option, Question, QuestionType
from boxoffice.domain.gate import Reason
from boxoffice.domain.questions import fitting, visible
from boxoffice.domain.words import Sentence

BERLIN = ZoneInfo("Europe/Berlin")
SIZES = (
    Option(id=31, identifier="S", answer={"en": "Small"}),
    Option(id=32, identifier="M", answer={"en": "Medium"}),
    Option(id=33, identifier="L", answer={"en": "Large"}),
)


def question(kind, **fields):
    return Question(**{"id": 1, "event": "e", "question": {"en": "Size?"}, "type": QuestionType(kind), **fields})


FITTING = [
    ("N", {}, "3", "3"),
    ("N", {}, " 3,5 ", "3.5"),
    ("N", {}, "-0.50", "-0.50"),
    ("N", {}, "007", "7"),
    ("N", {"valid_number_min": "3", "valid_number_max": "5.5"}, "3", "3"),
    ("N", {"valid_number_min": "3", "valid_number_max": "5.5"}, "5.5", "5.5"),
    ("N", {"valid_number_min": "nonsense"}, "-100", "-100"),
    ("S", {}, "  Ada  ", "Ada"),
    ("S", {"valid_string_length_max": 3}, "Ada", "Ada"),
    ("T", {}, "one\ntwo", "one\ntwo"),
    ("B", {}, "Yes", "true"),
    ("B", {}, "TRUE", "true"),
    ("B", {"required": True}, "1", "true"),
    ("B", {}, "no", "false"),
    ("B", {}, "False", "false"),
    ("C", {"options": SIZES}, "32", "32"),
    ("C", {"options": SIZES}, "M", "32"),
    ("C", {"options": (Option(id=5, identifier="6"), Option(id=6, identifier="5"))}, "5", "5"),
    ("M", {"options": SIZES}, "L, 31", "31,33"),
    ("M", {"options": SIZES}, "S,S,", "31"),
    ("F", {}, "file:0f3a-12", "file:0f3a-12"),
    ("D", {}, "2026-11-21", "2026-11-21"),
    ("D", {"valid_date_min": "2026-11-21", "valid_date_max": "2026-11-21"}, "2026-11-21", "2026-11-21"),
    ("H", {}, "18:30", "18:30:00"),
    ("H", {}, "9:30", "09:30:00"),
    ("W", {}, "2026-11-21 18:30", "2026-11-21T18:30:00+01:00"),
    ("W", {}, "2026-07-01T18:30", "2026-07-01T18:30:00+02:00"),
    ("W", {}, "2026-11-21T18:30Z", "2026-11-21T19:30:00+01:00"),
    ("W", {"valid_datetime_max": "2026-11-21T17:30:00Z"}, "2026-11-21T18:30", "2026-11-21T18:30:00+01:00"),
    ("CC", {}, "de", "DE"),
    ("TEL", {}, "+49 (30) 123-456", "+4930123456"),
    ("TEL", {}, "0049 30 123456", "+4930123456"),
    ("TEL", {}, "030 123456", "030123456"),
]

NOT_FITTING = [
    ("N", {}, "three", "Size?: write a number"),
    ("N", {}, "NaN", "Size?: write a number"),
    ("N", {}, "1e9", "Size?: write a number"),
    ("N", {}, "１２", "Size?: write a number"),
    ("N", {}, "1,000", "Size?: write the number without a thousands mark"),
    ("N", {"valid_number_min": "3"}, "2.99", "Size?: no less than 3"),
    ("N", {"valid_number_max": "5.5"}, "5.51", "Size?: no more than 5.5"),
    ("S", {"valid_string_length_max": 3}, "Adam", "Size?: no more than 3 characters"),
    ("T", {"valid_string_length_max": 3}, "Adam", "Size?: no more than 3 characters"),
    ("B", {}, "perhaps", "Size?: answer yes or no"),
    ("B", {"required": True}, "false", "Size?: this has to be yes"),
    ("C", {"options": SIZES}, "34", "Size?: choose one of Small, Medium, Large"),
    ("C", {"options": SIZES}, "31,32", "Size?: choose one of Small, Medium, Large"),
    ("M", {"options": SIZES}, "31,XL", "Size?: choose some of Small, Medium, Large"),
    ("M", {"options": SIZES}, ",", "Size?: choose some of Small, Medium, Large"),
    ("F", {}, "/etc/passwd", "Size?: a picture or a PDF is wanted"),
    ("D", {}, "21.11.2026", "Size?: write the day as 2026-11-21"),
    ("D", {}, "2026-02-30", "Size?: write the day as 2026-11-21"),
    ("D", {"valid_date_min": "2026-11-22"}, "2026-11-21", "Size?: no less than 2026-11-22"),
    ("D", {"valid_date_max": "2026-11-20"}, "2026-11-21", "Size?: no more than 2026-11-20"),
    ("H", {}, "25:00", "Size?: write the time as 18:30"),
    ("H", {}, "18:30+01:00", "Size?: write the time as 18:30"),
    ("W", {}, "soon", "Size?: write day and time as 2026-11-21 18:30"),
    ("W", {"valid_datetime_min": "2026-11-21T17:31:00Z"}, "2026-11-21 18:30", "Size?: no less than 21 Nov 18:31"),
    ("CC", {}, "ZZ", "Size?: write the country in two letters, such as DE"),
    ("CC", {}, "Germany", "Size?: write the country in two letters, such as DE"),
    ("TEL", {}, "call me", "Size?: write the number with its country, such as +49 30 123456"),
    ("TEL", {}, "123", "Size?: write the number with its country, such as +49 30 123456"),
]


@pytest.mark.parametrize(("kind", "fields", "typed", "kept"), FITTING)
def test_an_answer_that_fits_is_kept_in_one_form(kind, fields, typed, kept):
    assert fitting(question(kind, **fields), typed, BERLIN) == kept


@pytest.mark.parametrize(("kind", "fields", "typed", "kept"), FITTING)
def test_what_was_kept_fits_again(kind, fields, typed, kept):
    assert fitting(question(kind, **fields), kept, BERLIN) == kept


@pytest.mark.parametrize(("kind", "fields", "typed", "said"), NOT_FITTING)
def test_an_answer_that_does_not_fit_is_told_why(kind, fields, typed, said):
    no = fitting(question(kind, **fields), typed, BERLIN)
    assert isinstance(no, Sentence)
    assert str(no) == said


@given(kind=st.sampled_from(QuestionType), typed=st.text() | st.from_regex(r"[0-9T:.,+ZW-]{1,30}"))
@example(kind=QuestionType.DATETIME, typed="0001-01-01T00:00+14:00")
@example(kind=QuestionType.DATETIME, typed="9999-12-31T23:59-14:00")
@example(kind=QuestionType.NUMBER, typed="9" * 40)
def test_whatever_is_typed_fits_or_is_told_why(kind, typed):
    bounds = {"valid_datetime_min": "2026-11-21T17:31:00Z", "valid_date_min": "2026-11-21", "valid_number_max": "5"}
    asked = question(kind, options=SIZES, **bounds)
    kept = fitting(asked, typed, BERLIN)
    assert str(kept) if isinstance(kept, Sentence) else fitting(asked, kept, BERLIN) == kept


def test_every_kind_of_question_is_tried_above():
    kinds = {kind.value for kind in QuestionType}
    assert {row[0] for row in FITTING} == kinds == {row[0] for row in NOT_FITTING}


def test_what_does_not_fit_is_named_as_the_door_speaks():
    sizes = (Option(id=1, answer={"en": "Small", "zh": "小"}), Option(id=2, answer={"en": "Large", "zh": "大"}))
    asked = question("C", question={"en": "Size?", "zh": "尺码？"}, options=sizes)
    no = fitting(asked, "9", BERLIN, "zh")
    assert (no.values["question"], no.values["options"]) == ("尺码？", "小, 大")


def test_a_question_with_braces_in_it_is_only_text():
    odd = question("N", question={"en": "{least} or {0}?"})
    assert str(fitting(odd, "x", BERLIN)) == "{least} or {0}?: write a number"


class TestAtTheDoor:
    def test_a_required_question_blocks_until_it_is_answered(self, evening):
        evening.asks(required=True)
        refused = evening.scan()
        assert (refused.reason, [one.id for one in refused.questions]) == (Reason.INCOMPLETE, [1])
        admitted = evening.scan(answers={"1": "blue"})
        assert (admitted.reason, admitted.answers, admitted.questions) == (Reason.OK, {"1": "blue"}, ())

    def test_an_optional_question_is_shown_and_blocks_nobody(self, evening):
        evening.asks()
        asked = evening.scan()
        assert (asked.reason, [one.id for one in asked.questions]) == (Reason.OK, [1])
        assert evening.scan(skip_questions=True).questions == ()

    def test_skipping_does_not_skip_what_is_required(self, evening):
        evening.asks()
        evening.asks(required=True)
        verdict = evening.scan(skip_questions=True)
        assert (verdict.reason, [one.id for one in verdict.questions]) == (Reason.INCOMPLETE, [2])

    def test_what_was_answered_before_is_not_asked_again(self, evening):
        evening.asks(required=True)
        verdict = evening.scan(evening.ticket(answers={"1": "blue"}))
        assert (verdict.reason, verdict.answers, verdict.questions) == (Reason.OK, {}, ())

    def test_only_questions_of_this_item_asked_at_check_in_are_asked(self, evening):
        evening.asks(items=(2,), required=True)
        evening.asks(ask_during_checkin=False, required=True)
        assert evening.scan().reason is Reason.OK

    def test_an_answer_may_name_its_question_by_identifier(self, evening):
        evening.asks(required=True, identifier="COLOUR")
        assert evening.scan(answers={"COLOUR": "blue"}).answers == {"1": "blue"}

    def test_an_empty_answer_is_none(self, evening):
        evening.asks(required=True)
        assert evening.scan(answers={"1": "  "}).reason is Reason.INCOMPLETE

    def test_an_answer_to_what_is_not_asked_is_left_aside(self, evening):
        evening.asks()
        verdict = evening.scan(answers={"77": "x", "COLOUR": "y"})
        assert (verdict.reason, verdict.answers) == (Reason.OK, {})

    def test_an_answer_that_does_not_fit_leaves_the_scan_incomplete(self, evening):
        evening.asks(type="N")
        verdict = evening.scan(answers={"1": "many"}, skip_questions=True)
        assert (verdict.reason, [one.id for one in verdict.questions]) == (Reason.INCOMPLETE, [1])
        assert str(verdict.explanation) == "Question 1: write a number"

    def test_what_fits_is_accepted_beside_what_does_not(self, evening):
        evening.asks(type="N")
        evening.asks(type="B")
        assert evening.scan(answers={"1": "many", "2": "yes"}).answers == {"2": "true"}

    def test_a_required_yes_is_not_answered_with_no(self, evening):
        evening.asks(required=True, type="B", question={"en": "Student card seen?"})
        verdict = evening.scan(answers={"1": "false"})
        assert (verdict.reason, verdict.answers) == (Reason.INCOMPLETE, {})
        assert str(verdict.explanation) == "Student card seen?: this has to be yes"

    def test_answers_are_accepted_even_if_the_ticket_is_refused(self, evening):
        evening.asks()
        evening.passed("17:00")
        verdict = evening.scan(answers={"1": "blue"})
        assert (verdict.reason, verdict.answers, verdict.questions) == (Reason.ALREADY_REDEEMED, {"1": "blue"}, ())

    def test_a_new_answer_replaces_the_old_one(self, evening):
        evening.asks(type="N")
        verdict = evening.scan(evening.ticket(answers={"1": "3"}), answers={"1": "4"})
        assert verdict.answers == {"1": "4"}

    def test_who_leaves_is_asked_nothing(self, evening):
        evening.asks(required=True)
        verdict = evening.scan(direction="exit", answers={"1": "blue"})
        assert (verdict.reason, verdict.questions, verdict.answers) == (Reason.OK, (), {})

    def test_questions_come_in_the_order_that_was_set(self, evening):
        evening.asks(position=3)
        evening.asks(position=1, required=True)
        evening.asks(position=1)
        assert [one.id for one in evening.scan().questions] == [2, 3, 1]


class TestDepending:
    @pytest.fixture
    def asked(self, evening):
        evening.asks(type="C", options=SIZES, ask_during_checkin=False)
        evening.asks(type="B", dependency_question=1, dependency_values=("S", "M"))
        evening.asks(dependency_question=2, dependency_values=("True",), required=True, position=0)
        return evening

    @staticmethod
    def numbers(verdict):
        return [one.id for one in verdict.questions]

    @pytest.mark.parametrize(("answer", "open_ones"), [("", []), ("33", []), ("31", [2]), ("32", [2]), ("S", [2])])
    def test_is_asked_only_after_the_answer_it_waits_for(self, asked, answer, open_ones):
        assert self.numbers(asked.scan(asked.ticket(answers={"1": answer}))) == open_ones

    def test_appears_with_an_answer_given_in_the_same_scan(self, asked):
        ticket = asked.ticket(answers={"1": "31"})
        assert self.numbers(asked.scan(ticket, answers={"2": "no"})) == []
        verdict = asked.scan(ticket, answers={"2": "yes"})
        assert (verdict.reason, self.numbers(verdict)) == (Reason.INCOMPLETE, [3])
        assert asked.scan(ticket, answers={"2": "yes", "3": "x"}).answers == {"2": "true", "3": "x"}

    def test_is_hidden_with_the_one_above_it(self, asked):
        ticket = asked.ticket(answers={"1": "33", "2": "true"})
        verdict = asked.scan(ticket, answers={"3": "x"})
        assert (verdict.reason, verdict.answers) == (Reason.OK, {})

    def test_on_one_of_several_choices(self, evening):
        evening.asks(type="M", options=SIZES)
        evening.asks(dependency_question=1, dependency_values=("L",))
        assert self.numbers(evening.scan(evening.ticket(answers={"1": "31,33"}))) == [2]
        assert self.numbers(evening.scan(evening.ticket(answers={"1": "31,32"}))) == []

    def test_on_a_question_that_is_gone_is_asked(self, evening):
        evening.asks(dependency_question=99, dependency_values=("x",))
        assert self.numbers(evening.scan()) == [1]

    def test_in_a_circle_comes_to_an_end(self, evening):
        evening.asks(type="B", dependency_question=2, dependency_values=("true",))
        evening.asks(type="B", dependency_question=1, dependency_values=("true",))
        evening.asks(dependency_question=3, dependency_values=("x",))
        assert self.numbers(evening.scan()) == [3]
        assert visible(evening.questions[0], evening.catalog, {"2": "true"})
