"""Every page of the back office opens, and sends no more SQL because there is more to show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from conftest import at_the_office
from pos_project.tests import shop
from pos_project.tests.growing_shop import open_shop, trade
from pos_project.tools.bench import back_office
from pos_project.tools.bench.back_office_pages import pages, ways

COUNTERS = "pos_project.core.db.counters."
MANY = 30
MOST = 50  # statements of the costliest page; one that leads on to a paper counts for both


@pytest.mark.dear
@pytest.mark.django_db
def test_no_page_costs_more_for_thirty_rows_than_for_one(
    admin: User,
    queries: Callable[[Callable[[], Any]], list[str]],
) -> None:
    client = at_the_office(admin)

    def counted() -> dict[str, list[str]]:
        sent = {}
        searched = (page for page in ways(admin) if page.what == "list searched")
        for page in (*pages(admin), *searched):
            what = str(page)
            client.get(page.url, follow=True)  # what is remembered from now on
            sent[what] = queries(lambda page=page: client.get(page.url, follow=True))
        return sent

    open_shop()
    trade(1)
    one = counted()
    trade(MANY)
    thirty = counted()

    grown = {
        what: (len(one[what]), len(sent), *set(sent) - set(one[what]))
        for what, sent in thirty.items()
        # Fewer it may be: where the newest rows have no customer, no customer is asked for.
        # The oldest day of a page opens with what the days before it left, where there are any.
        if what in one and len(sent) > len(one[what]) + 2 * (what == "ledger.dayseal: list")
    }
    assert not grown, "\n".join(f"{what}: {told[:2]}" for what, told in grown.items())
    assert not set(one) - set(thirty)
    costly = {what: len(sent) for what, sent in thirty.items() if len(sent) > MOST}
    assert not costly


@pytest.mark.django_db
@pytest.mark.parametrize("redis", [True, False])
def test_the_search_of_the_side_bar_needs_no_redis(
    manager: User, settings: Any, redis: bool
) -> None:
    """It finds pages by their names where a table counts, and while Redis is down."""
    nobody_there = {"BACKEND": COUNTERS + "RedisOrTable", "LOCATION": "redis://127.0.0.1:1/0"}
    table = {"BACKEND": COUNTERS + "CounterTable"}
    settings.CACHES = {"default": nobody_there if redis else table}
    client = at_the_office(manager)

    answer = client.get(reverse("admin:search"), {"s": "refun", "extended": 1})

    assert answer.status_code == 200
    assert reverse("admin:sales_refund_changelist") in answer.content.decode()


@pytest.mark.dear
@pytest.mark.django_db
def test_the_bench_opens_pages_as_an_admin_and_leaves_no_session(admin: User) -> None:
    shop.a_days_work()

    rows = {str(row.page): row for row in back_office.measure(only="sales.sale: ", repeats=2)}

    assert {row.status for row in rows.values()} == {200}
    assert all(0 < row.median <= row.p95 and row.statements > 1 for row in rows.values())
    assert {"sales.sale: list searched", "sales.sale: list sorted by number"} <= set(rows)
    assert not Session.objects.exists()
