"""Days that were traded, copied: INSERT … SELECT of every row they wrote, with other ids and days.

The rows of a copy name each other as the first ones do: every id is higher by as many as its table
has rows of them. Products and customers take turns, so that all of them are sold and buy. A new
column is copied as it is, unless it is a key, a day, a moment, or text that names a document or a
party.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor
from typing import Any

from django.db import connection, models, transaction

from catalog.models import Product
from inventory.models import Batch, InventoryLog, InventoryLogBatch
from ledger.journal_models import JournalEntry, JournalLine
from ledger.models import Expense, Payment
from ledger.till_models import Shift
from purchasing.models import Purchase, PurchaseItem, SupplierDue
from sales.models import (
    Customer,
    CustomerDue,
    Refund,
    RefundItem,
    Sale,
    SaleCogs,
    SaleItem,
    SaleItemBatch,
)

Table = type[models.Model]

# In the order in which they are written: lines before their document is posted.
COPIED: tuple[Table, ...] = (
    *(Sale, SaleItem, Purchase, PurchaseItem, Batch, Refund, RefundItem, SaleItemBatch, SaleCogs),
    *(InventoryLog, InventoryLogBatch, Expense, Shift, JournalEntry, JournalLine, Payment),
    *(CustomerDue, SupplierDue),
)
# Documents begin as drafts and are posted when their lines are there: so the guards want it.
POSTED: Mapping[Table, str] = {Sale: "completed", Purchase: "received", JournalEntry: "posted"}
DOCUMENTS: Mapping[str, Table] = {  # what a journal entry's document is, by its event
    **{"sale": Sale, "refund": Refund, "purchase": Purchase, "expense": Expense},
    **dict.fromkeys(("opening", "adjustment", "void"), InventoryLog),
    "shift": Shift,
}
# Numbers of documents: what they begin with, whose id they end with, and from which letter on.
NUMBERS = (("INV-", Sale, 6), ("PUR-", Purchase, 5))
NUMBERED = ("invoice_no", "reference", "reference_no")
NAMES: Mapping[str, tuple[Table, str]] = {
    "product_name": (Product, "product_id"),
    "customer_name": (Customer, "customer_id"),
}
SET_BY_CLOSING = (
    *("status", "open_till_id", "closed_by_id", "closed_at", "business_date", "z_number"),
    *("expected", "counted", "denominations", "slips", "reason"),
)
VARIANTS = 4  # products that take turns: neighbours, alike but for their colour
CUSTOMERS_APART = 173  # places by which the customers move on with each copy


@dataclass(frozen=True)
class Rows:
    """Which of a table's rows are copied, by id."""

    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class When:
    """Where a copy's days and moments go. `first` is the moment, in UTC, that becomes `begins`;
    `pace` seconds then pass for each one. All days become `day`, or are `later` by so many."""

    first: datetime
    begins: datetime
    pace: float = 1.0
    later: int = 0
    day: date | None = None

    @classmethod
    def on(cls, days: int) -> "When":
        """So many days later."""
        begins = datetime(2000, 1, 1)  # noqa: DTZ001  (any moment; UTC as in the database)
        return cls(begins, begins + timedelta(days=days), later=days)

    def moment(self, at: datetime) -> datetime:
        zone = at.tzinfo
        first, begins = (each.replace(tzinfo=zone) for each in (self.first, self.begins))
        return begins + timedelta(seconds=floor((at - first).total_seconds() * self.pace))

    def on_day(self, day: date) -> date:
        return self.day or day + timedelta(days=self.later)


class Written:
    """What has been written into the tables of events since this was made."""

    def __init__(self) -> None:
        self._before = {model: _last_id(model) for model in COPIED}

    def rows(self) -> dict[Table, Rows]:
        found = {}
        for model in COPIED:
            ids = model._default_manager.filter(pk__gt=self._before[model])
            ends = ids.aggregate(first=models.Min("pk"), last=models.Max("pk"))
            found[model] = Rows(ends["first"] or 1, ends["last"] or 0)
        return found


