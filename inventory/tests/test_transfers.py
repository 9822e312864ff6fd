"""Goods between stores: what leaves one arrives in another, at its cost and age, or is accounted
for."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry, Store
from accounts.shop_settings import change_settings
from accounts.staff_rules import Approval, NeedsApproval
from catalog.models import Product
from inventory.fifo import InsufficientStock
from inventory.models import Batch, InventoryLog
from inventory.products import remove_product
from inventory.transfer_models import Transfer, TransferLot
from inventory.transfer_receiving import Received, receive
from inventory.transfers import ask, ask_and_send, cancel, send, turn_back
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry, JournalLine
from pos_project.core.days import today
from pos_project.core.db.idempotency import Replayed
from pos_project.core.errors import Conflict, Denied, Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.transfers import (
    MAIN,
    a_store,
    asked,
    cancelled,
    received,
    send_it,
    sent,
    shelf,
    somebody_at,
    turned_back,
    wanted,
)
from reports.reconciliation.reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(db: None) -> Store:
    return a_store()


@pytest.fixture
def tea(db: None) -> Product:
    """Bought twice: ten at 2.00 a week ago, ten at 3.00 today."""
    product = shop.a_product("9.00", name="Tea")
    shop.stock(product, 10, "2.00", on=today() - timedelta(days=7))
    shop.stock(product, 10, "3.00")
    return product


def books_of(store_id: int) -> dict[str, Decimal]:
    """Accounts of a store that have a balance, of those that goods are on."""
    goods = ("INVENTORY", "GOODS_IN_TRANSIT", "BETWEEN_STORES", "INVENTORY_LOSS", "INVENTORY_GAIN")
    found: dict[str, Decimal] = {}
    for line in JournalLine.objects.filter(entry__store_id=store_id, account_id__in=goods):
        found[line.account_id] = found.get(line.account_id, Decimal(0)) + line.debit - line.credit
    return {account: balance for account, balance in found.items() if balance}


def all_is_well() -> None:
    books_agree()
    assert [str(broken) for each in reconcile() for broken in each.violations] == []


@pytest.fixture(autouse=True)
def _nothing_is_lost(db: None) -> Iterator[None]:
    """Whatever a test did: every invariant holds after it."""
    yield
    all_is_well()


def events_of(transfer: Transfer) -> list[tuple[str, int]]:
    rows = JournalEntry.objects.filter(reference=transfer.number).order_by("id")
    return list(rows.values_list("event", "store_id"))


# --- From asking to receiving ---


def test_what_is_asked_for_moves_nothing(lake: Store, tea: Product) -> None:
    transfer = asked(lake, (tea, 4), note="For Friday")
    assert (transfer.status, transfer.number) == ("asked", f"TRF-{transfer.pk:06d}")
    assert transfer.note == "For Friday"
    line = transfer.lines.get()
    assert (line.product_name, line.asked, line.sent, line.received) == ("Tea", 4, None, None)
    assert shelf(tea, MAIN) == "10@2.00 10@3.00"
    assert not JournalEntry.objects.filter(reference=transfer.number).exists()


def test_the_oldest_units_leave_and_are_on_the_way(lake: Store, tea: Product) -> None:
    transfer = send_it(asked(lake, (tea, 12)))
    assert (transfer.status, transfer.sent_on) == ("sent", today())
    assert shelf(tea, MAIN) == "8@3.00"
    assert shelf(tea, lake.pk) == ""
    lots = TransferLot.objects.order_by("id")
    assert [(lot.quantity, lot.unit_cost) for lot in lots] == [(10, 2), (2, 3)]
    assert books_of(MAIN) == {"INVENTORY": 24, "GOODS_IN_TRANSIT": 26}
    assert books_of(lake.pk) == {}
    assert InventoryLog.objects.get(kind="sent").reference == transfer.number


def test_what_arrives_keeps_its_cost_and_its_age(lake: Store, tea: Product) -> None:
    by = somebody_at(lake.pk)
    shop.buy((tea, 1, "5.00"), by=by)  # newer than what travels
    transfer = received(sent(lake, (tea, 12)))
    assert (transfer.status, transfer.business_date) == ("received", today())
    assert shelf(tea, lake.pk) == "10@2.00 1@5.00 2@3.00"
    came = Batch.objects.filter(store=lake, origin="transfer").order_by("id")
    assert [batch.received_on for batch in came] == [today() - timedelta(days=7), today()]
    assert [batch.transfer_lot.batch.store_id for batch in came] == [MAIN, MAIN]
    assert books_of(MAIN) == {"INVENTORY": 24, "BETWEEN_STORES": 26}
    assert books_of(lake.pk) == {"INVENTORY": 31, "BETWEEN_STORES": -26}
    assert events_of(transfer) == [
        ("transfer_sent", MAIN),
        ("transfer_arrived", MAIN),
        ("transfer_received", lake.pk),
    ]
    # The oldest go first, wherever they have been.
    sold = shop.sell((tea, 11), by=by).sale
    uses = sold.items.get().batches.order_by("id")
    assert [(use.quantity, use.buy_price) for use in uses] == [(10, 2), (1, 5)]


def test_less_may_be_sent_than_was_asked_for_and_nothing_of_a_line(
    lake: Store, tea: Product
) -> None:
    salt = shop.a_product(name="Salt")
    transfer = send_it(asked(lake, (tea, 4), (salt, 3)), 3, 0)
    assert list(transfer.lines.order_by("id").values_list("asked", "sent")) == [(4, 3), (3, 0)]
    received(transfer)
    assert shelf(tea, lake.pk) == "3@2.00"
    assert shelf(salt, lake.pk) == ""


def test_what_was_sent_can_be_sent_further(lake: Store, tea: Product) -> None:
    hill = a_store("Hill Street")
    received(sent(lake, (tea, 12)))
    received(sent(hill, (tea, 11), of=lake.pk))
    assert shelf(tea, hill.pk) == "10@2.00 1@3.00"
    assert shelf(tea, lake.pk) == "1@3.00"
    assert books_of(hill.pk) == {"INVENTORY": 23, "BETWEEN_STORES": -23}
    assert books_of(lake.pk) == {"INVENTORY": 3, "BETWEEN_STORES": -3}


def test_cents_that_a_batch_was_rounded_by_are_a_rounding_difference(lake: Store) -> None:
    nail, screw = shop.a_product(name="Nail"), shop.a_product(name="Screw")
    shop.buy(shop.for_all(nail, 3, "1.00"), shop.for_all(screw, 2, "0.01"))
    third = Decimal("0.33")
    assert shop.entry("transfer_sent", sent(lake, (nail, 1))) == {
        "GOODS_IN_TRANSIT": third,
        "INVENTORY": -third,
    }
    # Two screws are worth a cent, and so is one of them, here or there.
    transfer = sent(lake, (screw, 1))
    assert shop.entry("transfer_sent", transfer) == {
        "GOODS_IN_TRANSIT": Decimal("0.01"),
        "ROUNDING": Decimal("-0.01"),
    }
    received(transfer)


# --- Short, over, damaged ---


def test_what_came_short_or_damaged_is_a_loss_of_the_store_that_receives(
    lake: Store, tea: Product
) -> None:
    transfer = received(sent(lake, (tea, 12)), (11, 2))  # one is missing, two are broken
    line = transfer.lines.get()
    assert (line.sent, line.received, line.damaged, line.reason) == (12, 11, 2, "As counted")
    assert shelf(tea, lake.pk) == "7@2.00 2@3.00"  # the oldest are lost first
    assert shop.entry("transfer_received", transfer) == {
        "INVENTORY": 20,
        "INVENTORY_LOSS": 6,
        "BETWEEN_STORES": -26,
    }
    assert books_of(MAIN) == {"INVENTORY": 24, "BETWEEN_STORES": 26}


def test_what_came_over_is_found_at_the_cost_of_the_last_lot(lake: Store, tea: Product) -> None:
    transfer = received(sent(lake, (tea, 12)), (14, 0))
    assert shelf(tea, lake.pk) == "10@2.00 2@3.00 2@3.00"
    found = InventoryLog.objects.get(kind="adjustment")
    assert (found.change_qty, found.cost, found.reference) == (2, 6, transfer.number)
    assert shop.entry("adjustment", found) == {"INVENTORY": 6, "INVENTORY_GAIN": -6}
    assert books_of(lake.pk) == {"INVENTORY": 32, "BETWEEN_STORES": -26, "INVENTORY_GAIN": -6}


def test_nothing_came_at_all(lake: Store, tea: Product) -> None:
    transfer = received(sent(lake, (tea, 2)), (0, 0))
    assert shop.entry("transfer_received", transfer) == {"INVENTORY_LOSS": 4, "BETWEEN_STORES": -4}
    assert not Batch.objects.filter(store=lake).exists()
    assert not InventoryLog.objects.filter(kind="arrived").exists()


def test_what_differs_wants_a_reason_line_by_line(lake: Store, tea: Product) -> None:
    transfer = sent(lake, (tea, 5))
    line, by = transfer.lines.get(), somebody_at(lake.pk)
    for came, damaged in ((4, 0), (6, 0), (5, 1)):
        with pytest.raises(Invalid) as refused:
            receive(transfer.pk, [Received(line.pk, Decimal(came), Decimal(damaged), " ")], by=by)
        assert list(refused.value.fields) == ["items[0].reason"]
    with pytest.raises(Invalid) as refused:
        receive(transfer.pk, [Received(line.pk, Decimal(5), Decimal(6), "Broken")], by=by)
    assert list(refused.value.fields) == ["items[0].damaged"]
    with pytest.raises(Invalid) as refused:
        receive(transfer.pk, [Received(line.pk + 1, Decimal(5))], by=by)
    assert list(refused.value.fields) == ["items[0].id"]
    assert Transfer.objects.get().status == "sent"
    receive(transfer.pk, [Received(line.pk, Decimal(5))], by=by)


# --- Sent back, and cancelled ---


def test_what_is_turned_back_is_received_where_it_came_from(lake: Store, tea: Product) -> None:
    transfer = turned_back(sent(lake, (tea, 12)))
    assert transfer.goes_back
    with pytest.raises(Denied):
        receive(transfer.pk, by=somebody_at(lake.pk))
    with pytest.raises(Conflict):
        turn_back(transfer.pk, "Again", by=somebody_at(MAIN))
    done = received(transfer, (11, 0))
    assert done.status == "received"
    assert shelf(tea, MAIN) == "9@2.00 8@3.00 2@3.00"
    assert shop.entry("transfer_received", done) == {
        "INVENTORY": 24,
        "INVENTORY_LOSS": 2,
        "GOODS_IN_TRANSIT": -26,
    }
    assert books_of(lake.pk) == {}
    assert events_of(done) == [("transfer_sent", MAIN), ("transfer_received", MAIN)]


def test_only_what_has_not_left_is_cancelled(lake: Store, tea: Product) -> None:
    transfer = cancelled(asked(lake, (tea, 4)))
    assert (transfer.status, transfer.reason) == ("cancelled", "Not needed")
    for step in (send, receive, lambda pk, by: turn_back(pk, "So", by=by)):
        with pytest.raises((Conflict, Denied)):
            step(transfer.pk, by=somebody_at(MAIN))
    going = sent(lake, (tea, 4))
    with pytest.raises(Conflict, match="is on the way already"):
        cancel(going.pk, "Too late", by=somebody_at(MAIN))
    with pytest.raises(Invalid):
        turn_back(going.pk, " ", by=somebody_at(MAIN))


# --- What is refused ---


def test_a_store_sends_no_more_than_it_has_and_says_who_has_some(lake: Store, tea: Product) -> None:
    transfer = asked(lake, (tea, 25))
    shop.buy((tea, 3, "2.00"), by=somebody_at(lake.pk))
    with pytest.raises(InsufficientStock) as refused:
        send_it(transfer)
    assert "Elsewhere: Tea: 3 in Lake Road" in refused.value.message
    assert refused.value.fields["items[0].quantity"][0] == "Only 20 in stock."
    assert Transfer.objects.get().status == "asked"
    assert shelf(tea, MAIN) == "10@2.00 10@3.00"
    send_it(transfer, 20)


def test_goods_are_sent_where_they_lie_and_received_where_they_arrive(
    lake: Store, tea: Product
) -> None:
    hill = a_store("Hill Street")
    transfer = asked(lake, (tea, 2))
    with pytest.raises(Denied):
        send(transfer.pk, by=somebody_at(lake.pk))
    for step in (send, receive):
        with pytest.raises(NotFound):
            step(transfer.pk, by=somebody_at(hill.pk))
    with pytest.raises(NotFound):
        cancel(transfer.pk, "Mine", by=somebody_at(hill.pk))
    with pytest.raises(Denied):
        ask(MAIN, lake.pk, wanted((tea, 1)), by=somebody_at(hill.pk))
    with pytest.raises(Denied):
        ask_and_send(MAIN, lake.pk, wanted((tea, 1)), by=somebody_at(lake.pk))
    send_it(transfer)
    with pytest.raises(Denied):
        receive(transfer.pk, by=somebody_at(MAIN))


def test_what_cannot_be_asked_for(lake: Store, tea: Product) -> None:
    by = somebody_at(MAIN)
    post = shop.a_service()

    def refused(*goods: Any, to: int = lake.pk, of: int = MAIN) -> list[str]:
        with pytest.raises(Invalid) as refusal:
            ask(of, to, wanted(*goods), by=by)
        return list(refusal.value.fields)

    assert refused((tea, 1), to=MAIN) == ["to_store_id"]
    assert refused((tea, 1), to=lake.pk + 9) == ["to_store_id"]
    assert refused() == ["items"]
    assert refused((tea, 1), (post, 1), (tea, 2)) == ["items[1].product_id", "items[2].product_id"]
    assert refused((tea, 0)) == ["items[0].quantity"]
    change_settings(lake.pk, {}, closed=True)
    assert refused((tea, 1)) == ["to_store_id"]
    assert not Transfer.objects.exists()


def test_nothing_is_no_transfer(lake: Store, tea: Product) -> None:
    transfer = asked(lake, (tea, 4))
    with pytest.raises(Invalid):
        send_it(transfer, 0)
    with pytest.raises(Invalid):
        send_it(transfer, -1)
    with pytest.raises(Invalid):
        send(transfer.pk, {transfer.lines.get().pk + 1: Decimal(1)}, by=somebody_at(MAIN))


def test_each_step_is_done_once(lake: Store, tea: Product) -> None:
    transfer = sent(lake, (tea, 4))
    with pytest.raises(Conflict, match="is on the way already"):
        send_it(transfer)
    received(transfer)
    with pytest.raises(Conflict, match="has been received already"):
        received(transfer)
    assert shelf(tea, lake.pk) == "4@2.00"


def test_a_key_sends_and_receives_once(lake: Store, tea: Product) -> None:
    by, there = somebody_at(MAIN), somebody_at(lake.pk)
    transfer = sent(lake, (tea, 4), key=shop.a_key("send", by=by))
    with pytest.raises(Replayed):
        sent(lake, (tea, 4), key=shop.a_key("send", by=by))
    received(transfer, key=shop.a_key("receive", by=there))
    with pytest.raises(Replayed):
        received(transfer, key=shop.a_key("receive", by=there))
    assert shelf(tea, lake.pk) == "4@2.00"
    assert shelf(tea, MAIN) == "6@2.00 10@3.00"


def test_what_is_on_the_way_is_not_removed_from_the_list(lake: Store, tea: Product) -> None:
    transfer = sent(lake, (tea, 20))
    with pytest.raises(Conflict, match=str(transfer)):
        remove_product(tea.pk, by=somebody_at(MAIN))
    received(transfer)
    assert remove_product(tea.pk, by=somebody_at(MAIN)) == 20


def test_a_store_is_not_closed_while_goods_are_to_come(lake: Store, tea: Product) -> None:
    transfer = asked(lake, (tea, 1))
    for store in (lake.pk, MAIN):
        with pytest.raises(Conflict, match=str(transfer)):
            change_settings(store, {}, closed=True)
    cancelled(transfer)
    change_settings(lake.pk, {}, closed=True)


def test_staff_may_ask_though_they_may_not_move_goods(lake: Store, tea: Product) -> None:
    for store in (MAIN, lake.pk):
        change_settings(store, {"staff_transfer_stock": False})
    cashier, manager = shop.a_cashier(), somebody_at(MAIN, role="admin")
    transfer = ask(MAIN, lake.pk, wanted((tea, 2)), by=cashier)
    for step in (
        lambda: send(transfer.pk, by=cashier),
        lambda: ask_and_send(MAIN, lake.pk, wanted((tea, 2)), by=cashier),
        lambda: receive(transfer.pk, by=cashier),
        lambda: turn_back(transfer.pk, "So", by=cashier),
    ):
        with pytest.raises(NeedsApproval):
            step()
    assert AuditEntry.objects.filter(action=AuditEntry.REFUSED).count() == 4
    send(transfer.pk, by=cashier, approval=Approval(manager))
    assert AuditEntry.objects.filter(action=AuditEntry.APPROVED).count() == 1


# --- Days, and costs ---


def test_each_step_counts_on_its_day(lake: Store, tea: Product) -> None:
    day = today()
    transfer = sent(lake, (tea, 2))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        done = received(transfer)
    assert (done.asked_on, done.sent_on, done.business_date) == (day, day, day + timedelta(days=2))
    entries = JournalEntry.objects.filter(reference=done.number).order_by("id")
    assert [entry.business_date - day for entry in entries] == [
        timedelta(0),
        timedelta(days=2),
        timedelta(days=2),
    ]


def test_the_accounts_come_with_the_first_transfer(tea: Product) -> None:
    assert not LedgerAccount.objects.filter(pk="GOODS_IN_TRANSIT").exists()
    lake = a_store()
    asked(lake, (tea, 1))
    assert not LedgerAccount.objects.filter(pk="GOODS_IN_TRANSIT").exists()
    sent(lake, (tea, 1))
    names = LedgerAccount.objects.filter(is_control=True, number__in=("1210", "1220"))
    assert sorted(names.values_list("name", flat=True)) == ["Between stores", "Goods in transit"]


def test_a_transfer_costs_the_same_for_one_line_as_for_hundreds(
    lake: Store, tea: Product, queries: Any
) -> None:
    received(sent(lake, (tea, 1)))  # (the first one adds its accounts)

    def costs_of(lines: int) -> list[int]:
        goods = [shop.a_product() for _ in range(lines)]
        for cost in ("1.10", "2.20", "3.30"):
            shop.buy(*((product, 2, cost) for product in goods))
        by, there = somebody_at(MAIN), somebody_at(lake.pk)
        wants = wanted(*((product, 5) for product in goods))
        asking = len(queries(lambda: ask(MAIN, lake.pk, wants, by=by)))
        transfer = Transfer.objects.latest("id")
        sending = len(queries(lambda: send(transfer.pk, by=by)))
        told = [
            Received(line.pk, Decimal(4), Decimal(1), "Broken") for line in transfer.lines.all()
        ]
        receiving = len(queries(lambda: receive(transfer.pk, told, by=there)))
        return [asking, sending, receiving]

    assert costs_of(1) == costs_of(60)
