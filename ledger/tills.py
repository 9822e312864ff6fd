"""Tills: named, taken off the list, and asked by every posting for the shift that is open there."""

from collections.abc import Iterable
from typing import Any, NoReturn

from django.db import IntegrityError, connection, transaction

from accounts.stores import STORES
from ledger.journal_models import JournalEntry
from ledger.payments import CASH, METHODS
from ledger.till_models import Shift, Till
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.posting_context import PostingContext

# What takes or gives cash over the counter; an accountant's entries and counts want no till.
_OVER_THE_COUNTER = frozenset(
    {
        JournalEntry.Event.SALE,
        JournalEntry.Event.CUSTOMER_PAYMENT,
        JournalEntry.Event.REFUND,
        JournalEntry.Event.PURCHASE,
        JournalEntry.Event.SUPPLIER_PAYMENT,
        JournalEntry.Event.EXPENSE,
    }
)


# The store is asked for so that the row is locked, and not only its place in the index.
OPEN_AT_TILL = "SELECT id, store_id FROM shifts WHERE open_till_id = %s"


class ShiftClosed(Conflict):
    """No shift is open at the till: it was closed, or nobody has opened one."""

    code = "shift_closed"


class ShiftRequired(Invalid):
    """The shop says that cash wants an open shift."""

    code = "shift_required"


def cash_account() -> str:
    """The account that the money in drawers and tills is on."""
    return METHODS.get()[CASH].account


def open_shift_of(till_id: int, store_id: int) -> int:
    """The shift that is open at a till of the store; it stays open until the transaction ends.

    One statement. Whoever posts shares the row, so tills and cashiers never wait for each other;
    whoever closes the shift has it alone. Raises Invalid for a till that is not the store's,
    ShiftClosed where no shift is open.
    """
    row = lock_row(OPEN_AT_TILL, till_id, exclusively=False)
    if row is None or row[1] != store_id:
        _refuse(till_id, store_id)
    shift_id: int = row[0]
    return shift_id


def lock_row(sql: str, key: int | str, *, exclusively: bool) -> tuple[Any, ...] | None:
    """The row that `sql` finds by its key, shared or alone until the transaction ends."""
    how = " FOR UPDATE" if exclusively else " LOCK IN SHARE MODE"
    with connection.cursor() as cursor:
        cursor.execute(sql + (how if connection.vendor == "mysql" else ""), [key])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def till_of_store(till_id: int, store_id: int) -> Till:
    """The till. Raises Invalid for one that is unknown, off the list or in another store."""
    till: Till | None = Till.objects.listed().filter(pk=till_id).first()
    text = None
    if till is None:
        text = "Unknown till."
    elif till.store_id != store_id:
        text = "This till stands in another store."
    if till is None or text is not None:
        raise Invalid(f"till_id: {text}", fields={"till_id": [str(text)]})
    return till


def _refuse(till_id: int, store_id: int) -> NoReturn:
    till = till_of_store(till_id, store_id)
    text = f"No shift is open at {till.name}: open one first. Nothing was written."
    raise ShiftClosed(text, fields={"till_id": [text]})


def require_shift_for_cash(event: str, accounts: Iterable[str], context: PostingContext) -> None:
    """Raise ShiftRequired for cash over the counter without a shift, where the shop wants one."""
    if context.shift_id is not None or event not in _OVER_THE_COUNTER:
        return
    store = STORES.get().get(context.store_id)
    if store is None or not store.shift_required or cash_account() not in accounts:
        return
    text = "Cash wants an open shift here: say at which till (till_id). Nothing was written."
    raise ShiftRequired(text, fields={"till_id": [text]})


def shifts_open(store_id: int) -> str | None:
    """Why a store cannot be closed: money lies in its tills."""
    count = Shift.objects.filter(store_id=store_id, status=Shift.Status.OPEN).count()
    return f"Shifts are open there: {count}." if count else None


def add_till(name: str, *, store_id: int, key: RequestKey | None = None) -> Till:
    """A new till of a store. Raises Conflict when the store has one of that name."""
    return once(key, lambda: _saved(Till(store_id=store_id, name=name)))


def rename_till(till_id: int, name: str) -> Till:
    """Call a till otherwise. Raises NotFound, or Conflict when its store has one of that name."""

    def rename() -> Till:
        till = _locked(till_id)
        till.name = name
        return _saved(till)

    return transact(rename)


def archive_till(till_id: int, *, key: RequestKey | None = None) -> Till:
    """Take a till off the list; its shifts stay. Raises NotFound, or Conflict while a shift is
    open there."""

    def archive() -> Till:
        till = _locked(till_id)
        if Shift.objects.filter(open_till=till).exists():
            raise Conflict(f"A shift is open at {till.name}: close it first.")
        till.archive(keys=("name_key",))
        return till

    return once(key, archive)


def restore_till(till_id: int, *, key: RequestKey | None = None) -> Till:
    """Take an archived till back onto the list. Raises NotFound, or Conflict when its store has
    another one of that name by now."""

    def restore() -> Till:
        till: Till | None = Till.objects.select_for_update().filter(pk=till_id).first()
        if till is None or till.archived_at is None:
            raise NotFound("Till not found")
        till.archived_at = None
        return _saved(till)

    return once(key, restore)


def _locked(till_id: int) -> Till:
    till: Till | None = Till.objects.listed().select_for_update().filter(pk=till_id).first()
    if till is None:
        raise NotFound("Till not found")
    return till


def _saved(till: Till) -> Till:
    try:
        with transaction.atomic():
            till.save()
    except IntegrityError as error:
        text = "This store has a till of that name."
        raise Conflict(text, fields={"name": [text]}) from error
    return till
