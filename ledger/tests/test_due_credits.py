"""What is settled without money: written off, or allowed after the fact."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Store
from accounts.stores import STORES
from ledger.due_credits import reverse_credit
from ledger.reversals import AlreadyReversed
from pos_project.core.days import today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from purchasing.payables import payables_ageing
from sales.models import Refund
from sales.receivables import customer_statement, receivables_ageing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal


def owing(customer, amount="50.00"):
    service = shop.a_service(amount)
    return shop.sell((service, 1), customer=customer, offered=shop.on_credit()).sale


def owed(supplier, amount="50.00"):
    return shop.buy((shop.a_product(), 1, amount), supplier=supplier, offered=shop.on_credit())


def test_a_bad_debt_is_an_expense_and_no_return(rahim):
    owing(rahim)
    shop.credit(rahim, "bad_debt", 30)
    assert shop.entry("due_credit") == {"BAD_DEBTS": D("30.00"), "RECEIVABLES": D("-30.00")}
    assert shop.debt_of(rahim) == 20
    assert balance("SALES_RETURNS") == 0
    assert not Refund.objects.exists()


def test_where_the_law_has_it_so_its_tax_is_given_back(rahim):
    owing(rahim)
    shop.credit(rahim, "bad_debt", 50, tax=D("6.52"))
    assert shop.entry("due_credit") == {
        "BAD_DEBTS": D("43.48"),
        "TAX_PAYABLE": D("6.52"),
        "RECEIVABLES": D("-50.00"),
    }


def test_a_discount_allowed_later_settles_the_oldest_sales_first(rahim):
    first, second = owing(rahim, "20.00"), owing(rahim, "30.00")
    rows = shop.credit(rahim, "allowance", 25)
    assert [(row.sale_id, row.amount) for row in rows] == [
        (first.pk, D("20.00")),
        (second.pk, D("5.00")),
    ]
    assert balance("DISCOUNTS_ALLOWED") == 25


def test_a_credit_note_is_for_the_document_that_it_names(rahim):
    owing(rahim, "20.00")
    second = owing(rahim, "30.00")
    [row] = shop.credit(rahim, "allowance", 5, document_id=second.pk)
    assert row.sale_id == second.pk
    with shop.refused(Invalid, "amount"):
        shop.credit(rahim, "allowance", 26, document_id=second.pk)


def test_a_discount_received_and_a_payable_written_off_are_income(delta):
    owed(delta)
    shop.credit(delta, "allowance", 10)
    assert shop.entry("due_credit") == {"PAYABLES": D("10.00"), "DISCOUNTS_RECEIVED": D("-10.00")}
    shop.credit(delta, "write_off", 40)
    assert shop.entry("due_credit") == {"PAYABLES": D("40.00"), "OTHER_INCOME": D("-40.00")}
    assert shop.owed_to(delta) == 0


def test_a_wrong_opening_due_goes_back_to_opening_equity(rahim, delta):
    shop.open_due(rahim, 80)
    shop.open_due(delta, 60)
    shop.credit(rahim, "opening", 80)
    shop.credit(delta, "opening", 60)
    assert balance("OPENING_BALANCE_EQUITY") == 0


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"amount": "50.01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"kind": "write_off"}, "kind"),
        ({"tax": D("10.01")}, "tax"),
        ({"kind": "opening", "tax": D(1)}, "tax"),
        ({"entry_date": today() + timedelta(days=3)}, "entry_date"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(rahim, fields, named):
    owing(rahim)
    with shop.refused(Invalid, named):
        shop.credit(rahim, **{"kind": "bad_debt", "amount": "10", **fields})


def test_it_is_taken_back_once_with_all_that_its_entry_settled(rahim):
    owing(rahim, "20.00")
    owing(rahim, "30.00")
    first, _ = shop.credit(rahim, "bad_debt", 50, tax=D(5))
    opposites = reverse_credit(first.pk, reason="He paid", by=shop.a_cashier())
    assert [row.amount for row in opposites] == [-20, -30]
    assert (shop.debt_of(rahim), balance("BAD_DEBTS"), balance("TAX_PAYABLE")) == (50, 0, 0)
    with shop.refused(AlreadyReversed):
        reverse_credit(first.pk, reason="Again", by=shop.a_cashier())
    with shop.refused(Conflict):
        reverse_credit(opposites[0].pk, reason="Again", by=shop.a_cashier())
    with shop.refused(NotFound):
        reverse_credit(98765, reason="Again", by=shop.a_cashier())


def test_what_was_written_off_is_not_paid_back_by_a_refund(rahim, delta):
    sale, purchase = owing(rahim), owed(delta)
    shop.credit(rahim, "bad_debt", 10)
    shop.credit(delta, "allowance", 10)
    with shop.refused(Conflict):
        shop.take_back(sale)
    with shop.refused(Conflict):
        shop.undo_purchase(purchase)


def test_statement_and_age_know_of_it_from_its_day_on(rahim, delta):
    owing(rahim)
    owed(delta)
    shop.credit(rahim, "bad_debt", 50)
    shop.credit(delta, "allowance", 50)
    yesterday = today() - timedelta(days=1)
    assert receivables_ageing(today()) == payables_ageing(today()) == []
    assert receivables_ageing(yesterday) == payables_ageing(yesterday) == []
    lines = list(customer_statement(rahim.pk, today(), today()).every(D(0)))
    assert [(line.kind, line.balance) for line in lines] == [
        ("sale", D("50.00")),
        ("bad_debt", D("0.00")),
    ]


def test_managers_credit_over_the_api_and_take_it_back(as_manager, as_staff, rahim):
    sale = owing(rahim)
    url = f"/api/customers/{rahim.pk}/credits"
    body = {"kind": "bad_debt", "amount": 10, "reason": "Gone", "tax": 1.5}
    assert as_staff.post(url, body).status_code == 403
    for _ in range(2):
        answer = as_manager.post(url, body, headers={"Idempotency-Key": "a-bad-debt-of-rahim"})
        assert answer.status_code == 201
    [row] = answer.json()["data"]
    assert (row["sale_id"], row["amount"], row["tax"]) == (sale.pk, 10, 1.5)
    assert shop.debt_of(rahim) == 40
    assert as_manager.post(url, {**body, "amount": 41}).status_code == 400
    assert as_manager.post(url, {**body, "kind": "gift"}).status_code == 400
    undone = as_manager.post(f"/api/ledger/due-credits/{row['id']}/reverse", {"reason": "Paid"})
    assert undone.status_code == 201
    listed = as_manager.get(f"/api/ledger/due-credits?customer_id={rahim.pk}").json()["data"]
    assert [each["amount"] for each in listed] == [-10, 10]


def test_a_manager_writes_off_on_the_page_of_a_party(office, rahim):
    owing(rahim)
    page = reverse("admin:sales_customer_credit", args=[rahim.pk])
    form = {"kind": "bad_debt", "amount": "10", "reason": "Gone", "entry_date": str(today())}
    assert rahim.name in office.get(page).content.decode()
    assert office.post(page, form).status_code == 302
    assert shop.debt_of(rahim) == 40
    assert "is open" in office.post(page, {**form, "amount": "41"}).content.decode()


def test_many_dues_take_as_many_statements_as_one(queries, rahim):
    owing(rahim)
    one = len(queries(lambda: shop.credit(rahim, "bad_debt", 50)))
    for _ in range(20):
        owing(rahim)
    assert len(queries(lambda: shop.credit(rahim, "bad_debt", 1000))) == one


# --- The tax in it ---


@pytest.fixture
def tax_comes_back():
    Store.objects.update(bad_debt_tax_comes_back=True)
    STORES.forget()
    yield
    STORES.forget()


def owing_with_tax(customer, tax="6.52"):
    service = shop.a_service("43.48")
    on_credit = shop.on_credit()
    return shop.sell((service, 1), customer=customer, offered=on_credit, tax=D(tax)).sale


@pytest.mark.usefixtures("tax_comes_back")
def test_by_the_shops_setting_the_tax_of_a_bad_debt_comes_back_by_itself(rahim):
    owing_with_tax(rahim)
    shop.pay_dues(rahim, 10)
    shop.credit(rahim, "bad_debt", 40)
    assert shop.entry("due_credit") == {
        "BAD_DEBTS": D("34.78"),
        "TAX_PAYABLE": D("5.22"),
        "RECEIVABLES": D("-40.00"),
    }


@pytest.mark.usefixtures("tax_comes_back")
def test_in_any_number_of_steps_no_cent_too_much_comes_back(rahim):
    owing_with_tax(rahim, "0.05")
    rows = [shop.credit(rahim, "bad_debt", amount)[0] for amount in [*["4"] * 10, "3.53"]]
    assert sum(row.tax for row in rows) == D("0.05")


@pytest.mark.usefixtures("tax_comes_back")
def test_each_sale_gives_back_its_own(rahim):
    owing_with_tax(rahim)
    owing(rahim)
    assert [row.tax for row in shop.credit(rahim, "bad_debt", 100)] == [D("6.52"), 0]


@pytest.mark.usefixtures("tax_comes_back")
@pytest.mark.parametrize(
    ("kind", "fields", "tax"),
    [("bad_debt", {"tax": D(0)}, 0), ("bad_debt", {"tax": D("1.00")}, 1), ("allowance", {}, 0)],
)
def test_what_is_told_is_taken_and_a_discount_has_none_by_itself(rahim, kind, fields, tax):
    owing_with_tax(rahim)
    assert [row.tax for row in shop.credit(rahim, kind, 20, **fields)] == [tax]


def test_without_that_setting_all_of_a_bad_debt_is_lost(rahim):
    owing_with_tax(rahim)
    assert [row.tax for row in shop.credit(rahim, "bad_debt", 20)] == [0]


def test_a_suppliers_credit_note_takes_its_input_tax_back(delta):
    goods = (shop.a_product(), 1, "40.00")
    shop.buy(goods, supplier=delta, offered=shop.on_credit(), tax=D("6.00"))
    [row] = shop.credit(delta, "allowance", "11.50", tax=D("1.50"))
    assert shop.entry("due_credit") == {
        "PAYABLES": D("11.50"),
        "DISCOUNTS_RECEIVED": D("-10.00"),
        "INPUT_TAX": D("-1.50"),
    }
    reverse_credit(row.pk, reason="Not granted", by=shop.a_cashier())
    assert balance("INPUT_TAX") == 6
    with shop.refused(Invalid, "tax"):
        shop.credit(delta, "write_off", "1.00", tax=D("0.10"))
