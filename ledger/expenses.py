"""Spending money on running the shop."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from ledger import chart, posting, reversals
from ledger.accounts import CARRIED_FORWARD
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.models import Expense, RepeatingExpense
from ledger.payments import METHODS, account_of, require_method
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Denied, Invalid, NotFound
from pos_project.core.http.permissions import STAFF
from pos_project.core.images.pictures import PictureChange
from pos_project.core.money import ZERO
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead

EXPENSE = LedgerAccount.Kind.EXPENSE
# Each month since is booked at once: 2006 for 2026 would be twenty years of rent.
LONGEST_AGO = timedelta(days=366)
_NOT_SPENT_ON = (chart.COST_OF_GOODS_SOLD, chart.INVENTORY_LOSS)  # they move only with stock


@dataclass(frozen=True)
class Spending:
    """What was bought, for how much, from which till or wallet. No date means today."""

    title: str
    amount: Decimal
    category: str | None = None
    description: str | None = None
    payment_method: str = "cash"
    expense_date: date | None = None
    tax: Decimal = ZERO  # of the amount, what is input tax
    repeats: bool = False  # each month on this day, booked by `nightly`


def record_expense(
    spending: Spending,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    paper: PictureChange | None = None,
) -> Expense:
    """Book an expense: the row, and category account and input tax ↔ tender. Amounts in shop
    currency. `paper` is a picture of what it was paid by, kept as long as the row.

    Raises Denied for staff who would let it repeat, Invalid for one that would from more than a
    year ago on, an unknown payment method, a tax that is not part of the amount, and for a category
    that names an account of what the shop has, owes or is worth; then nothing was written.
    """
    with kept_answer_first(key):
        _require_may_repeat(spending, by)
        require_method(spending.payment_method, field="payment_method")
        require_not_ahead(spending.expense_date, field="expense_date")
        account = account_of_category(spending.category)
        if not ZERO <= spending.tax < spending.amount:
            text = "The tax is part of the amount."
            raise Invalid(f"tax: {text}", fields={"tax": [text]})
    picture = paper.new_key if paper else None

    def recorded() -> Expense:
        context = PostingContext.claim(by, at, day=spending.expense_date)
        return book_expense(spending, account, context, paper=picture)

    return once(key, recorded)


def _require_may_repeat(spending: Spending, by: Actor) -> None:
    """What is booked without anybody there is for those who answer for the books, and bounded."""
    if spending.repeats and by.role == STAFF:
        text = "Only managers and admins let an expense repeat."
        raise Denied(text, fields={"repeats": [text]})
    first = spending.expense_date
    if spending.repeats and first and first < today() - LONGEST_AGO:
        text = "What repeats began at most a year ago."
        raise Invalid(text, fields={"expense_date": [text]})


def book_expense(
    spending: Spending, account: str, context: PostingContext, *, paper: str | None = None
) -> Expense:
    """The row and its entry; the caller has opened the transaction and found the account."""
    expense = Expense.objects.create(
        store_id=context.store_id,
        title=spending.title,
        amount=spending.amount,
        tax=spending.tax or None,
        paper=paper,
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
            posting.Line(account, debit=spending.amount - spending.tax),
            posting.Line(chart.INPUT_TAX, debit=spending.tax),
            posting.Line(account_of(spending.payment_method), credit=spending.amount),
        ],
        context=context,
        document_id=expense.pk,
        reference=spending.title[:100],
    )
    if spending.repeats:
        day = spending.expense_date or context.business_date
        RepeatingExpense.objects.create(
            expense=expense, day=day.day, next_on=month_after(day, on=day.day)
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
        tax=-first.tax if first.tax else None,
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


def month_after(day: date, *, on: int) -> date:
    """The same day of the next month, or its last where it is shorter."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(on, calendar.monthrange(year, month)[1]))


def categories() -> list[str]:
    """The names of the accounts on which money can be spent, by their number."""
    accounts = LedgerAccount.objects.listed().filter(is_control=False, kind=EXPENSE)
    spendable = accounts.exclude(code__in=_NOT_SPENT_ON)
    return list(spendable.order_by("number", "code").values_list("name", flat=True))


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
    for code in _NOT_SPENT_ON:
        by_name = {name: found for name, found in by_name.items() if found != code}
    return by_name.get(key_of(category), chart.OTHER_EXPENSES)
