"""A gun that types, a person that types, and both into the same window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.scanning.wedge import PATIENCE, TAIL, KeyClock, Reaction, Wedge, WedgeSettings

CODE = "k3jy7zq2w5"


class Window:
    """What the event filter and the window behind it would do: obeys reactions, fires the one timer."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self.wedge: Wedge[tuple[str, float]] = Wedge(settings)
        self.now = 100.0
        self.typed = ""
        self.scans: list[str] = []
        self.delays: list[float] = []

    def press(self, text: str, *, repeated: bool = False) -> None:
        reaction = self.wedge.press((text, self.now), text, self.now, repeated=repeated)
        self._obey(reaction)
        if not reaction.swallow:
            self._arrive((text, self.now))

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while (wake := self.wedge.wake_at) is not None and wake < until:
            self.now = max(wake, self.now)
            self._obey(self.wedge.silence(self.now))
        self.now = until

    def type(self, text: str, gap: float) -> None:
        for character in text:
            self.press(character)
            self.wait(gap)

    def gun(self, text: str, gap: float = 0.004, end: str = "\r") -> None:
        self.type(text + end, gap)

    def _obey(self, reaction: Reaction[tuple[str, float]]) -> None:
        for key in reaction.replay:
            self._arrive(key)
        self.scans += reaction.scans

    def _arrive(self, key: tuple[str, float]) -> None:
        self.typed += key[0]
        self.delays.append(self.now - key[1])


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.mark.parametrize("end", ["\r", "\n", "\t"])
@pytest.mark.parametrize("gap", [0.0, 0.001, 0.015, 0.034])
def test_a_burst_is_a_scan_and_nothing_of_it_reaches_the_window(window: Window, gap: float, end: str) -> None:
    window.gun(CODE, gap, end)
    assert (window.scans, window.typed) == ([CODE], "")


def test_a_gun_without_enter_is_read_after_sixty_milliseconds_of_silence(window: Window) -> None:
    window.gun(CODE, end="")
    assert window.scans == []
    window.wait(0.07)
    assert (window.scans, window.typed) == ([CODE], "")


def test_an_enter_that_comes_late_presses_no_button(window: Window) -> None:
    window.gun(CODE, end="")
    window.wait(0.1)
    window.press("\r")
    assert (window.scans, window.typed) == ([CODE], "")


def test_carriage_return_and_line_feed_are_one_end(window: Window) -> None:
    window.gun(CODE, end="\r\n")
    assert (window.scans, window.typed) == ([CODE], "")


def test_an_enter_of_a_person_after_a_scan_is_a_persons(window: Window) -> None:
    window.gun(CODE)
    window.wait(TAIL)
    window.press("\r")
    assert (window.scans, window.typed) == ([CODE], "\r")


@pytest.mark.parametrize("gap", [0.061, 0.08, 0.12, 0.3])
def test_typing_is_no_scan_and_arrives_within_sixty_milliseconds(window: Window, gap: float) -> None:
    window.gun("Ada Lovelace", gap)
    assert (window.scans, window.typed) == ([], "Ada Lovelace\r")
    assert max(window.delays) < 0.06


def test_very_fast_typing_is_no_scan_and_keeps_its_order(window: Window) -> None:
    window.gun("the quick brown fox", 0.045)
    assert (window.scans, window.typed) == ([], "the quick brown fox\r")
    assert max(window.delays) < 0.06


def test_two_keys_rolled_over_each_other_are_typed(window: Window) -> None:
    window.type("th", 0.02)
    window.wait(0.1)
    assert (window.scans, window.typed) == ([], "th")
    assert max(window.delays) < 0.085


def test_five_quick_characters_are_no_scan(window: Window) -> None:
    window.gun("12345")
    assert (window.scans, window.typed) == ([], "12345\r")


def test_enter_and_space_of_a_person_pass(window: Window) -> None:
    window.press("\r")
    assert window.typed == "\r"
    window.press(" ")
    window.wait(0.1)
    assert window.typed == "\r "


def test_a_space_within_a_code_presses_no_button(window: Window) -> None:
    window.gun("TICKET 0815 A")
    assert (window.scans, window.typed) == (["TICKET 0815 A"], "")


def test_two_scans_back_to_back_are_two(window: Window) -> None:
    window.gun(CODE)
    window.gun("another1")
    assert (window.scans, window.typed) == ([CODE, "another1"], "")


def test_two_scans_without_enter_are_two(window: Window) -> None:
    window.gun(CODE, end="")
    window.wait(0.061)
    window.gun("another1", end="")
    window.wait(0.061)
    assert (window.scans, window.typed) == ([CODE, "another1"], "")


