"""Proving the books: every law is checked against the tables as they stand at one moment."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from pos_project.core.db.transactions import snapshot
from reports.reconciliation.checks import CHECKS, LAWS, Check, Law, Violation
from reports.reconciliation.checks.seals import the_kept_head
from reports.reconciliation.invariant import MOST
from reports.reconciliation.scope import Scope


@dataclass
class Verdict:
    """What came of one law: the rows that break it, oldest first, and how long it took to see.

    Laws checked in one search share its time. At most `MOST` rows are kept.
    """

    law: Law
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.violations

    @property
    def count(self) -> str:
        """How many rows break the law, as far as it was counted."""
        return f"{MOST}+" if len(self.violations) >= MOST else str(len(self.violations))


class UnknownLaw(Exception):
    """Asked for a law that there is not."""


def chosen(ids: Iterable[str] | None) -> list[Check]:
    """The checks of the laws with these ids (`I7`) or names; all for None. Raises UnknownLaw."""
    if ids is None:
        return list(CHECKS)
    wanted = {each.casefold() for each in ids}
    known = {text.casefold() for law in LAWS for text in (law.id, law.name)}
    if not wanted or not wanted <= known:
        raise UnknownLaw(", ".join(sorted(wanted - known)) or "none")
    return [check for check in CHECKS if any(_is_wanted(law, wanted) for law in check.laws)]


def reconcile(
    ids: Iterable[str] | None = None,
    *,
    head: str | None = None,
    scope: Scope | None = None,
    on_progress: Callable[[Law], None] | None = None,
) -> list[Verdict]:
    """Check the laws (all, or those with these ids) at one moment, while the tills go on selling.

    `head` is a seal kept outside the database; whether the chain still has it is one more law.
    `scope` says which business days are looked at (all), and is told how far a long law has come;
    `on_progress` is called with each law once it is decided. Read only. Raises UnknownLaw.
    """
    checks = chosen(ids)
    wanted = None if ids is None else {each.casefold() for each in ids}
    kept_head = [] if head is None else [the_kept_head(head)]
    with snapshot():
        verdicts = examine(checks, scope, on_progress=on_progress)
        heads = examine(kept_head, scope, on_progress=on_progress)
    return [
        *(verdict for verdict in verdicts if wanted is None or _is_wanted(verdict.law, wanted)),
        *heads,
    ]


def examine(
    checks: Sequence[Check],
    scope: Scope | None = None,
    *,
    on_progress: Callable[[Law], None] | None = None,
) -> list[Verdict]:
    """Run the checks inside whatever transaction there is."""
    scope = scope or Scope()
    verdicts = []
    for check in checks:
        found = {law: Verdict(law) for law in check.laws}
        started = monotonic()
        for law, violation in check.search(scope):
            if len(found[law].violations) < MOST:
                found[law].violations.append(violation)
            if all(len(verdict.violations) >= MOST for verdict in found.values()):
                break
        for verdict in found.values():
            verdict.seconds = monotonic() - started
            verdicts.append(verdict)
            if on_progress:
                on_progress(verdict.law)
    return verdicts


def _is_wanted(law: Law, wanted: set[str]) -> bool:
    return law.id.casefold() in wanted or law.name.casefold() in wanted
