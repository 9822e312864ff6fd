"""Spending money on running the shop."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ledger import chart, posting, reversals
from ledger.accounts import CARRIED_FORWARD
from ledger.models import Expense, JournalEntry, LedgerAccount
from ledger.payments import METHODS, account_of, require_method
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Invalid, NotFound
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead

EXPENSE = LedgerAccount.Kind.EXPENSE


@dataclass(frozen=True)
class Spending:
    """What was bought, for how much, from which till or wallet. No date means today."""

    title: str
    amount: Decimal
    category: str | None = None
    description: str | None = None
    payment_method: str = "cash"
    expense_date: date | None = None


def record_expense(
    spending: Spending, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> Expense:
    """Book an expense: the row, and category account ↔ tender. Amounts in shop currency.

    Raises Invalid for an unknown payment method, and for a category that names an account of what
    the shop has, owes or is worth; then nothing was written.
    """
    with kept_answer_first(key):
        require_method(spending.payment_method, field="payment_method")
        require_not_ahead(spending.expense_date, field="expense_date")
        account = account_of_category(spending.category)
    return once(
        key,
        lambda: book_expense(
            spending, account, PostingContext.claim(by, at, day=spending.expense_date)
        ),
    )


def book_expense(spending: Spending, account: str, context: PostingContext) -> Expense:
    """The row and its entry; the caller has opened the transaction and found the account."""
    expense = Expense.objects.create(
        store_id=context.store_id,
        title=spending.title,
        amount=spending.amount,
        category=spending.category,
        description=spending.description,
        payment_method_id=spending.payment_method,
        method_name=METHODS.get()[spending.payment_method].name,
        created_by_id=context.user_id,
        business_date=context.business_date,
        created_at=context.at,
        entered_at=context.entered_at,
    )
    posting.post(
        JournalEntry.Event.EXPENSE,
        [
            posting.Line(account, debit=spending.amount),
            posting.Line(account_of(spending.payment_method), credit=spending.amount),
        ],
        context=context,
        document_id=expense.pk,
        reference=spending.title[:100],
    )
    return expense


def reverse_expense(
    expense_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Expense:
    """Take an expense back by its opposite: the amount below zero, the entry mirrored.

    Raises NotFound, or Conflict for one that was reversed before or is itself a reversal.
    """
    return once(key, lambda: _reverse(expense_id, reason, PostingContext.claim(by, at)))


def _reverse(expense_id: int, reason: str, context: PostingContext) -> Expense:
    first = Expense.objects.select_for_update().filter(pk=expense_id).first()
    if first is None:
        raise NotFound("Expense not found")
    reversals.require_reversible(first, "expense")
    context = context.in_store(first.store_id)
    opposite = Expense.objects.create(
        store_id=context.store_id,
        title=first.title,
        amount=-first.amount,
        category=first.category,
        description=reason,
        payment_method_id=first.payment_method_id,
        method_name=first.method_name,
        reverses=first,
        created_by_id=context.user_id,
        business_date=context.business_date,
        created_at=context.at,
        entered_at=context.entered_at,
    )
    entry = JournalEntry.objects.get(event=JournalEntry.Event.EXPENSE, document_id=first.pk)
    posting.reverse(entry, context=context, reason=reason, document_id=opposite.pk)
    return opposite


def account_of_category(category: str | None) -> str:
    """The expense account named like the category; an accountant adds one by adding a row.

    Raises Invalid for the name of another balance: drawings or equipment lower no profit.
    """
    listed = LedgerAccount.objects.listed().filter(is_control=False)
    named = [row for row in listed if key_of(row.name) == key_of(category)]
    by_name = {key_of(row.name): row.code for row in named if row.kind == EXPENSE}
    for account in named:
        if not by_name and account.kind in CARRIED_FORWARD:
            text = f"{account.name} is no expense: move the money (Books, Journal, Move money)."
            raise Invalid(f"category: {text}", fields={"category": [text]})
    # Not to be spent on by name: what moves only with stock.
    for code in (chart.COST_OF_GOODS_SOLD, chart.INVENTORY_LOSS):
        by_name = {name: found for name, found in by_name.items() if found != code}
    return by_name.get(key_of(category), chart.OTHER_EXPENSES)
