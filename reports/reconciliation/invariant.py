"""What a law is: an invariant of the shop, and a search for the rows that break it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reports.reconciliation.scope import Scope

MOST = 1000  # broken rows collected per law: enough to see the pattern, bounded in memory


@dataclass(frozen=True)
class Law:
    """An invariant. Several laws may share an id: they are sides of one invariant."""

    id: str
    name: str
    sentence: str


@dataclass(frozen=True)
class Violation:
    """A row that breaks a law, in words, with what it should say and what it says."""

    row: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.row}: expected {self.expected}, found {self.found}"


Finding = tuple[Law, Violation]


@dataclass(frozen=True)
class Check:
    """One search through the tables, for one law or for several that share its cost.

    It yields broken rows of a scope in order, oldest first.
    """

    laws: tuple[Law, ...]
    search: Callable[[Scope], Iterator[Finding]]


def law(law_id: str, sentence: str) -> Callable[[Callable[[Scope], Iterator[Violation]]], Check]:
    """Turn a function that yields broken rows into the check of one law, named like it."""

    def check(search: Callable[[Scope], Iterator[Violation]]) -> Check:
        kept = Law(law_id, search.__name__, sentence)
        return Check((kept,), lambda scope: ((kept, violation) for violation in search(scope)))

    return check


def laws(*kept: Law) -> Callable[[Callable[[Scope], Iterator[Finding]]], Check]:
    """Turn a function that yields (law, broken row) into the check of several laws."""
    return lambda search: Check(kept, search)
