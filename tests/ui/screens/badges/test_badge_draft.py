"""A badge on the drawing board: each act one step back, and things that come to rest in line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.badge_checks import faults
from boxoffice.domain.badge_designs import SIZES, standard
from boxoffice.domain.badges import Box, Template, Words
from ui.screens.badges.badge_draft import Draft, Spot, spot_of
from ui.screens.badges.badge_snapping import Edge, dragged, snapped

NAME = Words(x=10, y=10, width=40, height=20, text="{name}")
LINE = Box(x=0, y=50, width=62, height=0)


@pytest.fixture
def draft() -> Draft:
    return Draft(Template(name="Own", width=62, height=100, elements=(NAME, LINE)), "own")


def test_what_is_kept_is_clean_until_it_is_changed(draft: Draft) -> None:
    assert not draft.is_dirty
    draft.set(name="Other")
    assert draft.is_dirty
    draft.undo()
    assert not draft.is_dirty


def test_a_new_one_is_to_be_kept_first(draft: Draft) -> None:
    assert Draft(draft.template).is_dirty


def test_steps_are_taken_back_and_forward(draft: Draft) -> None:
    draft.choose(0)
    draft.set(bold=True)
    draft.set(upper=True)
    draft.undo()
    assert (draft.element.bold, draft.element.upper) == (True, False)
    draft.undo()
    assert draft.element == NAME
    draft.redo()
    draft.redo()
    assert (draft.element.bold, draft.element.upper) == (True, True)
    assert not draft.may_redo


def test_a_new_act_forgets_what_was_taken_back(draft: Draft) -> None:
    draft.choose(0)
    draft.set(bold=True)
    draft.undo()
    draft.set(upper=True)
    assert not draft.may_redo


def test_a_drag_is_one_step_and_the_next_one_another(draft: Draft) -> None:
    draft.choose(0)
    for x in (11.0, 12.0, 13.0):
        draft.put(spot_of(NAME)._replace(x=x), "drag")
    draft.rest()
    draft.put(spot_of(NAME)._replace(x=20.0), "drag")
    draft.undo()
    assert draft.element.x == 13
    draft.undo()
    assert draft.element.x == 10
    assert not draft.may_undo


def test_what_changes_nothing_is_no_step(draft: Draft) -> None:
    draft.choose(0)
    draft.set(bold=False)
    assert not draft.may_undo


def test_elements_are_added_duplicated_ordered_and_removed(draft: Draft) -> None:
    draft.add(Box(x=1, y=1, width=5, height=5, filled=True))
    assert draft.chosen == 2
    draft.duplicate()
    assert (draft.chosen, draft.element.x) == (3, 3)
    draft.lift(-3)
    assert (draft.chosen, draft.template.elements[1]) == (0, NAME)
    draft.remove()
    assert draft.element == NAME
    for _ in range(4):
        draft.remove()
    assert (draft.template.elements, draft.chosen) == ((), None)


def test_nothing_can_be_put_over_the_edge(draft: Draft) -> None:
    draft.choose(0)
    draft.put(Spot(-5, 95, 40, 20))
    assert spot_of(draft.element) == (0, 80, 40, 20)
    draft.put(Spot(0, 0, 500, 500))
    assert spot_of(draft.element) == (0, 0, 62, 100)


@given(st.sampled_from(list(SIZES.values())), st.floats(20, 300), st.floats(20, 300))
def test_on_a_badge_of_another_size_everything_still_stands(
    size: tuple[float, float], width: float, height: float
) -> None:
    draft = Draft(standard("Usual", *size))
    draft.resize(round(width, 1), round(height, 1))
    assert [fault for fault in map(str, faults(draft.template)) if "hangs over" in fault] == []


def test_a_chosen_element_that_is_undone_is_no_longer_chosen(draft: Draft) -> None:
    draft.add(LINE)
    draft.undo()
    assert draft.chosen is None


# Coming to rest

OTHERS = (Spot(10, 10, 40, 20),)


def rest(spot: Spot, edges: Edge = Edge.ALL) -> tuple[Spot, tuple[float, ...], tuple[float, ...]]:
    found = snapped(spot, edges, OTHERS, 62, 100, reach=1.5)
    return found.spot, found.across, found.down


def test_what_is_moved_near_an_edge_stands_on_it() -> None:
    spot, across, _ = rest(Spot(11.2, 60, 24, 7))
    assert spot.x == 10
    assert 10 in across


def test_middles_and_far_edges_draw_too() -> None:
    assert rest(Spot(20.2, 60, 20, 7))[0].x == pytest.approx(20)
    assert rest(Spot(29.3, 60, 20, 7))[0].x == pytest.approx(30)
    assert rest(Spot(41.4, 60, 20, 7))[0].x == pytest.approx(42)


def test_where_nothing_is_near_the_grid_draws() -> None:
    spot, across, down = rest(Spot(23.3, 64.2, 5, 3.3))
    assert (spot.x, spot.y) == (23.5, 64)
    assert (across, down) == ((), ())


def test_a_pulled_edge_moves_alone() -> None:
    assert rest(Spot(30, 60, 20.8, 7), Edge.RIGHT)[0] == pytest.approx(Spot(30, 60, 20, 7))
    assert rest(Spot(9.2, 60, 20, 7), Edge.LEFT)[0] == pytest.approx(Spot(10, 60, 19.2, 7))


@pytest.mark.parametrize("edges", [Edge.LEFT, Edge.RIGHT, Edge.TOP | Edge.LEFT, Edge.BOTTOM | Edge.RIGHT])
def test_a_box_cannot_be_pulled_inside_out(edges: Edge) -> None:
    way = -100 if Edge.RIGHT in edges else 100
    pulled = dragged(Spot(10, 10, 40, 20), edges, way, way)
    assert min(pulled.width, pulled.height) >= 1


def test_a_line_stays_a_line_when_its_end_is_pulled() -> None:
    assert dragged(spot_of(LINE), Edge.RIGHT, -10, 0) == Spot(0, 50, 52, 0)