class Copies:
    """Copies the same rows, again and again. `turns`: whether products and customers take turns."""

    def __init__(self, rows: Mapping[Table, Rows], *, turns: bool = True) -> None:
        self._rows, self._turns, self._made = rows, turns, 0
        self._customers = _last_id(Customer)  # numbered from 1, as are the products
        self._next = {model: _last_id(model) + 1 for model in COPIED}
        shifts = Shift.objects.filter(pk__range=(rows[Shift].first, rows[Shift].last))
        self._shifts: list[Any] = list(shifts.order_by("pk").values())
        # Each store has a shift a day, so all have as many.
        self._shifts_of_store = Counter(each["store_id"] for each in self._shifts)
        self._cancelled = list(
            Sale.objects.filter(
                pk__range=(rows[Sale].first, rows[Sale].last), status=Sale.Status.CANCELLED
            ).values_list("pk", flat=True)
        )

    def make(self, when: When) -> int:
        """Write one more copy; returns how many rows that was."""
        self._made += 1
        with connection.constraint_checks_disabled(), transaction.atomic():
            self._copy_shifts(when)
            for model in COPIED:
                if model is not Shift:
                    self._copy(model, when)
            for model, status in POSTED.items():
                self._post(model, status)
            moved = [pk + self._next[Sale] - self._rows[Sale].first for pk in self._cancelled]
            Sale.objects.filter(pk__in=moved).update_draft(status=Sale.Status.CANCELLED)
        for model in COPIED:
            self._next[model] += self._rows[model].count
        return sum(rows.count for rows in self._rows.values())

    def _copy(self, model: Table, when: When) -> None:
        fields = [each for each in model._meta.concrete_fields if not each.generated]
        columns = ", ".join(_column(each, of="") for each in fields)
        shown = ", ".join(self._shown(model, each, when) for each in fields)
        rows, table = self._rows[model], model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {shown} FROM {table} t"
                f" WHERE t.id BETWEEN {rows.first} AND {rows.last}"
            )

    def _copy_shifts(self, when: When) -> None:
        """One after the other: a shift begins open, and one is open at a till."""
        for shift in self._shifts:
            copied = shift | {
                "id": shift["id"] + self._next[Shift] - self._rows[Shift].first,
                "created_at": when.moment(shift["created_at"]),
                "opened_on": when.on_day(shift["opened_on"]),
                "z_number": shift["z_number"]
                + self._made * self._shifts_of_store[shift["store_id"]],
                "closed_at": when.moment(shift["closed_at"]),
                "business_date": when.on_day(shift["business_date"]),
            }
            closing = {name: copied.pop(name) for name in SET_BY_CLOSING}
            opening = {"status": Shift.Status.OPEN, "open_till_id": shift["till_id"]}
            Shift(**(copied | opening)).save(force_insert=True)
            Shift.objects.filter(pk=copied["id"]).update_draft(**closing)

    def _post(self, model: Table, status: str) -> None:
        first = self._next[model]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET status = %s"
                " WHERE id BETWEEN %s AND %s AND status = 'draft'",
                [status, first, first + self._rows[model].count - 1],
            )

    # --- SQL of a column in the copy ---

    def _shown(self, model: Table, field: Any, when: When) -> str:
        column = _column(field)
        if field.primary_key:
            return self._moved(model, column)
        if field.name in NAMES:
            return self._name(*NAMES[field.name], column)
        if isinstance(field, models.ForeignKey):
            return self._key(field.related_model, column)
        if field.name in NUMBERED:
            return self._number(column)
        if field.name == "invoice_key":
            return f"LOWER({self._number('t.invoice_no')})"
        if field.name == "document_id":
            return self._document(column)
        if field.name == "status" and model in POSTED:
            drafts = f"CASE {column} WHEN '{POSTED[model]}' THEN 'draft'"
            return f"{drafts} WHEN 'cancelled' THEN 'pending' ELSE {column} END"
        if isinstance(field, models.DateTimeField):
            return _moment(column, when)
        return _day(column, when) if isinstance(field, models.DateField) else column

    def _moved(self, model: Table, column: str) -> str:
        return f"{column} + {self._next[model] - self._rows[model].first}"

    def _key(self, model: Any, column: str) -> str:
        if model in self._rows:
            return self._moved(model, column)
        if self._turns and model is Customer:
            step = self._made * CUSTOMERS_APART
            return f"({column} - 1 + {step}) % {self._customers} + 1"
        if self._turns and model is Product:
            place = f"({column} - 1) % {VARIANTS}"
            return f"{column} - {place} + ({column} - 1 + {self._made}) % {VARIANTS}"
        return column

    def _name(self, model: Table, key: str, column: str) -> str:
        known = f"SELECT n.name FROM {model._meta.db_table} n WHERE n.id = "
        return f"CASE WHEN {column} IS NOT NULL THEN ({known}{self._key(model, f't.{key}')}) END"

    def _number(self, column: str) -> str:
        ways = []
        for begins, model, letter in NUMBERS:
            number = f"SUBSTR({column}, {letter})"
            moved = self._moved(model, f"CAST({number} AS SIGNED INTEGER)")
            renumbered = f"REPLACE({column}, {number}, {_six_digits(moved)})"
            ways.append(f"WHEN {column} LIKE '{begins}%' THEN {renumbered}")
        return f"CASE {' '.join(ways)} ELSE {column} END"

    def _document(self, column: str) -> str:
        ways = (
            f"WHEN '{event}' THEN {self._moved(model, column)}"
            for event, model in DOCUMENTS.items()
        )
        return f"CASE t.event {' '.join(ways)} ELSE {column} END"


def _column(field: Any, *, of: str = "t.") -> str:
    return f"{of}{connection.ops.quote_name(str(field.column))}"


def _six_digits(number: str) -> str:
    if connection.vendor == "mysql":
        return f"LPAD({number}, GREATEST(6, CHAR_LENGTH({number})), '0')"
    return f"printf('%06d', {number})"


def _moment(column: str, when: When) -> str:
    first, begins = f"'{when.first:%F %T}'", f"'{when.begins:%F %T}'"
    if connection.vendor == "mysql":
        passed = f"TIMESTAMPDIFF(SECOND, {first}, {column})"
        return f"CAST({begins} AS DATETIME) + INTERVAL FLOOR({passed} * {when.pace}) SECOND"
    passed = f"CAST((strftime('%s', {column}) - strftime('%s', {first})) * {when.pace} AS INTEGER)"
    return f"datetime({begins}, {passed} || ' seconds')"


def _day(column: str, when: When) -> str:
    if when.day is not None:
        return f"CASE WHEN {column} IS NOT NULL THEN '{when.day}' END"
    if connection.vendor == "mysql":
        return f"{column} + INTERVAL {when.later} DAY"
    return f"date({column}, '{when.later:+d} days')"


def _last_id(model: Table) -> int:
    return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0)
