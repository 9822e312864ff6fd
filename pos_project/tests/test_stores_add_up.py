"""The figures of the stores add up to those of the shop: every number of every answer."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import Store, User
from catalog.models import Product
from conftest import at_the_office, make_user, signed_in
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.test_permission_matrix import MATRIX
from reports.summaries.building import build_missing

pytestmark = pytest.mark.django_db

PERIOD = f"fromDate={today() - timedelta(days=60)}&toDate={today()}"


@pytest.fixture(scope="module")
def traded(standing: Callable[..., Any]) -> APIClient:
    """Two stores that traded on five days, four of them built, and somebody who may see both."""
    client: APIClient = standing(trade)
    return client


def trade() -> APIClient:
    # The ids are those of the paths, whatever numbers a server has given out before.
    baker.make(Store, pk=2, name="Lake Road", currency_sign="৳")
    admin = make_user("admin", pk=1)
    shirt, cap = shop.a_product("20.00", pk=1, name="Shirt"), shop.a_product("7.50", name="Cap")
    shop.a_service()
    customers = [shop.a_customer(pk=1, name="Rahim"), shop.a_customer(name="Nila")]
    supplier = shop.a_supplier(pk=1)

    def ask(path: str, **body: Any) -> Any:
        answer = signed_in(admin).post(f"/api/{path}", body)
        assert answer.status_code in (200, 201), (path, answer.content)
        return answer.json()

    for number, ago in enumerate((45, 33, 9, 1, 0)):
        with time_machine.travel(at_noon(today() - timedelta(days=ago)), tick=True):
            for store_id in (1, 2):
                there = {"store_id": store_id}
                lines = [
                    {"product_id": product.pk, "quantity": 9 + store_id, "cost_price": cost}
                    for product, cost in ((shirt, 8 + number), (cap, 3))
                ]
                ask("purchase", supplier_id=supplier.pk, items=lines, paid_amount=20, **there)
                line = {"product_id": shirt.pk, "quantity": 1 + store_id, "unit_price": 20}
                sold = ask(
                    "sales/checkout",
                    items=[line, {"product_id": cap.pk, "quantity": store_id}],
                    customer_id=customers[number % 2].pk,
                    paid_amount=15,
                    tax=3,
                    discount=1,
                    **there,
                )
                ask("sales/checkout", items=[line], paid_amount=500, **there)
                spent = {"title": "Tea", "amount": 2 * store_id, "category": "Rent"}
                ask("expenses", **spent, repeats=True, **there)
                ask("inventory", product_id=cap.pk, change_qty=-1, reason="broken", **there)
                ask("sales/pending", items=[line], **there)
                ask(f"customers/{customers[number % 2].pk}/dues", amount=2, **there)
                ask(f"suppliers/{supplier.pk}/due-payment", amount=5, **there)
                ask("ledger/cash-counts", counted=10 * store_id, reason="counted", **there)
                if number % 2:
                    back = {"product_id": shirt.pk, "quantity": 1}
                    ask("refunds", sale_id=sold["sale_id"], items=[back], reason="torn", **there)
    for store_id in (1, 2):
        ask("tills", name=f"Till {store_id}", store_id=store_id)
    mug = shop.a_product("4.00", name="Mug")
    for store_id in (1, 2):  # few in each, enough together
        there = {"store_id": store_id}
        lines = [{"product_id": mug.pk, "quantity": 6, "cost_price": 2}]
        ask("purchase", supplier_id=supplier.pk, items=lines, paid_amount=12, **there)
        line = {"product_id": mug.pk, "quantity": 3 * store_id - 1, "unit_price": 4}
        ask("sales/checkout", items=[line], paid_amount=50, **there)
        credit = {"kind": "allowance", "amount": 1, "reason": "late"}
        ask(f"customers/{customers[0].pk}/credits", **credit, **there)
    build_missing()
    return signed_in(admin)


# What is the same in every store, or of one person or paper: it has no parts to add up.
ELSEWHERE = {
    "brands", "categories", "tax-rates", "stores", "stores/1", "users", "users/1", "users/me",
    "ledger/accounts", "ledger/period-lock", "cart",
    # of one document
    "sales/1", "sales/1/explain", "sales/1/papers", "sales/1/refunds", "refunds/1",
    "purchase/1/papers", "ledger/entries/1", "customers/1/sales/1/items",
    "suppliers/1/purchases/1/items", "shifts", "shifts/1", "shifts/1/papers", "shifts/1/report",
    # A customer owes the shop, wherever they bought; a product's stock is the one of where one is.
    "customers", "customers/1/details", "suppliers", "suppliers/1/details", "products",
    "products/1", "ledger/cash-counts/expected", "stores/1/products",
    # A transfer is of two stores.
    "transfers", "transfers/1", "transfers/1/papers", "transfers/suggestions",
    # An account of the path: below, with one that there is.
    "ledger/general-ledger/1",
}  # fmt: skip
# Figures that are no sums: how many different ones, averages, extremes, prices, days, pages, ids.
NO_SUM = re.compile(
    r"(^|_)(id|avg|min|max|price|stddev|margin)(_|$)|avg[A-Z]|^(userId|requestedBy|ref_id)$"
    r"|^(page|limit|pages|totalPage|currentPage|pageSize|hasNextPage|hasPrevPage)$"
    r"|(unique|active|new|total|with)_(customers|dues|outstanding|products|sku|items)"
    r"|uniqueCustomers|customers_with|(days|_days)$|^days_|data_points|execution_time_ms|_ms$"
    r"|fifo_cost|totalProducts|products_(sold|unsold)|num_products|expense_categories|methods_used"
    r"|business_days|product_count|avg_cost|total_sku|workingDays|cost_per_unit|reorder_level"
)
# Lists of which each store has another part: the newest, the first, or a kind that hangs on sums.
NO_PARTS = re.compile(
    r"recent_|segmentation|\.movement|moving_count|no_movement|last_purchase|purchase_history"
    r"|critical_alerts|total_alerts|reorder-recommendations|staff_performance|sellers|highest_profit|\.alerts|_count$|pagination\.total"
    r"|\.data\.lines|\.total$"
)
KEYS = (
    *("product_id", "customer_id", "supplier_id", "user_id", "party_id", "day", "date"),
    *("method", "payment_method", "account", "code", "category_name", "category", "name", "id"),
)
READ = sorted(
    path
    for path, methods in MATRIX.items()
    if methods.get("get") not in (None, "public") and path not in ELSEWHERE
)
Number = (int, float)


@pytest.mark.parametrize("path", [*READ, "ledger/general-ledger/CASH"])
def test_the_stores_are_the_whole(path: str, traded: APIClient) -> None:
    def read(query: str) -> Any:
        # More rows than there are; in one page, so that a list is all of its rows.
        answer = traded.get(f"/api/{path}?{PERIOD}&limit=500{query}")
        assert answer.status_code == 200, (path, answer.content)
        return answer.json()

    first, second, whole = read("&store_id=1"), read("&store_id=2"), read("")
    assert list(differing(first, second, whole, path)) == []
    assert first != whole, "each store has rows of its own"


def differing(one: Any, other: Any, whole: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The figures of `whole` that are not the sum of the other two."""
    if isinstance(whole, dict):
        for name, each in whole.items():
            if not NO_SUM.search(name):
                yield from differing(of(one, name), of(other, name), each, f"{path}.{name}")
    elif NO_PARTS.search(path) or isinstance(whole, bool):
        return
    elif isinstance(whole, Number):
        parts = [Decimal(str(each or 0)) for each in (one, other)]
        if abs(sum(parts) - Decimal(str(whole))) > Decimal("0.005"):
            yield path, (one, other, whole)
    elif isinstance(whole, list) and whole and isinstance(whole[0], dict):
        yield from differing_rows(one or [], other or [], whole, path)


