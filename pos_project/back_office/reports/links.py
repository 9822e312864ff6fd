"""From a figure to what is behind it: another report, a list that adds up to it, the document."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from pos_project.back_office.reports.report import Asked
from pos_project.core.back_office.ranges import OWN
from pos_project.core.period import Period
from reports.documents.document import Subject

# What led to how something stands at the end of a day.
DAYS_BEHIND = timedelta(days=90)
# Documents by the event that a journal entry has, or by their own name → their page.
_PAGES = {
    "sale": "sales_sale_change",
    "refund": "sales_refund_change",
    "purchase": "purchasing_purchase_change",
    "opening_receivable": "sales_sale_change",
    "opening_payable": "purchasing_purchase_change",
    "expense": "ledger_expense_change",
    "adjustment": "inventory_inventorylog_change",
    "opening": "inventory_inventorylog_change",
    "void": "inventory_inventorylog_change",
    "entry": "ledger_journalentry_change",
    "product": "catalog_product_change",
}
_OF_ONE = {
    "account": "ledger",
    "customer": "customer",
    "supplier": "supplier",
    "product-sales": "product-sales",
}


def address(subject: Subject, asked: Asked) -> str | None:
    """Where a cell of a report leads to; None for nowhere."""
    kind, about = subject.kind, subject.id
    if kind in _PAGES:
        return reverse(f"admin:{_PAGES[kind]}", args=[about])
    if kind == "order":
        path = reverse("report-order", args=[about])
        return f"{path}?{urlencode(_store(asked))}" if asked.scope.store_id is not None else path
    if kind in _OF_ONE:
        path = reverse(f"report-{_OF_ONE[kind]}", args=[about])
        return f"{path}?{urlencode(query(asked, subject.days))}"
    if kind == "tax":
        return f"{reverse('report-tax')}?{urlencode(query(asked, subject.days))}"
    if kind == "stock":
        return reverse("report-explain", args=["product", about])
    if kind == "day":
        return reverse("day-closing", args=[about.isoformat()])
    days = subject.days or asked.period
    return _list(kind, about, days)


def query(asked: Asked, days: Period | None = None) -> dict[str, Any]:
    """The same books and days, or other days, for another report."""
    store = _store(asked)
    if days is None and asked.scope.is_as_of:
        days = Period(asked.scope.day - DAYS_BEHIND, asked.scope.day)
    if days is None and asked.range != OWN:
        return {"range": asked.range, **store}
    days = days or asked.period
    return {"range": OWN, "fromDate": days.first, "toDate": days.last, **store}


def _store(asked: Asked) -> dict[str, Any]:
    return {"store_id": asked.scope.store_id} if asked.scope.store_id is not None else {}


def _list(kind: str, about: Any, days: Period) -> str | None:
    """A list of the back office, of the documents of these days."""
    lists: dict[str, tuple[str, dict[str, Any]]] = {
        "payments": (
            "ledger_payment",
            {
                "payment_party__exact": "customer",
                **({"method__code__exact": about} if about else {}),
            },
        ),
        "sales": ("sales_sale", {"status__exact": "completed"}),
        "refunds": ("sales_refund", {}),
        "seller": ("sales_sale", {"status__exact": "completed", "user__id__exact": about}),
    }
    if kind not in lists:
        return None
    page, only = lists[kind]
    return f"{reverse(f'admin:{page}_changelist')}?{urlencode({**only, **of_days(days)})}"


def of_days(days: Period) -> dict[str, date]:
    """The filter of a list by its business day."""
    return {"business_date_from": days.first, "business_date_to": days.last}
