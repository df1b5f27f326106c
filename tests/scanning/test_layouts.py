"""A gun and a laptop that disagree about the keyboard."""

from __future__ import annotations

import pytest

from boxoffice.scanning.layouts import TEST_CODE, detect, mending


def typed(text: str, gun: str, laptop: str) -> str:
    """What a laptop makes of a gun's keys: the way there is the way back of the opposite pair."""
    return mending(laptop, gun).mend(text)


def test_a_us_gun_at_a_french_laptop_types_other_characters_and_is_mended() -> None:
    assert typed("AWQmYN", "US", "FR") == "QZA,YN"
    assert mending("US", "FR").mend("QZA,YN") == "AWQmYN"
    assert mending("US", "FR").mend("&é\"'(-è_çà") == "1234567890"


def test_a_us_gun_at_a_german_laptop_swaps_y_and_z() -> None:
    assert mending("US", "DE").mend("ßYZyz") == "-ZYzy"


@pytest.mark.parametrize(
    ("gun", "laptop"), [("US", "FR"), ("US", "DE"), ("FR", "US"), ("DE", "US"), ("DE", "FR"), ("FR", "DE")]
)
def test_the_test_code_names_the_pair_and_mends_it(gun: str, laptop: str) -> None:
    found = detect(TEST_CODE, typed(TEST_CODE, gun, laptop))
    assert found is not None
    assert (found.gun, found.laptop, found.needed) == (gun, laptop, True)
    secret = "k3jy7zq-w2mA/Z"
    assert found.mend(typed(secret, gun, laptop)) == secret


def test_a_code_that_arrives_as_it_is_needs_no_mending() -> None:
    found = detect(TEST_CODE, TEST_CODE)
    assert found is not None
    assert not found.needed
    assert found.mend("Zoë 张三") == "Zoë 张三"


def test_caps_lock_is_recognised_with_and_without_another_layout() -> None:
    plain = detect(TEST_CODE, TEST_CODE.swapcase())
    assert plain is not None
    assert plain.caps_lock
    assert plain.mend("aBC") == "Abc"
    german = detect(TEST_CODE, typed(TEST_CODE, "US", "DE").swapcase().replace("SS", "ß"))
    assert german is not None
    assert (german.laptop, german.caps_lock) == ("DE", True)


def test_what_no_table_explains_is_not_guessed_at() -> None:
    assert detect(TEST_CODE, "something else") is None


def test_a_dead_key_that_joined_its_letter_comes_apart_again() -> None:
    assert mending("US", "FR").mend("ê") == "[e"
