"""Who may do what, act by act, and what somebody stands by; attacked as somebody at an unwatched laptop would."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice.bootstrap import App
from boxoffice.card_counter import CardCounter
from boxoffice.config import Folder
from boxoffice.domain import guest_list
from boxoffice.domain.cart import CartLine, Override
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.documents import Movement
from boxoffice.domain.door import Door
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.errands import Wish as Swap
from boxoffice.domain.facts import Permitted
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.payment_steps import Approved, Begun, Captured, Compared, Sent
from boxoffice.domain.permissions import RULES, Act
from boxoffice.domain.printing import Printer
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.domain.verdicts import Wish
from boxoffice.errors import NeedsPermission, Refused
from boxoffice.ids import new_scan
from boxoffice.services import (
    amend,
    card,
    card_terminals,
    cash_out,
    depart,
    importing,
    print_setup,
    tendering,
)
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.storage import cash_drawer, journal, operators, outbox, payments, verify

pytestmark = pytest.mark.usefixtures("cheap_seals")


class Guarded:
    """Everything guarded that the station can do, each ready to be tried."""

    def __init__(self, people: Any, counter: Any) -> None:
        self.people = people
        self.counter = counter
        self.app = people.app

    def acts(self) -> dict[Act, Callable[[str, Any], Any]]:
        till = self.app.counter

        def refund(who: str, permits: Any) -> Any:
            code = self.counter.day.paid_order
            offers = [Offer(means=Means.CASH, amount=-10_000)]
            return till(who).orders.give_back("conf26", code, offers, "Ill", permits=permits).result()

        def price(who: str, permits: Any) -> Any:
            return till(who).finish("priced", self.cash, permits=permits).result()

        def force(who: str, permits: Any) -> Any:
            with self.as_(who):
                scan = new_scan("nobody", Source.MANUAL, self.counter.at("09:00"))
                return self.app.gate.admit(scan, Door(lists=(("conf26", 1),)), Wish(force=True), permits).result()

        self.cash = [Offer(means=Means.CASH, amount=10_000)]
        return {
            Act.SELL: lambda who, permits: till(who).finish("plain", self.cash, permits=permits).result(),
            Act.DRAWER: lambda who, _: till(who).move(Movement.DROP, 100, "Safe").result(),
            Act.PAY_OUT: lambda who, p: till(who).move(Movement.PAY_OUT, 100, "Ice", permits=p).result(),
            Act.NO_SALE: lambda who, p: till(who).move(Movement.NO_SALE, 0, "Change", permits=p).result(),
            Act.PRICE: price,
            Act.OVERRULE: lambda who, p: till(who).finish("waved", self.cash, may_oversell=True, permits=p).result(),
            Act.REFUND: refund,
            Act.FORCE: force,
        }

    def as_(self, who: str) -> Any:
        @contextlib.contextmanager
        def signed() -> Any:
            here = self.app.staff
            here.operator = next((one for one in here.everybody if one.name == who), None)
            yield
            here.operator = None

        return signed()


@pytest.fixture
def guarded(people: Any, counter: Any) -> Guarded:
    with Guarded(people, counter).as_("Sven"):
        till = people.app.counter("Sven")
        till.open("conf26", 0).result()
        line = CartLine(id="a", item=1)
        till.begin(counter.cart(line, name="before")).result()
        sold = till.finish("before", [Offer(means=Means.CASH, amount=10_000)]).result()
    counter.day.paid_order = sold.order.code
    priced = msgspec.structs.replace(line, override=Override(price=10_000, reason="Friend"))
    for name, one in (("plain", line), ("priced", priced), ("waved", line)):
        till.begin(counter.cart(one, name=name)).result()
    return Guarded(people, counter)


ACTS = (
    Act.SELL,
    Act.DRAWER,
    Act.PAY_OUT,
    Act.NO_SALE,
    Act.PRICE,
    Act.OVERRULE,
    Act.REFUND,
    Act.FORCE,
)


def test_every_guarded_act_refuses_every_role_that_may_not_and_lets_a_supervisor_stand_by(guarded: Guarded) -> None:
    acts = guarded.acts()
    assert tuple(acts) == ACTS
    people = guarded.people
    for act, do in acts.items():
        plain = {name for name, role in people.roles.items() if role in RULES[act].roles and not RULES[act].pin}
        for who in ["", *(name for name in people.pins if name not in plain)]:
            with pytest.raises(NeedsPermission) as asked:
                do(who, ())
            assert asked.value.act in (act, Act.SELL)
        for who in sorted({*people.pins} - {one.name for one in people.staff.who_may(act)}):
            with pytest.raises(Refused, match="may not permit"):
                people.permit(act, who)
        signed = "Ana" if act is not Act.FORCE else "Dora"
        do(signed, [] if not RULES[act].pin else [people.permit(act)])
    told = people.facts(Permitted)
    assert [one.act for one in told] == [act.value for act in ACTS if RULES[act].pin]
    names = {one.id: one.name for one in people.staff.everybody}
    assert {names[one.by] for one in told} == {"Sven"}
    assert {names[one.asked] for one in told} == {"Ana", "Dora"}
    kept = people.app.read(operators.permissions)
    assert [(one.act.value, one.permitted, one.reason) for one in kept] == [
        (one.act, "Sven", "Because") for one in sorted(told, key=lambda one: one.at)
    ]
    assert people.app.read(verify.check).faults == ()


def test_a_steward_does_nothing_at_a_till_and_leaves_no_trace_of_trying(guarded: Guarded) -> None:
    app, code = guarded.app, guarded.counter.day.paid_order
    ticket = Position(number=1, item=1, price=10_000)
    guarded.counter.day.hear(Order(event="conf26", code="WEB1", total=10_000, positions=(ticket,)))
    till, cash = app.counter("Tom"), [Offer(means=Means.CASH, amount=10_000)]
    tries: list[Callable[[], Any]] = [
        lambda: till.open("conf26", 0),
        lambda: till.move(Movement.DROP, 100, "Safe"),
        lambda: till.count({100: 100}),
        till.close,
        lambda: till.finish("plain", cash),
        lambda: till.cards.charge("plain", 10_000),
        lambda: till.orders.pay("conf26", "WEB1", cash),
        lambda: till.orders.exchange("conf26", code, [Swap(position=1, item=1, price=1)], ()),
        lambda: till.orders.give_back("conf26", code, [Offer(means=Means.CASH, amount=-10_000)], "Ill"),
        lambda: till.orders.correct(1, [Offer(means=Means.CHEQUE, amount=10_000)], "Wrong key"),
        lambda: till.orders.void(1, "Wrong person"),
    ]
    with guarded.as_("Sven"):
        app.counter("Sven").count({100: 100}).result()
    before = app.read(lambda c: [one.operation for one in journal.entries(c)])
    for do in tries:
        with pytest.raises(NeedsPermission):
            do().result()
    with guarded.as_("Tom"), pytest.raises(NeedsPermission):
        app.staff.begin_training().result()
    assert not app.staff.training
    assert app.read(lambda c: [one.operation for one in journal.entries(c)]) == before


def cards_at_a_terminal(guarded: Guarded) -> CardCounter:
    """Ana's."""
    hall = Terminal(name="Hall", kind=Kind.SIMULATED)
    guarded.app.write(lambda c: card_terminals.put_terminal(c, hall)).result()
    return guarded.app.counter("Ana").cards


