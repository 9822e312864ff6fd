"""Cheats, and what names them: who tries it, by what means, and where it shows.

Here the cheat has the database itself, with the triggers down, and is named by `reconcile`: in the
evening of the same day, or after it. Who has less is refused (test_refused_cheats.py).
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from ledger import closing, kept_heads, sealing
from ledger.closing_models import DaySeal, DocumentNumber
from ledger.expenses import Spending, record_expense
from ledger.models import Payment
from ledger.numbering import number_documents
from ledger.period_lock import lock_through
from pos_project.core.days import today
from pos_project.core.period import ONE_DAY
from pos_project.tests import shop
from reports.reconciliation.checks import CHECKS, SCHEMA_CHECKS
from reports.reconciliation.reconcile import examine
from sales.models import Sale

pytestmark = pytest.mark.django_db


class Market:
    """Yesterday is closed and its seal kept outside; today has sales, numbered and kept, too."""

    def __init__(self) -> None:
        self.asha = shop.a_cashier("Asha", username="asha")
        self.rahim = shop.a_customer(name="Rahim")
        self.tea = shop.a_product("10.00", name="Tea", sku="TEA-1")
        self.postage = shop.a_service("7.00")
        self.later = timezone.now() + ONE_DAY
        shop.buy((self.tea, 50, "4.00"), offered=shop.cash(200), by=self.asha)
        self.old = shop.sell((self.tea, 1), by=self.asha).sale
        lock_through(today() - ONE_DAY, reason="Earlier books", by=self.asha, role="admin")
        with time_machine.travel(self.later, tick=False):
            closing.seal(today() - ONE_DAY)
            self.first, self.second, self.last = (
                shop.sell((self.postage, 1), by=self.asha).sale for _ in range(3)
            )
            self.owed = shop.sell(
                (self.tea, 2), customer=self.rahim, offered=shop.on_credit(), by=self.asha
            ).sale
            shop.pay_dues(self.rahim, "5.00", by=self.asha)
            number_documents()


@pytest.fixture(scope="module")
def standing_market(guards_off: None, standing: Callable[..., Market]) -> Market:
    return standing(Market)


@pytest.fixture
def market(standing_market: Market, db: None) -> Any:
    with time_machine.travel(standing_market.later + timedelta(hours=1), tick=False):
        kept_heads.keep()
        kept_heads.keep_numbers()
        assert red() == set()
        yield standing_market


def red() -> set[str]:
    """The invariants that are broken."""
    return {each.invariant.name for each in examine(CHECKS) if each.violations}


def cheat(sql: str, *values: Any) -> None:
    """What somebody with the database's password runs, the triggers down."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount, sql


def forget(sale: Sale) -> None:
    """Take away a sale of a service with every row of it, so that all that is left agrees."""
    entry = f"(SELECT id FROM journal_entries WHERE event = 'sale' AND document_id = {sale.pk})"
    cheat(f"DELETE FROM payments WHERE sale_id = {sale.pk}")
    cheat(f"DELETE FROM journal_lines WHERE entry_id IN {entry}")
    cheat(f"DELETE FROM journal_entries WHERE event = 'sale' AND document_id = {sale.pk}")
    cheat(f"DELETE FROM sale_items WHERE sale_id = {sale.pk}")
    cheat(f"DELETE FROM sales WHERE id = {sale.pk}")


# --- Before night: the day is open ---


def test_01_asha_pockets_a_sale_and_deletes_it_with_all_its_rows(market: Market) -> None:
    forget(market.second)
    assert red() == {"numbered_documents_are_as_they_were"}


def test_02_she_deletes_its_number_as_well(market: Market) -> None:
    forget(market.second)
    cheat("DELETE FROM document_numbers WHERE kind = 'sale' AND document_id = %s", market.second.pk)
    assert "document_numbers_have_no_gaps" in red()


def test_03_she_takes_the_last_of_the_day_so_that_no_gap_is_left(market: Market) -> None:
    newest = DocumentNumber.objects.filter(store=market.asha.store_id).latest("number")
    cheat("DELETE FROM document_numbers WHERE id = %s", newest.pk)
    assert "document_numbers_are_a_chain" in red(), "the newest number is kept outside"


def test_04_she_has_all_numbers_made_anew(market: Market) -> None:
    forget(market.second)
    cheat("DELETE FROM document_numbers")
    number_documents()
    assert "document_numbers_are_a_chain" in red()


def test_05_a_customer_pays_a_due_in_cash_and_the_payment_vanishes(market: Market) -> None:
    """The due stands open again, so that due, account and payments agree."""
    payment = Payment.objects.get(payment_type="due_payment")
    cheat("DELETE FROM payments WHERE id = %s", payment.pk)
    cheat("DELETE FROM journal_lines WHERE entry_id = %s", payment.entry_id)
    cheat("DELETE FROM journal_entries WHERE id = %s", payment.entry_id)
    cheat("UPDATE customer_dues SET due_amount = 20 WHERE sale_id = %s", market.owed.pk)
    cheat("UPDATE sales SET paid_amount = 0, due_amount = 20 WHERE id = %s", market.owed.pk)
    assert red() == {"numbered_documents_are_as_they_were"}


