"""Money between the shop's own accounts, and with its owner."""

from decimal import Decimal

import pytest
from django.urls import reverse

from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalEntry
from ledger.own_money import KINDS, MoneyMoved, move_money
from pos_project.core.days import today
from pos_project.core.errors import Invalid
from pos_project.tests import shop
from pos_project.tests.invariants import balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal


def moved(kind, amount="100.00", **fields):
    return move_money(MoneyMoved(kind, D(amount), **fields), by=shop.a_cashier())


@pytest.mark.parametrize(
    ("kind", "to_account", "from_account"),
    [
        ("deposit", "BANK", "CASH"),
        ("withdrawal", "CASH", "BANK"),
        ("arrival", "BANK", "CARD"),
        ("drawing", "DRAWINGS", "CASH"),
        ("contribution", "CASH", "OWNERS_CAPITAL"),
        ("equipment", "FIXED_ASSETS", "BANK"),
        ("tax_payment", "TAX_PAYABLE", "BANK"),
        ("tax_offset", "TAX_PAYABLE", "INPUT_TAX"),
        ("loan", "BANK", "LOANS"),
        ("loan_repayment", "LOANS", "BANK"),
    ],
)
def test_each_kind_moves_money_between_its_usual_accounts(kind, to_account, from_account):
    entry = moved(kind)
    assert shop.entry("manual") == {to_account: D("100.00"), from_account: D("-100.00")}
    assert entry.memo == KINDS[kind].title


def test_what_a_wallet_pays_out_arrives_without_its_fee():
    shop.sell((shop.a_service("100.00"), 1), offered=shop.by_method("bkash", 100))
    moved("arrival", fee=D("1.50"), from_account="bkash", note="Week 32", reference="ST-9")
    assert (balance("BANK"), balance("CARD_FEES"), balance("BKASH")) == (D("98.50"), D("1.50"), 0)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "gift"}, "kind"),
        ({"amount": D(0)}, "amount"),
        ({"fee": D(1)}, "fee"),
        ({"kind": "arrival", "fee": D("100.01")}, "fee"),
        ({"from_account": "SHELLS"}, "from_account"),
        ({"from_account": "RECEIVABLES"}, "from_account"),
        ({"to_account": "RENT"}, "to_account"),
        ({"from_account": "BANK"}, "to_account"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(fields, named):
    asked = {"kind": "deposit", "amount": D(100), **fields}
    with shop.refused(Invalid, named):
        move_money(MoneyMoved(**asked), by=shop.a_cashier())


def test_a_wrong_one_is_reversed_like_every_entry_by_hand():
    shop.undo_entry(moved("drawing"))
    assert (balance("DRAWINGS"), balance("CASH")) == (0, 0)


@pytest.mark.parametrize("category", ["Drawings", "fixed assets", "Loans"])
def test_drawings_and_equipment_are_no_expense(category):
    with shop.refused(Invalid, "category"):
        record_expense(Spending("Shoes", D(40), category), by=shop.a_cashier())


def test_managers_move_money_over_the_api_once_a_key(as_manager, as_staff):
    body = {"kind": "arrival", "amount": 100, "fee": 2.5, "reference": "ST-9"}
    assert as_staff.post("/api/ledger/money-moves", body).status_code == 403
    for _ in range(2):
        key = {"Idempotency-Key": "statement-9"}
        answer = as_manager.post("/api/ledger/money-moves", body, headers=key)
        assert answer.status_code == 201
    assert JournalEntry.objects.count() == 1
    lines = answer.json()["data"]["lines"]
    assert [(line["account"], line["debit"], line["credit"]) for line in lines] == [
        ("BANK", 97.5, 0),
        ("CARD_FEES", 2.5, 0),
        ("CARD", 0, 100),
    ]
    assert as_manager.post("/api/ledger/money-moves", {**body, "kind": "x"}).status_code == 400
    tax = as_manager.post("/api/ledger/money-moves", {**body, "tax": 5})
    assert tax.status_code == 400


def test_a_manager_moves_money_on_a_page(office):
    page = reverse("admin:ledger_journalentry_move_money")
    assert "Drawn by the owner" in office.get(page).content.decode()
    form = {"kind": "drawing", "amount": "40", "entry_date": str(today())}
    assert office.post(page, form).status_code == 302
    assert balance("DRAWINGS") == 40
    refused = office.post(page, {**form, "to_account": "CASH"}).content.decode()
    assert "Cash is no equity account" in refused


def test_it_takes_few_statements(queries):
    assert len(queries(lambda: moved("deposit"))) == 13