def test_a_card_is_moved_for_a_correction_only_if_somebody_stands_by_it(guarded: Guarded) -> None:
    errand = Errand(
        operation="fix", event="conf26", order=guarded.counter.day.paid_order, what=What.CORRECTION, receipt=1,
        offers=(Offer(means=Means.CARD, amount=10_000),), reason="Wrong key",
    )  # fmt: skip
    cards = cards_at_a_terminal(guarded)
    with pytest.raises(NeedsPermission) as asked:
        cards.advance(errand).result()
    assert asked.value.act is Act.CORRECTION
    assert guarded.app.read(payments.loose) == []
    assert cards.advance(errand, permits=[guarded.people.permit(Act.CORRECTION)]).result() is not None


def test_a_card_is_charged_for_a_price_that_somebody_stands_by(guarded: Guarded) -> None:
    dearer = Swap(position=1, item=1, price=15_000)
    errand = Errand(
        operation="swap", event="conf26", order=guarded.counter.day.paid_order, what=What.EXCHANGE,
        offers=(Offer(means=Means.CARD, amount=5_000),), changes=(dearer,), reason="Better seat",
    )  # fmt: skip
    cards = cards_at_a_terminal(guarded)
    with pytest.raises(NeedsPermission) as asked:
        cards.advance(errand).result()
    assert asked.value.act is Act.PRICE
    assert cards.advance(errand, permits=[guarded.people.permit(Act.PRICE)]).result().amount == 5_000


