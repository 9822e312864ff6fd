"""Lists of products and customers: who is on them, how long they are, what may be asked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import Category, Product
from inventory.products import change_product, remove_product
from pos_project.core.days import today
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import shop
from reports.dashboards.alerts import find_critical_alerts
from reports.summaries.building import build_missing
from reports.summaries.categories import categories_now, labels_now, moved

pytestmark = pytest.mark.django_db

DATED = ("top-products", "customer-analysis", "customer-analysis/comprehensive", "product-analysis")
EVERY = (
    *DATED,
    "inventory/alerts",
    "inventory/movement",
    "inventory/reorder-recommendations",
    "inventory/valuation",
    "inventory/detailed",
)


@pytest.fixture
def ask(as_admin):
    """The `data` of a dashboard."""

    def data(path, **query):
        answer = as_admin.get(f"/api/dashboard/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    return data


def days_ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.mark.parametrize("path", EVERY)
def test_an_empty_shop_has_empty_lists(as_admin, path):
    assert as_admin.get(f"/api/dashboard/{path}").status_code == 200


@pytest.mark.parametrize("path", DATED)
@pytest.mark.parametrize(
    "query",
    [
        {"fromDate": "2026-02-30"},
        {"toDate": "soon"},
        {"fromDate": "2026-02-02", "toDate": "2026-02-01"},
        {"fromDate": "1999-12-31"},
    ],
)
def test_nonsense_dates_are_refused_in_the_envelope(as_admin, path, query):
    answer = as_admin.get(f"/api/dashboard/{path}", query)
    assert answer.status_code == 400
    body = answer.json()
    assert body["success"] is False
    assert set(body["errors"]) <= set(query)


@pytest.mark.parametrize(
    ("asked", "meant"), [("0", 1), ("-5", 1), ("9999", 365), ("abc", 30), ("", 30), ("7", 7)]
)
@pytest.mark.parametrize("path", ["inventory/movement", "inventory/reorder-recommendations"])
def test_days_are_brought_into_their_bounds(as_admin, path, asked, meant):
    body = as_admin.get(f"/api/dashboard/{path}", {"days": asked}).json()
    assert body["meta"]["period_days"] == body["data"]["period_days"] == meant


@pytest.mark.parametrize(("asked", "meant"), [("0", 1), ("501", 500), ("x", 50)])
def test_the_limit_of_details_is_brought_into_its_bounds(as_admin, asked, meant):
    body = as_admin.get("/api/dashboard/inventory/detailed", {"limit": asked}).json()
    assert body["meta"]["limit"] == meant


@pytest.mark.parametrize(
    ("path", "rows", "most"),
    [("top-products", "top_products", 50), ("customer-analysis", "customer_analysis", 500)],
)
@pytest.mark.parametrize(("asked", "shown"), [("1", 1), ("0", 1), ("100000", None)])
def test_a_limit_is_brought_into_its_bounds(ask, path, rows, most, asked, shown):
    for good in shop.many_products(3):
        shop.stock(good, 5)
        shop.sell((good, 1), customer=shop.a_customer())
    assert len(ask(path, limit=asked)[rows]) == (3 if shown is None else shown)


def test_best_sellers_end_at_fifty_however_many_are_asked_for(ask):
    goods = shop.many_products(52)
    shop.buy(*((good, 2, "1.00") for good in goods))
    shop.sell(*((good, 1) for good in goods))
    assert len(ask("top-products", limit=10_000)["top_products"]) == 50
    assert len(ask("top-products")["top_products"]) == 10


def test_lists_of_stock_end_at_five_hundred_rows_but_count_them_all(ask):
    shop.many_products(503)
    alerts = ask("inventory/alerts")
    assert alerts["summary"]["out_of_stock_count"] == 503
    assert len(alerts["alerts"]["out_of_stock"]) == 500
    movement = ask("inventory/movement")
    assert movement["summary"]["no_movement_count"] == 503
    assert len(movement["movement"]["no_movement"]) == 500


def test_what_to_reorder_ends_at_five_hundred_rows_but_is_summed_up_whole(ask):
    goods = shop.many_products(502)
    shop.buy(*((good, 1, "1.00") for good in goods))
    shop.sell(*((good, 1) for good in goods))
    found = ask("inventory/reorder-recommendations")
    assert found["summary"]["total_products_to_reorder"] == 502
    assert found["summary"]["total_estimated_investment"] == 502
    assert len(found["recommendations"]) == 500


def test_services_are_not_stock(ask):
    postage = shop.a_service()
    shop.sell((postage, 3))
    assert ask("inventory/alerts")["summary"]["total_alerts"] == 0
    assert ask("inventory/movement")["summary"]["slow_moving_count"] == 0
    assert ask("inventory/reorder-recommendations")["recommendations"] == []
    assert ask("inventory/detailed")["products"] == []
    assert ask("inventory/valuation")["total_valuation"]["total_products"] == 0
    assert [row["product_id"] for row in ask("top-products")["top_products"]] == [postage.pk]


def test_products_that_were_switched_off_are_not_in_the_shop_but_were_sold(ask):
    off, gone = shop.a_product(), shop.a_product()
    for product in (off, gone):
        shop.stock(product, 3)
        shop.sell((product, 1))
    change_product(off.pk, {"status": "inactive"}, picture=PictureChange())
    remove_product(gone.pk, by=shop.a_cashier())
    assert ask("inventory/alerts")["summary"]["total_alerts"] == 0
    assert ask("inventory/valuation")["category_breakdown"] == []
    analysis = ask("product-analysis")
    assert analysis["overview_metrics"]["total_active_products"] == 0
    assert analysis["overview_metrics"]["total_transactions"] == 2
    assert analysis["category_performance"] == []
    assert len(ask("top-products")["top_products"]) == 2


def test_a_product_that_only_came_back_was_not_sold_in_the_period(ask):
    shirt = shop.a_product("10.00")
    shop.stock(shirt, 5, on=today() - timedelta(days=9))
    sold = shop.sell((shirt, 2), at=days_ago(5)).sale
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))
    period = {"fromDate": today().isoformat(), "toDate": today().isoformat()}
    assert ask("top-products", **period)["top_products"] == []
    analysis = ask("product-analysis", **period)
    assert analysis["overview_metrics"]["products_sold"] == 0
    assert analysis["overview_metrics"]["total_revenue"] == -10
    [row] = analysis["bottom_sellers"]
    assert (row["units_sold"], row["note"]) == (-1, "No sales in this period")


def test_a_loss_on_revenue_below_zero_is_no_low_margin(ask):
    """Sold cheaply while a dear one came back: the margin is shown above one hundred percent."""
    shirt, mug = shop.a_product("10.00"), shop.a_product("10.00")
    for product in (shirt, mug):
        shop.stock(product, 5, "9.00", on=today() - timedelta(days=9))
    dear = shop.sell((shirt, 1, "100.00"), at=days_ago(5)).sale
    shop.sell((shirt, 2, "1.00"), (mug, 1))
    shop.take_back(dear, restock=False)
    period = {"fromDate": today().isoformat(), "toDate": today().isoformat()}
    analysis = ask("product-analysis", **period)
    shown = {row["product_id"]: row["profit_margin"] for row in analysis["top_sellers"]}
    assert shown == {shirt.pk: "118.37%", mug.pk: "10.00%"}
    assert [row["product_id"] for row in analysis["lowest_margin_products"]] == [mug.pk]


# --- Categories that change after the sale ---


def sales_by_category(ask):
    rows = ask("product-analysis")["category_performance"]
    return {row["category_name"]: row["transaction_count"] for row in rows}


@pytest.fixture
def tea_and_mug():
    """Both drinks; sold together three days ago and the tea again yesterday."""
    drinks = Category.objects.create(name="Drinks")
    tea, mug = shop.a_product(category=drinks), shop.a_product(category=drinks)
    for product in (tea, mug):
        shop.stock(product, 10, on=today() - timedelta(days=9))
    shop.sell((tea, 1), (mug, 1), at=days_ago(3))
    shop.sell((tea, 1), at=days_ago(1))
    return tea, mug


@pytest.mark.parametrize("frozen", [False, True])
def test_a_sale_counts_once_in_a_category_however_many_of_it_were_sold(ask, tea_and_mug, frozen):
    if frozen:
        build_missing()
    assert sales_by_category(ask) == {"Drinks": 2}


@pytest.mark.parametrize("refrozen", [False, True])
def test_sales_follow_a_product_into_another_category(ask, tea_and_mug, refrozen):
    _, mug = tea_and_mug
    build_missing()
    china = Category.objects.create(name="China")
    change_product(mug.pk, {"category_id": china.pk}, picture=PictureChange())
    assert moved(labels_now(), categories_now()) == [mug.pk]
    if refrozen:
        build_missing()
        assert moved(labels_now(), categories_now()) == []
    assert sales_by_category(ask) == {"China": 1, "Drinks": 2}


@pytest.mark.parametrize("refrozen", [False, True])
def test_sales_of_a_product_that_left_the_shop_count_no_more(ask, tea_and_mug, refrozen):
    tea, mug = tea_and_mug
    build_missing()
    remove_product(tea.pk, by=shop.a_cashier())
    if refrozen:
        build_missing()
    assert sales_by_category(ask) == {"Drinks": 1}
    Product.objects.filter(pk=mug.pk).update(status="inactive")  # whoever does it, however
    assert sales_by_category(ask) == {}


def test_a_product_that_was_off_when_its_day_was_frozen_counts_when_it_is_back(ask, tea_and_mug):
    tea, _ = tea_and_mug
    change_product(tea.pk, {"status": "inactive"}, picture=PictureChange())
    build_missing()
    assert sales_by_category(ask) == {"Drinks": 1}
    change_product(tea.pk, {"status": "active"}, picture=PictureChange())
    assert sales_by_category(ask) == {"Drinks": 2}


# --- What the main dashboard warns of ---


def test_alerts_are_debts_of_half_a_year_and_empty_shelves():
    rahim, salma = shop.a_customer(), shop.a_customer(name="Salma Begum")
    scarf, cap = shop.a_product("40.00", name="Scarf"), shop.a_product(name="Cap")
    shop.stock(scarf, 23, on=today() - timedelta(days=300))
    shop.sell((scarf, 1), customer=rahim, offered=shop.on_credit(), at=days_ago(181))
    shop.sell((scarf, 2), customer=rahim, offered=shop.on_credit())
    shop.sell((scarf, 1), customer=salma, offered=shop.on_credit(), at=days_ago(180))
    found = find_critical_alerts(today())
    assert found.count == 3
    overdue, out, low = found.first
    assert (overdue.alert_type, overdue.severity) == ("overdue_customer", "critical")
    assert (overdue.customer_name, overdue.days_overdue) == ("Rahim Uddin", 181)
    assert overdue.amount_due == Decimal("120.00")  # all that is open, whatever its age
    assert (out.product_name, out.severity, out.current_stock) == ("Cap", "critical", 0)
    assert (out.alert_id, out.reorder_level) == (f"out_of_stock-{cap.pk}", 0)
    assert (low.product_name, low.severity, low.current_stock) == ("Scarf", "high", 19)
    assert low.reorder_level == 20


def test_no_more_than_five_of_each_alert_are_shown_but_all_are_counted():
    shop.many_products(7)
    scarf = shop.a_product("1.00")
    shop.stock(scarf, 30, on=today() - timedelta(days=400))
    for days in range(200, 206):
        shop.sell(
            (scarf, 1), customer=shop.a_customer(), offered=shop.on_credit(), at=days_ago(days)
        )
    found = find_critical_alerts(today())
    assert found.count == 13
    kinds = [alert.alert_type for alert in found.first]
    assert kinds == ["overdue_customer"] * 5 + ["out_of_stock"] * 5
    assert [alert.days_overdue for alert in found.first[:5]] == [205, 204, 203, 202, 201]
