"""What holds for documents that were numbered: none is missing, changed or put between."""

from collections.abc import Iterator

from django.db.models import Max

from ledger import kept_heads, numbering, sealing
from ledger.closing import GRACE
from ledger.closing_models import DaySeal, DocumentNumber
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import breaking, rows
from reports.reconciliation.scope import Scope

_READ_AT_ONCE = 1000
# Of each kind: its rows `x` that are numbered, and when one was entered that has no entry.
_NUMBERED = {
    "sale": ("sales", "x.status = 'completed'", "x.completed_at"),
    "refund": ("refunds", "1 = 1", "x.created_at"),
    "purchase": ("purchases", "x.status = 'received'", "COALESCE(x.entered_at, x.created_at)"),
    "expense": ("expenses", "1 = 1", "COALESCE(x.entered_at, x.created_at)"),
    "cash_count": ("cash_counts", "1 = 1", "COALESCE(x.entered_at, x.created_at)"),
    "stock": ("inventory_log", "x.kind IN ('opening', 'adjustment', 'void')", "x.created_at"),
    "transfer": ("transfers", "x.status IN ('received', 'cancelled')", "x.ended_at"),
    "shift": ("shifts", "x.status = 'closed'", "x.closed_at"),
    "cash_move": ("cash_movements", "1 = 1", "x.created_at"),
    "audit": ("audit_entries", "1 = 1", "x.timestamp"),
    "sign_in": ("login_events", "1 = 1", "x.created_at"),
    "lock": ("period_locks", "1 = 1", "x.created_at"),
    "entry": (
        "journal_entries",
        f"x.event NOT IN {numbering.WITH_THEIR_DOCUMENT}",
        "COALESCE(x.entered_at, x.created_at)",
    ),
}
_OF_THE_SHOP = {"audit", "sign_in", "lock"}
_ALONE = {"entry", "transfer", "shift", "cash_move", *_OF_THE_SHOP}  # no entry of their own


@invariant("I36", "The numbers of a store's documents run from 1 on, without a gap.")
def document_numbers_have_no_gaps(scope: Scope) -> Iterator[Violation]:
    for store, first, last, count in rows(
        "SELECT store_id, MIN(number), MAX(number), COUNT(*) FROM document_numbers"
        " GROUP BY store_id ORDER BY store_id"
    ):
        if (first, last) != (1, count):
            yield Violation(
                f"document numbers of store {store or 0}", f"1 to {count}", f"{first} to {last}"
            )


@invariant("I36", "Each number holds the hash of the one before; the newest one kept is there.")
def document_numbers_are_a_chain(scope: Scope) -> Iterator[Violation]:
    """Those before the last seal are under it; it is the others that are hashed again."""
    sealed = DaySeal.objects.aggregate(last=Max("ends_at"))["last"]
    before: DocumentNumber | None = None
    for number in DocumentNumber.objects.order_by("store_id", "number").iterator():
        if before is None or before.store_id != number.store_id:
            previous = sealing.GENESIS
        else:
            previous = before.chained
        before = number
        if sealed is not None and number.numbered_at < sealed:
            continue
        expected = numbering.chained(previous, number)
        if number.chained != expected:
            yield Violation(f"{number}, hash", expected, number.chained)
    for store, (newest, digest) in kept_heads.known_numbers().items():
        kept = DocumentNumber.objects.filter(store=store, number=newest).first()
        if kept is None or kept.chained != digest:
            found = "no such number" if kept is None else f"{kept.chained}: the chain was rewritten"
            yield Violation(f"number {newest} of store {store or 0}, kept outside", digest, found)


@invariant("I36", "What a number of an open day was given to is there, as it was.")
def numbered_documents_are_as_they_were(scope: Scope) -> Iterator[Violation]:
    """Closed days are under their seals."""
    last = DaySeal.objects.aggregate(last=Max("day"))["last"]
    opened = DocumentNumber.objects.order_by("kind", "id")
    if last is not None:
        opened = opened.filter(business_date__gt=last)
    if scope.since is not None:
        opened = opened.filter(business_date__gte=scope.since)
    waiting: list[DocumentNumber] = []
    for number in opened.iterator(chunk_size=_READ_AT_ONCE):
        if waiting and (waiting[0].kind != number.kind or len(waiting) == _READ_AT_ONCE):
            yield from _not_as_they_were(waiting)
            waiting = []
        waiting.append(number)
    yield from _not_as_they_were(waiting)


def _not_as_they_were(numbers: list[DocumentNumber]) -> Iterator[Violation]:
    if not numbers:
        return
    kind = numbering.KINDS.get(numbers[0].kind)
    found = kind.contents([each.document_id for each in numbers]) if kind else {}
    for number in numbers:
        content = found.get(number.document_id)
        if content != number.content:
            yield Violation(
                f"{number}, {number.total} of {number.business_date}",
                "the document as it was numbered",
                "no such document" if content is None else "another content",
            )


@invariant("I36", "What was entered before the newest number was given has a number of its own.")
def documents_are_numbered(scope: Scope) -> Iterator[Violation]:
    """A till that began ten minutes before has committed, or given up."""
    newest = DocumentNumber.objects.aggregate(last=Max("numbered_at"))["last"]
    if newest is None:
        return
    until = str((newest - GRACE).replace(tzinfo=None))
    for kind, (table, which, moment) in _NUMBERED.items():
        event = "x.kind" if kind == "stock" else f"'{kind}'"
        own = "-1" if kind in _ALONE else "x.id"
        day = moment if kind in _OF_THE_SHOP else "x.business_date"
        yield from breaking(
            f"""
            SELECT x.id, {day} FROM {table} x
            LEFT JOIN journal_entries e ON e.event = {event} AND e.document_id = {own}
            LEFT JOIN document_numbers n ON n.kind = '{kind}' AND n.document_id = x.id
            WHERE PART(x.id) AND {which} AND n.id IS NULL
                AND COALESCE(e.entered_at, {moment}) < '{until}'
            """,
            f"{kind} {{0}} of {{1}}, number",
            expected="one, as all of that time have",
            found="none",
            parts=scope.parts(table),
        )