def test_a_ticket_is_given_away_only_if_somebody_stands_by_it(guarded: Guarded) -> None:
    till, free = guarded.app.counter("Ana"), [Offer(means=Means.FREE, amount=10_000)]
    with pytest.raises(NeedsPermission) as asked:
        till.finish("plain", free).result()
    assert asked.value.act is Act.PRICE
    sold = till.finish("plain", free, permits=[guarded.people.permit(Act.PRICE)]).result()
    assert [one.tender for one in sold.receipt.tenders] == ["free"]


def test_what_an_order_costs_is_given_away_only_if_somebody_stands_by_it(guarded: Guarded) -> None:
    ticket = Position(number=1, item=1, price=10_000)
    guarded.counter.day.hear(
        Item(id=5, event="conf26", name={"en": "Front row"}, price=12_000, tax_rule=1),
        Order(event="conf26", code="WEB1", total=10_000, positions=(ticket,)),
    )
    orders = guarded.app.counter("Ana").orders

    def pay(*permits: Any) -> Any:
        return orders.pay("conf26", "WEB1", [Offer(means=Means.FREE, amount=10_000)], permits=permits).result()

    def change(*permits: Any) -> Any:
        wishes, offers = [Swap(position=1, item=5)], [Offer(means=Means.FREE, amount=2_000)]
        return orders.exchange("conf26", "WEB1", wishes, offers, "Better", permits=permits).result()

    for do in (pay, change):
        with pytest.raises(NeedsPermission) as asked:
            do()
        assert asked.value.act is Act.PRICE
        assert do(guarded.people.permit(Act.PRICE)).order.status is Status.PAID


def test_a_gift_card_is_paid_out_only_if_somebody_stands_by_it(guarded: Guarded) -> None:
    card = GiftCard(event="conf26", code="GIFT2026ABCDEFGH", currency="CHF", value=5_000)
    guarded.counter.day.hear(card)
    app, at = guarded.app, guarded.counter.at("11:00")
    app.write(lambda c: tendering.choose(c, "conf26", Tendering(cash_out=True))).result()

    def pay_out(*permits: Any) -> Any:
        return app.write(
            lambda c: cash_out.cash_out(c, app.shelf, card.code, "She asks for it", at, "Ana", permits=permits)
        ).result()

    with pytest.raises(NeedsPermission) as asked:
        pay_out()
    assert asked.value.act is Act.CASH_OUT
    assert pay_out(guarded.people.permit(Act.CASH_OUT)).paid == 5_000


def test_a_station_is_wiped_only_if_somebody_stands_by_it(people: Any) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def sent_away(connection: Any) -> None:
        for one in outbox.waiting(connection, -1):
            outbox.done(connection, one.entry.operation)
        depart.sent_away(connection, at)

    people.app.write(sent_away).result()
    with pytest.raises(NeedsPermission) as asked:
        people.app.write(lambda c: depart.wipe(c, at, "Ana")).result()
    assert asked.value.act is Act.WIPE
    assert people.app.read(depart.standing).departure.wiping_since is None