def differing_rows(one: Any, other: Any, whole: Any, path: str) -> Iterator[tuple[str, Any]]:
    if spelled([*one, *other]) == spelled(whole):
        return  # each row is of one store
    key = next(name for name in KEYS if name in whole[0])
    rows = [{row[key]: row for row in each} for each in (one, other, whole)]
    if set(rows[0]) | set(rows[1]) != set(rows[2]):
        yield path, [sorted(map(str, each)) for each in rows]
    for name, row in rows[2].items():
        yield from differing(rows[0].get(name), rows[1].get(name), row, f"{path}[{name}]")


def spelled(rows: list[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def of(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None


# --- Who is shown which ---


def test_admins_are_shown_all_stores_and_others_their_own(traded: APIClient) -> None:
    theirs = make_user("manager", store_id=2)
    client = signed_in(theirs)
    for path in ("sales", "dashboard/financial-summary", "ledger/trial-balance"):
        asked = f"/api/{path}?{PERIOD}&limit=500"
        own = without_meta(client.get(asked).json())
        assert own == without_meta(traded.get(f"{asked}&store_id=2").json()), path
        assert own != without_meta(traded.get(asked).json()), path
        assert client.get(f"{asked}&store_id=1").status_code == 403
    assert client.get("/api/customers/1/dues").json() == traded.get("/api/customers/1/dues").json()


def without_meta(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in answer.items() if name != "meta"}


def test_the_back_office_shows_the_store_that_was_chosen(traded: APIClient) -> None:
    admin = User.objects.get(role="admin")
    office, sales = at_the_office(admin), reverse("admin:sales_sale_changelist")

    def shown() -> int:
        return int(office.get(sales).context["cl"].result_count)

    everywhere = shown()
    home = office.get("/admin/").content
    office.post(reverse("admin:accounts_store_choose"), {"store": 2})
    assert 0 < shown() < everywhere
    assert office.get("/admin/").content != home
    report = reverse("report-best-sellers")
    chosen = office.get(report, {"format": "csv"}).getvalue()
    assert chosen != office.get(report, {"format": "csv", "store_id": 1}).getvalue()
    manager = at_the_office(make_user("manager"))
    assert manager.get(report, {"store_id": 2}).status_code == 400


# --- What it costs ---


@pytest.mark.parametrize("path", ["main", "financial-analysis", "product-analysis"])
def test_a_dashboard_of_one_store_costs_no_more_statements_for_more_sales(
    path: str, traded: APIClient, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    def cost() -> int:
        asked = f"/api/dashboard/{path}?{PERIOD}&store_id=2"
        return len(queries(lambda: traded.get(asked)))

    cost()
    few = cost()
    more = 6
    for _ in range(more):
        shop.sell((shop.a_service(), 1), by=User.objects.get(role="admin"))
    # (What is looked for once a second, or remembered for five, may come due in between.)
    assert cost() < few + more, "what is new is read at once, not sale by sale"


def _units_of_best_seller(client: APIClient, query: str) -> int:
    answer = client.get(f"/api/dashboard/main?{PERIOD}{query}").json()
    return int(answer["data"]["top_products"][0]["units_sold"])


def test_closed_days_of_one_store_are_read_once(
    traded: APIClient, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    """Where what is built knows no stores: products, customers."""
    asked = f"/api/dashboard/top-products?{PERIOD}&store_id=2"
    first = queries(lambda: traded.get(asked))
    again = queries(lambda: traded.get(asked))
    of_lines = [sql for sql in first if "sale_items" in sql]
    assert len(of_lines) > len([sql for sql in again if "sale_items" in sql]) == 0


def test_what_is_written_into_a_closed_day_is_seen_in_its_store(traded: APIClient) -> None:
    queries = ("&store_id=1", "&store_id=2", "")
    first, second, whole = (_units_of_best_seller(traded, query) for query in queries)
    there = User.objects.get(role="admin").in_store(2, writing=True)
    shirt = Product.objects.get(name="Shirt")
    shop.sell((shirt, 2), by=there, at=at_noon(today() - timedelta(days=9)))
    now = tuple(_units_of_best_seller(traded, query) for query in queries)
    assert now == (first, second + 2, whole + 2)
