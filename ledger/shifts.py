"""A shift at a till: opened with a float, cash put in and taken out, closed by a count.

Locks: whoever posts at a till shares its shift's row; whoever closes the shift has it alone, so a
sale is in the shift or is told that it is closed. Other tills' rows are never touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts import staff_rules
from accounts.staff_rules import Approval, Breach
from ledger import chart, posting
from ledger.chart_models import LedgerAccount
from ledger.expenses import Spending, account_of_category, book_expense
from ledger.journal_models import JournalEntry
from ledger.payments import CASH, METHODS
from ledger.shift_figures import ShiftSums, sums_of
from ledger.till_models import CashMovement, Shift
from ledger.tills import OPEN_AT_TILL, ShiftClosed, cash_account, lock_row, till_of_store
from pos_project.core.at_till import at_till
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.money import MAX_AMOUNT, ZERO, money, total
from pos_project.core.posting_context import Actor, PostingContext

R = TypeVar("R")
Kind = CashMovement.Kind
# Where the money goes or comes from unless another account is named.
ACCOUNTS = {Kind.TO_BANK: "BANK", Kind.FROM_BANK: "BANK", Kind.DRAWN: "DRAWINGS"}
_TYPES = {Kind.DRAWN: LedgerAccount.Kind.EQUITY}  # of the others: an asset
Z_TRIES = 20  # shifts of one store that are closed in the same moment


class ShiftOpen(Conflict):
    """A shift is open at this till already: it is gone on with, or closed."""

    code = "shift_open"


@dataclass(frozen=True)
class Movement:
    """Cash put into the till of an open shift, or taken out. Amounts in shop currency.

    `account` names another bank or equity account than the usual one; `category` is that of what
    is paid out.
    """

    kind: str
    amount: Decimal
    reason: str
    account: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class ShiftCount:
    """What lay in the till: a sum, which `denominations` add up to where they are given; and what
    the slips of other methods came to. Amounts in shop currency."""

    counted: Decimal
    denominations: Mapping[str, int] | None = None
    slips: Mapping[str, Decimal] = field(default_factory=dict)
    reason: str | None = None


def may_see_expected(by: Actor) -> bool:
    """Whether this user is told before the count what must lie in a till."""
    rules = staff_rules.rules_for(by)
    return rules is None or rules.staff_see_expected_cash


def open_shift(
    till_id: int,
    opening_float: Decimal,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> Shift:
    """Open a shift with so much in the till, taken from the store's drawer.

    Raises ShiftOpen, with the shift, where one is open; Invalid for a till of another store;
    NeedsApproval where staff may not.
    """
    breaches = _breaches(by, "staff_open_shifts", "Staff do not open shifts.")
    with staff_rules.refusals_kept(by, Shift), kept_answer_first(key):
        staff_rules.require_allowed(breaches, approval)
        if not ZERO <= opening_float <= MAX_AMOUNT:
            _refuse("opening_float", f"Between 0 and {MAX_AMOUNT}.")

    def opened() -> Shift:
        context = PostingContext.claim(by, at)
        till = till_of_store(till_id, context.store_id)
        _require_none_open(till_id)
        _share_cash()
        shift = Shift(
            store_id=context.store_id,
            till=till,
            open_till=till,
            opening_float=opening_float,
            opened_by_id=context.user_id,
            created_at=context.at,
            opened_on=context.business_date,
        )
        try:
            with transaction.atomic():
                shift.save()
        except IntegrityError:  # another one was opened in this very moment
            _require_none_open(till_id)
            raise
        staff_rules.keep_approved(breaches, approval, shift, by=by)
        return shift

    return _once(key, opened)


def _require_none_open(till_id: int) -> None:
    shift = Shift.objects.filter(open_till_id=till_id).select_related("opened_by", "till").first()
    if shift is not None:
        raise ShiftOpen(
            f"A shift is open at {shift.till.name} already, by {shift.opened_by.name}.",
            fields={"till_id": ["A shift is open here."]},
            shift_id=shift.pk,
        )


def move_cash(
    shift_id: int,
    movement: Movement,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> CashMovement:
    """Put cash into the till of an open shift or take it out; booked where it changes accounts.

    What is paid out is an expense. Raises NotFound, ShiftClosed; Invalid for a wrong account or
    category; NeedsApproval where staff may not.
    """
    breaches = _breaches(by, "staff_move_cash", "Staff do not move cash in or out of a till.")
    with staff_rules.refusals_kept(by, CashMovement), kept_answer_first(key):
        staff_rules.require_allowed(breaches, approval)
        account = _other_account(movement)

    def moved() -> CashMovement:
        shift = _open_shift(shift_id, by, exclusively=False)
        context = PostingContext.claim(by, at)
        done = _move(shift.pk, movement, account, replace(context, shift_id=shift.pk))
        staff_rules.keep_approved(breaches, approval, done, by=by)
        return done

    return _once(key, moved)


def _move(
    shift_id: int, movement: Movement, account: str | None, context: PostingContext
) -> CashMovement:
    expense = None
    if movement.kind == Kind.PAID_OUT:
        assert account is not None
        spending = Spending(movement.reason, movement.amount, movement.category)
        expense = book_expense(spending, account, context)
    else:
        _share_cash()
    done = CashMovement.objects.create(
        store_id=context.store_id,
        shift_id=shift_id,
        kind=movement.kind,
        amount=movement.amount,
        account_id=account if movement.kind in ACCOUNTS else None,
        expense=expense,
        reason=movement.reason,
        user_id=context.user_id,
        business_date=context.business_date,
        created_at=context.at,
    )
    if movement.kind in ACCOUNTS:
        assert account is not None
        into, out = max(done.into_till, ZERO), max(-done.into_till, ZERO)
        posting.post(
            JournalEntry.Event.CASH_MOVEMENT,
            [
                posting.Line(cash_account(), debit=into, credit=out),
                posting.Line(account, debit=out, credit=into),
            ],
            context=context,
            document_id=done.pk,
            memo=movement.reason,
        )
    return done


def _other_account(movement: Movement) -> str | None:
    """The account against which it is booked; None where the money stays on its account."""
    if movement.kind not in Kind.values:
        _refuse("kind", f"One of: {', '.join(Kind.values)}.")
    if not 0 < movement.amount <= MAX_AMOUNT:
        _refuse("amount", f"Above 0 and at most {MAX_AMOUNT}.")
    if movement.kind == Kind.PAID_OUT:
        return account_of_category(movement.category)
    if movement.category is not None:
        _refuse("category", "Only what is paid out has one.")
    usual = ACCOUNTS.get(Kind(movement.kind))
    if usual is None:
        if movement.account:
            _refuse("account", "The store's drawer is meant: no account.")
        return None
    code = (movement.account or usual).upper()
    account = LedgerAccount.objects.listed().filter(pk=code).first()
    type_ = _TYPES.get(Kind(movement.kind), LedgerAccount.Kind.ASSET)
    if account is None or account.is_control or code == cash_account() or account.kind != type_:
        _refuse("account", "No account that this money goes to or comes from.")
    return code


def close_shift(
    shift_id: int,
    count: ShiftCount,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: Approval | None = None,
) -> Shift:
    """Close a shift by what was counted: what cash differs by is booked to cash over and short on
    the day of closing, and the Z report gets the store's next number.

    What was counted is in the store's drawer from then on. Other methods are compared by their
    slips and not booked. Raises NotFound, ShiftClosed, Invalid, NeedsApproval.
    """
    breaches = _breaches(by, "staff_close_shifts", "Staff do not close shifts.")
    with staff_rules.refusals_kept(by, Shift), kept_answer_first(key):
        staff_rules.require_allowed(breaches, approval)
        _check(count)

    def closed() -> Shift:
        shift = _open_shift(shift_id, by, exclusively=True)
        # Only now: what is in the shift was entered before, and on no later day.
        context = PostingContext.claim(by, at)
        _share_cash()
        _close(shift, count, context)
        staff_rules.keep_approved(breaches, approval, shift, by=by)
        return shift

    return _once(key, closed)


def _close(shift: Shift, count: ShiftCount, context: PostingContext) -> None:
    sums = sums_of(shift)
    difference = money(count.counted - sums.expected)
    over, short = max(difference, ZERO), max(-difference, ZERO)
    posting.post(
        JournalEntry.Event.SHIFT,
        [
            posting.Line(cash_account(), debit=over, credit=short),
            posting.Line(chart.CASH_OVER_SHORT, debit=short, credit=over),
        ],
        context=context,
        document_id=shift.pk,
        memo=count.reason,
    )
    changes: dict[str, Any] = {
        "status": Shift.Status.CLOSED,
        "open_till_id": None,
        "closed_by_id": context.user_id,
        "closed_at": context.at,
        "business_date": context.business_date,
        "expected": sums.expected,
        "counted": count.counted,
        "denominations": dict(count.denominations) if count.denominations else None,
        "slips": _slips(sums, count),
        "reason": count.reason or None,
    }
    # Last of all: others of the store who close a shift wait from here on, until we commit.
    for attempt in range(Z_TRIES):
        changes["z_number"] = _last_z(shift.store_id) + 1
        try:
            with transaction.atomic():
                assert Shift.objects.filter(pk=shift.pk).update_draft(**changes) == 1, shift
            break
        except IntegrityError:
            if attempt + 1 == Z_TRIES:
                raise
    for name, value in changes.items():
        setattr(shift, name, value)


def _last_z(store_id: int) -> int:
    last = Shift.objects.filter(store_id=store_id).aggregate(last=Max("z_number"))["last"]
    return last or 0


def _slips(sums: ShiftSums, count: ShiftCount) -> dict[str, dict[str, str | None]] | None:
    """Of each method that was compared or that moved: its name, the books and the slips."""
    booked = sums.of_methods()
    slips = {
        code: {
            "name": METHODS.get()[code].name,
            "expected": str(booked.get(code, ZERO)),
            "counted": str(count.slips[code]) if code in count.slips else None,
        }
        for code in sorted(booked.keys() | count.slips.keys())
    }
    return slips or None


def _check(count: ShiftCount) -> None:
    if count.denominations is not None:
        sum_ = total(Decimal(worth) * many for worth, many in count.denominations.items())
        if sum_ != count.counted:
            _refuse("denominations", f"They add up to {sum_}.")
    if not ZERO <= count.counted <= MAX_AMOUNT:
        _refuse("counted", f"Between 0 and {MAX_AMOUNT}.")
    for code, sum_ in count.slips.items():
        if code not in METHODS.get() or code == CASH:
            _refuse("slips", f"{code} is no method with slips.")
        if not -MAX_AMOUNT <= sum_ <= MAX_AMOUNT:
            _refuse("slips", f"At most {MAX_AMOUNT}.")


def _open_shift(shift_id: int, by: Actor, *, exclusively: bool) -> Shift:
    """The shift, shared or alone until the transaction ends. Raises NotFound, ShiftClosed."""
    assert by.store_id is not None, by
    shift = Shift.objects.filter(pk=shift_id, store_id=by.store_id).select_related("till").first()
    if shift is None:
        raise NotFound("Shift not found")
    # By the till's key, as those who sell find it: so both lock in one order.
    locked = lock_row(OPEN_AT_TILL, shift.till_id, exclusively=exclusively)
    if locked is None or locked[0] != shift_id:
        raise ShiftClosed(f"This shift at {shift.till.name} is closed. Nothing was written.")
    return shift


def _share_cash() -> None:
    """Wait for a count of the store's drawer that is under way: what comes of and goes to the
    drawer without an entry must not slip by it."""
    lock_row(
        "SELECT code, name FROM ledger_accounts WHERE code = %s", cash_account(), exclusively=False
    )


def _once(key: RequestKey | None, do: Callable[[], R]) -> R:
    """Once, and at no till: a shift's own rows are not what happens in it."""
    with at_till(None):
        return once(key, do)


def _breaches(by: Actor, rule: str, text: str) -> list[Breach]:
    rules = staff_rules.rules_for(by)
    return [] if rules is None or getattr(rules, rule) else [Breach(text)]


def _refuse(field_name: str, text: str) -> NoReturn:
    raise Invalid(f"{field_name}: {text}", fields={field_name: [text]})
