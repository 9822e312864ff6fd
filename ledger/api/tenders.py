"""How a request says what is paid now, wherever a document can be paid (docs/api.md §12, §22)."""

from typing import Any

from rest_framework import serializers

from ledger.payments import ON_CREDIT, Tender, TendersOffered, require_method
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import FlagField, FreeText, IdField, MoneyField, OptionalText
from pos_project.core.money import CENT, ZERO

MAX_TENDERS = 20
MAX_DOCUMENTS = 500  # as many as a list of open dues shows


class TenderIn(serializers.Serializer):
    """One of several tenders of a document."""

    method = serializers.CharField(max_length=20)
    amount = MoneyField(least=CENT)
    reference = FreeText(max_length=100)


class TendersOfferedIn(MovesMoneyIn):
    """`payment_method` (or `method`) and `paid_amount`, or `payments`; and whether to use the
    party's advance."""

    aliases = {"method": "payment_method"}

    payment_method = OptionalText(max_length=20)
    paid_amount = MoneyField(required=False)
    payments: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=TenderIn(), required=False, max_length=MAX_TENDERS
    )
    use_advance = FlagField(default=False)
    till_id = IdField(required=False)  # whose open shift it is of (docs/api.md §33)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        single = attrs.get("payment_method") or attrs.get("paid_amount") is not None
        if "payments" in attrs and single:
            text = "Send either payments or payment_method and paid_amount."
            raise serializers.ValidationError({"payments": [text]})
        return super().validate(attrs)


def tenders_offered(body: dict[str, Any]) -> TendersOffered:
    """The validated body's offer. Raises Invalid for a method the shop does not take."""
    if "payments" in body:
        for position, tender in enumerate(body["payments"]):
            require_method(tender["method"], field=f"payments[{position}].method")
        return TendersOffered(
            tuple(
                Tender(tender["method"], tender["amount"], tender.get("reference"))
                for tender in body["payments"]
            ),
            use_advance=body["use_advance"],
            split=True,
        )
    method = body.get("payment_method") or "cash"
    require_method(method, field="payment_method", on_credit=True)
    # With method `due` nothing is paid now, whatever a stale form still says.
    paid = ZERO if method == ON_CREDIT else body.get("paid_amount") or ZERO
    tenders = (Tender(method, paid),) if paid else ()
    return TendersOffered(tenders, method, use_advance=body["use_advance"])


class DuePaymentIn(MovesMoneyIn):
    """What a customer pays us, or we pay a supplier, for open dues."""

    aliases = {"payment_method": "method"}

    amount = MoneyField(least=CENT)
    method = serializers.CharField(max_length=20, default="cash")
    note = FreeText(max_length=1000)
    reference_no = FreeText(max_length=100)
    till_id = IdField(required=False)


class SaleDuesPaymentIn(DuePaymentIn):
    """A customer's payment, which may name the sales that it pays."""

    sale_ids = serializers.ListField(
        child=IdField(),
        required=False,
        max_length=MAX_DOCUMENTS,
        help_text="The sales that it pays, in this order, and no others. Left out or empty: the"
        " oldest first.",
    )


class PurchaseDuesPaymentIn(DuePaymentIn):
    """A payment to a supplier, which may name the purchases that it pays."""

    purchase_ids = serializers.ListField(
        child=IdField(),
        required=False,
        max_length=MAX_DOCUMENTS,
        help_text="The purchases that it pays, in this order, and no others. Left out or empty:"
        " the oldest first.",
    )


def tender_of(body: dict[str, Any]) -> Tender:
    """What the validated body of a `DuePaymentIn` pays."""
    return Tender(body["method"], body["amount"], body.get("reference_no"))


class DueAllocationOut(serializers.Serializer):
    invoice = serializers.CharField(source="due.invoice")
    amount = MoneyField()
    remaining_due = MoneyField(source="remaining")


class DuePaymentOut(serializers.Serializer):
    success = serializers.BooleanField(default=True)
    applied_amount = MoneyField(source="applied")
    advance_amount = MoneyField(source="advance")
    remaining_due = MoneyField()
