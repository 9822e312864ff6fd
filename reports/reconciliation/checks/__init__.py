"""The invariants of the shop that its tables can show, in the order in which they are checked.

An invariant is added by writing its check in the module of its subject; `CHECKS` finds it there.
"""

from types import ModuleType

from reports.reconciliation.checks import (
    audited,
    document_entries,
    dues,
    journal,
    numbers,
    payments,
    purchases,
    refunds,
    replay,
    reversals,
    sales,
    schema,
    seals,
    shifts,
    stock,
    summaries,
    supplier_papers,
    tables,
    transfers,
    witnesses,
)
from reports.reconciliation.invariant import Check, Finding, Invariant, Violation

SUBJECTS = (
    tables,
    stock,
    replay,
    sales,
    refunds,
    purchases,
    supplier_papers,
    dues,
    payments,
    journal,
    document_entries,
    reversals,
    shifts,
    transfers,
    witnesses,
    summaries,
    audited,
    numbers,
    seals,
)


def _checks_of(*subjects: ModuleType) -> tuple[Check, ...]:
    found = (each for subject in subjects for each in vars(subject).values())
    return tuple(each for each in found if isinstance(each, Check))


CHECKS = _checks_of(*SUBJECTS)
# Not of the rows but of what holds them: dear to look at, and the same until somebody changes it.
SCHEMA_CHECKS = _checks_of(schema)
INVARIANTS = tuple(each for check in (*SCHEMA_CHECKS, *CHECKS) for each in check.invariants)

# The only columns that ever change on a posted row, and the invariant that recomputes each.
RECOMPUTED_BY = {column: each.name for each in INVARIANTS for column in each.derives}

__all__ = [
    "CHECKS",
    "INVARIANTS",
    "RECOMPUTED_BY",
    "SCHEMA_CHECKS",
    "Check",
    "Finding",
    "Invariant",
    "Violation",
]
