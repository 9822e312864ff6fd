"""A shift at a till: what belongs to it, what must lie there, and how it is closed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import AuditEntry, Store, User
from accounts.staff_rules import Approval, NeedsApproval
from catalog.models import Product
from ledger import shifts, tills
from ledger.expenses import Spending, record_expense, reverse_expense
from ledger.journal_models import JournalEntry
from ledger.models import Expense
from ledger.shift_figures import report_of, sums_of
from ledger.shifts import Movement, ShiftCount, close_shift, move_cash, open_shift
from ledger.till_models import CashMovement, Shift, Till
from pos_project.core.at_till import at_till
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance, books_agree
from reports.reconciliation.reconcile import reconcile
from reports.statements.cash_counting import Counted, count_cash, expected_cash
from reports.statements.day_report import day_reports

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(db: None) -> Product:
    return shop.a_service("100.00")


@pytest.fixture
def till(db: None) -> Till:
    return tills.add_till("Front", store_id=Store.FIRST_ID)


@pytest.fixture
def cashier(db: None) -> User:
    return shop.a_cashier()


@pytest.fixture
def shift(till: Till, cashier: User) -> Shift:
    """Open, with a float of 50.00."""
    return open_shift(till.pk, Decimal(50), by=cashier)


def move(shift: Shift, kind: str, amount: int, by: User, **fields: Any) -> CashMovement:
    return move_cash(shift.pk, Movement(kind, Decimal(amount), "Because", **fields), by=by)


def close(shift: Shift, counted: Any, by: User, **fields: Any) -> Shift:
    return close_shift(shift.pk, ShiftCount(Decimal(counted), **fields), by=by)


def now(shift: Shift) -> Shift:
    return Shift.objects.get(pk=shift.pk)


def all_is_well() -> None:
    books_agree()
    assert [str(broken) for each in reconcile() for broken in each.violations] == []


# --- What belongs to a shift ---


def test_what_is_sold_refunded_paid_and_spent_at_a_till_is_in_its_shift(
    shift: Shift, till: Till, cashier: User, service: Product, rahim: Any
) -> None:
    with at_till(till.pk):
        sold = shop.sell((service, 2), by=cashier)
        shop.sell((service, 1), customer=rahim, offered=shop.on_credit(), by=cashier)
        shop.pay_dues(rahim, 30, by=cashier)
        shop.take_back(sold.sale, shop.units_of(sold.sale.items.get(), 1))
        record_expense(Spending("Tea", Decimal(5)), by=cashier)
        shop.sell((service, 1), offered=shop.by_method("card", 100), by=cashier)
    shop.sell((service, 1), by=cashier)  # at no till: into the drawer

    sums = sums_of(shift)
    assert (sums.cash_in, sums.cash_out) == (230, 105)
    assert sums.expected == 50 + 230 - 105
    assert sums.of_methods() == {"card": 100}
    assert JournalEntry.objects.filter(shift=shift).count() == 6
    assert expected_cash(today(), store_id=shift.store_id) == 100 - 50
    all_is_well()


def test_a_reversal_at_a_till_is_that_shift_s(shift: Shift, till: Till, cashier: User) -> None:
    spent = record_expense(Spending("Tea", Decimal(5)), by=cashier)
    with at_till(till.pk):
        reverse_expense(spent.pk, reason="Twice", by=cashier)

    assert sums_of(shift).expected == 55
    all_is_well()


def test_without_an_open_shift_nothing_is_sold_at_a_till(
    till: Till, cashier: User, service: Product
) -> None:
    with at_till(till.pk), pytest.raises(tills.ShiftClosed, match="open one first"):
        shop.sell((service, 1), by=cashier)
    assert not JournalEntry.objects.exists()


def test_a_till_is_of_a_store(shift: Shift, service: Product) -> None:
    elsewhere = shop.a_cashier("elsewhere", store=Store.objects.create(name="Second"))
    for till_id, says in ((shift.till_id, "another store"), (10**9, "Unknown till")):
        with at_till(till_id), pytest.raises(Invalid, match=says):
            shop.sell((service, 1), by=elsewhere)


def test_a_document_of_another_store_is_not_paid_at_this_till(shift: Shift, admin: User) -> None:
    elsewhere = shop.a_cashier("elsewhere", store=Store.objects.create(name="Second"))
    spent = record_expense(Spending("Tea", Decimal(5)), by=elsewhere)
    with at_till(shift.till_id), pytest.raises(Invalid, match="another store"):
        reverse_expense(spent.pk, reason="Twice", by=admin)


def test_a_shop_that_wants_shifts_takes_no_cash_without_one(
    shift: Shift, till: Till, cashier: User, service: Product, manager: User, the_shop_wants: Any
) -> None:
    the_shop_wants(shift_required=True)
    for refused in (
        lambda: shop.sell((service, 1), by=cashier),
        lambda: record_expense(Spending("Tea", Decimal(5)), by=manager),
    ):
        with pytest.raises(tills.ShiftRequired, match="open shift"):
            refused()
    shop.sell((service, 1), offered=shop.by_method("card", 100), by=cashier)
    with at_till(till.pk):
        shop.sell((service, 1), by=cashier)

    assert sums_of(shift).expected == 150


@pytest.fixture
def the_shop_wants() -> Any:
    def wants(**rules: bool) -> None:
        store = Store.objects.get(pk=Store.FIRST_ID)
        for name, value in rules.items():
            setattr(store, name, value)
        store.save()

    return wants


# --- Cash in and out ---


def test_cash_is_put_in_and_taken_out_with_a_reason(shift: Shift, cashier: User) -> None:
    move(shift, "from_bank", 40, cashier)
    move(shift, "to_bank", 30, cashier)
    move(shift, "from_drawer", 25, cashier)
    move(shift, "to_drawer", 15, cashier)
    move(shift, "drawn", 10, cashier)
    paid = move(shift, "paid_out", 7, cashier, category="Rent")

    assert sums_of(shift).expected == 50 + 40 - 30 + 25 - 15 - 10 - 7
    assert balance("BANK") == -10
    assert (balance("DRAWINGS"), balance("RENT")) == (10, 7)
    assert paid.expense == Expense.objects.get(title="Because")
    all_is_well()


@pytest.mark.parametrize(
    ("kind", "fields", "at_fault"),
    [
        ("borrowed", {}, "kind"),
        ("to_bank", {"account": "INVENTORY"}, "account"),
        ("to_bank", {"account": "CASH"}, "account"),
        ("drawn", {"account": "BANK"}, "account"),
        ("to_drawer", {"account": "BANK"}, "account"),
        ("to_bank", {"category": "Rent"}, "category"),
    ],
)
def test_money_goes_where_its_kind_says(
    shift: Shift, cashier: User, kind: str, fields: Any, at_fault: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        move(shift, kind, 5, cashier, **fields)
    assert list(refusal.value.fields) == [at_fault]
    assert not CashMovement.objects.exists()


# --- Closing ---


def test_what_a_count_differs_by_is_booked_and_the_report_is_numbered(
    shift: Shift, till: Till, cashier: User, service: Product
) -> None:
    with at_till(till.pk):
        shop.sell((service, 1), by=cashier)
        shop.sell((service, 1), offered=shop.by_method("card", 100), by=cashier)
    closed = close(
        shift,
        100,
        cashier,
        denominations={"50": 2},
        slips={"card": Decimal(90)},
        reason="A note is missing",
    )

    assert closed == now(shift)
    closed = now(shift)
    assert (closed.expected, closed.counted, closed.difference) == (150, 100, -50)
    assert (closed.z_number, closed.business_date, closed.open_till) == (1, today(), None)
    assert closed.slips == {"card": {"name": "Card", "expected": "100.00", "counted": "90"}}
    assert shop.entry("shift") == {"CASH": -50, "CASH_OVER_SHORT": 50}
    assert JournalEntry.objects.get(event="shift").shift is None
    all_is_well()


def test_a_shift_is_closed_once(shift: Shift, cashier: User) -> None:
    close(shift, 50, cashier)
    with pytest.raises(tills.ShiftClosed, match="is closed"):
        close(shift, 50, cashier)
    with pytest.raises(tills.ShiftClosed):
        move(shift, "to_drawer", 5, cashier)


def test_z_reports_of_a_store_are_numbered_without_gaps(till: Till, cashier: User) -> None:
    other = tills.add_till("Back", store_id=Store.FIRST_ID)
    second = Store.objects.create(name="Second")
    elsewhere = shop.a_cashier("elsewhere", store=second)
    far = tills.add_till("Front", store_id=second.pk)
    numbers = [
        close(open_shift(each.pk, Decimal(0), by=by), 0, by).z_number
        for each, by in ((till, cashier), (far, elsewhere), (other, cashier), (till, cashier))
    ]

    assert numbers == [1, 1, 2, 3]
    all_is_well()


def test_a_shift_over_midnight_is_of_the_day_it_is_closed(
    till: Till, cashier: User, manager: User, service: Product
) -> None:
    shift = open_shift(till.pk, Decimal(50), by=cashier)
    with at_till(till.pk):
        shop.sell((service, 1), by=cashier)
    first = today()
    next_day = first + timedelta(days=1)
    assert expected_cash(first, store_id=Store.FIRST_ID) == -50  # the float came of the drawer
    with time_machine.travel(at_noon(next_day)):
        with at_till(till.pk):
            shop.sell((service, 1), by=cashier)
        assert expected_cash(first, store_id=Store.FIRST_ID) == -50
        close(shift, 249, manager)

        assert now(shift).business_date == next_day
        assert JournalEntry.objects.get(event="shift").business_date == next_day
        days = list(
            JournalEntry.objects.filter(shift=shift).values_list("business_date", flat=True)
        )
        assert days == [first, today()]
        assert expected_cash(first, store_id=Store.FIRST_ID) == -50
        assert expected_cash(today(), store_id=Store.FIRST_ID) == 199
        all_is_well()


def test_the_drawer_and_the_tills_are_counted_apart_and_differ_once(
    shift: Shift, till: Till, cashier: User, manager: User, service: Product
) -> None:
    shop.sell((service, 3), by=cashier)  # into the drawer: 300, of which the float took 50
    with at_till(till.pk):
        shop.sell((service, 1), by=cashier)
    counted = count_cash(Counted(Decimal(249), reason="A coin"), by=manager)
    assert (counted.expected, counted.at_tills, counted.difference) == (250, 150, -1)
    close(shift, 148, manager)

    again = count_cash(Counted(Decimal(397)), by=manager)
    assert (again.expected, again.at_tills, again.difference) == (397, None, 0)
    assert balance("CASH_OVER_SHORT") == 3
    [report] = day_reports(today(), today())
    assert (report.drawer.counted, report.drawer.left) == (397, 397)
    all_is_well()


def test_a_report_says_what_a_shift_came_to(
    shift: Shift, till: Till, cashier: User, service: Product
) -> None:
    with at_till(till.pk):
        sold = shop.sell((service, 2), discount=Decimal(20), by=cashier)
        shop.take_back(sold.sale, shop.units_of(sold.sale.items.get(), 1))
        shop.sell((service, 1), offered=shop.by_method("card", 100), by=cashier)
    move(shift, "to_bank", 30, cashier)
    report = report_of(shift)

    assert (report.sales, report.sold, report.discounts) == (2, 280, 20)
    assert (report.refunds, report.refunded) == (1, 90)
    assert report.by_method() == [("cash", 180, 90), ("card", 100, 0)]


# --- Who may ---


@pytest.mark.parametrize("rule", ["staff_open_shifts", "staff_close_shifts", "staff_move_cash"])
def test_what_staff_may_not_a_manager_approves(
    till: Till, cashier: User, manager: User, the_shop_wants: Any, rule: str
) -> None:
    def act(by: User, approval: Approval | None = None) -> Any:
        said: Any = {"by": by, "approval": approval}
        if rule == "staff_open_shifts":
            return open_shift(till.pk, Decimal(5), **said)
        shift = Shift.objects.filter(open_till=till).first()
        shift = shift or open_shift(till.pk, Decimal(5), by=manager)
        if rule == "staff_close_shifts":
            return close_shift(shift.pk, ShiftCount(Decimal(5)), **said)
        return move_cash(shift.pk, Movement("to_drawer", Decimal(1), "Full"), **said)

    the_shop_wants(**{rule: False})
    with pytest.raises(NeedsApproval):
        act(cashier)
    assert AuditEntry.objects.filter(action=AuditEntry.REFUSED).count() == 1
    act(cashier, Approval(manager))
    approved = AuditEntry.objects.get(action=AuditEntry.APPROVED)
    assert manager.name in approved.object_repr


def test_staff_count_blind_unless_the_shop_says_otherwise(
    cashier: User, manager: User, the_shop_wants: Any
) -> None:
    assert [shifts.may_see_expected(by) for by in (cashier, manager)] == [False, True]
    the_shop_wants(staff_see_expected_cash=True)
    assert shifts.may_see_expected(cashier)


def test_one_shift_is_open_at_a_till(shift: Shift, till: Till, manager: User) -> None:
    with pytest.raises(shifts.ShiftOpen) as refusal:
        open_shift(till.pk, Decimal(0), by=manager)
    assert refusal.value.details == {"shift_id": shift.pk}


def test_a_till_is_named_once_in_its_store_and_leaves_when_no_shift_is_open(
    till: Till, cashier: User
) -> None:
    with pytest.raises(Conflict, match="of that name"):
        tills.add_till(" front ", store_id=till.store_id)
    shift = open_shift(till.pk, Decimal(0), by=cashier)
    with pytest.raises(Conflict, match="A shift is open"):
        tills.archive_till(till.pk)
    close(shift, 0, cashier)
    tills.archive_till(till.pk)
    with pytest.raises(Invalid, match="Unknown till"):
        open_shift(till.pk, Decimal(0), by=cashier)
    second = tills.add_till("Front", store_id=till.store_id)
    with pytest.raises(Conflict):
        tills.restore_till(till.pk)
    tills.rename_till(second.pk, "Middle")
    tills.restore_till(till.pk)
    with pytest.raises(NotFound):
        tills.restore_till(till.pk)


# --- What it costs ---


@pytest.mark.django_db(transaction=True)
def test_a_till_costs_a_sale_one_statement(cashier: User, service: Product) -> None:
    till = tills.add_till("Front", store_id=Store.FIRST_ID)
    open_shift(till.pk, Decimal(0), by=cashier)
    without = shop.statements(lambda: shop.sell((service, 1), by=cashier))
    with at_till(till.pk):
        at_the_till = shop.statements(lambda: shop.sell((service, 1), by=cashier))

    assert len(at_the_till) == len(without) + 1


def test_closing_costs_the_same_for_ten_sales_as_for_one(cashier: User, service: Product) -> None:
    def closing(sales: int) -> int:
        till = tills.add_till(f"Till {sales}", store_id=Store.FIRST_ID)
        shift = open_shift(till.pk, Decimal(0), by=cashier)
        with at_till(till.pk):
            for _ in range(sales):
                shop.sell((service, 1), by=cashier)
        return len(shop.statements(lambda: close(shift, 0, cashier)))

    assert closing(1) == closing(10)
