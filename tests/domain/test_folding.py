from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import folding, queries
from boxoffice.domain.folding import tokens
from boxoffice.domain.queries import marks, query
from boxoffice.domain.spelling import spellings

ENTRIES = """
张zhang 三san 小xiao 明ming 欧ou 阳yang 修xiu 布bu 单dan,chan,shan 單dan 曾ceng,zeng 吕lv 长zhang,chang 重zhong,chong
庆qing 银yin 行xing,hang 清qing 华hua 大da,dai 学xue 国guo 藩fan 乐le,yue 嘉jia
"""
DICTIONARY = {entry[0]: entry[1:].split(",") for entry in ENTRIES.split()}


def read(character: str) -> Sequence[str]:
    return DICTIONARY.get(character, [])


def found(name: str, typed: str, *, person: bool = True) -> bool:
    """Whether each word that was typed begins a word of the name, or all of it begins the whole name."""
    kept, asked = tokens(name, read, person=person), query(typed)
    if any(whole.startswith(one) for whole in kept.wholes for one in asked.wholes):
        return True
    return bool(asked) and all(any(word.startswith(ways) for word in kept.words) for ways in asked.words)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Élodie Durand", "elodie"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Øyvind Åse", "oyvind ase"),
        ("Øyvind Åse", "oeyvind aase"),
        ("Đặng Thị Hương", "dang thi huong"),
        ("Jürgen Groß", "jurgen gross"),
        ("Jürgen Groß", "juergen"),
        ("Mueller", "Müller"),
        ("Ægir Þórðarson", "aegir thordarson"),
        ("Cœur", "coeur"),
        ("İbrahim Işık", "ibrahim isik"),
        ("Ŋalu", "nalu"),
        ("Ａｎｎａ ﬁsher", "anna fisher"),
        ("Νίκος Σωκράτης", "νικοσ σωκρατης"),
    ],
)
def test_letters_with_marks_are_found_without_them(name, typed):
    assert found(name, typed)
    assert found(name, name), "and by what the badge says"


@pytest.mark.parametrize("typed", ["张三", "张", "三", "zhang", "zhangs", "zhangsan", "zhang san", "zs", "ZS", "san"])
def test_zhang_san_is_found_by_characters_pinyin_and_initials(typed):
    assert found("张三", typed)


@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        ("单小明", "shan", "dan"),
        ("單小明", "sxm", "dxm"),
        ("曾国藩", "zengguofan", "ceng"),
        ("欧阳修", "ouyang xiu", "ouyangsiu"),
        ("欧阳修", "oyx", "ox"),
        ("吕布", "lubu", "lebu"),
        ("吕布", "lvbu", "libu"),
        ("吕布", "lyu", "liu"),
    ],
)
def test_surnames_are_read_as_surnames(name, typed, wrong):
    assert found(name, typed)
    assert not found(name, wrong)


@pytest.mark.parametrize("typed", ["zhanglejia", "zhangyuejia", "zhang yue", "jia", "zlj", "zyj"])
def test_a_given_name_that_may_be_read_in_two_ways_is_found_by_both(typed):
    assert found("张乐嘉", typed)


def test_words_of_companies_are_read_as_words():
    assert found("重庆银行", "chongqingyinhang", person=False)
    assert found("重庆银行", "cqyh", person=False)
    assert not found("重庆银行", "zhong", person=False)
    assert found("清华大学", "华大", person=False), "each character begins something that people look for"


def test_without_a_dictionary_characters_are_still_found():
    assert "张三" in tokens("张三").words
    assert "三" in tokens("张三").words


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("김민수", "김"),
        ("김민수", "기"),
        ("김민수", "민수"),
        ("김민수", "ㄱㅁㅅ"),
        ("山田まり", "まり"),
        ("ヤマダ", "やま"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
    ],
)
def test_korean_and_japanese_are_found_from_each_syllable_on(name, typed):
    assert found(name, typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("فاطمة", "فاطمه"),
        ("مصطفى", "مصطفي"),
        ("محمد الحسن", "حسن"),
        ("محـــمد", "محمد"),
        ("علی", "علي"),
    ],
)
def test_arabic_is_found_however_its_letters_are_written(name, typed):
    assert found(name, typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Пётр Щёкин", "петр щекин"),
        ("Пётр Щёкин", "petr shchekin"),
        ("Юрий", "yuriy"),
        ("Юрий", "iurii"),
        ("Юрій", "yurii"),
        ("Дмитрий", "dmitry"),
        ("Дмитро", "dmytro"),
        ("Ђорђе", "djordje"),
    ],
)
def test_cyrillic_is_found_in_both_alphabets(name, typed):
    assert found(name, typed)


