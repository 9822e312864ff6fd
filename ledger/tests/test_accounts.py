"""The chart of accounts: added to, renamed, archived; what documents post to stays as it is."""

import pytest
from model_bakery import baker

from ledger import chart
from ledger.accounts import (
    AccountChanges,
    add_account,
    change_account,
    code_of,
    ensure_accounts_between_stores,
)
from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.expenses import Spending, record_expense
from ledger.posting import Line
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def change(code, **changes):
    return change_account(code, AccountChanges(**changes))


def used(code, against="CASH", amount=5):
    shop.post_by_hand(Line(code, debit=amount), Line(against, credit=amount))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Tea", "TEA"),
        ("Owner's loan", "OWNERS_LOAN"),
        ("  Café & bar (old) ", "CAFE_BAR_OLD"),
        ("x" * 60, "X" * 40),
        ("চা", ""),
    ],
)
def test_a_code_is_made_from_the_name(name, code):
    assert code_of(name) == code


def test_an_account_is_added():
    account = add_account(number="6400", name="Tea", kind="expense")
    assert LedgerAccount.objects.get(pk="TEA") == account
    assert not account.is_control


def test_a_name_that_makes_no_code_needs_one():
    with shop.refused(Invalid, "code"):
        add_account(number="6400", name="চা", kind="expense")
    assert add_account(number="6400", name="চা", kind="expense", code="tea").code == "TEA"


def test_a_code_and_a_number_belong_to_one_account():
    with shop.refused(Conflict, "code"):
        add_account(number="6400", name="Cash", kind="asset")
    with shop.refused(Conflict, "number"):
        add_account(number="1010", name="Tea", kind="expense")
    with shop.refused(Conflict, "number"):
        change("BANK", number="1010")


def test_an_account_with_entries_is_renamed_and_archived_but_not_retyped():
    add_account(number="6400", name="Tea", kind="expense")
    used("TEA")
    assert change("tea", name="Tea and coffee", number="6401").name == "Tea and coffee"
    with shop.refused(Conflict):
        change("TEA", kind="asset")
    assert change("TEA", archived=True).archived_at is not None
    record_expense(Spending("Tea", 3, category="Tea and coffee"), by=shop.a_cashier())
    assert set(shop.entry("expense")) == {"OTHER_EXPENSES", "CASH"}
    assert change("TEA", archived=False).archived_at is None


def test_an_account_without_entries_is_retyped():
    add_account(number="1600", name="Deposit", kind="expense")
    assert change("DEPOSIT", kind="asset").kind == "asset"


def test_what_still_has_a_balance_is_not_archived():
    used("BANK")
    with shop.refused(Conflict) as refusal:
        change("BANK", archived=True)
    assert "5.00" in refusal.value.message
    used("CASH", against="BANK")
    change("BANK", archived=True)


def test_what_documents_post_to_may_be_renamed_only():
    tender = baker.make(LedgerAccount, code="ROCKET", number="1060", name="Rocket", kind="asset")
    baker.make(PaymentMethod, code="rocket", name="Rocket", account=tender)
    ensure_accounts_between_stores()
    for code in [*chart.NAMED_BY_CODE, "CARD", "ROCKET"]:
        assert change(code, name=f"My {code}").name == f"My {code}"
        with shop.refused(Conflict):
            change(code, archived=True)
        kind = "equity" if LedgerAccount.objects.get(pk=code).kind != "equity" else "asset"
        with shop.refused(Conflict):
            change(code, kind=kind)


def test_every_account_our_code_names_is_protected():
    named = {value for name, value in vars(chart).items() if name == value}
    assert named == chart.NAMED_BY_CODE
    assert named <= {code for code, *_ in (*chart.ACCOUNTS, *chart.BETWEEN_STORES_ACCOUNTS)}


def test_an_unknown_account_is_not_changed():
    with shop.refused(NotFound):
        change("SHELLS", name="Shells")
