"""Every page of the back office opens, and sends no more SQL because there is more to show."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker

from accounts.models import AuditEntry, LoginEvent, User
from catalog.models import Brand, Category, Product, TaxRate
from conftest import make_user
from ledger import closing
from ledger.expenses import Spending, record_expense
from ledger.models import LedgerAccount, PaymentMethod
from ledger.posting import Line
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tools.bench import back_office
from pos_project.tools.bench.back_office_pages import pages, ways

COUNTERS = "pos_project.core.db.counters."
MANY = 30
MOST = 40  # statements of the costliest page; one that leads on to a paper counts for both
FIRST_SALE = today() - timedelta(days=MANY + 10)


def trade(many: int) -> None:
    """So many more of everything, and the newest of each with so many rows of its own."""
    people(many)
    goods = shelves(many)
    bought(goods)
    sold(goods)
    books(many)


def people(many: int) -> None:
    start = User.objects.count()
    for number in range(start, start + many):
        person = make_user("staff", name=f"Person {number}", email=f"p{number}@shop.example")
        LoginEvent.objects.create(
            user=person,
            email=person.email,
            outcome="ok",
            address="10.0.0.1",
            user_agent="till",
            created_at=timezone.now(),
        )


def shelves(many: int) -> list[Product]:
    """Products with a brand, a category, and a price history; the audit of it by many people."""
    baker.make(TaxRate, _quantity=many)
    start = Product.objects.count()
    goods = [
        shop.a_product(
            "20.00",
            name="A good",  # an a in each name: it is what fields that complete are asked for
            brand=baker.make(Brand, name=f"A brand {number}"),
            category=baker.make(Category, name=f"A category {number}"),
        )
        for number in range(start, start + many)
    ]
    people = User.objects.order_by("-id")[:many]
    for price, person in enumerate(people):
        AuditEntry.objects.log_create(
            goods[-1],
            action=AuditEntry.Action.UPDATE,
            changes={"price": [f"{price}.00", f"{price + 1}.00"]},
            actor=person,
        )
    return goods


def bought(goods: list[Product]) -> None:
    on_credit = shop.on_credit()
    for product in goods:
        shop.adjust(product, 5, "8.00")
        shop.buy((product, 9, "8.00"), supplier=shop.a_supplier(), offered=on_credit)
    delta = shop.a_supplier()
    for product in goods:
        shop.buy((product, 9, "8.00"), supplier=delta, offered=on_credit)
    shop.buy(*((product, 1, "0.50") for product in goods), supplier=delta, offered=on_credit)
    for _ in goods:
        shop.pay_the(delta, 1)


def sold(goods: list[Product]) -> None:
    on_credit = shop.on_credit()
    for product in goods:
        shop.hold((product, 1), customer=shop.a_customer())
        shop.sell((product, 1), customer=shop.a_customer(), offered=on_credit)
    rahim = shop.a_customer()
    for product in goods:
        shop.sell((product, 1), customer=rahim, offered=on_credit)
    for _ in goods:
        shop.pay_dues(rahim, 1)
    karim = shop.a_customer(name="Karim")
    sale = shop.sell(*((product, 2) for product in goods), customer=karim, offered=on_credit).sale
    for _ in goods:
        shop.pay_dues(karim, 1)
    items = list(sale.items.all())
    for item in items:
        shop.take_back(sale, shop.units_of(item, 1))
    shop.take_back(sale, *(shop.units_of(item, 1) for item in items))
    # The newest customer is the one with the many sales: who they bought from is not asked.
    shop.sell((goods[0], 1), customer=karim, offered=on_credit)


def books(many: int) -> None:
    day = closing.next_day()
    assert day is not None
    for number in range(many):
        record_expense(Spending(f"Tea {number}", Decimal(2)), by=shop.a_cashier())
        account = baker.make(LedgerAccount, code=f"X{day:%m%d}{number}", kind="expense")
        baker.make(PaymentMethod, code=f"m{day:%m%d}{number}", account=account)
        past = day + timedelta(days=number)
        shop.sell((shop.a_service(), 1), at=at_noon(past))
        closing.seal(past)
    one = Decimal(1)
    shop.post_by_hand(
        *(line for _ in range(many) for line in (Line("BANK", debit=one), Line("CASH", credit=one)))
    )


@pytest.mark.django_db(transaction=True)
def test_no_page_costs_more_for_thirty_rows_than_for_one(
    admin: User, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    client = Client()
    client.force_login(admin)

    def counted() -> dict[str, list[str]]:
        sent = {}
        searched = (page for page in ways(admin) if page.what == "list searched")
        for page in (*pages(admin), *searched):
            what = str(page)
            client.get(page.url, follow=True)  # what is remembered from now on
            sent[what] = queries(lambda page=page: client.get(page.url, follow=True))
        return sent

    shop.sell((shop.a_service(), 1), at=at_noon(FIRST_SALE))
    closing.seal(FIRST_SALE)  # the first day of all has nothing before it to be read
    trade(1)
    one = counted()
    trade(MANY)
    thirty = counted()

    grown = {
        what: (len(one[what]), len(sent), *set(sent) - set(one[what]))
        for what, sent in thirty.items()
        # Fewer it may be: where the newest rows have no customer, no customer is asked for.
        if what in one and len(sent) > len(one[what])
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
    client = Client()
    client.force_login(manager)

    answer = client.get(reverse("admin:search"), {"s": "refun"})

    assert answer.status_code == 200
    assert reverse("admin:sales_refund_changelist") in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_bench_opens_pages_as_an_admin_and_leaves_no_session(admin: User) -> None:
    shop.a_days_work()

    rows = {str(row.page): row for row in back_office.measure(only="sales.sale: ", repeats=2)}

    assert {row.status for row in rows.values()} == {200}
    assert all(0 < row.median <= row.p95 and row.statements > 1 for row in rows.values())
    assert {"sales.sale: list searched", "sales.sale: list sorted by number"} <= set(rows)
    assert not Session.objects.exists()
