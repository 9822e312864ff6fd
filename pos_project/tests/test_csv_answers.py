"""`?format=csv` on the lists and dashboards: the same rows, for the same people, as a file."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Product
from pos_project.core.days import today
from pos_project.core.http import formats
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def read(answer: Any) -> list[dict[str, str]]:
    """The file's rows by column."""
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def a_stocked_product() -> Product:
    product = shop.a_product("3.50")
    shop.stock(product, 10)
    return product


def test_a_list_is_all_its_rows_not_one_page(as_admin: APIClient) -> None:
    names = [shop.a_product("3.50", name=f"Tea {n}").name for n in range(12)]

    answer = as_admin.get("/api/products?format=csv&limit=5&sort=id&order=asc")

    assert [row["name"] for row in read(answer)] == names
    named = f'attachment; filename="products-{today().isoformat()}.csv"'
    assert answer["Content-Disposition"] == named


def test_it_has_the_fields_of_the_json_and_its_numbers(as_admin: APIClient) -> None:
    shop.sell((a_stocked_product(), 2), customer=shop.a_customer())

    [shown] = as_admin.get("/api/sales").json()["data"]
    [row] = read(as_admin.get("/api/sales?format=csv"))

    for name, value in shown.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert float(row[name]) == value, name


def test_filters_and_order_are_those_of_the_json(as_admin: APIClient) -> None:
    for name in ("Tea", "Green tea", "Rice"):
        shop.a_product("1.00", name=name)

    rows = read(as_admin.get("/api/products?format=csv&search=tea&sort=name&order=desc"))

    assert [row["name"] for row in rows] == ["Tea", "Green tea"]


def test_a_name_that_would_run_as_a_formula_does_not(as_admin: APIClient) -> None:
    shop.a_product("1.00", name='=HYPERLINK("http://evil","x")')

    [row] = read(as_admin.get("/api/products?format=csv"))

    assert row["name"] == '\'=HYPERLINK("http://evil","x")'