@pytest.mark.parametrize("typed", ["o'brien", "obrien", "o’brien", "brien", "OBRIEN"])
def test_an_apostrophe_may_be_left_out_or_begin_the_name(typed):
    assert found("Conan O'Brien", typed)


def test_a_name_is_found_across_its_words_and_in_any_order():
    assert found("Anna Maria van Dijk", "anna mar")
    assert found("Anna Maria van Dijk", "dijk anna")
    assert not found("Anna Maria van Dijk", "anna bert")
    assert not found("Anna Maria van Dijk", "ria"), "the middle of a word is no beginning"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("4567", "4567"),
        ("0170 / 123-4567", "01701234567"),
        ("+49 (170) 1234", "491701234"),
        ("٤٥٦٧", "4567"),
        ("456", ""),
        ("a4567", ""),
    ],
)
def test_four_digits_or_more_may_be_the_end_of_a_phone_number(typed, digits):
    assert query(typed).digits == digits


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("A7B9C", ("a7b9c", None)),
        ("#a7b9c", ("a7b9c", None)),
        ("A7B9C-2", ("a7b9c", 2)),
        ("CONF26-A7B9C", ("a7b9c", None)),
    ],
)
def test_an_order_code_is_understood_as_it_is_printed(typed, code):
    assert code in query(typed).codes


@pytest.mark.parametrize("nothing", ["", "   ", "-", "'", "\u0301", "\x00", "***", "🙂"])
def test_nothing_to_look_up_is_an_empty_question(nothing):
    assert not query(nothing)
    assert marks("Anna", query(nothing)) == ()


@pytest.mark.parametrize(
    ("name", "typed", "marked"),
    [
        ("Élodie Müller", "elo", ["Élo"]),
        ("E\u0301lodie", "e", ["E\u0301"]),
        ("Jürgen Müller", "mueller", ["Müller"]),
        ("Anna Müller", "mul an", ["An", "Mül"]),
        ("Anna Müller", "anna m", ["Anna", "M"]),
        ("Jörg Groß", "gros", ["Groß"]),
        ("张三", "zs", ["张三"]),
        ("张三", "zhangs", ["张三"]),
        ("张三", "zha", ["张"]),
        ("张小明", "xiaom", ["小明"]),
        ("张小明", "明", ["明"]),
        ("Юрий Щёкин", "shch", ["Щ"]),
        ("김민수", "ㄱㅁ", ["김민"]),
        ("محمد الحسن", "حسن", ["حسن"]),
        ("Conan O'Brien", "brie", ["Brie"]),
        ("Conan O'Brien", "obr", ["O'Br"]),
        ("Anna", "bert", []),
    ],
)
def test_what_answers_the_question_is_marked_in_the_name_as_it_is_shown(name, typed, marked):
    assert [name[start:end] for start, end in marks(name, query(typed), read)] == marked


def test_very_long_names_are_cut_and_still_found():
    name = "Wolfe" + "schlegel" * 50
    assert found(name, name)
    assert max(map(len, tokens(name).words)) == folding.LONGEST
    assert set(tokens("x " * 10_000).words) == {"x"}


NAMES = st.text(st.characters(codec="utf-8"), max_size=30) | st.text(
    "aeÄößłЮщ张三単金김수カぱ'’- .مةى\u0301\u0308٣", max_size=12
)


@given(NAMES)
def test_every_name_is_found_by_itself_and_marked(name):
    if query(name):
        assert found(name, name)
        assert marks(name, query(name), read)


@given(NAMES)
def test_the_quick_way_finds_what_the_thorough_one_finds(name):
    thorough = [one for one in spellings(name, read) if one.letters]
    assert set(tokens(name, read).words) == {
        one.letters[a:b][: folding.LONGEST] for one in thorough for a, b in one.words
    }
    assert set(tokens(name, read).wholes) == {one.letters[: folding.LONGEST] for one in thorough}


@given(NAMES | st.text("abä cß-'", max_size=8), NAMES | st.text("abä c", max_size=4))
def test_the_quick_way_marks_what_the_thorough_one_marks(name, typed):
    asked = query(typed)
    if name and asked:
        assert marks(name, asked, read) == queries._marked_in_spellings(name, asked, read, person=True)


@given(NAMES, NAMES)
def test_marks_are_parts_of_the_text_in_order(name, typed):
    spans = marks(name, query(typed), read)
    assert all(0 <= start < end <= len(name) for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@given(NAMES)
def test_words_hold_nothing_that_could_part_or_end_them(name):
    kept = tokens(name, read)
    for word in (*kept.words, *kept.firsts, *kept.wholes):
        assert word
        assert not any(one.isspace() or (one.isascii() and not one.isalnum()) for one in word)
