"""Trading a retail plan: the same use cases as the API, day by day, each step once.

Every step carries an idempotency key of the importing user (`retail:<invoice>`, and the like), so
a second run changes nothing and a run that was killed is continued by the next one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from inventory import adjustments, products
from ledger.payments import CASH, Tender, TendersOffered
from pos_project.core.db.idempotency import KeyReused
from pos_project.core.db.transactions import transact
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, DomainError, Unavailable
from pos_project.core.images.pictures import PictureChange
from pos_project.core.money import ZERO
from pos_project.tools.imports.retail_file import Row
from pos_project.tools.imports.retail_plan import (
    Correction,
    Day,
    Document,
    Invoice,
    Plan,
    Return,
    Skip,
    code_key,
    needs,
)
from pos_project.tools.trade.steps import Step, Steps
from purchasing import receive
from purchasing.models import Supplier
from sales import checkout, refunds
from sales.models import Customer, SaleItem
from sales.pricing import Line, Order

SUPPLIER = "Online Retail wholesale"
DELIVERY_TIME, FIRST_TILL_TIME, TILL_HOURS = time(8), time(9), 11


class ImportRefused(Exception):
    """The import cannot go on; what is done is whole, and the message says what to do."""


@dataclass
class Tally:
    """Documents of one kind: how many rows and documents, and their worth in shop currency."""

    rows: int = 0
    documents: int = 0
    amount: Decimal = ZERO
    repeated: int = 0  # documents that an earlier run had imported

    def count(self, rows: int, amount: Decimal, *, repeated: bool) -> None:
        self.rows += rows
        self.documents += 1
        self.amount += amount
        self.repeated += repeated


@dataclass
class Report:
    """Where every row went."""

    row_count: int
    skipped: list[Skip]
    sold: Tally = field(default_factory=Tally)
    returned: Tally = field(default_factory=Tally)
    corrected: Tally = field(default_factory=Tally)
    bought: Tally = field(default_factory=Tally)  # made up from the sales: no rows of the file

    @property
    def adds_up(self) -> bool:
        imported = self.sold.rows + self.returned.rows + self.corrected.rows
        return imported + len(self.skipped) == self.row_count


@dataclass(frozen=True)
class _Known:
    """A product of the shop, as far as the import needs it."""

    product_id: int
    keeps_stock: bool


class RetailImport:
    """One run of an import by one user. Documents are traded in the order of `documents`."""

    def __init__(self, plan: Plan, *, by: User) -> None:
        self.plan, self.by = plan, by
        self.report = Report(plan.row_count, list(plan.skipped))
        self._steps = Steps("retail", by.pk)
        self._products: dict[str, _Known] = {}
        self._customers: dict[str, int] = {}
        self._sale_ids: dict[str, int] = {}

    @property
    def document_count(self) -> int:
        return sum(len(day.documents) for day in self.plan.days)

    def trade(self, *, traded: Callable[[], None] = lambda: None) -> Report:
        """Trade every document, calling `traded` after each, and report where the rows went.

        A document that the shop refuses is skipped with the shop's reason. Raises ImportRefused
        when nothing more can be done; run it again then: it goes on where it stopped.
        """
        try:
            supplier_id = self._supplier() if self.plan.days else 0
            for day in self.plan.days:
                self._know_products(day)
                self._know_customers(day)
                self._buy(day, supplier_id)
                for document, at in zip(day.documents, _moments(day), strict=True):
                    self._trade(document, at)
                    traded()
        except DomainError as error:
            raise ImportRefused(f"{error.message} Run the import again to continue.") from error
        self.report.skipped.sort(key=lambda skip: skip.row.number)
        assert self.report.adds_up, self.report
        return self.report

    def _trade(self, document: Document, at: datetime) -> None:
        try:
            if isinstance(document, Invoice):
                self._sell(document, at)
            elif isinstance(document, Return):
                self._take_back(document, at)
            else:
                self._correct(document, at)
        except Unavailable:
            raise
        except KeyReused:
            self._skip(document, "imported before with other lines")
        except DomainError as refusal:
            self._skip(document, f"the shop refused: {refusal.message}")

    def _skip(self, document: Document, reason: str) -> None:
        self.report.skipped += [Skip(row, reason) for row in _rows(document)]

    # --- People and things, made on first sight ---

    def _supplier(self) -> int:
        known = Supplier.objects.listed().filter(name=SUPPLIER).order_by("id").first()
        made: Supplier = known or transact(
            lambda: Supplier.objects.create(name=SUPPLIER, sector="Gifts")
        )
        return made.pk

    def _know_products(self, day: Day) -> None:
        wanted = {code_key(row) for document in day.documents for row in _rows(document)}
        self._look_up(wanted - self._products.keys())
        for key in sorted(wanted - self._products.keys()):
            good = self.plan.goods[key]
            fields = {
                "name": good.name,
                "sku": good.sku,
                "price": good.price,
                "keeps_stock": good.keeps_stock,
            }
            try:
                made = products.create_product(
                    fields, opening=None, picture=PictureChange(), by=self.by
                )
            except Conflict:  # somebody made it in this very moment
                self._look_up({key})
            else:
                self._products[key] = _Known(made.pk, made.keeps_stock)

    def _look_up(self, keys: Iterable[str]) -> None:
        rows = Product.objects.listed().filter(sku_key__in=list(keys))
        for sku, product_id, keeps_stock in rows.values_list("sku", "pk", "keeps_stock"):
            self._products[key_of(sku) or ""] = _Known(product_id, keeps_stock)

    def _know_customers(self, day: Day) -> None:
        numbers = {row.customer for document in day.documents for row in _rows(document)}
        wanted = {number: f"Customer {number}" for number in numbers if number}
        wanted = {number: wanted[number] for number in wanted.keys() - self._customers.keys()}
        known = Customer.objects.listed().filter(name__in=list(wanted.values())).order_by("-id")
        ids = dict(known.values_list("name", "pk"))
        for number, name in sorted(wanted.items()):
            if name not in ids:
                note = f"Customer {number} of Online Retail, {self.plan.customers[number]}"
                ids[name] = transact(
                    partial(Customer.objects.create, name=name, notes=note, created_by=self.by)
                ).pk
            self._customers[number] = ids[name]

    # --- Documents ---

    def _buy(self, day: Day, supplier_id: int) -> None:
        """Receive what the day's documents take, paid in full in cash.

        A later file may know more documents of a day that was imported before: each purchase
        notes which it was for, and what none was for comes as one more purchase of that day.
        """
        open_documents = {_name(document): document for document in day.documents}
        number = 0
        while True:
            wanted = {
                key: units
                for key, units in needs(list(open_documents.values())).items()
                if self._products[key].keeps_stock
            }
            if not wanted:
                return
            number += 1
            name = f"{day.date}" if number == 1 else f"{day.date}-{number}"
            step = self._receive(name, day, wanted, list(open_documents), supplier_id)
            for document in self._bought_for(step, open_documents):
                open_documents.pop(document, None)

    def _bought_for(self, step: Step, names: Iterable[str]) -> list[str]:
        known: list[str] | None = step.note.get("for")
        if known is not None:
            return known
        # Of an import by an earlier version it is only known what was traded then.
        return [name for name in names if self._steps.is_done(name)]

    def _receive(
        self,
        name: str,
        day: Day,
        wanted: dict[str, int],
        documents: list[str],
        supplier_id: int,
    ) -> Step:
        lines = [
            receive.Line(self._products[key].product_id, Decimal(units), day.costs[key])
            for key, units in wanted.items()
        ]
        delivery = receive.Delivery(
            supplier_id,
            lines,
            invoice_no=f"RETAIL-{name}",
            purchase_date=day.date,
            note="Made up by import_retail from the day's sales.",
        )
        try:
            step = self._steps.once(
                f"purchase:{name}",
                lambda key: receive.receive_purchase(
                    delivery,
                    _paid(delivery.total),
                    by=self.by,
                    at=_moment(day.date, DELIVERY_TIME),
                    key=key,
                ),
                note=lambda purchase: {
                    "for": documents,
                    "total": str(purchase.total_amount),
                },
            )
        except Conflict as conflict:
            raise ImportRefused(
                f"The goods of {day.date} were received by an import of another user, or the keys "
                "of that import were purged. Importing again would sell everything twice, so it "
                "stops here. Name that user with --user."
            ) from conflict
        self.report.bought.count(0, Decimal(step.note["total"]), repeated=step.repeated)
        return step

    def _sell(self, invoice: Invoice, at: datetime) -> None:
        order = Order(
            [
                Line(self._products[code_key(row)].product_id, Decimal(row.quantity), row.price)
                for row in invoice.rows
            ],
            self._customers[invoice.customer] if invoice.customer else None,
            tax=sum((row.tax for row in invoice.rows), ZERO),
            note=f"Online Retail invoice {invoice.number}",
        )
        amount = sum((row.amount + row.tax for row in invoice.rows), ZERO)
        step = self._steps.once(
            _name(invoice),
            lambda key: checkout.sell(
                order, _paid(amount, by=invoice.rows[0].method), by=self.by, at=at, key=key
            ),
            note=lambda sold: {"sale_id": sold.sale.pk, "total": str(sold.sale.total_amount)},
            content=_content(invoice.rows),
        )
        self._sale_ids[invoice.number] = step.note["sale_id"]
        self.report.sold.count(
            len(invoice.rows), Decimal(step.note["total"]), repeated=step.repeated
        )

    def _take_back(self, back: Return, at: datetime) -> None:
        sale_id = self._sale_ids.get(back.of_invoice)
        if sale_id is None:
            self._skip(back, f"its sale {back.of_invoice} was not imported")
            return
        items = list(
            SaleItem.objects.filter(sale_id=sale_id).order_by("id").values_list("pk", flat=True)
        )
        claim = refunds.Claim(
            sale_id,
            [
                refunds.Returned(Decimal(units), sale_item_id=items[position])
                for position, units in back.units
            ],
            method=back.rows[0].method or CASH,
            reason=f"Online Retail cancellation {back.number}",
        )
        step = self._steps.once(
            _name(back),
            lambda key: refunds.refund(claim, by=self.by, at=at, key=key),
            note=lambda refund: {"amount": str(refund.refund_amount)},
            content=_content(back.rows),
        )
        self.report.returned.count(
            len(back.rows), Decimal(step.note["amount"]), repeated=step.repeated
        )

    def _correct(self, correction: Correction, at: datetime) -> None:
        row = correction.row
        told = row.description if any(map(str.isalpha, row.description)) else ""
        adjustment = adjustments.Adjustment(
            self._products[code_key(row)].product_id,
            Decimal(row.quantity),
            reason=told[:100] or ("WRITE-OFF" if row.quantity < 0 else "FOUND"),
            reference=row.invoice,
            unit_cost=ZERO if row.quantity > 0 else None,
        )
        step = self._steps.once(
            _name(correction),
            lambda key: adjustments.adjust(adjustment, by=self.by, at=at, key=key),
            note=lambda log: {"cost": str(log.cost)},
            content=_content([row]),
        )
        self.report.corrected.count(1, Decimal(step.note["cost"]), repeated=step.repeated)


def _rows(document: Document) -> Sequence[Row]:
    return [document.row] if isinstance(document, Correction) else document.rows


def _name(document: Document) -> str:
    """What the step of a document is called."""
    if isinstance(document, Invoice):
        return document.number
    if isinstance(document, Correction):
        return f"{document.row.invoice}:{document.position}"
    return f"{document.number}:{document.of_invoice}"


def _content(rows: Sequence[Row]) -> dict[str, object]:
    said: dict[str, object] = {
        "day": rows[0].day.isoformat(),
        "customer": rows[0].customer,
        "lines": [[code_key(row), row.quantity, row.price] for row in rows],
    }
    # Only where the file has them: what was imported without stays what it was.
    if rows[0].method:
        said["method"] = rows[0].method
    if any(row.tax for row in rows):
        said["tax"] = [row.tax for row in rows]
    return said


def _paid(amount: Decimal, *, by: str | None = None) -> TendersOffered:
    method = by or CASH
    return TendersOffered((Tender(method, amount),), method)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())


def _moments(day: Day) -> list[datetime]:
    """A moment for each of the day's documents, in their order: the file has days, no times."""
    step = timedelta(hours=TILL_HOURS) / max(len(day.documents), 1)
    start = _moment(day.date, FIRST_TILL_TIME)
    moments = (start + step * position for position in range(len(day.documents)))
    return [moment.replace(microsecond=0) for moment in moments]
