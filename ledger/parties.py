"""Customers and suppliers come, change and go: one story, told to each by a `DueBook`.

What is open between them and the shop is computed from the rows that say so, never stored. The
rows of a page cost one grouped query per figure; `owed_of_each` is for lists ordered by it.
"""

import functools
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import (
    DecimalField,
    Exists,
    OuterRef,
    ProtectedError,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from ledger import advances
from ledger.dues import DueBook
from ledger.models import Payment
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.prepared import Prepared, prepared
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, NotFound
from pos_project.core.images.pictures import PictureChange, drop_picture
from pos_project.core.money import ZERO, money
from pos_project.core.posting_context import Actor

Row = dict[str, Any]


def add(
    book: DueBook,
    fields: Mapping[str, Any],
    *,
    by: Actor,
    picture: PictureChange,
    key: RequestKey | None = None,
) -> Any:
    """Enter a party from columns; returns its row."""
    return once(key, lambda: add_to_list(book, fields, by=by, picture=picture))


def add_to_list(
    book: DueBook, fields: Mapping[str, Any], *, by: Actor, picture: PictureChange
) -> Any:
    """`add` inside the caller's transaction, as a file of parties does it."""
    party: Any = book.party_model(**fields)
    if book.names_editors:
        party.created_by_id = by.pk
    picture.put_on(party)
    party.save()
    return party


def change(
    book: DueBook,
    party_id: int,
    fields: Mapping[str, Any],
    *,
    by: Actor,
    picture: PictureChange,
    seen: Mapping[str, Any] | None = None,
) -> Any:
    """Change the given columns only; returns the row. Raises NotFound, and ChangedMeanwhile for
    what is no longer as `seen`."""
    return transact(
        lambda: change_in_list(book, party_id, fields, by=by, picture=picture, seen=seen)
    )


def change_in_list(
    book: DueBook,
    party_id: int,
    fields: Mapping[str, Any],
    *,
    by: Actor,
    picture: PictureChange,
    seen: Mapping[str, Any] | None = None,
) -> Any:
    """`change` inside the caller's transaction, as a file of parties does it."""
    party = _locked(book, party_id)
    require_as_seen(party, fields, seen)
    for name, value in fields.items():
        setattr(party, name, value)
    if book.names_editors:
        party.updated_by_id = by.pk
    picture.put_on(party)
    party.save()
    return party


def remove(book: DueBook, party_id: int, *, by: Actor, key: RequestKey | None = None) -> None:
    """Delete a party without history, with the picture; archive one with documents or payments.

    Raises NotFound, or Conflict while money is open between the party and the shop.
    """

    def do() -> None:
        party = _locked(book, party_id)
        _require_no_open_balance(book, party_id)
        if _deleted(book, party):
            return
        if book.names_editors:
            party.updated_by_id = by.pk
            party.save(update_fields=["updated_by", "updated_at"])
        party.archive()

    once(key, do)


def restore(book: DueBook, party_id: int, *, by: Actor, key: RequestKey | None = None) -> Any:
    """Bring an archived party back, as it was; returns its row. Raises NotFound."""

    def do() -> Any:
        removed = book.party_model._default_manager.exclude(archived_at=None)
        party: Any = removed.select_for_update().filter(pk=party_id).first()
        if party is None:
            raise NotFound(f"{book.party.capitalize()} not found")
        party.archived_at = None
        if book.names_editors:
            party.updated_by_id = by.pk
        party.save()
        return party

    return once(key, do)


def name_of(book: DueBook, party_id: int) -> str:
    """The name of a party, for a document that is made out to it. Raises Invalid for one that is
    not listed."""
    for name in listed_names(book)(party_id):
        return str(name)
    raise advances.unknown(book)


@functools.cache
def listed_names(book: DueBook) -> Prepared[str]:
    """Finds the name of a listed party by its id; none where there is no such party."""
    return prepared(
        lambda party_id: book.listed().filter(pk=party_id).values_list("name", flat=True)
    )


def open_dues(book: DueBook, party_id: int) -> "QuerySet[Any]":
    """What is open, document by document, in the order in which a payment settles it."""
    rows = book.open_dues().filter(**{book.party_key: party_id})
    return rows.order_by(f"{book.document}__{book.oldest_first}", book.document_key)


def owed(book: DueBook, party_ids: Iterable[int]) -> dict[int, Decimal]:
    """What is open of each of these parties; where nothing is, they are absent."""
    rows = book.open_dues().filter(**{f"{book.party_key}__in": list(party_ids)}).order_by()
    sums = rows.values_list(book.party_key).annotate(owed=Sum("due_amount"))
    return {party_id: money(amount) for party_id, amount in sums}


def owing(book: DueBook) -> Q:
    """Parties of which something is open, as a condition on a query of them."""
    return Q(Exists(book.open_dues().filter(**{book.party_key: OuterRef("pk")})))


def owed_of_each(book: DueBook) -> Coalesce:
    """What is open of a party, as an expression over a query of them."""
    dues = book.open_dues().filter(**{book.party_key: OuterRef("pk")}).order_by()
    sums = dues.values(book.party_key).annotate(owed=Sum("due_amount")).values("owed")
    amount = DecimalField(max_digits=14, decimal_places=2)
    return Coalesce(Subquery(sums), Value(ZERO), output_field=amount)


def _locked(book: DueBook, party_id: int) -> Any:
    party = book.listed().select_for_update().filter(pk=party_id).first()
    if party is None:
        raise NotFound(f"{book.party.capitalize()} not found")
    return party


def _require_no_open_balance(book: DueBook, party_id: int) -> None:
    open_amount = owed(book, [party_id]).get(party_id, ZERO)
    if open_amount:
        details: dict[str, Any] = {book.owed: open_amount}
        raise Conflict(f"{book.still_open} {open_amount}", **details)
    ahead = advances.balance(book, party_id)
    if ahead:
        text = f"Open balance: {book.paid_ahead.format(ahead)}"
        raise Conflict(text, advance_balance=ahead)


def _has_history(book: DueBook, party_id: int) -> bool:
    theirs = {book.party_key: party_id}
    documents = book.document_model._default_manager.filter(**theirs)
    return documents.exists() or Payment.objects.filter(**theirs).exists()


def _deleted(book: DueBook, party: Any) -> bool:
    """Delete the party if nothing refers to it; False if something does."""
    if _has_history(book, party.pk):
        return False
    try:
        with transaction.atomic():
            drop_picture(party.image_public_id)
            party.delete()
    except (ProtectedError, IntegrityError):  # they traded in this very moment
        return False
    return True
