"""Taking and giving money: tenders, what they cover of a total, and the rows that record them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ledger import transaction_ids
from ledger.chart_models import PaymentMethod
from ledger.models import Payment
from pos_project.core.db.rows import insert_rows
from pos_project.core.errors import Invalid
from pos_project.core.money import ZERO, total
from pos_project.core.posting_context import PostingContext
from pos_project.core.remembered import Remembered

CASH = "cash"
ON_CREDIT = "due"  # on the wire a method; in truth the absence of one


@dataclass(frozen=True)
class Tender:
    """Money offered or given by one method."""

    method: str
    amount: Decimal
    reference: str | None = None


@dataclass(frozen=True)
class TendersOffered:
    """What a customer lays on the counter, or we give a supplier.

    `split` says that the request listed several tenders, whose excess must be cash.
    """

    tenders: tuple[Tender, ...] = ()
    method: str = ON_CREDIT  # the one named, when it was not split
    use_advance: bool = False
    split: bool = False


@dataclass(frozen=True)
class Settlement:
    """How a total is covered: total = paid + due, paid = advance + Σ tenders."""

    tenders: tuple[Tender, ...]
    advance: Decimal
    paid: Decimal
    due: Decimal
    change: Decimal
    method: str
    tendered: Decimal = ZERO  # what was laid on the counter: Σ tenders + change


class Method(NamedTuple):
    """A payment method: the account that holds its money, what it is called, if it is taken now,
    and whether a transaction of it pays once."""

    account: str
    name: str
    is_active: bool
    has_transaction_ids: bool


def _read_methods() -> dict[str, Method]:
    rows = PaymentMethod.objects.values_list(
        "code", "account_id", "name", "is_active", "has_transaction_ids"
    )
    return {code: Method._make(row) for code, *row in rows}


# By code; those that are not taken now too, for what was paid by them.
METHODS = Remembered(_read_methods, of=PaymentMethod)


def account_of(method: str) -> str:
    """The ledger account that holds a method's money. Raises Invalid for an unknown method."""
    require_method(method, field="method")
    return METHODS.get()[method].account


def require_method(method: str, *, field: str, on_credit: bool = False) -> None:
    """Raise Invalid unless `method` is an active payment method (or `due`, where allowed)."""
    active = [code for code, each in METHODS.get().items() if each.is_active]
    allowed = [*active, *([ON_CREDIT] if on_credit else [])]
    if method not in allowed:
        text = f"One of: {', '.join(allowed)}."
        raise Invalid(f"{field}: {text}", fields={field: [text]})


def settle(
    amount: Decimal, offered: TendersOffered, *, advance_balance: Decimal = ZERO
) -> Settlement:
    """Cover `amount` by the advance (if it is to be used), then by the tenders; the rest is due.

    Pure. More cash than needed is change. Raises Invalid when split tenders exceed the amount
    otherwise than by cash.
    """
    advance = min(max(advance_balance, ZERO), amount) if offered.use_advance else ZERO
    open_amount = amount - advance
    taken: list[Tender] = []
    # What is no cash gives no change, so it covers the total first.
    for tender in sorted(offered.tenders, key=lambda tender: tender.method == CASH):
        covered = min(tender.amount, open_amount)
        if offered.split and covered < tender.amount and tender.method != CASH:
            text = "Only cash may exceed the total."
            raise Invalid(f"payments: {text}", fields={"payments": [text]})
        if covered > 0:
            taken.append(Tender(tender.method, covered, tender.reference))
        open_amount -= covered
    tendered = total(tender.amount for tender in offered.tenders)
    cash = total(tender.amount for tender in taken)
    largest = max(taken, key=lambda tender: tender.amount, default=None)
    method = offered.method if not offered.split else largest.method if largest else ON_CREDIT
    return Settlement(
        tenders=tuple(taken),
        advance=advance,
        paid=advance + cash,
        due=open_amount,
        change=tendered - cash,
        method=method,
        tendered=tendered,
    )


PAYMENT_FIELDS = (
    "store_id",
    "entry_id",
    "payment_party",
    "payment_type",
    "direction",
    "amount",
    "method_id",
    "method_name",
    "customer_id",
    "supplier_id",
    "sale_id",
    "purchase_id",
    "refund_id",
    "reverses_id",
    "reference_no",
    "note",
    "user_id",
    "business_date",
    "created_at",
)


@dataclass(frozen=True)
class PaymentLine:
    """One payment row to write. `reference` is the document's number."""

    payment_type: str
    direction: str
    tender: Tender
    party: str = Payment.Party.CUSTOMER
    customer_id: int | None = None
    supplier_id: int | None = None
    sale_id: int | None = None
    purchase_id: int | None = None
    refund_id: int | None = None
    reverses_id: int | None = None
    reference: str | None = None
    note: str | None = None


def opposite(payment: Payment, *, reason: str, purchase_id: int | None = None) -> PaymentLine:
    """The row that takes a payment back. `purchase_id` names the document that takes it back."""
    money_in = payment.direction == Payment.Direction.IN
    return PaymentLine(
        payment.payment_type,
        Payment.Direction.OUT if money_in else Payment.Direction.IN,
        Tender(payment.method_id, payment.amount, payment.reference_no),
        party=payment.payment_party,
        customer_id=payment.customer_id,
        supplier_id=payment.supplier_id,
        sale_id=payment.sale_id,
        purchase_id=purchase_id or payment.purchase_id,
        reverses_id=payment.pk,
        note=reason,
    )


def record(
    lines: Sequence[PaymentLine],
    *,
    entry_id: int | None,
    context: PostingContext,
    paid_by: Tender | None = None,
) -> Sequence[int]:
    """Write the payment rows of one journal entry, in one statement; their ids in order.

    `paid_by` is the tender that the rows share out among dues. One statement more where a wallet's
    transaction number was sent. Raises Conflict when it has paid before.
    """
    if not lines:
        return []
    assert entry_id is not None, "Money moved without an entry."
    tenders = [line.tender for line in lines if line.reverses_id is None]
    transaction_ids.claim(
        (
            (tender.method, tender.reference)
            for tender in (*tenders, *filter(None, [paid_by]))
            if tender.reference and METHODS.get()[tender.method].has_transaction_ids
        ),
        entry_id=entry_id,
    )
    return insert_rows(
        Payment,
        PAYMENT_FIELDS,
        [
            (
                context.store_id,
                entry_id,
                line.party,
                line.payment_type,
                line.direction,
                line.tender.amount,
                line.tender.method,
                METHODS.get()[line.tender.method].name,
                line.customer_id,
                line.supplier_id,
                line.sale_id,
                line.purchase_id,
                line.refund_id,
                line.reverses_id,
                line.tender.reference or line.reference,
                line.note,
                context.user_id,
                context.business_date,
                context.at,
            )
            for line in lines
        ],
    )
