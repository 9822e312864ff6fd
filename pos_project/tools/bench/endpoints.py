"""Every GET route of the API, as its own description lists them, with ids that are there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Model, QuerySet
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from inventory.models import InventoryLog
from ledger.journal_models import JournalLine
from pos_project.core.http.permissions import STAFF
from purchasing.models import Purchase, PurchaseItem
from sales.models import Refund, Sale, SaleItem

RANGES = {"30 days": 30, "1 year": 365}
NO_RANGE = ""
# What says nothing about the shop: descriptions of the API itself.
LEFT_OUT = ("/api/schema", "/api/docs", "/api/auth/")


@dataclass(frozen=True)
class Endpoint:
    """A route, and the range it is asked for if it takes one."""

    route: str
    range: str
    url: str

    @property
    def is_report(self) -> bool:
        """A dashboard, a history or a summary; else a plain list or one row."""
        parts = ("/dashboard/", "transactions", "summary", "performance", "_products", "supplied")
        return any(
            part in self.route for part in (*parts, "/products/{", "/suppliers/{id}/products")
        )


def endpoints(
    ids: Mapping[str, int], *, last: date, store_id: int | None = None
) -> Iterator[Endpoint]:
    """All of them; those that take a range for each of `RANGES` up to `last`. Of one store, if it
    is named."""
    of_store = {} if store_id is None else {"store_id": store_id}
    paths: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    for route, methods in sorted(paths.items()):
        if "get" not in methods or not route.startswith("/api/") or route.startswith(LEFT_OUT):
            continue
        url = _with(of_store, _filled(route, ids))
        names = {each["name"] for each in methods["get"].get("parameters", ())}
        if "fromDate" not in names:
            yield Endpoint(route, NO_RANGE, url)
            continue
        if "page" in names:  # a list without a range shows everything there is
            yield Endpoint(route, NO_RANGE, url)
        for words, days in RANGES.items():
            asked: dict[str, Any] = {"fromDate": last - timedelta(days=days), "toDate": last}
            yield Endpoint(route, words, _with(asked | of_store, _filled(route, ids)))


def sample_ids() -> dict[str, int]:
    """Ids to ask for: the busiest customer and supplier, a seller, the latest documents."""
    customer = _busiest(Sale.objects.completed().exclude(customer=None), "customer_id")
    supplier = _busiest(Purchase.objects.all(), "supplier_id")
    sale = Sale.objects.completed().filter(customer_id=customer).latest("id")
    purchase = Purchase.objects.filter(supplier_id=supplier).latest("id")
    return {
        "customers": customer,
        "suppliers": supplier,
        "sales": sale.pk,
        "purchases": purchase.pk,
        "purchased_products": SaleItem.objects.filter(sale=sale).latest("id").product_id,
        "supplied": PurchaseItem.objects.filter(purchase=purchase).latest("id").product_id,
        "products": _busiest(SaleItem.objects.filter(sale_id__gt=sale.pk - 5_000), "product_id"),
        "users": User.objects.filter(role=STAFF).earliest("id").pk,
        "refunds": _last(Refund),
        "inventory": _last(InventoryLog),
        "general-ledger": JournalLine.objects.latest("id").account_id,
    }


def _busiest(rows: "QuerySet[Any]", key: str) -> int:
    return int(rows.values_list(key).annotate(n=Count("id")).order_by("-n", key)[0][0])


def _last(model: type[Model]) -> int:
    return int(model._default_manager.aggregate(last=Max("pk"))["last"])


def _with(asked: Mapping[str, Any], url: str) -> str:
    return f"{url}?{urlencode(asked)}" if asked else url


def _filled(route: str, ids: Mapping[str, int]) -> str:
    """The route with an id in the place of each `{name}`, chosen by the word before it."""
    return re.sub(r"/([^/{]+)/\{\w+\}", lambda found: f"/{found[1]}/{ids.get(found[1], 1)}", route)
