"""Counting the drawer: what lay there against what the books expected, booked by the difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ledger import chart, posting
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.models import CashCount
from ledger.shift_figures import cash_at_tills
from ledger.tills import cash_account
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.money import MAX_AMOUNT, ZERO, money, total
from pos_project.core.period import Period
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead
from reports.statements.account_movements import BEGINNING, moved

BANK = "BANK"  # where cash is taken unless another account is named


class CashMoved(Conflict):
    """Cash came or went since the drawer was compared with the books."""

    code = "cash_moved"


@dataclass(frozen=True)
class Counted:
    """What was found in the drawer of the counter's store on a day (None: today).

    `denominations` maps a note or coin to how many of it there were, and adds up to `counted`.
    `banked` of it is taken to `bank_account`. `expected` is what the books had when whoever
    counted looked; None takes what they have now. Amounts in shop currency.
    """

    counted: Decimal
    day: date | None = None
    denominations: Mapping[str, int] | None = None
    reason: str | None = None
    banked: Decimal = ZERO
    bank_account: str | None = None
    expected: Decimal | None = None


def expected_cash(day: date, *, store_id: int) -> Decimal:
    """What the books have in a store's drawer at the end of a day, or now for today; what is at
    tills whose shifts are open is counted there."""
    return _cash_of(day, store_id=store_id) - cash_at_tills(day, store_id=store_id)


def _cash_of(day: date, *, store_id: int) -> Decimal:
    before = moved(Period(BEGINNING, day), store_id=store_id, account=cash_account())
    return total(each.debit - each.credit for each in before)


def count_cash(
    counted: Counted, *, by: Actor, at: datetime | None = None, key: RequestKey | None = None
) -> CashCount:
    """Book what the drawer differs by to cash over and short, and what was taken to the bank.

    A later count of the same day starts from this one, so a slip of the pen is counted again.
    Raises Invalid for a difference without a reason, more banked than counted, an account that is
    no bank, a day that is closed, locked, to come or before one that was counted; CashMoved when
    the books have another sum than was shown. Nothing is written then.
    """
    with kept_answer_first(key):
        _check(counted)
    return once(key, lambda: _count(counted, by, PostingContext.claim(by, at, day=counted.day)))


def _check(counted: Counted) -> None:
    require_not_ahead(counted.day, field="day")
    if counted.denominations is not None:
        sum_ = total(Decimal(worth) * count for worth, count in counted.denominations.items())
        if sum_ != counted.counted:
            _refuse("denominations", f"They add up to {sum_}.")
    if not ZERO <= counted.counted <= MAX_AMOUNT:
        _refuse("counted", f"Between 0 and {MAX_AMOUNT}.")
    if not ZERO <= counted.banked <= counted.counted:
        _refuse("banked", "No more than was counted.")
    if counted.banked and bank_accounts().get(counted.bank_account or BANK) is None:
        _refuse("bank_account", "No account that cash is taken to.")


def bank_accounts() -> dict[str, str]:
    """Code → name of the accounts that cash may be taken to."""
    assets = LedgerAccount.objects.listed().filter(kind=LedgerAccount.Kind.ASSET, is_control=False)
    rows = assets.exclude(pk=cash_account()).order_by("number")
    return dict(rows.values_list("code", "name"))


def _count(counted: Counted, by: Actor, context: PostingContext) -> CashCount:
    if counted.day is not None and context.business_date != min(counted.day, today()):
        _refuse("day", f"{counted.day} is closed or locked: nothing is booked into it any more.")
    # Whoever posts to an account shares its row: from here on cash stays as it is read.
    account = LedgerAccount.objects.select_for_update().get(pk=cash_account()).pk
    later = CashCount.objects.filter(
        store_id=context.store_id, business_date__gt=context.business_date
    )
    if (last := later.order_by("-business_date").first()) is not None:
        _refuse("day", f"{last.business_date} was counted already, and it comes after.")
    at_tills = cash_at_tills(context.business_date, store_id=context.store_id)
    expected = _cash_of(context.business_date, store_id=context.store_id) - at_tills
    if counted.expected is not None and counted.expected != expected:
        raise CashMoved(
            f"Cash came or went meanwhile: the books have {expected} now. Nothing was booked.",
            fields={"expected": [f"{expected} now."]},
            expected=expected,
        )
    difference = money(counted.counted - expected)
    if difference and not (counted.reason or "").strip():
        word = "over" if difference > 0 else "short"
        _refuse("reason", f"{abs(difference)} {word}: say why.")
    bank = (counted.bank_account or BANK) if counted.banked else None
    count = CashCount.objects.create(
        store_id=context.store_id,
        expected=expected,
        counted=counted.counted,
        denominations=dict(counted.denominations) if counted.denominations else None,
        reason=counted.reason or None,
        at_tills=at_tills or None,
        banked=counted.banked,
        bank_account_id=bank,
        user_id=context.user_id,
        business_date=context.business_date,
        created_at=context.at,
        entered_at=context.entered_at,
    )
    over, short = max(difference, ZERO), max(-difference, ZERO)
    lines = [
        posting.Line(account, debit=over, credit=short),
        posting.Line(chart.CASH_OVER_SHORT, debit=short, credit=over),
    ]
    if bank is not None:
        lines += [
            posting.Line(bank, debit=counted.banked),
            posting.Line(account, credit=counted.banked),
        ]
    posting.post(
        JournalEntry.Event.CASH_COUNT,
        lines,
        context=context,
        document_id=count.pk,
        memo=counted.reason,
    )
    return count


def _refuse(field: str, text: str) -> None:
    raise Invalid(text, fields={field: [text]})