def test_an_order_is_cancelled_only_if_somebody_stands_by_it(guarded: Guarded) -> None:
    held = Order(event="conf26", code="WEB1", total=10_000, positions=(Position(number=1, item=1, price=10_000),))
    guarded.counter.day.hear(held)

    def cancel(*permits: Any) -> Any:
        at = guarded.counter.at("10:00")
        job = guarded.app.write(lambda c: amend.cancel(c, held, (), "Ill", at, operator="Ana", permits=permits))
        return job.result()

    with pytest.raises(NeedsPermission) as asked:
        cancel()
    assert asked.value.act is Act.VOID
    assert cancel(guarded.people.permit(Act.VOID)).status is Status.CANCELED


def test_whoever_only_scans_puts_nothing_right_in_an_order(guarded: Guarded) -> None:
    ticket = Position(number=1, item=1, price=10_000, name="Ada")
    held = Order(event="conf26", code="WEB1", total=10_000, positions=(ticket,))
    guarded.counter.day.hear(held)

    def edit(who: str, *permits: Any) -> Order:
        at, wanted = guarded.counter.at("10:00"), {"name": "Grace"}
        return guarded.app.write(lambda c: amend.edit(c, held, 1, wanted, at, who, permits)).result()

    def attach(who: str, *permits: Any) -> Order:
        return guarded.app.counter(who).orders.attach("conf26", "WEB1", b"slip", permits=permits).result()

    for do in (edit, attach):
        with pytest.raises(NeedsPermission, match="Nobody is signed in"):
            do("")
        with pytest.raises(NeedsPermission, match="Tom may not do this") as asked:
            do("Tom")
        assert asked.value.act is Act.EDIT
    assert edit("Dora").positions[0].name == "Grace"
    assert progress(attach("Tom", guarded.people.permit(Act.EDIT, "Dora"))) is Progress.AWAITING


def test_training_reaches_no_order_and_no_card_that_there_is(guarded: Guarded) -> None:
    till, code = guarded.app.counter("Sven", training=True), guarded.counter.day.paid_order
    errand, cash = Errand(operation="x", event="conf26", order=code), [Offer(means=Means.CASH, amount=10_000)]
    for do in (
        lambda: till.cards.charge("plain", 10_000),
        lambda: till.cards.charge_order(errand, 10_000),
        lambda: till.cards.advance(errand),
        lambda: till.orders.pay("conf26", code, cash),
        lambda: till.orders.exchange("conf26", code, (), ()),
        lambda: till.orders.give_back("conf26", code, (), "Ill"),
        lambda: till.orders.correct(1, cash, "Wrong key"),
        lambda: till.orders.void(1, "Wrong person"),
    ):
        with pytest.raises(Refused, match="This is training"):
            do()


def test_guests_are_not_imported_where_a_server_tells_who_comes(day: Any) -> None:
    with pytest.raises(Refused, match="come from its server"):
        day.app.read(lambda c: importing.look(c, day.app.shelf, (), Event(slug="fair"), str))


def test_a_steward_imports_no_guests(tmp_path: Path, new_folder: Callable[[Path], Folder], people_of: Any) -> None:
    with App(new_folder(tmp_path)) as app:
        people = people_of(app)
        rows = [guest_list.Row(1, {guest_list.Column.NAME: "Ada Lovelace", guest_list.Column.ITEM: "Regular"})]
        fair, at = Event(slug="fair"), datetime(2026, 11, 21, 9, tzinfo=UTC)

        def take_over(who: str) -> Any:
            return app.write(
                lambda c: importing.take_over(c, app.shelf, rows, fair, lambda: "made-here", at, who)
            ).result()

        with pytest.raises(NeedsPermission, match="Tom may not do this"):
            take_over("Tom")
        assert app.events() == []
        assert take_over("Sven").faults == ()
        assert people.facts(Permitted) == []


