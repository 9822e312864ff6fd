"""A customer or a supplier: what is owed, by document and payment, less what was paid ahead."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from ledger.dues import OPEN, DueBook
from ledger.journal_sums import lines_between
from ledger.models import DueCredit, Payment
from ledger.party_balances import PartyBalance, standing
from pos_project.core.errors import NotFound
from pos_project.core.money import ZERO, money
from purchasing.models import Purchase, Supplier
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.statements.explain.journal import lines_as_nodes
from reports.statements.explain.node import Explanation, Node, bounded, explained
from reports.statements.explain.sale import payment_node
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer, Refund

_CANCELLED_BY = {"customer": "refunds", "supplier": "returns"}


def explain_customer(customer_id: int, *, today: date) -> Explanation:
    """What a customer owes us. Raises NotFound."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("Customer not found")
    rows = Refund.objects.filter(customer_id=customer_id, due_reduced__gt=0)
    cancelled = dict(rows.values_list("sale_id").annotate(due=Sum("due_reduced")).order_by())
    return _explain(CUSTOMER_DUES, customer, today, cancelled)


def explain_supplier(supplier_id: int, *, today: date) -> Explanation:
    """What we owe a supplier. Raises NotFound."""
    supplier = Supplier.objects.filter(pk=supplier_id).first()
    if supplier is None:
        raise NotFound("Supplier not found")
    rows = Purchase.objects.filter(supplier_id=supplier_id, due_reduced__gt=0)
    sums = rows.values_list("returns_id").annotate(settled=Sum("due_reduced"))
    cancelled: dict[int, Decimal] = dict(sums.order_by())
    return _explain(SUPPLIER_DUES, supplier, today, cancelled)


def _explain(
    book: DueBook, party: Any, today: date, cancelled: Mapping[int, Decimal]
) -> Explanation:
    at = standing(book, today, party_id=party.pk).get(party.pk, PartyBalance())
    dues = explained("Dues, by document", at.dues, _open_documents(book, party.pk, cancelled))
    lines = lines_between(None, today).filter(
        account_id=book.advance_account, **{f"{book.party}_id": party.pk}
    )
    # Credit is what a customer paid us ahead, debit what we paid a supplier ahead; either is
    # subtracted from what is owed.
    sign = 1 if book.direction == Payment.Direction.IN else -1
    ahead = lines_as_nodes(lines.order_by("-entry_id", "-id"), sign=sign)
    advances = explained("Advances", -at.advances, ahead)
    return Explanation(
        f"{book.party.capitalize()} {party.pk} ({party.name})",
        {f"{book.party}_id": party.pk, "name": party.name},
        (explained("Balance: dues less advances", at.balance, [dues, advances]),),
    )


def _open_documents(
    book: DueBook, party_id: int, cancelled: Mapping[int, Decimal]
) -> Sequence[Node]:
    key = f"{book.document}_id"
    open_dues: Any = book.due_model._default_manager.filter(
        **{f"{book.party}_id": party_id, "status": OPEN}
    )
    dues = list(open_dues.select_related(book.document).order_by(key))
    payments: dict[int, list[Payment]] = defaultdict(list)
    kinds = (Payment.Type.PAYMENT, Payment.Type.DUE_PAYMENT)
    theirs = Payment.objects.filter(**{f"{key}__in": [getattr(due, key) for due in dues]})
    for payment in theirs.filter(payment_type__in=kinds).order_by("id"):
        payments[getattr(payment, key)].append(payment)
    credits: Any = DueCredit.objects.filter(**{f"{key}__in": [getattr(due, key) for due in dues]})
    credited = dict(credits.values_list(key).annotate(settled=Sum("amount")).order_by())
    nodes = []
    for due in dues:
        document = getattr(due, book.document)
        parts = [Node("Total", document.total_amount)]
        if document.advance_used:
            parts.append(Node("Paid from the advance", -document.advance_used))
        parts += [payment_node(each, lowers=book.direction) for each in payments[document.pk]]
        if document.pk in cancelled:
            parts.append(
                Node(
                    f"Cancelled by {_CANCELLED_BY[book.party]}",
                    -money(cancelled[document.pk] or ZERO),
                )
            )
        if credited.get(document.pk):
            parts.append(Node("Credited or written off", -money(credited[document.pk])))
        nodes.append(
            explained(
                f"{book.document.capitalize()} {document.invoice_no} of {document.business_date}",
                due.due_amount,
                parts,
                about={key: document.pk, "invoice_no": document.invoice_no},
            )
        )
    return bounded(nodes, what="documents")