def test_a_scan_is_read_even_if_nobody_reported_the_silence(window: Window) -> None:
    wedge: Wedge[str] = Wedge()
    for index, character in enumerate(CODE):
        wedge.press(character, character, index * 0.004)
    reaction = wedge.press("x", "x", 5.0)
    assert (reaction.scans, reaction.swallow) == ((CODE,), True)


def test_a_scan_after_typing_is_whole_and_the_typing_stays(window: Window) -> None:
    window.type("Ad", 0.15)
    window.gun(CODE)
    window.type("a", 0.15)
    assert (window.scans, window.typed) == ([CODE], "Ada")


def test_a_gun_that_stumbles_at_its_first_characters_is_still_read_whole(window: Window) -> None:
    window.press("k")
    window.wait(0.055)
    window.gun(CODE[1:])
    assert window.scans == [CODE]
    assert window.typed in ("", "k")


def test_a_gun_that_stumbles_once_leaks_nothing(window: Window) -> None:
    window.press("k")
    window.wait(0.04)
    window.gun(CODE[1:])
    assert (window.scans, window.typed) == ([CODE], "")


def test_a_key_held_down_is_no_gun(window: Window) -> None:
    window.press("x")
    for _ in range(30):
        window.wait(0.03)
        window.press("x", repeated=True)
    window.wait(0.2)
    assert (window.scans, window.typed) == ([], "x" * 31)


def test_an_arrow_key_comes_after_the_letters_typed_before_it(window: Window) -> None:
    window.press("a")
    window.wait(0.01)
    reaction = window.wedge.press(("", window.now), "", window.now)
    assert [key[0] for key in reaction.replay] == ["a"]
    assert not reaction.swallow


def test_escape_and_backspace_pass(window: Window) -> None:
    window.type("\x1b\x08\x7f", 0.2)
    assert window.typed == "\x1b\x08\x7f"


def test_a_code_with_other_scripts_arrives_as_it_was_typed(window: Window) -> None:
    window.gun("Zoë-张三-Łuk")
    assert (window.scans, window.typed) == (["Zoë-张三-Łuk"], "")


def test_a_prefix_makes_a_short_or_slow_burst_a_scan() -> None:
    window = Window(WedgeSettings(prefix="~"))
    window.gun("~7")
    window.gun("~slow1", 0.055)
    assert (window.scans, window.typed) == (["7", "slow1"], "")


def test_a_longer_prefix_is_cut_off_and_one_typed_by_hand_is_typed() -> None:
    window = Window(WedgeSettings(prefix="]Q"))
    window.gun("]Qab")
    window.type("]Q ]Q", 0.1)
    window.wait(0.1)
    assert (window.scans, window.typed) == (["ab"], "]Q ]Q")


def test_a_prefix_alone_is_no_scan() -> None:
    window = Window(WedgeSettings(prefix="~"))
    window.gun("~")
    assert (window.scans, window.typed) == ([], "~\r")


def test_another_gun_without_the_prefix_is_still_read() -> None:
    window = Window(WedgeSettings(prefix="~"))
    window.gun(CODE)
    assert (window.scans, window.typed) == ([CODE], "")


def test_a_suffix_ends_the_scan_at_once_and_is_cut_off() -> None:
    window = Window(WedgeSettings(suffix="##"))
    for character in CODE + "##":
        window.press(character)
        window.wait(0.004)
    assert (window.scans, window.typed) == ([CODE], "")
    window.press("\r")
    assert window.typed == ""


def test_the_numbers_can_be_set() -> None:
    window = Window(WedgeSettings(least=3, pace=0.08, silence=0.2))
    window.gun("abc", 0.07)
    assert (window.scans, window.typed) == (["abc"], "")


def test_nothing_held_means_no_timer(window: Window) -> None:
    assert window.wedge.wake_at is None
    window.press("a")
    assert window.wedge.wake_at == pytest.approx(window.now + WedgeSettings().hold)
    window.wait(0.1)
    assert window.wedge.wake_at is None


@given(st.lists(st.tuples(st.sampled_from("ab7 é\r\t\x1b"), st.floats(0.0, 0.2)), max_size=40))
def test_no_key_is_lost_doubled_or_reordered(presses: list[tuple[str, float]]) -> None:
    wedge: Wedge[int] = Wedge()
    now, passed, scanned, eaten = 0.0, [], 0, 0
    for index, (text, gap) in enumerate(presses):
        now += gap
        reaction = wedge.press(index, text, now)
        passed += reaction.replay
        scanned += sum(len(scan) for scan in reaction.scans)
        if not reaction.swallow:
            passed.append(index)
        elif text in "\r\t":
            eaten += 1
    last = wedge.silence(now + 1)
    passed += last.replay
    scanned += sum(len(scan) for scan in last.scans)
    assert all(first < second for first, second in pairwise(passed))
    assert len(passed) + scanned + eaten >= len(presses)


