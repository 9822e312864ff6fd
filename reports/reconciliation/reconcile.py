"""Proving the books: every invariant is checked against the tables as they stand at one moment."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from pos_project.core.db.transactions import snapshot
from reports.reconciliation.checks import (
    CHECKS,
    INVARIANTS,
    SCHEMA_CHECKS,
    Check,
    Invariant,
    Violation,
)
from reports.reconciliation.invariant import MOST, unreadable
from reports.reconciliation.scope import Scope

log = logging.getLogger(__name__)


@dataclass
class Verdict:
    """What came of one invariant: the rows that break it, oldest first, and the time it took.

    Invariants checked in one search share its time. At most `MOST` rows are kept.
    """

    invariant: Invariant
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.violations

    @property
    def count(self) -> str:
        """How many rows break the invariant, as far as it was counted."""
        return f"{MOST}+" if len(self.violations) >= MOST else str(len(self.violations))


class UnknownInvariant(Exception):
    """Asked for an invariant that there is not."""


def chosen(ids: Iterable[str] | None) -> list[Check]:
    """The checks of these invariants, by id (`I7`) or name; all for None.

    Raises UnknownInvariant.
    """
    if ids is None:
        return [*SCHEMA_CHECKS, *CHECKS]
    wanted = {each.casefold() for each in ids}
    known = {text.casefold() for invariant in INVARIANTS for text in (invariant.id, invariant.name)}
    if not wanted or not wanted <= known:
        raise UnknownInvariant(", ".join(sorted(wanted - known)) or "none")
    return [
        check
        for check in (*SCHEMA_CHECKS, *CHECKS)
        if any(_is_wanted(invariant, wanted) for invariant in check.invariants)
    ]


def reconcile(
    ids: Iterable[str] | None = None,
    *,
    scope: Scope | None = None,
    on_progress: Callable[[Invariant], None] | None = None,
) -> list[Verdict]:
    """Check the invariants (all, or these) at one moment, while the tills go on selling.

    `scope` says which business days are looked at (all), and is told how far a long check has
    come; `on_progress` is called with each invariant once it is decided. Read only. Raises
    UnknownInvariant.
    """
    checks = chosen(ids)
    wanted = None if ids is None else {each.casefold() for each in ids}
    with snapshot():
        verdicts = examine(checks, scope, on_progress=on_progress)
    return [
        verdict for verdict in verdicts if wanted is None or _is_wanted(verdict.invariant, wanted)
    ]


def examine(
    checks: Sequence[Check],
    scope: Scope | None = None,
    *,
    on_progress: Callable[[Invariant], None] | None = None,
) -> list[Verdict]:
    """Run the checks inside whatever transaction there is. What raises breaks its invariants."""
    scope = scope or Scope()
    verdicts = []
    for check in checks:
        found = {invariant: Verdict(invariant) for invariant in check.invariants}
        started = monotonic()
        try:
            for invariant, violation in check.search(scope):
                if len(found[invariant].violations) < MOST:
                    found[invariant].violations.append(violation)
                if all(len(verdict.violations) >= MOST for verdict in found.values()):
                    break
        except Exception as error:  # whatever it is, the other invariants get their answer
            log.exception("a check fell over: %s", check.invariants[0].name)
            for verdict in found.values():
                verdict.violations.append(unreadable("what its check reads", error))
        for verdict in found.values():
            verdict.seconds = monotonic() - started
            verdicts.append(verdict)
            if on_progress:
                on_progress(verdict.invariant)
    return verdicts


def _is_wanted(invariant: Invariant, wanted: set[str]) -> bool:
    return invariant.id.casefold() in wanted or invariant.name.casefold() in wanted