def test_06_a_sale_becomes_another_cashier_s(market: Market) -> None:
    bina = shop.a_cashier("Bina", username="bina")
    for table, column in (("sales", "user_id"), ("payments", "user_id")):
        key = "id" if table == "sales" else "sale_id"
        cheat(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", bina.pk, market.first.pk)
    cheat(
        "UPDATE journal_entries SET created_by_id = %s WHERE event = 'sale' AND document_id = %s",
        *(bina.pk, market.first.pk),
    )
    assert red() == {"numbered_documents_are_as_they_were"}, "all witnesses were bribed but one"


def test_07_cash_is_said_to_have_been_paid_by_card(market: Market) -> None:
    cheat("UPDATE payments SET method = 'card' WHERE sale_id = %s", market.first.pk)
    assert {"numbered_documents_are_as_they_were", "tender_accounts_are_their_payments"} <= red()


def test_08_goods_leave_by_the_back_door_and_the_shelf_is_corrected(market: Market) -> None:
    cheat("UPDATE batches SET remaining = remaining - 5 WHERE product_id = %s", market.tea.pk)
    assert "remaining_is_quantity_less_uses" in red()


def test_09_a_debt_of_a_friend_is_made_smaller(market: Market) -> None:
    cheat("UPDATE customer_dues SET due_amount = 1 WHERE sale_id = %s", market.owed.pk)
    cheat("UPDATE sales SET due_amount = 1, paid_amount = 19 WHERE id = %s", market.owed.pk)
    assert {"sales_were_paid_by_payments", "debts_are_the_receivables"} <= red()


def test_10_a_sale_is_slipped_in_as_if_it_had_been_there(market: Market) -> None:
    extra = shop.sell((market.postage, 1), by=market.asha).sale
    moment = timezone.now() - timedelta(minutes=30)
    for table, column in (("sales", "completed_at"), ("journal_entries", "created_at")):
        key = "id" if table == "sales" else "document_id"
        cheat(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", moment, extra.pk)
    cheat("UPDATE journal_entries SET entered_at = %s WHERE document_id = %s", moment, extra.pk)
    with time_machine.travel(timezone.now() + ONE_DAY / 24, tick=False):
        shop.sell((market.postage, 1), by=market.asha)
        number_documents()
        cheat("DELETE FROM document_numbers WHERE kind = 'sale' AND document_id = %s", extra.pk)
        assert "documents_are_numbered" in red()


# --- After night: the day is closed ---


def test_11_a_total_of_a_closed_day_is_changed_everywhere_at_once(market: Market) -> None:
    cheat("UPDATE sales SET note = 'two for one' WHERE id = %s", market.old.pk)
    assert "sealed_days_are_unchanged" in red()


def test_12_the_closed_day_is_sealed_anew_over_the_changed_rows(market: Market) -> None:
    cheat("UPDATE sales SET note = 'two for one' WHERE id = %s", market.old.pk)
    kept = DaySeal.objects.exclude(day=None).get()
    made = sealing.seal_of(kept, new=kept.earlier)
    cheat("UPDATE day_seals SET seal = %s WHERE id = %s", made.seal, kept.pk)
    cheat("UPDATE day_seals SET checksums = %s WHERE id = %s", made.checksums, kept.pk)
    assert red() == {"the_kept_head_is_in_the_chain"}


def test_13_the_file_of_heads_is_removed(market: Market, settings: Any) -> None:
    settings.HEADS_FILE.unlink()
    assert "the_kept_head_is_in_the_chain" in red()
    with pytest.raises(kept_heads.HeadNotKept):
        kept_heads.keep_numbers()


def test_14_an_expense_is_typed_into_a_closed_day(market: Market) -> None:
    """By the shop's own form: it counts today. By hand: the day is another."""
    closed = DaySeal.objects.exclude(day=None).latest("day").day
    rent = Spending("Taxi", Decimal(90), expense_date=closed)
    spent = record_expense(rent, by=market.asha)
    assert spent.business_date > closed
    cheat("UPDATE expenses SET business_date = %s WHERE id = %s", closed, spent.pk)
    cheat(
        "UPDATE journal_entries SET business_date = %s WHERE event = 'expense'"
        " AND document_id = %s",
        *(closed, spent.pk),
    )
    assert "sealed_days_are_unchanged" in red()


def test_15_a_row_with_a_negative_id_is_put_before_a_lock(market: Market) -> None:
    spent = record_expense(Spending("Taxi", Decimal(90)), by=market.asha)
    before = today() - 9 * ONE_DAY
    cheat("UPDATE expenses SET id = -1, business_date = %s WHERE id = %s", before, spent.pk)
    assert {"ids_are_positive", "nothing_was_posted_into_a_locked_period"} <= red()


# --- Who may do what, and what things are called ---


def test_16_a_price_is_lowered_for_a_friend_in_the_database(market: Market) -> None:
    cheat("UPDATE products SET price = 0.10 WHERE id = %s", market.tea.pk)
    assert red() == {"master_data_is_as_it_was_audited"}


def test_17_a_cashier_makes_herself_a_manager(market: Market) -> None:
    cheat("UPDATE users SET role = 'admin' WHERE id = %s", market.asha.pk)
    assert red() == {"master_data_is_as_it_was_audited"}


def test_18_a_manager_s_change_of_a_price_is_taken_out_of_the_audit(market: Market) -> None:
    market.tea.price = Decimal("0.10")
    market.tea.save()
    assert red() == set()
    told = AuditEntry.objects.filter(object_id=market.tea.pk, action=AuditEntry.Action.UPDATE)
    cheat("DELETE FROM audit_entries WHERE id = %s", told.latest("id").pk)
    assert red() == {"master_data_is_as_it_was_audited"}


def test_19_the_triggers_are_dropped(guards_off: None) -> None:
    broken = {each.invariant.name for each in examine(SCHEMA_CHECKS) if each.violations}
    assert "triggers_are_those_of_migrate" in broken