@given(st.text("abcXYZ0189-", min_size=6, max_size=60), st.lists(st.floats(0.0, 0.034), min_size=60, max_size=60))
def test_every_quick_burst_is_exactly_one_scan(code: str, gaps: list[float]) -> None:
    window = Window()
    for character, gap in zip(code, gaps, strict=False):
        window.press(character)
        window.wait(gap)
    window.press("\r")
    assert (window.scans, window.typed) == ([code], "")


def test_the_window_systems_stamps_keep_a_burst_whole_through_a_stall() -> None:
    clock = KeyClock()
    wedge: Wedge[str] = Wedge()
    scans: tuple[str, ...] = ()
    for index, character in enumerate(CODE + "\r"):
        stall = 0.0 if index < 5 else 0.4
        at = clock.pressed(5_000 + index * 4, 60.0 + index * 0.004 + stall)
        if index == 5:
            assert wedge.silence(clock.now(60.42)).scans == ()
        scans += wedge.press(character, character, at).scans
    assert scans == (CODE,)


@pytest.mark.parametrize("before", range(1, len(CODE)))
def test_well_timed_keys_that_the_window_system_delivers_late_are_one_scan_in_the_end(before: int) -> None:
    clock, wedge = KeyClock(), Wedge[str]()
    scans: tuple[str, ...] = ()
    typed = ""
    for index, character in enumerate(CODE + "\r"):
        late = 0.0 if index < before else 0.4
        if index == before:  # Nothing waits in the queue: silence is all that can be heard.
            silent = wedge.silence(clock.now(60.0 + index * 0.004 + 0.39))
            scans, typed = scans + silent.scans, typed + "".join(silent.replay)
        at = clock.pressed(5_000 + index * 4, 60.0 + index * 0.004 + late)
        taken = wedge.press(character, character, at)
        scans, typed = scans + taken.scans, typed + "".join(taken.replay)
    assert scans[-1] == CODE
    assert CODE.startswith("".join(scans[:-1]))
    assert CODE.startswith(typed)


def test_a_gun_that_ends_with_enter_is_waited_for_after_its_first_scan() -> None:
    wedge: Wedge[str] = Wedge()
    for at, character in enumerate(CODE + "\r"):
        wedge.press(character, character, 1.0 + at * 0.004)
    for at, character in enumerate(CODE):
        wedge.press(character, character, 9.0 + at * 0.004)
    last = 9.0 + (len(CODE) - 1) * 0.004
    assert wedge.silence(last + 0.2).scans == ()
    assert wedge.silence(last + PATIENCE).scans == (CODE,)
    for at, character in enumerate(CODE):
        wedge.press(character, character, 19.0 + at * 0.004)
    assert wedge.silence(last + 10.061).scans == (CODE,), "it has shown that it ends with nothing"


@pytest.mark.parametrize("before", range(4, len(CODE)))
def test_a_gun_that_falls_silent_before_its_enter_is_read_whole_and_waited_for_the_next_time(
    window: Window, before: int
) -> None:
    for _ in range(2):
        window.scans.clear()
        window.type(CODE[:before], 0.004)
        window.wait(0.134)
        window.type(CODE[before:] + "\r", 0.004)
        window.wait(1.0)
        assert window.scans[-1] == CODE
    assert before < 6 or window.scans == [CODE]


def test_two_guns_that_end_with_nothing_are_not_taken_for_one(window: Window) -> None:
    for _ in range(2):
        window.type(CODE, 0.004)
        window.wait(0.150)
    assert window.scans == [CODE, CODE]


def test_keys_without_stamps_take_our_own_clock() -> None:
    clock = KeyClock()
    first = clock.pressed(0, 10.0)
    assert clock.pressed(0, 10.02) - first == pytest.approx(0.02)
    stamped = clock.pressed(900_000, 10.03)
    assert clock.pressed(900_010, 10.5) - stamped == pytest.approx(0.01)
    assert clock.now(10.6) - clock.now(10.5) == pytest.approx(0.1)


def test_stamps_that_begin_anew_do_not_stop_the_gun() -> None:
    clock = KeyClock()
    before = clock.pressed(4_294_967_000, 10.0)
    assert clock.pressed(5, 11.0) - before == pytest.approx(1.0)