def test_an_empty_list_is_its_header(as_admin: APIClient) -> None:
    [header] = as_admin.get("/api/sales?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert header.startswith("id,")


def test_the_statements_grow_by_chunks_of_rows_only(
    as_admin: APIClient, queries: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "ROWS_AT_ONCE", 10)

    def cost() -> int:
        return len(queries(lambda: as_admin.get("/api/products?format=csv").getvalue()))

    shop.a_product("1.00")
    for_one = cost()
    for _ in range(9):
        shop.a_product("1.00")
    assert cost() == for_one
    for _ in range(20):
        shop.a_product("1.00")
    per_chunk = 3  # the rows, their stock, what was sold of them
    assert cost() == for_one + 2 * per_chunk


def test_a_row_that_goes_while_the_file_is_sent_is_left_out(
    as_admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "ROWS_AT_ONCE", 1)
    first, gone, last = [shop.a_product("1.00", name=name) for name in ("A", "B", "C")]

    answer = as_admin.get("/api/products?format=csv&sort=id&order=asc")
    Product.objects.filter(pk=gone.pk).delete()

    assert [row["name"] for row in read(answer)] == [first.name, last.name]


def test_too_many_rows_for_one_file_are_refused(
    as_admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 1)
    shop.a_product("1.00")
    shop.a_product("1.00")

    answer = as_admin.get("/api/products?format=csv")

    assert answer.status_code == 400
    assert answer.json()["errors"] == {
        "format": ["2 rows, more than the 1 of one file: narrow the list by its filters."]
    }


@pytest.mark.parametrize("route", ["/api/products", "/api/brands", "/api/dashboard/tax-summary"])
def test_an_unknown_format_is_refused(as_admin: APIClient, route: str) -> None:
    answer = as_admin.get(f"{route}?format=xml")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["errors"] == {"format": ["One of: json, csv."]}


@pytest.mark.parametrize("format", ["", "json", "JSON"])
def test_json_may_be_asked_for_by_name(as_admin: APIClient, format: str) -> None:
    answer = as_admin.get(f"/api/products?format={format}")
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["success"] is True


def test_no_accept_header_makes_it_anything_but_json(as_admin: APIClient) -> None:
    for accept in ("text/csv", "text/html", "nonsense"):
        answer = as_admin.get("/api/products", headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/json"


def test_whoever_may_not_read_the_json_gets_no_file(as_staff: APIClient) -> None:
    for client, status in ((APIClient(), 401), (as_staff, 403)):
        for wanted in ("csv", "xml"):
            answer = client.get(f"/api/payments?format={wanted}")
            assert answer.status_code == status
            assert answer["Content-Type"] == "application/json"
            assert answer.json()["success"] is False


def test_errors_stay_json(as_admin: APIClient) -> None:
    answer = as_admin.get("/api/sales?format=csv&fromDate=nonsense")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"fromDate"}


def test_a_bare_array_is_a_table_too(as_admin: APIClient) -> None:
    as_admin.post("/api/brands", {"name": "Delta"})
    [row] = read(as_admin.get("/api/brands?format=csv"))
    assert row["name"] == "Delta"


def test_a_single_thing_is_one_row(as_admin: APIClient) -> None:
    product = shop.a_product("1.00", name="Tea")
    [row] = read(as_admin.get(f"/api/products/{product.pk}?format=csv"))
    assert row["name"] == "Tea"


def test_a_dashboard_of_one_list_is_that_list(as_admin: APIClient) -> None:
    shop.sell((a_stocked_product(), 2))
    days = as_admin.get("/api/dashboard/daily-trends").json()["data"]
    rows = read(as_admin.get("/api/dashboard/daily-trends?format=csv"))
    [name] = [name for name, value in days.items() if isinstance(value, list)]
    assert len(rows) == len(days[name])


def test_a_dashboard_of_several_lists_asks_which(as_admin: APIClient) -> None:
    answer = as_admin.get("/api/dashboard/main?format=csv")
    assert answer.status_code == 400
    [text] = answer.json()["errors"]["table"]
    assert text.startswith("One of: ")

    for name in text.removeprefix("One of: ").rstrip(".").split(", "):
        answer = as_admin.get(f"/api/dashboard/main?format=csv&table={name}")
        assert answer.status_code == 200, name


def test_an_empty_table_of_a_dashboard_is_its_header(as_admin: APIClient) -> None:
    for route, first in (
        ("daily-trends?", "date"),
        ("main?table=top_customers&", "customer_id"),
        ("inventory/movement?table=movement.fast_moving&", "product_id"),
    ):
        answer = as_admin.get(f"/api/dashboard/{route}format=csv")
        [header] = answer.getvalue().decode("utf-8-sig").splitlines()
        assert header.startswith(f"{first},"), route


def test_a_table_has_the_same_columns_empty_and_full(as_admin: APIClient) -> None:
    def columns() -> list[str]:
        answer = as_admin.get("/api/dashboard/product-analysis?format=csv&table=top_sellers")
        return answer.getvalue().decode("utf-8-sig").splitlines()[0].split(",")

    empty = columns()
    shop.sell((a_stocked_product(), 2))
    assert columns() == empty


def test_an_empty_list_of_plain_values_is_no_table(as_admin: APIClient) -> None:
    """Without expenses the analysis has no categories; it stays the row that it otherwise is."""
    [row] = read(as_admin.get("/api/dashboard/financial-analysis?format=csv"))
    assert row["operating_expenses.categories_list"] == "[]"
    assert row["revenue_analysis.total_transactions"] == "0"


def test_a_post_is_not_turned_into_a_file(as_admin: APIClient) -> None:
    answer = as_admin.post("/api/brands?format=csv", {"name": "Delta"})
    assert answer.status_code == 201
    assert answer["Content-Type"] == "application/json"


def test_many_rows_without_ids_are_cut_by_position(
    as_admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "CUT_AT_ONCE", 2)
    customer = shop.a_customer()
    for _ in range(5):
        shop.sell((a_stocked_product(), 1), customer=customer)
    route = f"/api/customers/{customer.pk}/transactions"

    shown = as_admin.get(f"{route}?limit=100").json()["data"]
    rows = read(as_admin.get(f"{route}?format=csv"))

    assert [row["ref_id"] for row in rows] == [str(row["ref_id"]) for row in shown]


def test_a_list_whose_rows_are_known_by_a_code_is_a_file_too(as_admin: APIClient) -> None:
    shown = as_admin.get("/api/ledger/accounts").json()["data"]

    rows = read(as_admin.get("/api/ledger/accounts?format=csv"))

    assert [row["number"] for row in rows] == [account["number"] for account in shown]
