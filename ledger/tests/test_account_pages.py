"""The chart of accounts in the back office keeps the rules of the API."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.posting import Line
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

ACCOUNTS = "/admin/ledger/ledgeraccount/"


def errors_of(answer: Any) -> str:
    assert answer.status_code == 200, "the form is shown again"
    return str(answer.context["adminform"].form.errors)


def test_an_account_gets_its_code_from_its_name_and_is_archived(office: Client) -> None:
    office.post(f"{ACCOUNTS}add/", {"number": "6500", "name": "Owner's car", "kind": "expense"})
    car = LedgerAccount.objects.get(number="6500")
    assert (car.code, car.kind, car.is_control) == ("OWNERS_CAR", "expense", False)

    form = {"number": "6510", "name": "Car", "kind": "expense", "archived": "on"}
    assert office.post(f"{ACCOUNTS}{car.pk}/change/", form).status_code == 302

    car.refresh_from_db()
    assert (car.code, car.number, car.name) == ("OWNERS_CAR", "6510", "Car")
    assert car.archived_at is not None


@pytest.mark.parametrize(
    ("code", "changes", "said"),
    [
        ("CASH", {"kind": "expense"}, "its type stays"),
        ("CASH", {"archived": "on"}, "cannot be archived"),
        ("CASH", {"number": "1000"}, "already exists"),
        ("LOANS", {"archived": "on"}, "Loans has a balance of -5.00"),
        ("LOANS", {"number": "2 3"}, "valid value"),
    ],
)
def test_what_the_chart_does_not_allow_says_why(
    office: Client, code: str, changes: dict[str, str], said: str
) -> None:
    shop.post_by_hand(Line("CASH", debit=Decimal(5)), Line("LOANS", credit=Decimal(5)))
    kept = LedgerAccount.objects.values().get(pk=code)
    form = {name: kept[name] for name in ("number", "name", "kind")}

    answer = office.post(f"{ACCOUNTS}{code}/change/", {**form, **changes})

    assert said in errors_of(answer)
    assert LedgerAccount.objects.values().get(pk=code) == kept


def test_nobody_makes_a_control_account(office: Client) -> None:
    form = {"number": "1", "name": "X", "kind": "asset", "is_control": "on"}
    office.post(f"{ACCOUNTS}add/", form)
    assert not LedgerAccount.objects.get(number="1").is_control


@pytest.mark.parametrize("account", ["RECEIVABLES", "LOANS", "CASH"])
def test_the_money_of_a_method_is_in_an_account_of_its_own(office: Client, account: str) -> None:
    before = PaymentMethod.objects.count()
    form = {"code": "rocket", "name": "Rocket", "account": account, "is_active": "on"}

    answer = office.post("/admin/ledger/paymentmethod/add/", form)

    assert "account" in answer.context["adminform"].form.errors
    assert PaymentMethod.objects.count() == before


def test_a_method_keeps_the_account_that_its_payments_are_in(office: Client) -> None:
    form = {"code": "bank", "name": "Bank", "account": "BANK", "is_active": "on"}
    assert office.post("/admin/ledger/paymentmethod/add/", form).status_code == 302

    page = "/admin/ledger/paymentmethod/bank/change/"
    office.post(page, {"name": "Wire", "account": "FIXED_ASSETS", "is_active": "on"})

    bank = PaymentMethod.objects.get(pk="bank")
    assert (bank.name, bank.account_id) == ("Wire", "BANK")
