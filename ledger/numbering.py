"""Receipt numbers without gaps, so that a document that vanishes before night is missed.

No till waits for a counter: a short job, every hour and before days are closed, gives the next
numbers to whatever was committed meanwhile, store by store, in the order of ids. A draft, a refused
try or a crash has no number then. Each number holds a hash over its document and over the number
before: what was numbered can neither change nor go nor be put between.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.utils import timezone

from ledger import sealing
from ledger.closing import hold_chain
from ledger.closing_models import DocumentNumber
from pos_project.core.days import business_day
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.rows import insert_rows
from pos_project.core.db.transactions import transact
from pos_project.core.money import money

Expression = models.F | models.Sum | models.Value
NOTHING = Value(0)
_DAY = F("business_date")
_NO_STORE = Value(None, output_field=models.BigIntegerField())
# Entries of these events are numbered with their document.
WITH_THEIR_DOCUMENT = (
    *("sale", "refund", "purchase", "expense", "cash_count"),
    *("opening", "adjustment", "void"),
)
AT_ONCE = 1000  # documents numbered by one transaction
# What was numbered so long before the newest number has no neighbour still to come: whoever took
# a lower id has committed, or given up, and a later run has numbered it.
LOOK_BACK = timedelta(days=1)
_FIELDS = (
    *("store_id", "number", "kind", "document_id", "total", "business_date"),
    *("content", "chained", "numbered_at"),
)


@dataclass(frozen=True)
class Part:
    """Rows that were written with a document; `key` leads from them to its id."""

    model: type[AppendOnly]
    key: str
    which: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Kind:
    """Documents that are numbered: what they come to, and what belongs to them."""

    kind: str
    model: type[AppendOnly]
    total: Expression
    parts: tuple[Part, ...]
    which: Q = field(default_factory=Q)
    moment: str | None = None  # of what happens to the whole shop: it has no store and no day
    may_wait: bool = False  # its row may stand for days before it becomes a document
    store: str = "store_id"  # the column of the store whose number it gets

    def unnumbered(self, *, after: int, since: date | None) -> Iterator["models.QuerySet[Any]"]:
        """Those without a number: first those that waited, and count on a day `since` then, as
        far as they come before the id `after`; then those that follow it, in their order."""
        numbers = DocumentNumber.objects.filter(kind=self.kind, document_id=OuterRef("pk"))
        rows: models.QuerySet[Any] = self.model._default_manager.filter(self.which)
        rows = rows.exclude(Exists(numbers))
        if self.may_wait and since:
            waited = rows.filter(pk__lte=after, business_date__gte=since)
            yield waited.order_by("business_date", "id")  # found by their day, which is few rows
        yield rows.filter(pk__gt=after).order_by("id")

    def contents(self, ids: list[int]) -> dict[int, str]:
        """A hash over each of these documents and over all its rows; by id, of those there are."""
        digests: dict[int, Any] = {}
        for part in (Part(self.model, "id", self.which), *self.parts):
            wanted = part.model._default_manager.filter(part.which, **{f"{part.key}__in": ids})
            for (document_id,), text in sealing.texts(part.model, wanted, part.key):
                if part.model is self.model and part.key == "id":
                    digests[document_id] = hashlib.sha256()
                if document_id in digests:
                    digests[document_id].update(text)
        return {document_id: digest.hexdigest() for document_id, digest in digests.items()}


KINDS: dict[str, Kind] = {}


def numbers(
    kind: str,
    model: type[AppendOnly],
    *parts: Part,
    total: Expression = NOTHING,
    which: Q | None = None,
    moment: str | None = None,
    may_wait: bool = False,
    store: str = "store_id",
) -> None:
    """Number these documents. Rooms above this one register theirs when they start."""
    KINDS[kind] = Kind(kind, model, total, parts, which or Q(), moment, may_wait, store)


def number_documents(*, since_last: bool = False) -> int:
    """Number whatever was committed and has no number yet; returns how many.

    All there is, as it is done before days are closed; or only what came `since_last` time, which
    costs what is new and not what there is. Waits for writes into past days that are under way.
    """
    since, done = _last_time() if since_last else (None, {})
    numbered = 0
    while made := transact(partial(_number_some, since, done)):
        numbered += len(made)
        # Each table is gone through once. Those that waited come first: the highest id counts.
        for each in made:
            done[each.kind] = max(each.document_id, done.get(each.kind, 0))
    return numbered


def _last_time() -> tuple[date | None, dict[str, int]]:
    """By kind, the highest id that was numbered long enough before the newest number; and a day
    from which on documents of the time since count, if they waited."""
    newest = DocumentNumber.objects.order_by("-numbered_at").first()
    if newest is None:
        return None, {}
    long_ago = newest.numbered_at - LOOK_BACK
    known = DocumentNumber.objects.filter(numbered_at__lt=long_ago).order_by("-document_id")
    last = {
        kind: known.filter(kind=kind).values_list("document_id", flat=True)[:1] for kind in KINDS
    }
    return business_day(long_ago), {kind: each for kind, rows in last.items() for each in rows}


def chained(previous: str, number: DocumentNumber) -> str:
    """The hash of a number behind the one before."""
    columns = {name: getattr(number, name) for name in _FIELDS if name != "chained"}
    columns["total"] = f"{number.total:.2f}"
    columns["business_date"] = number.business_date.isoformat()
    columns["numbered_at"] = sealing.moment_text(number.numbered_at)
    text = sealing.line(DocumentNumber._meta.db_table, {**columns, "previous": previous})
    return hashlib.sha256(text).hexdigest()


def heads() -> list[DocumentNumber]:
    """The newest number of each store, and of the whole shop."""
    newest = DocumentNumber.objects.values("store_id").annotate(last=models.Max("number"))
    return [
        DocumentNumber.objects.get(store_id=store, number=last)
        for store, last in newest.order_by("store_id").values_list("store_id", "last")
    ]


def _number_some(since: date | None, done: Mapping[str, int]) -> list[DocumentNumber]:
    hold_chain(exclusively=True)  # two that number at once would give the same numbers
    now = timezone.now()
    last = {head.store_id: (head.number, head.chained) for head in heads()}
    numbered = []
    for made in _some(since, done, now):
        number, previous = last.get(made.store_id, (0, sealing.GENESIS))
        made.number = number + 1
        made.chained = chained(previous, made)
        last[made.store_id] = made.number, made.chained
        numbered.append(made)
    if numbered:
        rows = [[getattr(made, name) for name in _FIELDS] for made in numbered]
        insert_rows(DocumentNumber, _FIELDS, rows)
    return numbered


def _some(since: date | None, done: Mapping[str, int], now: datetime) -> Iterator[DocumentNumber]:
    """The next documents to be numbered, still without a number."""
    left = AT_ONCE
    for kind in KINDS.values():
        places = (_NO_STORE, F(kind.moment)) if kind.moment else (F(kind.store), _DAY)
        found: list[tuple[int, int | None, Any, Decimal]] = []
        for rows in kind.unnumbered(after=done.get(kind.kind, 0), since=since):
            rows = rows.annotate(comes_to=kind.total, of_store=places[0], when=places[1])
            found += rows.values_list("id", "of_store", "when", "comes_to")[: left - len(found)]
        contents = kind.contents([row[0] for row in found]) if found else {}
        for document_id, store_id, day, total in found:
            yield DocumentNumber(
                store_id=store_id,
                kind=kind.kind,
                document_id=document_id,
                total=money(total or 0),
                business_date=business_day(day) if kind.moment else day,
                content=contents[document_id],
                numbered_at=now,
            )
        left -= len(found)
        if not left:
            return


def with_entry(*lines: Part, events: tuple[str, ...]) -> Iterable[Part]:
    """The parts of a document that posts such entries: its rows, its entry, its money."""
    from ledger.journal_models import JournalEntry, JournalLine
    from ledger.models import Payment

    yield from lines
    yield Part(JournalEntry, "document_id", Q(event__in=events))
    for model in (JournalLine, Payment):
        yield Part(model, "entry__document_id", Q(entry__event__in=events))
