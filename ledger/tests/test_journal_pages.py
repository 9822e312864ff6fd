"""What accountants post by hand in the back office is what the API would have posted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from conftest import at_the_office
from ledger.accounts import AccountChanges, add_account, change_account
from ledger.journal_models import JournalEntry
from pos_project.core.days import today
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

ADD = "/admin/ledger/journalentry/add/"
OPEN = "/admin/ledger/journalentry/opening-balances/"


def form_of(*lines: tuple[str, str, str], **head: Any) -> dict[str, Any]:
    """Lines are (account, debit, credit)."""
    form = {
        "entry_date": today().isoformat(),
        "memo": "Banked",
        "form-TOTAL_FORMS": str(len(lines)),
        "form-INITIAL_FORMS": "0",
        **head,
    }
    for place, values in enumerate(lines):
        for name, value in zip(("account", "debit", "credit"), values, strict=True):
            form[f"form-{place}-{name}"] = value
    return form


def errors_of(answer: Any) -> str:
    assert answer.status_code == 200
    return f"{answer.context['form'].errors} {answer.context['lines'].errors}" + str(
        answer.context["lines"].non_form_errors()
    )


def test_an_entry_by_hand_is_posted_on_its_day_and_empty_lines_are_left_out(
    office: Client, manager: User
) -> None:
    yesterday = today() - timedelta(days=1)

    answer = office.post(
        ADD,
        form_of(
            ("BANK", "500", ""),
            ("", "", ""),
            ("CASH", "", "499.50"),
            ("OTHER_EXPENSES", "", "0.50"),
            entry_date=yesterday.isoformat(),
            reference="Slip 7",
        ),
    )

    posted = JournalEntry.objects.get()
    assert answer["Location"] == f"/admin/ledger/journalentry/{posted.pk}/change/"
    assert (posted.event, posted.memo, posted.reference) == ("manual", "Banked", "Slip 7")
    assert (posted.business_date, posted.created_by) == (yesterday, manager)
    assert {code: str(amount) for code, amount in shop.entry("manual").items()} == {
        "BANK": "500.00",
        "CASH": "-499.50",
        "OTHER_EXPENSES": "-0.50",
    }


@pytest.mark.parametrize(
    ("lines", "head", "said"),
    [
        (
            [("BANK", "500", ""), ("CASH", "", "450")],
            {},
            "The debits are 50.00 more than the credits.",
        ),
        ([("BANK", "1", "1"), ("CASH", "", "1")], {}, "Either a debit or a credit above 0."),
        ([("BANK", "1", ""), ("CASH", "", "0")], {}, "Either a debit or a credit above 0."),
        ([("", "1", ""), ("CASH", "", "1")], {}, "Choose the account."),
        ([("RECEIVABLES", "1", ""), ("CASH", "", "1")], {}, "Select a valid choice"),
        ([("", "", "")], {}, "Enter the lines of the entry."),
        ([("BANK", "0.001", ""), ("CASH", "", "0.001")], {}, "no more than 2 decimal places"),
        ([("BANK", "1", ""), ("CASH", "", "1")], {"memo": " "}, "Say what this entry is about."),
        ([("BANK", "1", ""), ("CASH", "", "1")], {"entry_date": "1999-12-31"}, "between 2000"),
        (
            [("BANK", "1", ""), ("CASH", "", "1")],
            {"memo": "4111 1111 1111 1111"},
            "No card numbers here",
        ),
    ],
)
def test_a_wrong_entry_says_why_and_posts_nothing(
    office: Client, lines: list[tuple[str, str, str]], head: dict[str, str], said: str
) -> None:
    assert said in errors_of(office.post(ADD, form_of(*lines, **head)))
    assert not JournalEntry.objects.exists()


def test_what_the_use_case_refuses_is_said_at_the_line(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that was archived while the form was open."""
    add_account(number="6500", name="Marketing", kind="expense")
    choices = [("", "–"), ("MARKETING", "Marketing"), ("CASH", "Cash")]
    change_account("MARKETING", AccountChanges(archived=True))
    monkeypatch.setattr("ledger.journal_admin.postable", lambda: choices)

    answer = office.post(ADD, form_of(("", "", ""), ("MARKETING", "1", ""), ("CASH", "", "1")))

    assert answer.context["lines"].errors[1] == {"account": ["Marketing is archived."]}
    assert answer.context["form"].non_field_errors() == ["Marketing is archived."]
    assert not JournalEntry.objects.exists()


def test_opening_balances_go_against_opening_balance_equity(office: Client) -> None:
    answer = office.post(OPEN, form_of(("CASH", "120", ""), ("LOANS", "", "100"), memo=""))

    assert answer.status_code == 302
    assert {code: str(amount) for code, amount in shop.entry("opening_balance").items()} == {
        "CASH": "120.00",
        "LOANS": "-100.00",
        "OPENING_BALANCE_EQUITY": "-20.00",
    }


def test_no_account_is_opened_twice(office: Client) -> None:
    office.post(OPEN, form_of(("CASH", "120", "")))

    again = office.post(OPEN, form_of(("CASH", "5", "")))
    assert "Cash has its opening balance in entry" in errors_of(again)
    twice = office.post(OPEN, form_of(("BANK", "5", ""), ("BANK", "5", "")))
    assert twice.context["lines"].errors[1] == {"account": ["Bank is named twice."]}

    assert JournalEntry.objects.count() == 1


def test_what_documents_keep_is_not_offered_and_said_how_it_is_opened(office: Client) -> None:
    page = office.get(OPEN).content.decode()

    assert 'value="CASH"' in page
    for code in ("RECEIVABLES", "RENT", "OPENING_BALANCE_EQUITY"):
        assert f'value="{code}"' not in page
    assert "Enter each open invoice as an opening due" in page


@pytest.mark.parametrize("path", [ADD, OPEN])
def test_the_form_costs_the_same_for_few_lines_as_for_many(
    office: Client, queries: Any, path: str
) -> None:
    unbalanced = [("BANK", "1", "1")]
    office.post(path, form_of(*unbalanced))
    few = len(queries(lambda: office.post(path, form_of(*unbalanced))))
    assert len(queries(lambda: office.post(path, form_of(*unbalanced * 200)))) == few


@pytest.mark.parametrize("path", [ADD, OPEN])
def test_staff_post_nothing_by_hand(staff: User, path: str) -> None:
    client = at_the_office(staff)

    answer = client.post(path, form_of(("BANK", "1", ""), ("CASH", "", "1")))

    assert answer["Location"].startswith("/admin/login/")
    assert not JournalEntry.objects.exists()
