"""Money paid ahead: what a customer has with us, or we have with a supplier."""

from decimal import Decimal

from django.db.models import Sum

from ledger import payments
from ledger.dues import DueBook
from ledger.journal_models import JournalLine
from pos_project.core.errors import Invalid
from pos_project.core.money import ZERO, money


def balance(book: DueBook, party_id: int) -> Decimal:
    """What was paid ahead and is not used; decide on it only under the party's lock."""
    sums = JournalLine.objects.filter(
        account_id=book.advance_account, **{book.party_key: party_id}
    ).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    ahead = (sums["credit"] or ZERO) - (sums["debit"] or ZERO)
    return money(ahead if book.receives else -ahead)


def settle(
    book: DueBook, party_id: int | None, amount: Decimal, offered: payments.TendersOffered
) -> payments.Settlement:
    """How a document's amount is covered, by the party's advance if the tenders say so. Locks the
    party then.

    Runs inside the use case's transaction. Raises Invalid for a party that is gone, and what
    `payments.settle` raises.
    """
    ahead = ZERO
    if offered.use_advance:
        assert party_id is not None
        if not book.party_model._default_manager.select_for_update().filter(pk=party_id):
            raise unknown(book)
        ahead = balance(book, party_id)
    return payments.settle(amount, offered, advance_balance=ahead)


def unknown(book: DueBook) -> Invalid:
    """What a document is told that names a party nobody knows."""
    text = f"Unknown {book.party}."
    return Invalid(text, fields={book.party_key: [text]})
