"""Where a figure comes from: the page of `manage.py explain`."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from pos_project.core.days import today
from pos_project.core.db.transactions import snapshot
from pos_project.core.errors import DomainError
from pos_project.core.http.endpoints import path_id
from pos_project.core.http.fields import parse_day
from reports.documents import document
from reports.statements.explain.account import explain_account
from reports.statements.explain.node import Explanation, Node, units_text
from reports.statements.explain.party import explain_customer, explain_supplier
from reports.statements.explain.product import explain_product
from reports.statements.explain.sale import explain_sale


@require_safe
def explain(request: HttpRequest, what: str, of: str) -> HttpResponse:
    """The tree of `manage.py explain`, each row of it leading to its page."""
    if what not in _EXPLAINED:
        raise Http404("There is nothing of that kind.")
    day = parse_day(request.GET.get("toDate")) or today()
    try:
        with snapshot():
            told = _EXPLAINED[what](of, min(day, today()))
    except DomainError as error:
        raise Http404(error.message) from error
    context = {
        **admin.site.each_context(request),
        "title": told.title,
        "figures": [_branch(node) for node in told.figures],
    }
    return TemplateResponse(request, "back_office/explanation.html", context)


_EXPLAINED: dict[str, Callable[[str, date], Explanation]] = {
    "account": lambda of, day: explain_account(of, as_of=day),
    "sale": lambda of, day: explain_sale(path_id(of, "sale")),
    "product": lambda of, day: explain_product(path_id(of, "product")),
    "customer": lambda of, day: explain_customer(path_id(of, "customer"), today=day),
    "supplier": lambda of, day: explain_supplier(path_id(of, "supplier"), today=day),
}
# Which page a row's ids lead to, the most telling first.
_LED_TO = (
    ("refund_id", "sales_refund_change"),
    ("sale_id", "sales_sale_change"),
    ("purchase_id", "purchasing_purchase_change"),
    ("payment_id", "ledger_payment_change"),
    ("entry_id", "ledger_journalentry_change"),
    ("batch_id", "inventory_batch_change"),
    ("product_id", "catalog_product_change"),
)


def _branch(node: Node) -> dict[str, Any]:
    page, row_id = next(
        ((page, node.about[key]) for key, page in _LED_TO if node.about.get(key)), (None, None)
    )
    is_money = node.unit == "money"
    return {
        "label": node.label,
        "amount": document.amount(node.amount) if is_money else units_text(node.amount),
        "link": reverse(f"admin:{page}", args=[row_id]) if page else None,
        "children": [_branch(child) for child in node.children],
    }
