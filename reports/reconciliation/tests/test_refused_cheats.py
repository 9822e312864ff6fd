"""Cheats of whoever has a till, a manager's password or the application's: they are refused."""

import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from accounts.models import User
from ledger.journal_models import JournalEntry
from ledger.numbering import number_documents
from pos_project.core.days import business_day, today
from pos_project.core.period import ONE_DAY
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def test_a_till_backdates_and_says_it_was_entered_long_ago(as_manager: APIClient) -> None:
    lie = {"entered_at": "2020-01-01T00:00:00Z", "expense_date": str(today() - 3 * ONE_DAY)}
    answer = as_manager.post("/api/expenses", {"title": "Taxi", "amount": 90, **lie})
    assert answer.status_code == 201, answer.content
    entry = JournalEntry.objects.get()
    assert entry.business_date == today() - 3 * ONE_DAY
    assert business_day(entry.entered_at) == today(), "the server's clock says when"


def test_a_manager_tries_to_change_or_delete_what_is_posted(
    as_admin: APIClient, admin: User
) -> None:
    sold = shop.sell((shop.a_service("7.00"), 1), by=admin).sale
    for method in ("put", "patch", "delete"):
        answer = getattr(as_admin, method)(f"/api/sales/{sold.pk}", {"total_amount": 1})
        assert answer.status_code in (404, 405)


def test_who_has_the_application_s_password_meets_the_triggers() -> None:
    sold = shop.sell((shop.a_service("7.00"), 1)).sale
    number_documents()
    for sql in (
        f"UPDATE sales SET total_amount = 1, subtotal = 1 WHERE id = {sold.pk}",
        f"DELETE FROM sale_items WHERE sale_id = {sold.pk}",
        "UPDATE journal_entries SET entered_at = '2020-01-01 00:00:00'",
        "DELETE FROM document_numbers",
        "UPDATE audit_entries SET object_repr = 'x'",
    ):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            connection.cursor().execute(sql)
