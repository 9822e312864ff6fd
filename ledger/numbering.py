"""Receipt numbers without gaps, so that a document that vanishes before night is missed.

No till waits for a counter: a short job, every hour and before days are closed, gives the next
numbers to whatever was committed meanwhile, store by store, in the order of ids. A draft, a refused
try or a crash has no number then. Each number holds a hash over its document and over the number
before: what was numbered can neither change nor go nor be put between.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ledger import sealing
from ledger.closing import hold_chain
from ledger.models import DocumentNumber
from pos_project.core.db.append_only import AppendOnly
from pos_project.core.db.rows import insert_rows
from pos_project.core.db.transactions import transact
from pos_project.core.money import money

AT_ONCE = 1000  # documents numbered by one transaction
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
    total: models.F | models.Sum
    parts: tuple[Part, ...]
    which: Q = field(default_factory=Q)

    def unnumbered(self) -> "models.QuerySet[Any]":
        """Those without a number, in the order of their ids."""
        numbers = DocumentNumber.objects.filter(kind=self.kind, document_id=OuterRef("pk"))
        rows = self.model._default_manager.filter(self.which).exclude(Exists(numbers))
        return rows.order_by("id")

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
    total: models.F | models.Sum,
    which: Q | None = None,
) -> None:
    """Number these documents. Rooms above this one register theirs when they start."""
    KINDS[kind] = Kind(kind, model, total, parts, which or Q())


def number_documents() -> int:
    """Number whatever was committed and has no number yet; returns how many.

    Waits for writes into past days that are under way.
    """
    numbered = 0
    while count := transact(_number_some):
        numbered += count
    return numbered


def chained(previous: str, number: DocumentNumber) -> str:
    """The hash of a number behind the one before."""
    columns = {name: getattr(number, name) for name in _FIELDS if name != "chained"}
    columns["total"] = f"{number.total:.2f}"
    columns["business_date"] = number.business_date.isoformat()
    columns["numbered_at"] = sealing.moment_text(number.numbered_at)
    text = sealing.line(DocumentNumber._meta.db_table, {**columns, "previous": previous})
    return hashlib.sha256(text).hexdigest()


def heads() -> list[DocumentNumber]:
    """The newest number of each store."""
    newest = DocumentNumber.objects.filter(store=OuterRef("store")).order_by("-number")
    return list(
        DocumentNumber.objects.filter(pk=models.Subquery(newest.values("pk")[:1])).order_by("store")
    )


def _number_some() -> int:
    hold_chain(exclusively=True)  # two that number at once would give the same numbers
    now = timezone.now()
    last = {head.store_id: (head.number, head.chained) for head in heads()}
    rows = []
    for made in _some(now):
        number, previous = last.get(made.store_id, (0, sealing.GENESIS))
        made.number = number + 1
        made.chained = chained(previous, made)
        last[made.store_id] = made.number, made.chained
        rows.append([getattr(made, name) for name in _FIELDS])
    if rows:
        insert_rows(DocumentNumber, _FIELDS, rows)
    return len(rows)


def _some(now: datetime) -> Iterator[DocumentNumber]:
    """The next documents to be numbered, still without a number."""
    left = AT_ONCE
    for kind in KINDS.values():
        found: list[tuple[int, int, date, Decimal]] = list(
            kind.unnumbered()
            .annotate(comes_to=kind.total)
            .values_list("id", "store_id", "business_date", "comes_to")[:left]
        )
        contents = kind.contents([row[0] for row in found]) if found else {}
        for document_id, store_id, day, total in found:
            yield DocumentNumber(
                store_id=store_id,
                kind=kind.kind,
                document_id=document_id,
                total=money(total or 0),
                business_date=day,
                content=contents[document_id],
                numbered_at=now,
            )
        left -= len(found)
        if not left:
            return


def with_entry(kind: str, *lines: Part) -> Iterable[Part]:
    """The parts of a document that posts entries of this event: its rows, its entry, its money."""
    from ledger.models import JournalEntry, JournalLine, Payment

    yield from lines
    yield Part(JournalEntry, "document_id", Q(event=kind))
    for model in (JournalLine, Payment):
        yield Part(model, "entry__document_id", Q(entry__event=kind))
