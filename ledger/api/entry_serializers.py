"""Journal entries as accountants write and read them."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.journal_models import JournalEntry
from ledger.posting import Line
from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import DayField, FreeText, MomentField, MoneyField
from pos_project.core.money import ZERO

MAX_LINES = 500

# Which list of the API shows the document that an event posted.
DOCUMENTS = {
    JournalEntry.Event.SALE: "sale",
    JournalEntry.Event.REFUND: "refund",
    JournalEntry.Event.PURCHASE: "purchase",
    JournalEntry.Event.EXPENSE: "expense",
    JournalEntry.Event.OPENING: "inventory",
    JournalEntry.Event.ADJUSTMENT: "inventory",
    JournalEntry.Event.VOID: "inventory",
    JournalEntry.Event.CASH_COUNT: "cash_count",
    JournalEntry.Event.CASH_MOVEMENT: "cash_movement",
    JournalEntry.Event.SHIFT: "shift",
    JournalEntry.Event.TRANSFER_SENT: "transfer",
    JournalEntry.Event.TRANSFER_ARRIVED: "transfer",
    JournalEntry.Event.TRANSFER_RECEIVED: "transfer",
    JournalEntry.Event.OPENING_RECEIVABLE: "customer_due",
    JournalEntry.Event.OPENING_PAYABLE: "supplier_due",
}


class LineIn(serializers.Serializer):
    """One side of an entry: a debit or a credit above zero; the other is left out or 0."""

    account = serializers.CharField(max_length=40)
    debit = MoneyField(required=False)
    credit = MoneyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        debit, credit = attrs.get("debit") or ZERO, attrs.get("credit") or ZERO
        if bool(debit) == bool(credit):
            raise serializers.ValidationError({"debit": ["Either a debit or a credit above 0."]})
        return {"account": attrs["account"].upper(), "debit": debit, "credit": credit}


class _WrittenIn(MovesMoneyIn):
    entry_date = DayField(required=False)
    reference = FreeText(max_length=100)
    memo = FreeText(max_length=1000)


class ManualEntryIn(_WrittenIn):
    """What happened, in words or by a paper's number, and the lines that balance."""

    lines: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=LineIn(), min_length=2, max_length=MAX_LINES
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("memo") and not attrs.get("reference"):
            raise serializers.ValidationError({"memo": ["Say what this entry is about."]})
        return super().validate(attrs)


class OpeningBalancesIn(_WrittenIn):
    """What accounts held on a day; equity takes what they differ by."""

    aliases = {"date": "entry_date"}

    entry_date = DayField()
    balances: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=LineIn(), min_length=1, max_length=MAX_LINES
    )


def lines_of(rows: list[dict[str, Any]]) -> list[Line]:
    """The validated lines of a body."""
    return [Line(row["account"], row["debit"], row["credit"]) for row in rows]


class DocumentOut(serializers.Serializer):
    """The document an entry is about: which list shows it, and its id there."""

    type = serializers.CharField()
    id = serializers.IntegerField()


class EntryRowOut(serializers.Serializer):
    id = serializers.IntegerField()
    entry_date = DayField(source="business_date")
    event = serializers.CharField()
    document = serializers.SerializerMethodField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    memo = serializers.CharField(allow_null=True)
    amount = serializers.SerializerMethodField()
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.IntegerField(source="reversed_by.pk", allow_null=True)
    store_id = serializers.IntegerField()
    user_id = serializers.IntegerField(source="created_by_id")
    user_name = serializers.CharField(source="created_by.name")
    created_at = MomentField()
    entered_at = MomentField(allow_null=True)  # when it was written down, on whatever day

    @extend_schema_field(DocumentOut())
    def get_document(self, entry: JournalEntry) -> dict[str, Any] | None:
        if entry.document_id is None:
            return None
        return {"type": DOCUMENTS[JournalEntry.Event(entry.event)], "id": entry.document_id}

    @extend_schema_field(MoneyField())
    def get_amount(self, entry: JournalEntry) -> Decimal:
        """Σ debits, which is Σ credits."""
        amounts: dict[int, Decimal] = self.context["amounts"]
        return amounts[entry.pk]


class JournalLineOut(serializers.Serializer):
    id = serializers.IntegerField()
    account = serializers.CharField(source="account_id")
    account_number = serializers.CharField(source="account.number")
    account_name = serializers.CharField(source="account.name")
    debit = MoneyField()
    credit = MoneyField()
    customer_id = serializers.IntegerField(allow_null=True)
    customer_name = serializers.CharField(source="customer.name", allow_null=True)
    supplier_id = serializers.IntegerField(allow_null=True)
    supplier_name = serializers.CharField(source="supplier.name", allow_null=True)


class EntryOut(EntryRowOut):
    lines = JournalLineOut(many=True, source="shown_lines")
    # What changed hands: of entries for dues the only link, for they have no document.
    payments = serializers.ListField(child=serializers.IntegerField(), source="payment_ids")


class EntryFetchedOut(serializers.Serializer):
    success = serializers.BooleanField()
    data: Any = EntryOut()


class EntryPostedOut(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    data: Any = EntryOut()
