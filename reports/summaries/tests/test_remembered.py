"""What a process remembers of summaries is what they come to, whatever happens to them."""

from collections.abc import Iterator
from datetime import UTC, date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from pos_project.core.days import at_noon
from pos_project.core.db.transactions import snapshot
from pos_project.core.period import Period
from pos_project.tests import shop
from reports.dashboards.product_sales import Sold
from reports.dashboards.sales_figures import sales_by, sales_figures
from reports.summaries import remembered
from reports.summaries.building import CATCHING_UP, build_missing, invalidate
from reports.summaries.buyer_sets import buyers
from reports.summaries.buyers import BUYERS
from reports.summaries.models import BuiltPeriod, ProductSummary
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import CUSTOMERS, PRODUCTS, SALES
from reports.summaries.sums import sums_by_key

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)


def noon(day: date) -> time_machine.travel:
    return time_machine.travel(at_noon(day).astimezone(UTC), tick=False)


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    CATCHING_UP.forget()
    with noon(WEDNESDAY):
        yield
    CATCHING_UP.forget()


@pytest.fixture
def tea() -> int:
    """Two sold on Monday, three on Tuesday, both built; one today."""
    service = shop.a_service("10.00")
    for day, units in ((MONDAY, 2), (TUESDAY, 3), (WEDNESDAY, 1)):
        with noon(day):
            shop.sell((service, units))
    build_missing()
    return int(service.pk)


def sold(product_id: int, first: date = MONDAY, last: date = WEDNESDAY) -> Sold:
    plan = plan_reading(Period(first, last), PRODUCTS)[PRODUCTS.name]
    [sums] = sums_by_key(PRODUCTS, plan)
    return Sold._make(sums[product_id])


def summaries_read(product_id: int) -> int:
    """How many statements read summaries of products, to answer once."""
    with CaptureQueriesContext(connection) as captured:
        sold(product_id)
    return sum("fact_products" in query["sql"] for query in captured)


def test_amounts_are_whole_cents_and_quantities_whole_thousandths(tea: int) -> None:
    assert sold(tea) == Sold(3, 3, 6_000, 60_00, 0, 0, 0)
    assert (sold(tea).units, sold(tea).revenue) == (6, 60_00)


def test_built_days_are_read_once_and_today_each_time(tea: int) -> None:
    assert summaries_read(tea) == 1

    with noon(WEDNESDAY):
        shop.sell((shop.a_service("5.00"), 1))

    assert summaries_read(tea) == 0
    plan = plan_reading(Period(MONDAY, WEDNESDAY), PRODUCTS)[PRODUCTS.name]
    [sums] = sums_by_key(PRODUCTS, plan)
    assert len(sums) == 2


def test_each_period_is_remembered_by_itself(tea: int) -> None:
    assert sold(tea, MONDAY, MONDAY).units == 2
    assert sold(tea, TUESDAY, TUESDAY).units == 3
    assert sold(tea, MONDAY, TUESDAY).units == 5


def test_a_day_that_is_built_anew_is_read_anew(tea: int) -> None:
    before = sold(tea)
    ProductSummary.objects.filter(first_day=MONDAY).update(subtotal=7)

    assert sold(tea) == before  # under the same version nothing changes by right
    BuiltPeriod.objects.filter(summary=PRODUCTS.name).delete()
    build_missing(summaries=[PRODUCTS.name])
    assert sold(tea) == before
    ProductSummary.objects.filter(first_day=MONDAY).update(subtotal=7)
    invalidate([TUESDAY], summaries=[PRODUCTS.name])
    assert sold(tea).subtotal == 7_00 + 30_00 + 10_00


def test_the_other_database_s_days_have_other_versions(tea: int) -> None:
    """Every row of periods has a number of its own."""
    versions = BuiltPeriod.objects.values_list("version", flat=True)
    assert len(set(versions)) == len(versions) > 2


