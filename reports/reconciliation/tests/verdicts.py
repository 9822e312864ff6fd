"""What one check says of one invariant."""

from datetime import date

from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import Verdict, examine
from reports.reconciliation.scope import Scope


def verdict_on(name: str, since: date | None = None) -> Verdict:
    [check] = [
        check for check in CHECKS if name in {invariant.name for invariant in check.invariants}
    ]
    verdicts = examine([check], Scope(since, size=2))  # (in many parts, though rows are few)
    return next(verdict for verdict in verdicts if verdict.invariant.name == name)
