"""Money paid ahead: what a customer has with us, or we have with a supplier."""

from decimal import Decimal

from django.db.models import Sum

from ledger import chart
from ledger.models import JournalLine
from pos_project.core.money import ZERO, money


def customer_balance(customer_id: int) -> Decimal:
    """What the customer paid ahead and has not used; decide on it only under the party's lock."""
    sums = JournalLine.objects.filter(
        account_id=chart.CUSTOMER_ADVANCES, customer_id=customer_id
    ).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return money((sums["credit"] or ZERO) - (sums["debit"] or ZERO))


def supplier_balance(supplier_id: int) -> Decimal:
    """What we paid the supplier ahead and have not used; decide on it only under their lock."""
    sums = JournalLine.objects.filter(
        account_id=chart.SUPPLIER_ADVANCES, supplier_id=supplier_id
    ).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return money((sums["debit"] or ZERO) - (sums["credit"] or ZERO))
