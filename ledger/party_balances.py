"""What customers owe us, or we owe suppliers, as of a day: from their lines in the journal alone.

`DueBook` says whose: dues are the party's lines on the control account, advances those on the
advances account, and the balance is dues less advances. All three are plus in the usual case.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from ledger.dues import DueBook
from ledger.journal_sums import lines_between
from pos_project.core.money import ZERO, money


@dataclass(frozen=True)
class PartyBalance:
    dues: Decimal = ZERO
    advances: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return self.dues - self.advances


def standing(
    book: DueBook, until: date | None, *, store_id: int | None = None, party_id: int | None = None
) -> dict[int, PartyBalance]:
    """Who stands at something at the end of the day `until`, by party id. One statement."""
    lines = lines_between(None, until, store_id=store_id).filter(
        account_id__in=(book.control_account, book.advance_account)
    )
    if party_id is not None:
        lines = lines.filter(**{book.party_key: party_id})
    rows = (
        lines.values_list(book.party_key, "account_id")
        .annotate(debits=Sum("debit"), credits=Sum("credit"))
        .order_by()
    )
    # A customer's dues are debits; a supplier's are credits.
    sign = 1 if book.receives else -1
    found: dict[int, PartyBalance] = {}
    for party, account, debits, credits in rows:
        net = sign * money(debits - credits)
        known = found.get(party, PartyBalance())
        found[party] = (
            PartyBalance(net, known.advances)
            if account == book.control_account
            else PartyBalance(known.dues, -net)
        )
    return {party: each for party, each in found.items() if each.dues or each.advances}