def test_what_is_too_large_is_read_each_time(tea: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered._CACHE, "_Cache__maxsize", 0)
    assert (summaries_read(tea), summaries_read(tea)) == (1, 1)


def test_the_latest_sale_of_a_customer_is_the_latest_of_all_days() -> None:
    customer, service = shop.a_customer(), shop.a_service("10.00")
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        with noon(day):
            shop.sell((service, 1), customer=customer)
    build_missing()

    plan = plan_reading(Period(MONDAY, WEDNESDAY), CUSTOMERS)[CUSTOMERS.name]
    [sums] = sums_by_key(CUSTOMERS, plan)
    orders, gross, refunded, last_at = sums[customer.pk]

    assert (orders, gross, refunded) == (3, 30_00, 0)
    assert str(last_at).startswith("2026-01-07")


def test_two_periods_read_today_once(tea: int) -> None:
    days = (Period(TUESDAY, WEDNESDAY), Period(MONDAY, WEDNESDAY))
    plans = [plan_reading(period, PRODUCTS)[PRODUCTS.name] for period in days]
    with snapshot(), CaptureQueriesContext(connection) as captured:
        two, all_three = sums_by_key(PRODUCTS, *plans)
    assert sum("sale_items" in query["sql"] for query in captured) == 1
    assert (two[tea][2], all_three[tea][2]) == (4_000, 6_000)


def test_figures_of_built_days_are_read_once_and_today_each_time(tea: int) -> None:
    def by_day() -> tuple[int, dict[date, int]]:
        """How many statements read the summaries of sales, and the orders of each day."""
        plan = plan_reading(Period(MONDAY, WEDNESDAY), SALES, by_day=True)[SALES.name]
        with CaptureQueriesContext(connection) as captured:
            found = sales_by(plan, "first_day")
        read = sum("fact_sales" in query["sql"] for query in captured)
        return read, {day: sold.orders for (day,), sold in found.items()}

    assert by_day() == (1, {MONDAY: 1, TUESDAY: 1, WEDNESDAY: 1})
    shop.sell((shop.a_service("5.00"), 1))
    assert by_day() == (0, {MONDAY: 1, TUESDAY: 1, WEDNESDAY: 2})

    invalidate([TUESDAY])
    with noon(TUESDAY):
        shop.sell((shop.a_service("5.00"), 1))
    assert by_day()[1] == {MONDAY: 1, TUESDAY: 2, WEDNESDAY: 2}


def test_what_is_sold_on_a_built_and_a_live_day_adds_up(tea: int) -> None:
    plan = plan_reading(Period(MONDAY, WEDNESDAY), SALES)[SALES.name]
    sold = sales_figures(plan)
    assert (sold.orders, sold.units, sold.gross_total) == (3, 6, 60)
    assert (sold.smallest, sold.largest) == (10, 30)


def test_a_clock_that_was_set_back_finds_today_built(tea: int, admin: User) -> None:
    """No day is counted twice, and nobody is turned away."""
    client = APIClient()
    client.force_authenticate(admin)
    with noon(TUESDAY):
        answer = client.get("/api/dashboard/main", {"fromDate": MONDAY, "toDate": TUESDAY})
    metrics = answer.json()["data"]["key_metrics"]
    assert (metrics["total_transactions"], metrics["gross_total"]) == (2, 50)
    assert metrics["today_profit"] == 30


def test_who_bought_on_built_days_is_read_once_and_today_each_time(tea: int) -> None:
    def bought() -> tuple[int, int, int]:
        """How many statements read the sets, then the different products and days."""
        plan = plan_reading(Period(MONDAY, WEDNESDAY), BUYERS)[BUYERS.name]
        with CaptureQueriesContext(connection) as captured:
            found = buyers(plan, "products", "days")
        read = sum("fact_buyers" in query["sql"] for query in captured)
        return read, len(found.products), len(found.days)

    assert bought() == (1, 1, 3)
    shop.sell((shop.a_service("5.00"), 1))
    assert bought() == (0, 2, 3)
    assert bought() == (0, 2, 3)
