"""People, their PINs, and what they stand by; attacked as somebody at an unwatched laptop would."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice import staff
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain import guest_list
from boxoffice.domain.cart import CartLine, Override
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.documents import Movement
from boxoffice.domain.door import Door
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.errands import Wish as Swap
from boxoffice.domain.facts import Permitted, StaffChanged
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.operators import NewOperator, Person
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.payment_steps import Approved, Begun, Captured, Compared, Sent
from boxoffice.domain.permissions import RULES, Act, Role
from boxoffice.domain.printing import Printer
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.domain.verdicts import Wish
from boxoffice.errors import BadInput, NeedsPermission, Refused, StorageTrouble
from boxoffice.ids import new_scan
from boxoffice.services import (
    amend,
    card,
    card_terminals,
    cash_out,
    depart,
    guard,
    importing,
    print_setup,
    seals,
    tendering,
)
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.staff import Staff
from boxoffice.storage import cash_drawer, journal, operators, outbox, payments, verify

PINS = {"Olga": "314159", "Sven": "271828", "Ana": "4711", "Dora": "2684", "Tom": "1793"}
ROLES = {"Olga": Role.ORGANISER, "Sven": Role.SUPERVISOR, "Ana": Role.CASHIER, "Dora": Role.DESK, "Tom": Role.STEWARD}


@pytest.fixture(autouse=True)
def _cheap_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PIN is sealed with is not what is asked here."""
    monkeypatch.setattr(seals, "MEMORY_KIB", 8)
    monkeypatch.setattr(seals, "PASSES", 1)


