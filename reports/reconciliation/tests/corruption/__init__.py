"""One broken row per invariant: how to break it, and the words by which reconcile must name it.

A module per module of invariants. `test_laws.py` also shows where the database's own guards say no.
"""

from reports.reconciliation.tests.corruption import (
    books,
    documents,
    dues,
    house,
    numbers,
    payments,
    purchases,
    refunds,
    replay,
    reversals,
    sales,
    seals,
    shifts,
    stock,
    summaries,
    supplier_papers,
    transfers,
    witnesses,
)
from reports.reconciliation.tests.corruption.by_hand import Breaking

# Invariant by name → ways of breaking one row, each returning words of the line that must name it.
BROKEN: dict[str, list[Breaking]] = {
    **house.BROKEN,
    **stock.BROKEN,
    **replay.BROKEN,
    **sales.BROKEN,
    **refunds.BROKEN,
    **purchases.BROKEN,
    **supplier_papers.BROKEN,
    **dues.BROKEN,
    **payments.BROKEN,
    **books.BROKEN,
    **documents.BROKEN,
    **reversals.BROKEN,
    **summaries.BROKEN,
    **seals.BROKEN,
    **shifts.BROKEN,
    **transfers.BROKEN,
    **witnesses.BROKEN,
    **numbers.BROKEN,
}
