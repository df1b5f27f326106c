"""The same code again: when it is the same scan, and when it counts anew."""

from __future__ import annotations

from boxoffice.scanning.once import Once, Presence


def test_the_same_code_within_a_second_is_ignored_and_later_counts_again() -> None:
    once = Once()
    assert once.fresh("ABC123", 10.0)
    assert not once.fresh("ABC123", 10.5)
    assert not once.fresh("ABC123", 10.99)
    assert once.fresh("ABC123", 11.0)


def test_another_code_in_between_counts_at_once() -> None:
    once = Once()
    assert once.fresh("ABC123", 10.0)
    assert once.fresh("XYZ789", 10.1)
    assert not once.fresh("ABC123", 10.2)


def test_a_trigger_held_down_counts_once_a_second() -> None:
    once = Once()
    assert [once.fresh("ABC123", at / 10) for at in range(25)].count(True) == 3


def test_a_badge_held_before_the_lens_counts_once_however_long() -> None:
    presence = Presence()
    counted = [presence.seen(["A"], frame / 30) for frame in range(300)]
    assert counted[0] == ("A",)
    assert all(fresh == () for fresh in counted[1:])


def test_frames_that_miss_the_code_do_not_make_it_count_again() -> None:
    presence = Presence(away=1.5)
    frames = [["A"] if frame % 40 == 0 else [] for frame in range(300)]
    assert [presence.seen(codes, frame / 30) for frame, codes in enumerate(frames)].count(("A",)) == 1


def test_a_badge_that_was_away_counts_again() -> None:
    presence = Presence(away=1.5)
    presence.seen(["A"], 0.0)
    for frame in range(1, 46):
        presence.seen([], frame / 30)
    assert presence.seen(["A"], 46 / 30) == ("A",)


def test_a_camera_that_stalls_does_not_count_as_a_badge_that_left() -> None:
    presence = Presence(away=1.5)
    presence.seen(["A"], 0.0)
    assert presence.seen([], 60.0) == ()
    assert presence.seen(["A"], 60.1) == ()


def test_several_codes_in_one_picture_count_once_each() -> None:
    presence = Presence()
    assert presence.seen(["A", "B", "A"], 0.0) == ("A", "B")
    assert presence.seen(["B", "C", "A"], 0.1) == ("C",)


def test_after_forgetting_everything_counts() -> None:
    presence = Presence()
    presence.seen(["A"], 0.0)
    presence.forget()
    assert presence.seen(["A"], 0.1) == ("A",)
