"""What holds for closed days: each still has the rows it was sealed with, in an unbroken chain."""

from collections.abc import Iterator
from itertools import zip_longest

from django.db import models

from ledger import sealing
from ledger.models import DaySeal, PeriodLock
from pos_project.core.period import ONE_DAY
from reports.reconciliation.invariant import MOST, Check, Violation, invariant, unreadable
from reports.reconciliation.rows import rows
from reports.reconciliation.scope import Scope


@invariant(
    "I20", "A closed day has the rows it was sealed with: its seal, recomputed, is the same."
)
def sealed_days_are_unchanged(scope: Scope) -> Iterator[Violation]:
    days = _seals().filter(day__gte=scope.since) if scope.since else _seals()
    count = days.count()
    for done, kept in enumerate(days.iterator(chunk_size=100), start=1):
        try:
            yield from _differences(kept)
        except Exception as error:  # whatever was written into the seal, the next one is looked at
            yield unreadable(f"seal of {kept.day}", error)
        scope.tell("sealed days", done / count)


@invariant(
    "I20", "Seals follow each other day by day, each holding the one before; the genesis is first."
)
def seals_are_a_chain(scope: Scope) -> Iterator[Violation]:
    genesis = DaySeal.objects.filter(day=None).values_list("seal", flat=True)
    if list(genesis) != [sealing.GENESIS]:
        yield Violation("genesis of the seals", sealing.GENESIS, ", ".join(genesis) or "none")
    before, previous = None, sealing.GENESIS
    # The whole chain, whatever the day: it is short, and holds only as a whole.
    for kept in _seals().iterator(chunk_size=100):
        assert kept.day is not None
        if before is not None and kept.day != before + ONE_DAY:
            yield Violation(
                f"seal of {kept.day}", f"a seal of {before + ONE_DAY} before it", "none"
            )
        if kept.previous != previous:
            yield Violation(f"seal of {kept.day}, the seal before", previous, kept.previous)
        before, previous = kept.day, kept.seal


@invariant("I20", "Nothing counts on a day before the first closed one: it would be under no seal.")
def nothing_is_before_the_first_seal(scope: Scope) -> Iterator[Violation]:
    first = _seals().first()
    if first is None:
        return
    for book in sealing.books(first.row_counts):
        early = book.first_day()
        if early is not None and first.day is not None and early < first.day:
            row_id = next(row_id for row_id, _ in book.rows(early))
            yield Violation(
                f"{book.table} {row_id}, business day", f"{first.day} or later", str(early)
            )


@invariant("I30", "Nothing was posted into a locked period after it was locked.")
def nothing_was_posted_into_a_locked_period(scope: Scope) -> Iterator[Violation]:
    """A lock counts for the rows written between it and the next one. One that did not write down
    the newest rows there were proves nothing."""
    locks = list(PeriodLock.objects.order_by("pk"))
    for lock, following in zip_longest(locks, locks[1:]):
        if lock.locked_through is None or lock.last_ids is None:
            continue
        for table, last_id in lock.last_ids.items():
            ended = following.last_ids if following is not None else None
            until = "" if ended is None else f"AND id <= {ended[table]}"
            for row_id, day in rows(
                f"SELECT id, business_date FROM {table} WHERE id > {last_id} {until}"
                f" AND business_date <= %s AND {scope.late('business_date')}"
                f" ORDER BY id LIMIT {MOST}",
                [lock.locked_through],
            ):
                yield Violation(
                    f"{table} {row_id}, business day",
                    f"a day after {lock.locked_through}, which lock {lock.pk} closed before",
                    str(day),
                )


def the_kept_head(seal: str) -> Check:
    """The check of a seal that was kept outside the database: the chain must still lead to it.

    Who may rewrite the tables may seal them anew, too; this is what they cannot forge.
    """

    @invariant("I20", "The seal kept outside the database is in the chain.")
    def the_kept_head_is_in_the_chain(scope: Scope) -> Iterator[Violation]:
        if not DaySeal.objects.filter(seal=seal.strip().lower()).exists():
            yield Violation("head of the seals", seal, "no such seal: the chain was rewritten")

    return the_kept_head_is_in_the_chain


def _seals() -> models.QuerySet[DaySeal]:
    """The seals of days, oldest first; their checksums are read only where a day is broken."""
    days = DaySeal.objects.filter(day__isnull=False).defer("checksums")
    return days.order_by("day")


def _differences(kept: DaySeal) -> Iterator[Violation]:
    """The seal that is not what its day comes to now, and the rows that are not what they were."""
    assert kept.day is not None
    found = sealing.seal_of(kept.day, after=kept.previous, tables=kept.row_counts)
    if found.seal != kept.seal:
        yield Violation(f"seal of {kept.day}", kept.seal, found.seal)
        yield from _changed_rows(kept, found)


def _changed_rows(kept: DaySeal, found: sealing.Sealed) -> Iterator[Violation]:
    """The rows of a broken day that are not what they were."""
    before = sealing.checksums(kept.row_counts, bytes(kept.checksums))
    after = sealing.checksums(found.row_counts, found.checksums)
    for row in sorted(before.keys() | after.keys()):
        table, row_id = row
        name = f"{table} {row_id} of {kept.day}"
        if row not in after:
            yield Violation(name, "the row as it was sealed", "no such row on that day")
        elif row not in before:
            yield Violation(name, "no such row when the day was sealed", "a row")
        elif before[row] != after[row]:
            yield Violation(name, "the row as it was sealed", "another content")
