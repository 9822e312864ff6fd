"""Ctrl+K: a page, product, document, customer or supplier by some of its words. A code that is
scanned opens its product at once."""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from unfold.dataclasses import SearchResult

from accounts.models import User
from catalog.codes import products_by_code
from catalog.models import Product
from inventory import product_figures
from inventory.models import Batch
from pos_project.back_office import navigation
from pos_project.back_office.reports.catalogue import REPORTS
from pos_project.core.back_office.list_search import found
from pos_project.core.db.search_text import SEARCH_TEXT
from pos_project.core.db.store_rows import of_store
from pos_project.core.http.permissions import ADMIN
from purchasing.models import Purchase, Supplier
from sales.models import Customer, Refund, Sale

MOST = 6  # of each kind
LONGEST = 100
INVOICE = "invoice_no__istartswith"


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What fits the words, for the window of Ctrl+K (`extended`), else as a page of its own, which
    goes straight to the product of a scanned code. So many statements, whatever is found."""
    words = request.GET.get("s", "").strip()[:LONGEST]
    began = monotonic()
    results = list(_fitting(request, words)) if words else []
    if "extended" in request.GET:
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html",
            {
                "results": Paginator(results, max(len(results), 1)).page(1),
                "page_obj": Paginator(results, max(len(results), 1)),
                "page_counter": 0,
                "execution_time": monotonic() - began,
            },
            headers={"HX-Trigger": "search"},
        )
    exact = products_by_code([words]).get(words)
    if exact:
        return redirect("admin:catalog_product_change", exact.pk)
    if len(results) == 1:
        return redirect(results[0].link)
    context = {
        **admin.site.each_context(request),
        "title": f"Search: {words}" if words else "Search",
        "words": words,
        "results": results,
    }
    return TemplateResponse(request, "back_office/find.html", context)


@require_safe
def find_products(request: HttpRequest) -> JsonResponse:
    """Goods by a code, else by a part of their name, for the lines of a form: what they are
    called, cost last, and how many there are. Four statements at most."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    exact = products_by_code([words]).get(words)
    products = [exact] if exact else _named(Product.objects.listed(), words) if words else []
    ids = [product.pk for product in products]
    costs = product_figures.latest_purchase_costs(ids) if ids else {}
    by: Any = request.user
    stock = Batch.objects.all().stock(ids, store_id=by.store_id) if ids else {}
    return JsonResponse(
        {
            "exact": exact is not None,
            "products": [
                {
                    "sku": product.sku,
                    "name": product.name,
                    "keeps_stock": product.keeps_stock,
                    "last_cost": None if product.pk not in costs else f"{costs[product.pk]:.2f}",
                    "stock": f"{stock.get(product.pk, 0):.0f}",
                }
                for product in products
            ],
        }
    )


def _fitting(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    exact = products_by_code([words]).get(words)
    goods = _named(Product.objects.listed(), words)
    for product in [exact, *(each for each in goods if each != exact)] if exact else goods:
        about = f"Product · {product.sku} · {product.price:,.2f}"
        yield _result(product, about, "inventory_2", title=product.name)
    yield from _pages(request, words)
    by: Any = request.user
    for customer in _named(Customer.objects.listed(), words):
        yield _result(customer, f"Customer {customer.phone or ''}", "group")
    for supplier in _named(Supplier.objects.listed(), words):
        yield _result(supplier, f"Supplier {supplier.phone or ''}", "factory")
    for sale in _numbered(
        of_store(Sale.objects.exclude(status=Sale.Status.DRAFT), by.reads_store), INVOICE, words
    ):
        yield _result(
            sale, f"Sale · {sale.get_status_display()} · {sale.total_amount:,.2f}", "receipt_long"
        )
    for refund in _numbered(
        of_store(Refund.objects.select_related("sale"), by.reads_store), f"sale__{INVOICE}", words
    ):
        yield _result(
            refund,
            f"Refund of {refund.sale.invoice_no} · {refund.refund_amount:,.2f}",
            "undo",
        )
    for purchase in _numbered(of_store(Purchase.objects.all(), by.reads_store), INVOICE, words):
        yield _result(purchase, f"Purchase · {purchase.total_amount:,.2f}", "local_shipping")
    if getattr(request.user, "role", None) == ADMIN:
        for person in _named(User.objects.listed(), words):
            yield _result(person, person.get_role_display(), "badge")


def _pages(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    """Pages of the side bar, and the reports that do not stand there."""
    seen = set()
    for group in navigation.groups(request):
        for item in group["items"]:
            if words.lower() in item["title"].lower():
                seen.add(item["title"])
                yield SearchResult(item["title"], group["title"], item["link"], item["icon"])
    for name, report in REPORTS.items():
        if words.lower() in report.title.lower() and report.title not in seen:
            yield SearchResult(report.title, "Reports", reverse(f"report-{name}"), "analytics")


def _named(rows: Any, words: str) -> Sequence[Any]:
    return list(found(rows, (SEARCH_TEXT,), words).order_by(SEARCH_TEXT, "id")[:MOST])


def _numbered(rows: Any, field: str, words: str) -> Sequence[Any]:
    """The newest documents whose number begins so; nobody looks for one without a figure."""
    if not any(letter.isdigit() for letter in words):
        return ()
    return list(found(rows, (field,), words).order_by("-id")[:MOST])


def _result(row: Any, description: str, icon: str, *, title: str = "") -> SearchResult:
    meta = row._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return SearchResult(title or str(row), description, page, icon)
