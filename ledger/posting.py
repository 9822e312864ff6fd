"""The only door into the journal. Entries balance, or our own code is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.journal_models import JournalEntry, JournalLine
from ledger.tills import require_shift_for_cash
from pos_project.core.db.rows import insert_rows, set_drafts
from pos_project.core.money import ZERO, money, total
from pos_project.core.posting_context import PostingContext

ENTRY_FIELDS = (
    "store_id",
    "event",
    "document_id",
    "reference",
    "memo",
    "reverses_id",
    "status",
    "business_date",
    "created_by_id",
    "created_at",
    "entered_at",
    "shift_id",
)
LINE_FIELDS = ("entry_id", "account_id", "debit", "credit", "customer_id", "supplier_id")


@dataclass(frozen=True)
class Line:
    """One side of an entry. `account` is a code of the chart; one of debit and credit is zero."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    customer_id: int | None = None
    supplier_id: int | None = None


def post(
    event: str,
    lines: Iterable[Line],
    *,
    context: PostingContext,
    document_id: int | None = None,
    reference: str | None = None,
    memo: str | None = None,
    reverses_id: int | None = None,
) -> int | None:
    """Write one balanced entry and return its id; None when no line is left to write.

    Zero lines are left out. A draft gets its lines, then one UPDATE posts it: three statements.
    """
    rows = [line for line in lines if line.debit or line.credit]
    if not rows:
        return None
    debits, credits = total(line.debit for line in rows), total(line.credit for line in rows)
    assert debits == credits, (event, reference, rows)
    assert all(money(line.debit + line.credit) > 0 for line in rows), (event, reference, rows)
    require_shift_for_cash(event, (line.account for line in rows), context)
    [entry_id] = insert_rows(
        JournalEntry,
        ENTRY_FIELDS,
        [
            (
                context.store_id,
                event,
                document_id,
                reference,
                memo,
                reverses_id,
                JournalEntry.Status.DRAFT,
                context.business_date,
                context.user_id,
                context.at,
                context.entered_at,
                context.shift_id,
            )
        ],
    )
    insert_rows(
        JournalLine,
        LINE_FIELDS,
        [
            (entry_id, line.account, line.debit, line.credit, line.customer_id, line.supplier_id)
            for line in rows
        ],
    )
    set_drafts(JournalEntry, [entry_id], status=JournalEntry.Status.POSTED)
    return entry_id


@dataclass(frozen=True)
class DocumentEntry:
    """What one of many documents posts."""

    document_id: int
    lines: Sequence[Line]


def post_each(
    event: str,
    entries: Sequence[DocumentEntry],
    *,
    context: PostingContext,
    reference: str | None = None,
) -> None:
    """Write the balanced entry of each document: three statements, however many there are.

    Zero lines are left out, and so are entries that have no other.
    """
    kept = [
        (entry.document_id, rows)
        for entry in entries
        if (rows := [line for line in entry.lines if line.debit or line.credit])
    ]
    for document_id, rows in kept:
        debits, credits = total(line.debit for line in rows), total(line.credit for line in rows)
        assert debits == credits, (event, document_id, rows)
    entry_ids = insert_rows(
        JournalEntry,
        ENTRY_FIELDS,
        [
            (
                context.store_id,
                event,
                document_id,
                reference,
                None,
                None,
                JournalEntry.Status.DRAFT,
                context.business_date,
                context.user_id,
                context.at,
                context.entered_at,
                context.shift_id,
            )
            for document_id, _ in kept
        ],
    )
    insert_rows(
        JournalLine,
        LINE_FIELDS,
        [
            (entry_id, line.account, line.debit, line.credit, line.customer_id, line.supplier_id)
            for entry_id, (_, rows) in zip(entry_ids, kept, strict=True)
            for line in rows
        ],
    )
    if entry_ids:
        set_drafts(JournalEntry, entry_ids, status=JournalEntry.Status.POSTED)


def reverse(
    first: JournalEntry,
    *,
    context: PostingContext,
    reason: str,
    document_id: int | None = None,
    reference: str | None = None,
) -> int:
    """Post the mirror of an entry: the same accounts and parties, each on its other side.

    The caller has locked what is undone, so that nobody else undoes it at the same moment.
    """
    lines = JournalLine.objects.filter(entry=first).order_by("id")
    entry_id = post(
        first.event,
        [
            Line(line.account_id, line.credit, line.debit, line.customer_id, line.supplier_id)
            for line in lines
        ],
        context=context,
        document_id=document_id,
        reference=reference or first.reference,
        memo=reason,
        reverses_id=first.pk,
    )
    assert entry_id is not None, f"{first} has no lines."
    return entry_id
