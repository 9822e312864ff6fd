"""What an invariant is: a sentence that always holds, and a search for the rows that break it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.reconciliation.scope import Scope

MOST = 1000  # broken rows collected per invariant: enough to see the pattern, bounded in memory


@dataclass(frozen=True)
class Invariant:
    """A sentence that always holds. Several may share an id: they are sides of one invariant.

    `derives` names the derived columns (`sales.paid_amount`) whose right value its check yields.
    """

    id: str
    name: str
    sentence: str
    derives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derived:
    """What a check expects in derived columns of one row; the repair writes just that."""

    table: str
    row_id: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Violation:
    """What breaks an invariant, in words: where, what should stand there, and what does."""

    row: str
    expected: str
    found: str
    derived: Derived | None = None

    def __str__(self) -> str:
        return f"{self.row}: expected {self.expected}, found {self.found}"


Finding = tuple[Invariant, Violation]


@dataclass(frozen=True)
class Check:
    """One search through the tables, for one invariant or for several that share its cost.

    It yields broken rows of a scope in order, oldest first.
    """

    invariants: tuple[Invariant, ...]
    search: Callable[[Scope], Iterator[Finding]]


def invariant(
    invariant_id: str, sentence: str, *, derives: tuple[str, ...] = ()
) -> Callable[[Callable[[Scope], Iterator[Violation]]], Check]:
    """Turn a function that yields broken rows into the check of one invariant, named like it."""

    def check(search: Callable[[Scope], Iterator[Violation]]) -> Check:
        kept = Invariant(invariant_id, search.__name__, sentence, derives)
        return Check((kept,), lambda scope: ((kept, violation) for violation in search(scope)))

    return check


def invariants(*kept: Invariant) -> Callable[[Callable[[Scope], Iterator[Finding]]], Check]:
    """Turn a function that yields (invariant, broken row) into the check of several."""
    return lambda search: Check(kept, search)


def unreadable(what: str, error: Exception) -> Violation:
    """The violation that something so broken makes that its check cannot even read it."""
    return Violation(what, "rows that can be read", f"{type(error).__name__}: {error}")
