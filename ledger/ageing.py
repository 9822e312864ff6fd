"""How old the open dues are, as of a day, by party: 0–30, 31–60, 61–90 days and older.

What was open of a document at the end of a day is what is open of it now, plus every payment and
every other reduction since. So a day costs what happened after it, not what was ever sold. The
database sums by age, so that what is read grows with the parties, not with their documents.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, QuerySet, Sum, Value, When

from ledger.dues import DueBook
from ledger.models import DueCredit, Payment
from ledger.party_statement import AMOUNT
from pos_project.core.money import ZERO, money, total

BUCKETS = ("0-30", "31-60", "61-90", "90+")
NAMES = ("days_0_30", "days_31_60", "days_61_90", "days_over_90")
_LAST_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class Open:
    """So much was open, or has been settled since, of a party's documents of one age: the position
    of its bucket."""

    party_id: int
    bucket: int
    amount: Decimal


@dataclass(frozen=True)
class Aged:
    """What a party owed on the day, by age."""

    party_id: int
    buckets: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return total(self.buckets)

    @property
    def named(self) -> dict[str, Decimal]:
        """The buckets as the wire names them."""
        return dict(zip(NAMES, self.buckets, strict=True))


def bucket_of(day: date, as_of: date) -> int:
    """The position in BUCKETS of a document of `day`. One dated after the day is not due yet: 0."""
    age = (as_of - day).days
    return sum(age > last for last in _LAST_DAYS)


def aged(parts: Iterable[Open]) -> list[Aged]:
    """What was open by party and age; parties with nothing open are left out. Pure."""
    sums: dict[int, list[Decimal]] = {}
    for part in parts:
        sums.setdefault(part.party_id, [ZERO] * len(BUCKETS))[part.bucket] += part.amount
    return [Aged(party, tuple(buckets)) for party, buckets in sums.items() if any(buckets)]


def open_parts(
    book: DueBook, as_of: date, *, dates: tuple[str, str], store_id: int | None = None
) -> Iterator[Open]:
    """What is open now of the documents up to the day, and what was settled of them since.

    `dates` names the date that the age of a due counts from, as the due and as its document has it.
    """
    due_dated, dated = dates
    of_store = {} if store_id is None else {f"{book.document}__store_id": store_id}
    documents = {f"{book.document}__business_date__lte": as_of, **of_store}
    dues = book.open_dues().filter(**documents)
    yield from grouped(dues, as_of, by=(book.party_key, due_dated), amount=F("due_amount"))
    by = (book.party_key, f"{book.document}__{dated}")
    paid = Payment.objects.filter(
        business_date__gt=as_of,
        payment_type__in=(Payment.Type.PAYMENT, Payment.Type.DUE_PAYMENT),
        **{f"{book.party}__isnull": False},
        **documents,
    )
    signed = Case(
        When(direction=book.direction, then=F("amount")),
        default=-F("amount"),
        output_field=AMOUNT,
    )
    yield from grouped(paid, as_of, by=by, amount=signed)
    credited = DueCredit.objects.filter(
        business_date__gt=as_of, **{f"{book.party}__isnull": False}, **documents
    )
    yield from grouped(credited, as_of, by=by, amount=F("amount"))


def grouped(
    rows: QuerySet[Any], as_of: date, *, by: tuple[str, str], amount: Any
) -> Iterator[Open]:
    """Σ `amount` of the rows by party and age; `by` names their party and the date of the age."""
    party, dated = by
    oldest_first = [
        When(**{f"{dated}__lt": as_of - timedelta(days=days)}, then=Value(bucket))
        for bucket, days in reversed(list(enumerate(_LAST_DAYS, start=1)))
    ]
    sums = (
        rows.order_by()
        .values_list(party)
        .annotate(bucket=Case(*oldest_first, default=Value(0)), sum=Sum(amount))
    )
    for party_id, bucket, summed in sums:
        yield Open(party_id, bucket, money(summed))