@pytest.mark.parametrize(
    ("item", "price", "allowed", "asks"),
    [
        (5, None, (), None),
        (5, 10_000, (), Act.PRICE),
        (5, None, ("role",), Act.OVERRULE),
        (6, None, (), Act.REFUND),
    ],
)
def test_an_exchange_asks_for_what_is_done_in_it(
    guarded: Guarded, item: int, price: int | None, allowed: tuple[str, ...], asks: Act | None
) -> None:
    guarded.counter.day.hear(
        Item(id=5, event="conf26", name={"en": "Front row"}, price=10_000, tax_rule=1),
        Item(id=6, event="conf26", name={"en": "Last row"}, price=9_000, tax_rule=1),
    )
    code, wish = guarded.counter.day.paid_order, Swap(position=1, item=item, price=price)
    offers = [Offer(means=Means.CASH, amount=-1_000)] if item == 6 else []

    def do(who: str, *permits: Any) -> Any:
        orders = guarded.app.counter(who).orders
        return orders.exchange("conf26", code, [wish], offers, "Swap", allowed=allowed, permits=permits).result()

    with pytest.raises(NeedsPermission, match="Tom may not do this"):
        do("Tom")
    if asks is not None:
        with pytest.raises(NeedsPermission) as asked:
            do("Ana")
        assert asked.value.act is asks
    assert do("Ana", *([guarded.people.permit(asks)] if asks else [])).order.positions[0].item == item


def test_what_nobody_has_paid_yet_becomes_another_ticket_only_by_whoever_sells(guarded: Guarded) -> None:
    ticket = Position(number=1, item=1, price=10_000)
    guarded.counter.day.hear(
        Item(id=5, event="conf26", name={"en": "Front row"}, price=12_000, tax_rule=1),
        Order(event="conf26", code="WEB1", total=10_000, positions=(ticket,)),
    )

    def change(who: str) -> Any:
        orders = guarded.app.counter(who).orders
        return orders.exchange("conf26", "WEB1", [Swap(position=1, item=5)], (), "Better").result()

    with pytest.raises(NeedsPermission, match="Tom may not do this") as asked:
        change("Tom")
    assert asked.value.act is Act.SELL
    assert change("Ana").order.total == 12_000


def test_only_whoever_sells_makes_a_cancelled_order_valid_again_and_a_risk_takes_more(guarded: Guarded) -> None:
    held = Order(event="conf26", code="GONE", status=Status.CANCELED, positions=(Position(number=1, item=1),))
    guarded.counter.day.hear(held)

    def again(who: str, *permits: Any, **more: Any) -> Any:
        stock, at = guarded.counter.stock, guarded.counter.at("10:00")
        return guarded.app.write(lambda c: amend.reactivate(c, stock, held, at, who, permits=permits, **more)).result()

    with pytest.raises(NeedsPermission, match="Tom may not do this"):
        again("Tom")
    with pytest.raises(NeedsPermission, match="Ana may not do this"):
        again("Ana", may_oversell=True)
    assert again("Ana", guarded.people.permit(Act.OVERRULE), may_oversell=True).status is Status.PAID


def test_nobody_charges_a_card_for_an_order_who_may_not_sell_and_whoever_finds_it_charged_writes_the_receipt(
    guarded: Guarded,
) -> None:
    """Else the card would be charged, and its receipt refused."""
    ticket = Position(number=1, item=1, price=10_000)
    guarded.counter.day.hear(Order(event="conf26", code="WEB1", total=10_000, positions=(ticket,)))
    errand = Errand(operation="pay", event="conf26", order="WEB1", what=What.PAYMENT)
    with pytest.raises(NeedsPermission, match="Tom may not do this"):
        guarded.app.counter("Tom").cards.charge_order(errand, 10_000, BY_HAND.name).result()
    assert guarded.app.read(payments.loose) == []
    begun = guarded.app.counter("Ana").cards.charge_order(errand, 10_000, BY_HAND.name).result()
    yes = Approved(evidence=Evidence(receipt=42))
    for step in (Compared(mark=Mark(receipt=41)), Sent(), Begun(), yes, Captured()):
        guarded.app.write(lambda c, step=step: card.take(c, begun.id, step, guarded.counter.at("10:00"))).result()
    done = guarded.app.counter("Tom").cards.finish_errand("pay").result()
    assert done.paid is not None
    assert done.paid.order.status is Status.PAID


