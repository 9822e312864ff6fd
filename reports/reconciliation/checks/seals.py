"""What holds for closed days: each still has the rows it was sealed with, in an unbroken chain."""

import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models

from ledger import kept_heads, sealing
from ledger.closing_models import DaySeal, PeriodLock
from pos_project.core.period import ONE_DAY
from reports.reconciliation.invariant import MOST, Violation, invariant, unreadable
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
    genesis = DaySeal.objects.filter(day=None).order_by("pk")
    found = [(each.seal, each.previous, each.row_counts) for each in genesis]
    if found != [(sealing.GENESIS, "", {})]:
        yield Violation("genesis of the seals", sealing.GENESIS, str(found) if found else "none")
    before: DaySeal | None = None
    # The whole chain, whatever the day: it is short, and holds only as a whole.
    for kept in _seals().defer("checksums").iterator(chunk_size=100):
        try:
            yield from _breaks_of_the_chain(kept, before)
        except Exception as error:  # whatever was written into the seal, the next one is looked at
            yield unreadable(f"seal of {kept.day}", error)
        before = kept


def _breaks_of_the_chain(kept: DaySeal, before: DaySeal | None) -> Iterator[Violation]:
    name = f"seal of {kept.day}"
    previous = sealing.GENESIS if before is None else before.seal
    if kept.previous != previous:
        yield Violation(f"{name}, the seal before", previous, kept.previous)
    covered = sealing.ALWAYS_COVERED if before is None else before.row_counts.keys()
    if lost := covered - kept.row_counts.keys():
        yield Violation(f"{name}, tables", "all that were covered before", f"not {sorted(lost)}")
    if kept.form >= sealing.FORM:
        new = kept.row_counts.keys() - (before.row_counts.keys() if before else ())
        if kept.earlier.keys() != new:
            yield Violation(f"{name}, tables covered anew", str(sorted(new)), str(kept.earlier))
    if before is None:
        return
    assert before.day is not None
    if kept.day != before.day + ONE_DAY:
        yield Violation(name, f"a seal of {before.day + ONE_DAY} before it", "none")
    if kept.pk < before.pk or kept.form < before.form:
        yield Violation(name, "made after the one before", f"id {kept.pk}, form {kept.form}")
    if kept.form == before.form and kept.begins_at != before.ends_at:
        yield Violation(f"{name}, begins", str(before.ends_at), str(kept.begins_at))


@invariant("I20", "Up to the last closed day there are as many rows as the seals counted.")
def closed_days_have_as_many_rows_as_were_sealed(scope: Scope) -> Iterator[Violation]:
    """Also of days from before a table was covered, and of such as no seal is of."""
    seals = list(_seals().defer("checksums"))
    late = [seal for seal in seals if seal.day and seal.day >= (scope.since or seal.day)]
    if not late:
        return
    last = late[-1]
    for book in sealing.books(last.row_counts):
        sealed = [seal for seal in late if book.table in seal.row_counts]
        expected = sum(seal.row_counts[book.table] for seal in sealed)
        is_whole = sealed[0].earlier.get(book.table) is not None
        expected += sealed[0].earlier.get(book.table, 0)
        found = book.count(None if is_whole else sealed[0], last)
        if found != expected:
            yield Violation(f"{book.table} up to {last.day}", f"{expected} rows", str(found))


@invariant("I20", "Nothing counts on a day before the first closed one: it would be under no seal.")
def nothing_is_before_the_first_seal(scope: Scope) -> Iterator[Violation]:
    first = _seals().defer("checksums").first()
    if first is None:
        return
    for book in sealing.books(first.row_counts):
        early = book.first_day()
        if early is not None and first.day is not None and early < first.day:
            row_id = next(row_id for row_id, _ in book.rows(DaySeal(day=early)))
            yield Violation(
                f"{book.table} {row_id}, business day", f"{first.day} or later", str(early)
            )


