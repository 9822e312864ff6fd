"""Each document's entry says exactly what the document says: account by account, party by party.

For every event the lines it must have are derived from the documents and set against the lines
that were posted. Money that no document explains shows just like money that was never posted.
"""

from collections.abc import Iterable, Iterator

from reports.reconciliation.checks.expected_entries import BOOKED, BY_HAND, COUNTS, Booked
from reports.reconciliation.invariant import Finding, Invariant, Violation, invariant, invariants
from reports.reconciliation.rows import differing, rows_of
from reports.reconciliation.scope import Part, Scope

# Documents looked at by one statement: so few that the database sorts their lines in memory.
DOCUMENTS = 2000


@invariant("I15", "Each document posted one entry that says, per account and party, what it says.")
def documents_posted_what_they_say(scope: Scope) -> Iterator[Violation]:
    for booked in BOOKED:
        posted = (
            f"SELECT {booked.key}, {booked.account}, l.customer_id, l.supplier_id, 0,"
            " l.debit - l.credit FROM journal_entries e"
            " JOIN journal_lines l ON l.entry_id = e.id"
            + (" JOIN ledger_accounts a ON a.code = l.account_id" if "a." in booked.account else "")
            + f" WHERE e.event = '{booked.event}' AND PART({booked.key})"
        )
        start = (
            "SELECT 0 AS doc, '' AS account, 0 AS customer, 0 AS supplier, 0 AS told, 0 AS booked"
        )
        both_sides = " UNION ALL ".join((start, *booked.branches, posted))
        yield from differing(
            "SELECT doc, account, COALESCE(customer, supplier, 0) AS party,"
            f" SUM(told) AS expected, SUM(booked) AS found FROM ({both_sides}) sides"
            " GROUP BY doc, account, customer, supplier",
            f"{booked.row}, {booked.event} entry, debit less credit on {{1}} (party {{2}})",
            parts=_parts_of(scope, booked),
        )


def _parts_of(scope: Scope, booked: Booked) -> Iterable[Part]:
    if booked.source == "inventory_log":
        return scope.moved_by_hand()
    # (Of entries without a document, few are of any one event.)
    return scope.parts(booked.source, size=DOCUMENTS if booked.key == "e.document_id" else None)


SAME_DAY = Invariant(
    "I15",
    "entries_are_of_their_document_s_day",
    "A document and its entry are of the same store and business day.",
)
DOCUMENT = Invariant(
    "I21",
    "entries_have_their_document",
    "An entry names the document it is about, and that document is there and counts.",
)


@invariants(SAME_DAY, DOCUMENT)
def entries_are_of_their_document(scope: Scope) -> Iterator[Finding]:
    for booked in BOOKED:
        if booked.key == "e.document_id":
            yield from _documents_of_entries(scope, booked)
    by_hand = ", ".join(f"'{event}'" for event in BY_HAND)
    known = ", ".join([*(f"'{booked.event}'" for booked in BOOKED), by_hand])
    for entry_id, event, document_id in rows_of(
        scope.parts("journal_entries"),
        f"""
        SELECT id, event, document_id FROM journal_entries
        WHERE PART(id) AND ((event IN ({by_hand}) AND document_id IS NOT NULL)
            OR event NOT IN ({known}))
        ORDER BY id
        """,
    ):
        if event in BY_HAND:
            yield (
                DOCUMENT,
                Violation(f"entry {entry_id} ({event})", "no document", f"document {document_id}"),
            )
        else:
            yield DOCUMENT, Violation(f"entry {entry_id}, event", "an event of the shop", event)


def _documents_of_entries(scope: Scope, booked: Booked) -> Iterator[Finding]:
    counts = COUNTS.get(booked.event, "1 = 1")
    for entry_id, document_id, is_there, day, store, its_day, its_store in rows_of(
        scope.parts("journal_entries"),
        f"""
        SELECT e.id, e.document_id, CASE WHEN x.id IS NOT NULL AND {counts} THEN 1 ELSE 0 END,
            {booked.day}, {booked.store}, e.business_date, e.store_id
        FROM journal_entries e LEFT JOIN {booked.source} x ON x.id = e.document_id
        WHERE PART(e.id) AND e.event = '{booked.event}' AND (x.id IS NULL OR NOT ({counts})
            OR e.business_date <> {booked.day} OR e.store_id <> {booked.store})
        ORDER BY e.id
        """,
    ):
        if not is_there:
            yield (
                DOCUMENT,
                Violation(
                    f"entry {entry_id} ({booked.event})",
                    f"the {booked.event} it is about",
                    f"document {document_id}",
                ),
            )
        if day is not None and (day, store) != (its_day, its_store):
            yield (
                SAME_DAY,
                Violation(
                    f"entry {entry_id} of {booked.row.format(document_id)}",
                    f"day {day} in store {store}",
                    f"day {its_day} in store {its_store}",
                ),
            )
