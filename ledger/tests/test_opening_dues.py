"""What was open with customers and suppliers when the books began."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from ledger.ageing import BUCKETS
from ledger.opening_dues import OpeningDue, open_due
from pos_project.core.days import today
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.invariants import balance
from purchasing.payables import payables_ageing
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.dashboards.owed import sum_dues
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer, Sale
from sales.receivables import receivables_ageing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal
BOOKS = {"customer": CUSTOMER_DUES, "supplier": SUPPLIER_DUES}
sides = pytest.mark.parametrize("side", BOOKS)


def parties(side):
    return shop.a_customer() if side == "customer" else shop.a_supplier()


def test_what_a_customer_owed_stands_against_opening_equity_and_is_no_sale(rahim):
    shop.open_due(rahim, "80.00", reference="OLD-7")
    assert shop.entry("opening_receivable") == {
        "RECEIVABLES": D("80.00"),
        "OPENING_BALANCE_EQUITY": D("-80.00"),
    }
    assert shop.debt_of(rahim) == 80
    assert not Sale.objects.completed().exists()
    assert balance("SALES") == 0


def test_what_a_supplier_was_owed_stands_against_opening_equity_and_brings_no_goods(delta):
    shop.open_due(delta, "80.00")
    assert shop.entry("opening_payable") == {
        "OPENING_BALANCE_EQUITY": D("80.00"),
        "PAYABLES": D("-80.00"),
    }
    assert shop.owed_to(delta) == 80
    assert balance("INVENTORY") == 0


@sides
def test_it_is_paid_like_every_other_due_the_oldest_paper_first(side):
    party, pay = parties(side), shop.pay_dues if side == "customer" else shop.pay_the
    shop.open_due(party, "30.00", dated=today() - timedelta(days=10), reference="NEW")
    shop.open_due(party, "20.00", dated=today() - timedelta(days=90), reference="OLD")
    paid = pay(party, 25)
    assert [(each.due.invoice, each.amount) for each in paid.allocations] == [
        ("OLD", D("20.00")),
        ("NEW", D("5.00")),
    ]
    assert paid.remaining_due == 25


@sides
def test_its_age_counts_from_the_date_on_its_paper(side):
    party = parties(side)
    shop.open_due(party, "20.00", dated=today() - timedelta(days=200))
    ageing = receivables_ageing if side == "customer" else payables_ageing
    [aged] = ageing(today())
    assert dict(zip(BUCKETS, aged.buckets, strict=True))["90+"] == 20


def test_no_report_of_sales_knows_of_it(rahim):
    shop.sell((shop.a_service("9.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.open_due(rahim, "20.00")
    assert sum_dues(Period(today(), today())).due == 9


@sides
def test_what_cannot_be_entered_is_refused_at_its_field(side):
    party = parties(side)
    shop.open_due(party, 80, reference="OLD-7")
    with shop.refused(Conflict, "reference"):
        shop.open_due(party, 80, reference="OLD-7")
    with shop.refused(Invalid, "amount"):
        shop.open_due(party, "0")
    with shop.refused(Invalid, "dated"):
        shop.open_due(party, 80, dated=today() + timedelta(days=3))
    with shop.refused(Invalid, f"{side}_id"):
        open_due(BOOKS[side], OpeningDue(98765, D(1)), by=shop.a_cashier())


@sides
def test_nobody_opens_a_due_with_one_who_was_removed(side):
    party = parties(side)
    party.archive()
    with shop.refused(Invalid, f"{side}_id"):
        shop.open_due(party, 80)


def test_no_goods_came_with_an_opening_due_so_it_is_not_reversed_as_a_purchase(delta):
    document = shop.open_due(delta, 80)
    with shop.refused(Conflict):
        shop.undo_purchase(document)


@sides
def test_it_is_entered_with_the_same_few_statements(side, queries):
    party = parties(side)
    sent = queries(lambda: shop.open_due(party, 80))
    assert len(sent) == 14, sent


def test_over_the_api_managers_enter_them_and_a_retry_enters_them_once(as_manager, as_staff, rahim):
    url, body = f"/api/customers/{rahim.pk}/opening-dues", {"amount": 80, "reference": "OLD-7"}
    assert as_staff.post(url, body).status_code == 403
    for _ in range(2):
        answer = as_manager.post(url, body, headers={"Idempotency-Key": "a-paper-of-rahim"})
        assert answer.status_code == 201
    [due] = as_manager.get(f"/api/customers/{rahim.pk}/dues").json()["data"]
    assert (due["sale_id"], due["invoice"], due["total_due"]) == (
        answer.json()["data"]["id"],
        "OLD-7",
        80,
    )
    assert as_manager.post(url, body).status_code == 409
    assert as_manager.post(url, {"amount": 0}).status_code == 400
    assert as_manager.post("/api/customers/98765/opening-dues", body).status_code == 404


@sides
def test_on_the_page_of_a_party_a_manager_enters_them(side, office):
    party = parties(side)
    app = "sales" if side == "customer" else "purchasing"
    page = reverse(f"admin:{app}_{side}_opening_due", args=[party.pk])
    assert party.name in office.get(page).content.decode()
    form = {"amount": "12.50", "reference": "OLD-9", "entry_date": str(today())}
    assert office.post(page, form).status_code == 302
    assert parties_owe(party) == D("12.50")
    assert "already entered" in office.post(page, form).content.decode()


def parties_owe(party):
    return shop.debt_of(party) if isinstance(party, Customer) else shop.owed_to(party)