def test_a_permit_is_used_up(guarded: Guarded) -> None:
    permit = guarded.people.permit(Act.NO_SALE)
    open_drawer = guarded.acts()[Act.NO_SALE]
    open_drawer("Ana", [permit])
    with pytest.raises(NeedsPermission, match="used up"):
        open_drawer("Ana", [permit])


@pytest.mark.parametrize("by", ["Ana", "nobody"])
def test_a_permit_of_somebody_who_may_not_opens_nothing(guarded: Guarded, by: str) -> None:
    ids = {one.name: one.id for one in guarded.people.staff.everybody}
    permit = guarded.people.permit(Act.NO_SALE)
    forged = msgspec.structs.replace(permit, by=ids.get(by, by), name=by)
    with pytest.raises(NeedsPermission, match=f"{by} may not permit this"):
        guarded.acts()[Act.NO_SALE]("Ana", [forged])
    guarded.acts()[Act.NO_SALE]("Ana", [permit])


def test_the_drawer_opens_by_hand_for_whoever_may_and_it_stands_on_the_z(guarded: Guarded) -> None:
    app = guarded.app
    app.write(
        lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:9", drawer=True))
    ).result()
    with pytest.raises(NeedsPermission, match="needs a PIN"):
        app.paper.open_drawer("Change", operator="Sven").result()
    assert app.paper.queue == []
    opened = app.paper.open_drawer("Change", operator="Ana", permits=[guarded.people.permit(Act.NO_SALE)]).result()
    assert (opened.kind, opened.reason) == ("drawer", "Change")
    (move,) = app.read(lambda c: cash_drawer.newest_moves(c, "conf26", 1))
    assert (move.movement, move.operator, move.reason) == (Movement.NO_SALE, "Ana", "Change")
    assert [job.kind for job in app.paper.queue] == ["drawer", "cash"]


def test_a_permit_is_for_one_kind_of_act(guarded: Guarded) -> None:
    with pytest.raises(NeedsPermission, match="may not do this"):
        guarded.acts()[Act.PAY_OUT]("Ana", [guarded.people.permit(Act.NO_SALE)])


def test_what_is_refused_for_another_reason_uses_up_no_permit(guarded: Guarded) -> None:
    permit = guarded.people.permit(Act.REFUND)
    till = guarded.app.counter("Ana")
    code = guarded.counter.day.paid_order
    with pytest.raises(Refused, match="not covered"):
        till.orders.give_back("conf26", code, [], "Ill", permits=[permit]).result()
    guarded.acts()[Act.REFUND]("Ana", [permit])


def test_a_count_that_differs_needs_a_second_person_and_both_stand_on_the_z(guarded: Guarded) -> None:
    till = guarded.app.counter("Ana")
    for sale in ("plain", "priced", "waved"):
        till.drop(sale).result()
    till.count({100: 1}).result()
    till.count({100: 2}).result()
    with pytest.raises(NeedsPermission) as asked:
        till.close("Somebody took it").result()
    assert asked.value.act is Act.DIFFERENCE
    z = till.close("Somebody took it", permits=[guarded.people.permit(Act.DIFFERENCE)]).result()
    rows = {row.label: row for section in z.sections if section.title == "Drawer" for row in section.rows}
    assert (rows["Counted by"].text, rows["Second person"].text) == ("Ana", "Sven")
    assert (rows["Counted before"].amount, rows["Counted"].amount) == (100, 200)
    assert guarded.app.read(verify.check).faults == ()


def test_where_nobody_is_known_by_name_everything_is_as_it_was(counter: Any) -> None:
    till = counter.app.counter("Ana")
    till.open("conf26", 0).result()
    till.move(Movement.NO_SALE, 0, "Change").result()
    till.move(Movement.PAY_OUT, 100, "Ice").result()
    assert counter.app.read(operators.permissions) == []