@invariant("I30", "A locked period has as many rows a day as when it was locked.")
def nothing_was_posted_into_a_locked_period(scope: Scope) -> Iterator[Violation]:
    """A lock counts until one that was taken back to an earlier day. One that wrote down nothing
    proves nothing."""
    locks = list(PeriodLock.objects.order_by("pk"))
    for place, lock in enumerate(locks):
        later = [each.locked_through for each in locks[place:]]
        if None in later:
            continue
        until = min(day for day in later if day is not None)
        if scope.since is not None and until < scope.since:
            continue
        try:
            if lock.counted is not None:
                yield from _not_as_counted(lock, lock.counted, until)
            elif lock.last_ids is not None:
                yield from _newer_than_the_lock(lock, lock.last_ids, until)
        except Exception as error:  # whatever was written into the lock
            yield unreadable(f"lock {lock.pk}", error)


def _not_as_counted(lock: PeriodLock, counted: Any, until: date) -> Iterator[Violation]:
    after, days = counted["after"], counted["days"]
    began = None if after is None else date.fromisoformat(after)
    for book in sealing.books():
        if book.by_moment:
            continue
        found = book.count_by_day(began, until)
        known = {
            day: counts[book.table]
            for text, counts in days.items()
            if book.table in counts and (day := date.fromisoformat(text)) <= until
        }
        for day in sorted(found.keys() | known.keys()):
            if found.get(day, 0) != known.get(day, 0):
                yield Violation(
                    f"{book.table} of {day}, which lock {lock.pk} locked",
                    f"{known.get(day, 0)} rows",
                    str(found.get(day, 0)),
                )


def _newer_than_the_lock(lock: PeriodLock, last_ids: Any, until: date) -> Iterator[Violation]:
    for table, last_id in last_ids.items():
        for row_id, day in rows(
            f"SELECT id, business_date FROM {table} WHERE id > {last_id}"
            f" AND business_date <= %s ORDER BY id LIMIT {MOST}",
            [until],
        ):
            yield Violation(
                f"{table} {row_id}, business day",
                f"a day after {until}, which lock {lock.pk} closed before",
                str(day),
            )


@invariant("I20", "The seals kept outside the database are in the chain, and some are known.")
def the_kept_head_is_in_the_chain(scope: Scope) -> Iterator[Violation]:
    """Who may rewrite the tables may seal them anew, too; this is what they cannot forge. That
    heads were kept is in the audit, so that it shows where none is known any more."""
    there = {day.isoformat(): seal for day, seal in _seals().values_list("day", "seal") if day}
    outside, told = kept_heads.known(), kept_heads.said_to_be_kept()
    for head in dict.fromkeys((*outside, *told)):
        if there.get(head.day) != head.seal:
            found = there.get(head.day, "no seal of that day")
            yield Violation(f"head of {head.day}", head.seal, f"{found}: the chain was rewritten")
    asked = (scope.head or "").strip().lower()
    if asked and asked not in there.values():
        yield Violation("head of the seals", asked, "no such seal: the chain was rewritten")
    if told and not outside and not asked:
        yield Violation(
            "heads of the seals", f"those kept in {settings.HEADS_FILE}", "none: give one by --head"
        )


def _seals() -> models.QuerySet[DaySeal]:
    """The seals of days, oldest first."""
    return DaySeal.objects.filter(day__isnull=False).order_by("day")


def _differences(kept: DaySeal) -> Iterator[Violation]:
    """The seal that is not what its day comes to now, and the rows that are not what they were."""
    assert kept.day is not None
    found = sealing.seal_of(kept, tables=kept.row_counts, new=kept.earlier)
    if found.seal != kept.seal:
        yield Violation(f"seal of {kept.day}", kept.seal, found.seal)
        yield from _changed_rows(kept, found)
        return
    for name, made in (("row_counts", found.row_counts), ("earlier", found.earlier)):
        told = getattr(kept, name)
        if told != made:
            yield Violation(f"seal of {kept.day}, {name}", str(made), str(told))
    if zlib.decompress(kept.checksums) != zlib.decompress(found.checksums):
        yield Violation(f"seal of {kept.day}, checksums", "those of its rows", "others")


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