class People:
    """A station with everybody, and a clock of its machine."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.uptime = 1_000_000
        self.staff = Staff(app, lambda: self.uptime)
        self.staff.add([NewOperator(name=name, role=ROLES[name], pin=PINS[name]) for name in PINS])

    def permit(self, act: Act, by: str = "Sven", reason: str = "Because") -> Any:
        return self.staff.permit(act, by, PINS[by], reason)

    def wrong(self, who: str, times: int) -> None:
        for _ in range(times):
            with pytest.raises(Refused, match="This is not the PIN"):
                self.staff.check(who, "000001")

    def facts(self, kind: type) -> list[Any]:
        return [e.fact() for e in self.app.read(lambda c: list(journal.entries(c))) if isinstance(e.fact(), kind)]


@pytest.fixture
def people(day: Any) -> People:
    return People(day.app)


def test_the_right_pin_signs_in_and_a_wrong_one_does_not(people: People) -> None:
    people.wrong("Ana", 1)
    assert people.staff.operator is None
    assert people.staff.sign_in("ana", "4711").name == "Ana"
    assert people.staff.name == "Ana"
    people.staff.sign_out()
    assert people.staff.name == ""


def test_the_next_one_takes_over_without_anything_being_closed(people: People) -> None:
    people.staff.sign_in("Ana", "4711")
    people.staff.sign_in("Sven", "271828")
    assert people.app.counter("").operator == ""  # The station's own staff is another object than the test's.
    assert people.staff.name == "Sven"


def test_after_five_wrong_ones_even_the_right_pin_waits(people: People) -> None:
    people.wrong("Ana", 5)
    with pytest.raises(Refused, match="Too many wrong PINs"):
        people.staff.check("Ana", "4711")
    people.uptime += 30_000
    assert people.staff.check("Ana", "4711").name == "Ana"
    people.wrong("Ana", 4)
    assert people.staff.check("Ana", "4711")


def test_a_wait_is_one_persons_own(people: People) -> None:
    people.wrong("Ana", 5)
    assert people.staff.check("Sven", "271828")


def test_a_restart_wins_nobody_another_try(people: People) -> None:
    people.wrong("Ana", 5)
    again = Staff(people.app, lambda: people.uptime + 29_000)
    with pytest.raises(Refused, match="Too many"):
        again.check("Ana", "4711")


def test_an_app_that_ends_before_the_answer_has_counted_the_try(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(Exception):
        pass

    def cut(*_: object) -> bool:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(seals, "fits", cut)
        for _ in range(5):
            with pytest.raises(PowerCut):
                people.staff.check("Ana", "4711")
    with pytest.raises(Refused, match="Too many"):
        people.staff.check("Ana", "4711")


@pytest.mark.parametrize("year", [1990, 2026, 2099])
def test_a_clock_that_is_set_back_or_forward_ends_no_wait(
    people: People, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.wrong("Ana", 5)
    monkeypatch.setattr(staff, "_now", lambda: datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused, match="Too many"):
        people.staff.check("Ana", "4711")
    people.uptime += 30_000
    assert people.staff.check("Ana", "4711")


def test_a_machine_that_was_switched_off_begins_the_wait_anew(people: People) -> None:
    people.wrong("Ana", 5)
    people.uptime = 20_000
    with pytest.raises(Refused, match="Too many"):
        people.staff.check("Ana", "4711")
    people.uptime = 30_000
    assert people.staff.check("Ana", "4711")


def test_a_supervisor_gives_a_forgotten_pin_another_one(people: People) -> None:
    people.wrong("Ana", 6 - 1)
    people.staff.change("Ana", pin="8264", permits=[people.permit(Act.OPERATORS)])
    assert people.staff.check("Ana", "8264")
    people.wrong("Ana", 1)


def test_a_supervisor_cannot_become_an_organiser_nor_take_over_one(people: People) -> None:
    for attempt in (
        lambda: people.staff.change("Olga", pin="111222", permits=[people.permit(Act.OPERATORS)]),
        lambda: people.staff.change("Sven", role=Role.ORGANISER, permits=[people.permit(Act.OPERATORS)]),
        lambda: people.staff.remove("Olga", [people.permit(Act.OPERATORS)]),
        lambda: people.staff.add(
            [NewOperator(name="X", role=Role.ORGANISER, pin="424242")], [people.permit(Act.OPERATORS)]
        ),
    ):
        with pytest.raises(Refused, match="does not look after"):
            attempt()
    assert people.staff.check("Olga", PINS["Olga"])


def test_people_are_changed_only_with_a_pin(people: People) -> None:
    people.staff.sign_in("Sven", PINS["Sven"])
    with pytest.raises(Refused, match="This needs a PIN"):
        people.staff.change("Ana", pin="8264")
    with pytest.raises(Refused, match="may not permit"):
        people.permit(Act.OPERATORS, by="Ana")


def test_everybody_changes_their_own_pin_with_the_old_one(people: People) -> None:
    with pytest.raises(Refused, match="not the PIN"):
        people.staff.change_own_pin("Ana", "0001", "8264")
    people.staff.change_own_pin("Ana", "4711", "8264")
    assert people.staff.check("Ana", "8264")
    with pytest.raises(BadInput, match="A PIN for this role has 6"):
        people.staff.change_own_pin("Sven", "271828", "4711")


def test_who_is_made_a_leader_gets_a_longer_pin(people: People) -> None:
    with pytest.raises(BadInput, match="longer PIN"):
        people.staff.change("Ana", role=Role.SUPERVISOR, permits=[people.permit(Act.OPERATORS, "Olga")])
    permits = [people.permit(Act.OPERATORS, "Olga")]
    assert people.staff.change("Ana", role=Role.SUPERVISOR, pin="471100", permits=permits).role is Role.SUPERVISOR


def test_the_first_one_is_an_organiser_and_the_last_one_stays(day: Any) -> None:
    office = Staff(day.app)
    with pytest.raises(Refused, match="has to be an organiser"):
        office.add([NewOperator(name="Ana", role=Role.CASHIER, pin="4711")])
    office.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    office.add(
        [NewOperator(name="Ana", role=Role.CASHIER, pin="4711")], [office.permit(Act.OPERATORS, "Olga", "314159")]
    )
    with pytest.raises(Refused, match="last organiser"):
        office.remove("Olga", [office.permit(Act.OPERATORS, "Olga", "314159")])
    with pytest.raises(Refused, match="last organiser"):
        office.change("Olga", role=Role.SUPERVISOR, permits=[office.permit(Act.OPERATORS, "Olga", "314159")])
    office.remove("Ana", [office.permit(Act.OPERATORS, "Olga", "314159")])
    office.remove("Olga", [office.permit(Act.OPERATORS, "Olga", "314159")])
    assert not office.in_use


def test_who_has_left_cannot_come_back_by_their_pin(people: People) -> None:
    people.staff.remove("Ana", [people.permit(Act.OPERATORS)])
    with pytest.raises(BadInput, match="Nobody here is called Ana"):
        people.staff.check("Ana", "4711")


@pytest.mark.parametrize("name", ["ana", " Ana ", "ANA"])
def test_two_people_do_not_bear_one_name(people: People, name: str) -> None:
    with pytest.raises(BadInput, match="is called"):
        people.staff.add([NewOperator(name=name, role=Role.DESK, pin="9753")], [people.permit(Act.OPERATORS)])


def test_no_pin_stands_in_the_store_nor_in_the_journal(people: People) -> None:
    rows = people.app.read(lambda c: c.execute("SELECT pin FROM operators").fetchall())
    assert all(row[0].startswith("$argon2id$") for row in rows)
    written = people.app.read(lambda c: [(e.body, e.private) for e in journal.entries(c)])
    # Not as a part of a moment or of an id: those have four digits of any kind now and then.
    found = re.compile(rf"(?<![0-9a-f-])({'|'.join(PINS.values())})(?![0-9a-f-])")
    assert not any(found.search(part) for body in written for part in body)


def test_without_the_pepper_a_known_pin_fits_nothing(people: People) -> None:
    sealed = people.app.read(
        lambda c: operators.pin(c, next(one.id for one in operators.everybody(c) if one.name == "Ana"))
    )[0]
    assert not seals.fits("4711", sealed, bytes(32))


def test_a_store_without_its_pepper_says_so(people: People, tmp_path: Path) -> None:
    (Folder(tmp_path).pepper_file).unlink()
    with pytest.raises(Exception, match="No PIN can be checked") as told:
        people.staff.check("Ana", "4711")
    assert "pepper" in getattr(told.value, "hint", "")


def test_while_the_pepper_is_out_of_reach_no_other_one_is_made(people: People, tmp_path: Path) -> None:
    file = Folder(tmp_path).pepper_file
    kept = file.rename(tmp_path / "elsewhere")
    with pytest.raises(StorageTrouble, match="No PIN can be checked"):
        people.staff.add([NewOperator(name="Nina", role=Role.CASHIER, pin="8642")])
    kept.rename(file)
    assert people.staff.check("Ana", PINS["Ana"]).name == "Ana"


def test_the_journal_tells_who_worked_here_and_when_they_left(people: People) -> None:
    ana, sven = people.staff.sign_in("Ana", "4711"), people.staff.sign_in("Sven", "271828")
    people.staff.sign_out()
    people.staff.sign_out()
    people.app.write(lambda _: None).result()  # behind what nobody waited for
    assert [(one.operator, one.what) for one in people.facts(StaffChanged)[len(PINS) :]] == [
        (ana.id, "signed_in"),
        (sven.id, "signed_in"),
        (sven.id, "signed_out"),
    ]


def test_the_journal_tells_who_came_and_who_tried(people: People) -> None:
    people.wrong("Ana", 5)
    assert [one.what for one in people.facts(StaffChanged)] == ["added"] * 5 + ["blocked"]
    assert people.app.read(verify.check).faults == ()


# Who may do what, act by act


class Guarded:
    """Everything guarded that the station can do, each ready to be tried."""

    def __init__(self, people: People, counter: Any) -> None:
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
def guarded(people: People, counter: Any) -> Guarded:
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
        plain = {name for name, role in ROLES.items() if role in RULES[act].roles and not RULES[act].pin}
        for who in ["", *(name for name in PINS if name not in plain)]:
            with pytest.raises(NeedsPermission) as asked:
                do(who, ())
            assert asked.value.act in (act, Act.SELL)
        for who in sorted({*PINS} - {one.name for one in people.staff.who_may(act)}):
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


def test_a_card_is_moved_for_a_correction_only_if_somebody_stands_by_it(guarded: Guarded) -> None:
    errand = Errand(
        operation="fix", event="conf26", order=guarded.counter.day.paid_order, what=What.CORRECTION, receipt=1,
        offers=(Offer(means=Means.CARD, amount=10_000),), reason="Wrong key",
    )  # fmt: skip
    hall = Terminal(name="Hall", kind=Kind.SIMULATED)
    guarded.app.write(lambda c: card_terminals.put_terminal(c, hall)).result()
    cards = guarded.app.counter("Ana").cards
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
    hall = Terminal(name="Hall", kind=Kind.SIMULATED)
    guarded.app.write(lambda c: card_terminals.put_terminal(c, hall)).result()
    cards = guarded.app.counter("Ana").cards
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


def test_a_station_is_wiped_only_if_somebody_stands_by_it(people: People) -> None:
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


def test_a_supervisor_makes_nobody_an_organiser(people: People) -> None:
    with pytest.raises(Refused, match="does not look after"):
        people.staff.change("Ana", pin="314159", role=Role.ORGANISER, permits=[people.permit(Act.OPERATORS)])
    assert by_name(people, "Ana").role is Role.CASHIER
    by_olga = people.permit(Act.OPERATORS, by="Olga")
    assert people.staff.change("Ana", pin="314159", role=Role.ORGANISER, permits=[by_olga]).role is Role.ORGANISER


def test_guests_are_not_imported_where_a_server_tells_who_comes(day: Any) -> None:
    with pytest.raises(Refused, match="come from its server"):
        day.app.read(lambda c: importing.look(c, day.app.shelf, (), Event(slug="fair"), str))


def test_a_steward_imports_no_guests(tmp_path: Path, new_folder: Callable[[Path], Folder]) -> None:
    with App(new_folder(tmp_path)) as app:
        people = People(app)
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


def told(**more: Any) -> Person:
    known = {"id": "p9", "name": "Pia", "role": Role.CASHIER, "changed_at": datetime(2026, 9, 4, 9, tzinfo=UTC)}
    return Person(event="conf26", device="South", **{**known, **more})


def later(one: Any, **more: Any) -> Person:
    return told(id=one.id, name=one.name, changed_at=datetime(2099, 1, 1, tzinfo=UTC), **more)


def by_name(people: People, name: str) -> Any:
    return next((one for one in people.staff.everybody if one.name == name), None)


def test_somebody_of_another_station_is_known_here_and_needs_a_pin_of_this_one(people: People, day: Any) -> None:
    day.hear(told())
    assert by_name(people, "Pia").has_pin is False
    with pytest.raises(Refused, match="No PIN at this station"):
        people.staff.check("Pia", "4711")
    people.staff.change("Pia", pin="8046", permits=[people.permit(Act.OPERATORS)])
    assert people.staff.sign_in("Pia", "8046").role is Role.CASHIER
    assert people.app.read(verify.check).faults == ()


def test_who_is_sent_away_at_another_station_is_sent_away_here_and_stays_so(people: People, day: Any) -> None:
    ana = by_name(people, "Ana")
    day.hear(later(ana, active=False))
    day.hear(later(ana, role=Role.ORGANISER))
    assert by_name(people, "Ana") is None
    with pytest.raises(BadInput, match="Nobody here is called Ana"):
        people.staff.check("Ana", "4711")


def test_a_station_where_nobody_has_a_pin_may_begin_though_the_event_has_organisers(day: Any) -> None:
    day.hear(told(name="Otto", role=Role.ORGANISER))
    here = Staff(day.app, lambda: 1_000_000)
    assert not here.in_use
    here.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    assert here.sign_in("Olga", "314159").role is Role.ORGANISER


def test_sending_the_only_one_away_from_elsewhere_opens_nothing_at_their_till(day: Any) -> None:
    here = Staff(day.app, lambda: 1_000_000)
    here.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    olga = here.sign_in("Olga", "314159")
    day.hear(told(id="p8", name="Otto", role=Role.ORGANISER), told(id="p9", name="Cora", role=Role.CASHIER))
    day.hear(later(olga, role=Role.ORGANISER, active=False))
    assert here.in_use
    with pytest.raises(NeedsPermission):
        day.app.write(lambda c: guard.need(c, Act.SELL, day.time("09:00"), operator="Olga")).result()
    with pytest.raises(Refused, match="Nobody with a PIN is left"):
        here.add([NewOperator(name="Mallory", role=Role.ORGANISER, pin="271828")])
    with pytest.raises(Refused, match="has to be an organiser"):
        here.change("Cora", pin="8046")
    here.change("Otto", pin="804613")
    assert here.sign_in("Otto", "804613").role is Role.ORGANISER
    here.remove("Otto", [here.permit(Act.OPERATORS, "Otto", "804613")])
    assert not here.in_use
    assert day.app.read(verify.check).faults == ()


def test_another_role_counts_here_too_unless_it_is_older_than_what_is_known(people: People, day: Any) -> None:
    ana = by_name(people, "Ana")
    day.hear(later(ana, role=Role.DESK))
    day.hear(msgspec.structs.replace(later(ana, role=Role.CASHIER), changed_at=datetime(2001, 1, 1, tzinfo=UTC)))
    assert people.staff.check("Ana", "4711").role is Role.DESK


def test_two_of_one_name_are_told_apart_by_their_stations(people: People, day: Any) -> None:
    day.hear(told(name="ana"))
    assert by_name(people, "ana (South)") is not None
    assert people.staff.check("Ana", "4711").name == "Ana"


def test_people_without_a_pin_here_guard_nothing_and_the_first_pin_is_an_organisers(day: Any) -> None:
    here = Staff(day.app, lambda: 1_000_000)
    day.hear(told())
    day.hear(told(id="p8", name="Otto", role=Role.ORGANISER))
    assert not here.in_use
    with pytest.raises(Refused, match="The first one has to be an organiser"):
        here.change("Pia", pin="8046")
    here.change("Otto", pin="804613")
    assert here.in_use


def test_what_other_stations_hear_is_a_name_and_a_role_and_nothing_of_the_pin(people: People) -> None:
    people.staff.sign_in("Ana", "4711")
    people.staff.change_own_pin("Ana", "4711", "8046")
    sent = people.app.read(lambda c: [one.entry for one in outbox.waiting(c, 100)])
    named = [(one.fact().role, one.private_part().person) for one in sent if one.private]
    assert named == [(ROLES[name], name) for name in PINS]
    seals_kept = people.app.read(lambda c: [operators.pin(c, one.id)[0] for one in operators.everybody(c)])
    assert not any(seal in one.private + one.body for seal in seals_kept for one in sent)
