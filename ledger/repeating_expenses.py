"""Expenses that come again each month: rent, wages, the line. `nightly` books them on their day."""

from functools import partial
from typing import Any

from django.utils import timezone

from ledger.expenses import Spending, account_of_category, book_expense, month_after
from ledger.models import Expense, RepeatingExpense
from ledger.payments import require_method
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, DomainError, NotFound
from pos_project.core.money import ZERO
from pos_project.core.posting_context import Actor, PostingContext


class NotBooked(DomainError):
    """Some that were due could not be booked; the others were."""

    code = "not_booked"


def book_due() -> int:
    """Book what repeats and has come due since, each on its own day; returns how many.

    A month is booked once, however often and by however many this is run: the row says the next
    day, and moves on in the transaction that books. Raises NotBooked, naming what was refused,
    when the rest is done.
    """
    booked, refused = 0, []
    # Of one that was taken back, nothing more is booked.
    due = RepeatingExpense.objects.filter(
        ended_at=None, next_on__lte=today(), expense__reversed_by=None
    )
    for row_id in due.order_by("next_on", "id").values_list("id", flat=True):
        try:
            while transact(partial(_book, row_id)):
                booked += 1
        except DomainError as refusal:
            refused.append(f"repeating expense {row_id}: {refusal.message}")
    if refused:
        raise NotBooked(" ".join(refused))
    return booked


def end(row_id: int, *, by: Actor, key: RequestKey | None = None) -> RepeatingExpense:
    """Book it no more; what was booked stays. Raises NotFound, Denied for one of a store that
    `by` may not act in, Conflict for one that has ended."""

    def ended() -> RepeatingExpense:
        row = RepeatingExpense.objects.select_for_update().filter(pk=row_id).first()
        if row is None:
            raise NotFound("Repeating expense not found")
        if row.expense.store_id != by.store_id:
            by.in_store(row.expense.store_id, writing=True)
        if row.ended_at is not None:
            raise Conflict("It has ended already.")
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        return row

    return once(key, ended)


def _book(row_id: int) -> Expense | None:
    """The next one, if it is due; runs inside a transaction."""
    row = RepeatingExpense.objects.select_for_update().get(pk=row_id)
    if row.ended_at is not None or row.next_on > today():
        return None
    first = Expense.objects.select_related("created_by").get(pk=row.expense_id)
    require_method(first.payment_method_id, field="payment_method")
    account = account_of_category(first.category)
    spending = Spending(
        first.title,
        first.amount,
        first.category,
        first.description,
        first.payment_method_id,
        row.next_on,
        tax=first.tax or ZERO,
    )
    author: Any = first.created_by
    author.store_id = first.store_id  # whichever is theirs by now
    context = PostingContext.claim(author, day=row.next_on)
    booked = book_expense(spending, account, context)
    row.next_on = month_after(row.next_on, on=row.day)
    row.save(update_fields=["next_on"])
    return booked
